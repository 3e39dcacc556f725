"""Servers of the benchmarks: start one for an app, and measure its CPU time and memory."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from letterhub.web.concurrency_limits import THREADS

HERE = Path(__file__).parent
WORKERS = 2
GRANIAN_SCRIPT = """
import sys
from granian import Granian
from granian.constants import Interfaces
Granian(sys.argv[1], address="127.0.0.1", port=int(sys.argv[2]), workers={workers}, interface=Interfaces.WSGI,
        blocking_threads={threads}, log_access=False, log_enabled=False, websockets=False).serve()
"""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A running server: its port and its first process."""

    port: int
    process: int

    def processor(self) -> float:
        """Return the CPU seconds of all its processes until now."""
        return sum(cpu_seconds(one) for one in self.processes())

    def memory(self) -> float:
        """Return the megabytes of all its processes, shared memory counted once."""
        return sum(pss_kilobytes(one) for one in self.processes()) / 1024

    def processes(self) -> list[int]:
        """Return the first process and its descendants."""
        return [self.process, *descendants(self.process)]


@contextmanager
def run_server(app: str, server: str = "granian", workers: int = WORKERS, **environment: str) -> Iterator[RunningServer]:
    """Run a server within the block, as `letterhub serve` does, or gunicorn with as many threads."""
    port = _free_port()
    command = [sys.executable, "-c", GRANIAN_SCRIPT.format(workers=workers, threads=THREADS), f"{app}:app", str(port)]
    if server == "gunicorn":
        command = [
            sys.executable, "-m", "gunicorn", f"{app}:app", "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
            "--worker-class", "gthread", "--threads", str(THREADS), "--log-level", "error", "--keep-alive", "60",
            "--no-control-socket",
        ]  # fmt: skip
    with subprocess.Popen(command, cwd=HERE, env={**os.environ, **environment}) as process:
        try:
            _wait(port, process)
            yield RunningServer(port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                time.sleep(1)  # until every worker listens
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def descendants(process: int) -> list[int]:
    """Return the descendants of a process."""
    found = {int(one) for task in Path(f"/proc/{process}/task").iterdir() for one in _read_text(task / "children").split()}
    return sorted(found | {one for child in found for one in descendants(child)})


def _read_text(file: Path) -> str:
    """Return the text of a file; "" if it is gone, as a thread may be by now."""
    try:
        return file.read_text()
    except OSError:
        return ""


def cpu_seconds(process: int) -> float:
    parts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / TICKS


def pss_kilobytes(process: int) -> int:
    """Return the kilobytes of a process, with its share of shared memory (PSS)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
