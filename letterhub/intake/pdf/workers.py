"""Client of the workers that open files of strangers: each is a process for one file, killed if it takes too long.

See docs/design/editions.md.
"""

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from letterhub.paths import CODE

LOG = logging.getLogger(__name__)
MAX_OUTPUT_BYTES = 32 * 2**20
NICENESS = 10  # pages go first


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Limits for one file: seconds of CPU, seconds of wall time, bytes of memory."""

    cpu_seconds: float
    wall_seconds: float
    memory_bytes: int = 768 * 2**20


def run_worker(name: str, data: bytes, limits: WorkerLimits) -> dict[str, Any]:
    """Return what a worker, a module of `intake`, says of a file; `failed` says why it could not: "limits" if it took too
    much."""
    output = _worker_output(name, data, limits)
    content: dict[str, Any] = {"failed": "limits"}
    if output.endswith(b"\n") and len(output) <= MAX_OUTPUT_BYTES:  # it came to its end
        content = json.loads(output)
    if "failed" in content:
        LOG.info("%s could not use a file: %s", name, content["failed"])
    return content


def _worker_output(name: str, data: bytes, limits: WorkerLimits) -> bytes:
    """Return what a worker prints about a file. It has no secret in its environment, and a folder of its own."""
    arguments = [str(limits.cpu_seconds), str(limits.memory_bytes)]
    with (
        tempfile.TemporaryDirectory(prefix="letterhub-reading-") as folder,
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-P", "-m", f"letterhub.intake.{name}", *arguments],
            env={"PYTHONPATH": str(CODE), "TMPDIR": folder, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback could quote the file
            start_new_session=True,
        ) as worker,
    ):
        assert worker.stdin
        assert worker.stdout
        timer = threading.Timer(limits.wall_seconds, worker.kill)
        timer.start()
        try:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, worker.pid, NICENESS)
            for send in (partial(worker.stdin.write, data), worker.stdin.close):
                with suppress(OSError):  # it ended before it had read all
                    send()
            return worker.stdout.read(MAX_OUTPUT_BYTES + 1)
        finally:
            timer.cancel()
            worker.kill()  # it has said all, or too much
