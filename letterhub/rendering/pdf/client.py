"""Client of the PDF workers: sends requests to the pre-fork server, passes on events, and raises errors.

See docs/design/pdf.md.
"""

import atexit
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.rendering.assets import ROOT
from letterhub.rendering.pdf.fonts import font_environment
from letterhub.rendering.subprocesses import SHUTDOWN_CODES, RenderingInterrupted

LOG = logging.getLogger(__name__)
REQUEST_BYTES = 2048  # bytes: each request has this length, so that the stream can be split
STOP_TIMEOUT = 5.0  # seconds for the server to end by itself
POLL_SECONDS = 0.25  # seconds between two checks whether a worker is to end
EXIT_OUT_OF_MEMORY = 3  # exit code of a worker that ran out of memory
KILL_TIMEOUT = 30.0  # seconds after which a server that should have killed a worker counts as lost

WorkerEvent = Mapping[str, Any]
EventHandler = Callable[[WorkerEvent], None]

_REPRODUCIBLE_ENVIRONMENT = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0"}  # subset fonts contain the time
_FAILURE_SENTENCES = {
    "depth": _("This letter nests tables, quotes or lists too deeply to print."),
    "memory": _("This letter needs more memory to print than one letter may use."),
    "time": _("This letter took longer to print than one letter may take."),
    "note": _("A note is too long for the foot of a page. Please shorten it, or move part of it into the text."),
    "crash": _("We couldn’t create the PDF: the process stopped unexpectedly."),
}


class PdfRenderingFailed(UserFacingError):
    """Raised when the PDF worker could not render a letter within its limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for rendering one letter: seconds of CPU, seconds of wall time, bytes of memory."""

    cpu_seconds: int = 120
    wall_seconds: float = 300
    memory_bytes: int = 2 * 2**30


DEFAULT_LIMITS = Limits()

_should_continue: ContextVar[Callable[[], bool]] = ContextVar("going", default=lambda: True)


@contextmanager
def cancel_unless(going: Callable[[], bool]) -> Iterator[None]:
    """Cancel renderings in the block soon after `going()` returns False; they raise RenderingInterrupted."""
    mark = _should_continue.set(going)
    try:
        yield
    finally:
        _should_continue.reset(mark)


def render_pdf(folder: Path, limits: Limits, hear: EventHandler) -> None:
    """Render the letter in a folder as `letter.pdf` there.

    Calls `hear` with each event. Raises PdfRenderingFailed if a limit is met, and RenderingInterrupted if cancelled.
    """
    failed = ""
    heard, said = os.pipe()
    line, far_end = socket.socketpair()
    with (
        (folder / "complaints.txt").open("w+", encoding="utf-8") as complaints,
        os.fdopen(heard, "rb") as telling,
        closing(line),
    ):
        try:
            _SERVER.order(folder, limits, (said, complaints.fileno(), far_end.fileno()))
        finally:
            os.close(said)
            far_end.close()
        with _killed_after(line, limits.wall_seconds) as over, _killed_when_cancelled(line):
            try:
                for told in map(json.loads, telling):
                    failed = failed or told.get("failed", "")
                    hear(told)
            except BaseException:
                _request_kill(line)
                telling.read()  # until the worker has let go of the folder
                raise
            end = _worker_result(line)
        LOG.info("a letter took %.3f s of processor and %.0f MB", end.get("cpu", 0), end.get("memory", 0) / 1024)
        reason = failed or ("time" if over.is_set() else _failure_reason(end.get("code")))
        if reason and not failed and not over.is_set() and _was_cancelled(end):
            raise RenderingInterrupted
        if reason and not failed:
            complaints.seek(0)
            LOG.warning("the press ended with %s: %s", end.get("code"), complaints.read()[-2000:])
    if reason:
        raise PdfRenderingFailed(str(_FAILURE_SENTENCES[reason]))


