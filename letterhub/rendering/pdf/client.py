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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.paths import CODE
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
    "note": _(
        "A note is too long for the foot of a page. Shorten it, move part of it into the text, or print the notes at the end."
    ),
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

    def for_languages(self, count: int) -> "Limits":
        """Return the limits for rendering a letter in so many languages: as much CPU for each, within the same wall time."""
        return replace(self, cpu_seconds=min(self.cpu_seconds * count, max(self.cpu_seconds, int(self.wall_seconds))))


DEFAULT_LIMITS = Limits()

_should_continue: ContextVar[Callable[[], bool]] = ContextVar("should_continue", default=lambda: True)


@contextmanager
def cancel_unless(should_continue: Callable[[], bool]) -> Iterator[None]:
    """Cancel renderings in the block soon after `should_continue()` returns False; they raise RenderingInterrupted."""
    token = _should_continue.set(should_continue)
    try:
        yield
    finally:
        _should_continue.reset(token)


def check_not_cancelled() -> None:
    """Raise RenderingInterrupted if the work of this block is cancelled."""
    if not _should_continue.get()():
        raise RenderingInterrupted


def render_pdf(folder: Path, limits: Limits, on_event: EventHandler) -> None:
    """Render the letter in a folder as `letter.pdf` there.

    Calls `on_event` with each event. Raises PdfRenderingFailed if a limit is met, and RenderingInterrupted if cancelled.
    """
    failed = ""
    read_end, write_end = os.pipe()
    supervisor, supervisor_end = socket.socketpair()
    with (
        (folder / "complaints.txt").open("w+", encoding="utf-8") as complaints,
        os.fdopen(read_end, "rb") as events,
        closing(supervisor),
    ):
        try:
            _SERVER.start_worker(folder, limits, (write_end, complaints.fileno(), supervisor_end.fileno()))
        finally:
            os.close(write_end)
            supervisor_end.close()
        with _killed_after(supervisor, limits.wall_seconds) as timed_out, _killed_when_cancelled(supervisor):
            try:
                for event in map(json.loads, events):
                    failed = failed or event.get("failed", "")
                    on_event(event)
            except BaseException:
                _request_kill(supervisor)
                events.read()  # until the worker has let go of the folder
                raise
            result = _worker_result(supervisor)
        LOG.info("a letter took %.3f s of processor and %.0f MB", result.get("cpu", 0), result.get("memory", 0) / 1024)
        reason = failed or ("time" if timed_out.is_set() else _failure_reason(result.get("code")))
        if reason and not failed:  # the worker did not say itself why it failed
            if not timed_out.is_set() and _was_cancelled(result):
                raise RenderingInterrupted
            complaints.seek(0)
            LOG.warning("the PDF worker ended with %s: %s", result.get("code"), complaints.read()[-2000:])
    if reason:
        raise PdfRenderingFailed(str(_FAILURE_SENTENCES[reason]))


class _PreforkServer:
    """The pre-fork server of this process: started for the first letter, restarted if lost, stopped when this process ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[Any] | None = None
        self._owner = 0

    def start_worker(self, folder: Path, limits: Limits, files: tuple[int, int, int]) -> None:
        """Start a worker on a folder; the files are its stdout, its stderr, and the socket of its supervisor."""
        request = {"folder": str(folder), "cpu_seconds": limits.cpu_seconds, "memory_bytes": limits.memory_bytes}
        message = json.dumps(request).encode().ljust(REQUEST_BYTES)
        with self._lock:
            try:
                socket.send_fds(self._open(), [message], files)
            except OSError:
                self.close()
                socket.send_fds(self._open(), [message], files)

    def _open(self) -> socket.socket:
        """Return the socket of this process's server, which is started if there is none."""
        if self._socket is None or self._owner != os.getpid():
            if self._socket is not None:  # inherited by a fork from its parent
                self._socket.close()
            self._socket, their_end = socket.socketpair()
            folder = tempfile.mkdtemp(prefix="letterhub-prefork-")
            environment = font_environment(Path(folder)) | {"PYTHONPATH": str(CODE)} | _REPRODUCIBLE_ENVIRONMENT
            program = [sys.executable, "-P", "-m", "letterhub.rendering.pdf.prefork_server", folder]
            with their_end:
                self._process = subprocess.Popen(  # noqa: S603 - our own program
                    program,
                    env=environment,
                    cwd=folder,
                    stdin=their_end.fileno(),
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C is for the owner, which finishes first
                )
            self._owner = os.getpid()
        return self._socket

    def force_stop(self) -> None:
        """Kill a server that does not answer: waiting requests are reported as lost, running workers go on."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """Stop the server: it ends when its socket is closed."""
        if self._socket is not None and self._owner == os.getpid():
            self._socket.close()
            if self._process is not None:
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(STOP_TIMEOUT)
        self._socket = self._process = None


_SERVER = _PreforkServer()
atexit.register(_SERVER.close)


@contextmanager
def _killed_after(supervisor: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Kill the worker, and set the yielded event, if the block takes longer than so many seconds.

    Kills the server too if the block goes on nevertheless.
    """
    timed_out = threading.Event()

    def kill_worker() -> None:
        timed_out.set()
        _request_kill(supervisor)

    timers = threading.Timer(seconds, kill_worker), threading.Timer(seconds + KILL_TIMEOUT, _SERVER.force_stop)
    for timer in timers:
        timer.start()
    try:
        yield timed_out
    finally:
        for timer in timers:
            timer.cancel()


@contextmanager
def _killed_when_cancelled(supervisor: socket.socket) -> Iterator[None]:
    """Kill the worker if its rendering is cancelled during the block."""
    should_continue, finished = _should_continue.get(), threading.Event()

    def watch() -> None:
        while not finished.wait(POLL_SECONDS):
            if not should_continue():
                _request_kill(supervisor)
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        finished.set()
        watcher.join()


def _was_cancelled(result: WorkerEvent) -> bool:
    """Return whether a worker ended because it was cancelled, and not by its letter."""
    if not result:
        time.sleep(POLL_SECONDS)  # if the supervisor was ended as well, our own cancellation is about to arrive
    return result.get("code") in SHUTDOWN_CODES or not _should_continue.get()()


def _request_kill(supervisor: socket.socket) -> None:
    """Tell the supervisor to kill the worker."""
    with suppress(OSError):
        supervisor.shutdown(socket.SHUT_WR)


def _worker_result(supervisor: socket.socket) -> dict[str, Any]:
    """Return the worker's exit code, CPU time and memory, as its supervisor reports them; empty if that is gone too."""
    with suppress(OSError):
        data = supervisor.recv(200)
        return dict(json.loads(data)) if data else {}
    return {}


def _failure_reason(code: int | None) -> str:
    """Return why a worker ended with an exit code, as a key of `_FAILURE_SENTENCES`; "" if it succeeded."""
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "time"
    if code in (EXIT_OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGTRAP, -signal.SIGSEGV):  # C libraries out of memory
        return "memory"
    return "" if code == 0 else "crash"
