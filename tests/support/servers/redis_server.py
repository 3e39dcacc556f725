"""Throwaway Redis server: a free local port, nothing on disk, stopped after the tests."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

import redis

from tests.support.servers.ports import free_port

TIMEOUT = 10  # seconds before a server that does not answer is given up


def server_program() -> str | None:
    """Return the path of Redis, or None where it is not installed."""
    return shutil.which("redis-server")


class RedisServer:
    """Server that can be stopped and started again at the same address, without its data."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", str(folder), "--loglevel", "warning"]
        guard = shutil.which("setpriv")
        self._command = [*([guard, "--pdeathsig", "KILL"] if guard else []), program, *options]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return its URL, as the app's settings take it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + TIMEOUT
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("redis-server did not start")
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill it, as in a crash."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def hang(self, hangs: bool) -> None:
        """Pause it, so that it answers nothing, or resume it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP if hangs else signal.SIGCONT)

    def refuse_writes(self) -> None:
        """Make it refuse writes, as if its memory were full."""
        with redis.Redis(port=self.port) as client:
            client.config_set("maxmemory", "1")

    def command_calls(self) -> dict[str, int]:
        """Return the number of calls of each command since it started."""
        with redis.Redis(port=self.port) as client:
            stats = client.info("commandstats")
        return {name.removeprefix("cmdstat_"): facts["calls"] for name, facts in stats.items()}

    def _answers(self) -> bool:
        try:
            with redis.Redis(port=self.port) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False