class _PreforkServer:
    """The pre-fork server of this process: started for the first letter, restarted if lost, stopped when this process ends."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._line: socket.socket | None = None
        self._room: subprocess.Popen[Any] | None = None
        self._owner = 0

    def order(self, folder: Path, limits: Limits, files: tuple[int, int, int]) -> None:
        """Start a worker on a folder; the files are its stdout, its stderr, and the socket of its supervisor."""
        told = {"folder": str(folder), "cpu_seconds": limits.cpu_seconds, "memory_bytes": limits.memory_bytes}
        order = json.dumps(told).encode().ljust(REQUEST_BYTES)
        with self._turn:
            try:
                socket.send_fds(self._open(), [order], files)
            except OSError:
                self.close()
                socket.send_fds(self._open(), [order], files)

    def _open(self) -> socket.socket:
        if self._line is None or self._owner != os.getpid():
            if self._line is not None:  # inherited by a fork from its parent
                self._line.close()
            self._line, their_end = socket.socketpair()
            folder = tempfile.mkdtemp(prefix="letterhub-room-")
            environment = font_environment(Path(folder)) | {"PYTHONPATH": str(ROOT)} | _REPRODUCIBLE_ENVIRONMENT
            program = [sys.executable, "-P", "-m", "letterhub.rendering.pdf.prefork_server", folder]
            with their_end:
                self._room = subprocess.Popen(  # noqa: S603 - our own program
                    program,
                    env=environment,
                    cwd=folder,
                    stdin=their_end.fileno(),
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is for the owner, which finishes first
                )
            self._owner = os.getpid()
        return self._line

    def force_stop(self) -> None:
        """Kill a server that does not answer: waiting requests are reported as lost, running workers go on."""
        if self._room is not None:
            self._room.kill()

    def close(self) -> None:
        """Stop the server: it ends when its socket is closed."""
        if self._line is not None and self._owner == os.getpid():
            self._line.close()
            if self._room is not None:
                with suppress(subprocess.TimeoutExpired):
                    self._room.wait(STOP_TIMEOUT)
        self._line = self._room = None


_SERVER = _PreforkServer()
atexit.register(_SERVER.close)


@contextmanager
def _killed_after(line: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Kill the worker when its time is over, and set the yielded event."""
    over = threading.Event()

    def end() -> None:
        over.set()
        _request_kill(line)

    clocks = threading.Timer(seconds, end), threading.Timer(seconds + KILL_TIMEOUT, _SERVER.force_stop)
    for clock in clocks:
        clock.start()
    try:
        yield over
    finally:
        for clock in clocks:
            clock.cancel()


@contextmanager
def _killed_when_cancelled(line: socket.socket) -> Iterator[None]:
    """Kill the worker when its rendering is cancelled."""
    going, over = _should_continue.get(), threading.Event()

    def watch() -> None:
        while not over.wait(POLL_SECONDS):
            if not going():
                _request_kill(line)
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _was_cancelled(end: WorkerEvent) -> bool:
    """Return whether a worker ended because it was cancelled, and not by its letter."""
    if not end:
        time.sleep(POLL_SECONDS)  # if the supervisor was ended as well, our own cancellation is about to arrive
    return end.get("code") in SHUTDOWN_CODES or not _should_continue.get()()


def _request_kill(line: socket.socket) -> None:
    """Tell the supervisor to kill the worker."""
    with suppress(OSError):
        line.shutdown(socket.SHUT_WR)


def _worker_result(line: socket.socket) -> dict[str, Any]:
    """Return the worker's exit code, CPU time and memory, as its supervisor reports them; empty if that is gone too."""
    with suppress(OSError):
        said = line.recv(200)
        return dict(json.loads(said)) if said else {}
    return {}


def _failure_reason(code: int | None) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "time"
    if code in (EXIT_OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGTRAP, -signal.SIGSEGV):  # C libraries out of memory
        return "memory"
    return "" if code == 0 else "crash"
