"""Reader of PDF files: starts a reading worker for each, which is killed if it takes too long or says too much.

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

from letterhub.domain.editions.copies import FileText, UnreadableFile
from letterhub.domain.i18n import _
from letterhub.paths import CODE

LOG = logging.getLogger(__name__)
MAX_OUTPUT_BYTES = 32 * 2**20
NICENESS = 10  # pages go first

_FAILURE_SENTENCES = {
    "password": _("This PDF opens with a password only, so we can’t read it."),
    "pages": _("This PDF has more than 1,000 pages. We read shorter ones only."),
    "characters": _("This PDF holds far more text than any letter of ours, so we didn’t compare it."),
    "damaged": _("This PDF is damaged, or takes too much time or memory to read. Download it again, then check that copy."),
    "limits": _("This PDF takes more time or memory to read than we spend on one file, so we couldn’t compare it."),
}


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Limits for reading one file: seconds of CPU, seconds of wall time, bytes of memory."""

    cpu_seconds: float = 0.8
    wall_seconds: float = 20
    memory_bytes: int = 768 * 2**20


STRANGERS_FILE = ReadingLimits()
OWN_FILE = ReadingLimits(cpu_seconds=20, wall_seconds=60)
"""Limits for a file of an edition, which is read once and whose size staff know."""


def is_pdf(data: bytes) -> bool:
    """Return whether a file begins as a PDF does: some have other bytes first."""
    return b"%PDF-" in data[:1024]


def read_pdf(data: bytes, limits: ReadingLimits = STRANGERS_FILE) -> FileText:
    """Return what a PDF holds, read in a process of its own. Neither is kept. Raises UnreadableFile."""
    output = _worker_output(data, limits)
    content: dict[str, Any] = {"failed": "limits"}
    if output.endswith(b"\n") and len(output) <= MAX_OUTPUT_BYTES:  # it came to its end
        content = json.loads(output)
    if "failed" in content:
        LOG.info("a file was not read: %s", content["failed"])
        raise UnreadableFile(str(_FAILURE_SENTENCES[content["failed"]]))
    return FileText(**content | {name: tuple(content[name]) for name in ("pages", "drawings")})


def _worker_output(data: bytes, limits: ReadingLimits) -> bytes:
    """Return what a worker prints about a file. It has no secret in its environment, and a folder of its own."""
    arguments = [str(limits.cpu_seconds), str(limits.memory_bytes)]
    with (
        tempfile.TemporaryDirectory(prefix="letterhub-reading-") as folder,
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-P", "-m", "letterhub.intake.pdf.reading_worker", *arguments],
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
