"""Handing a letter to the press: orders to the press room, what it tells meanwhile, and the reason where it fails."""

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

from letterhub.domain.refusals import Refused
from letterhub.rendering.assets import ROOT
from letterhub.rendering.fonts import font_environment
from letterhub.rendering.programs import ENDED, BrokenOff

LOG = logging.getLogger(__name__)
ORDER = 2048  # bytes: every order is as long, so that a stream of them falls into its parts
PATIENCE = 5.0  # seconds for a room to end by itself
LOOK = 0.25  # seconds between two looks whether a press is to end
NO_MEMORY = 3  # how a press ends that has no memory left to say so
UNANSWERED = 30.0  # seconds after which a room that should have ended a press counts as lost

Told = Mapping[str, Any]
Hear = Callable[[Told], None]

_SAME_EACH_TIME = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0"}  # fonts that are cut down note the hour
_REASONS = {
    "depth": "This letter nests tables, quotes or lists too deeply to be set.",
    "memory": "This letter needs more memory than one letter may take.",
    "time": "This letter took longer to set than one letter may take.",
    "note": "A note is longer than a page has room for at its foot. Please shorten it, or say a part of it in the text.",
    "crash": "This letter could not be set: the press stopped unexpectedly.",
}


class CannotBeSet(Refused):
    """A letter that the press could not set within its limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one letter may take: seconds of processor, seconds by the clock, bytes of memory."""

    cpu_seconds: int = 120
    wall_seconds: float = 300
    memory_bytes: int = 2 * 2**30


USUAL = Limits()

_going: ContextVar[Callable[[], bool]] = ContextVar("going", default=lambda: True)


@contextmanager
def as_long_as(going: Callable[[], bool]) -> Iterator[None]:
    """Within the block presses end soon after `going()` says no, and whoever waits for one has BrokenOff."""
    mark = _going.set(going)
    try:
        yield
    finally:
        _going.reset(mark)


def press(folder: Path, limits: Limits, hear: Hear) -> None:
    """Has the letter in a folder set as `letter.pdf` there. Raises CannotBeSet where a limit is met, and BrokenOff."""
    failed = ""
    heard, said = os.pipe()
    line, far_end = socket.socketpair()
    with (
        (folder / "complaints.txt").open("w+", encoding="utf-8") as complaints,
        os.fdopen(heard, "rb") as telling,
        closing(line),
    ):
        try:
            _ROOM.order(folder, limits, (said, complaints.fileno(), far_end.fileno()))
        finally:
            os.close(said)
            far_end.close()
        with _ended_within(line, limits.wall_seconds) as over, _ended_when_told(line):
            try:
                for told in map(json.loads, telling):
                    failed = failed or told.get("failed", "")
                    hear(told)
            except BaseException:
                _hang_up(line)
                telling.read()  # until the press has let go of the folder
                raise
            end = _end_told(line)
        LOG.info("a letter took %.3f s of processor and %.0f MB", end.get("cpu", 0), end.get("memory", 0) / 1024)
        reason = failed or ("time" if over.is_set() else _reason(end.get("code")))
        if reason and not failed and not over.is_set() and _was_told(end):
            raise BrokenOff
        if reason and not failed:
            complaints.seek(0)
            LOG.warning("the press ended with %s: %s", end.get("code"), complaints.read()[-2000:])
    if reason:
        raise CannotBeSet(_REASONS[reason])


class _Room:
    """The press room of this process: opened for the first letter, and again where it was lost; it closes when we end."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._line: socket.socket | None = None
        self._room: subprocess.Popen[Any] | None = None
        self._owner = 0

    def order(self, folder: Path, limits: Limits, files: tuple[int, int, int]) -> None:
        """Has a press started on a folder, which tells and complains into the files; the last is the line to its foreman."""
        told = {"folder": str(folder), "cpu_seconds": limits.cpu_seconds, "memory_bytes": limits.memory_bytes}
        order = json.dumps(told).encode().ljust(ORDER)
        with self._turn:
            try:
                socket.send_fds(self._open(), [order], files)
            except OSError:
                self.close()
                socket.send_fds(self._open(), [order], files)

    def _open(self) -> socket.socket:
        if self._line is None or self._owner != os.getpid():
            if self._line is not None:  # of the process that we are a copy of
                self._line.close()
            self._line, their_end = socket.socketpair()
            folder = tempfile.mkdtemp(prefix="letterhub-room-")
            environment = font_environment(Path(folder)) | {"PYTHONPATH": str(ROOT)} | _SAME_EACH_TIME
            program = [sys.executable, "-P", "-m", "letterhub.rendering.press_room", folder]
            with their_end:
                self._room = subprocess.Popen(  # noqa: S603 - our own program
                    program,
                    env=environment,
                    cwd=folder,
                    stdin=their_end.fileno(),
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,  # a Ctrl-C is for its owner, who finishes first
                )
            self._owner = os.getpid()
        return self._line

    def give_up(self) -> None:
        """Ends a room that does not answer: what was ordered and not begun is told as lost, what is at work goes on."""
        if self._room is not None:
            self._room.kill()

    def close(self) -> None:
        """Lets the room end: it does so when nobody can order any more."""
        if self._line is not None and self._owner == os.getpid():
            self._line.close()
            if self._room is not None:
                with suppress(subprocess.TimeoutExpired):
                    self._room.wait(PATIENCE)
        self._line = self._room = None


_ROOM = _Room()
atexit.register(_ROOM.close)


@contextmanager
def _ended_within(line: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Ends the press when its time is over, and notes that it was."""
    over = threading.Event()

    def end() -> None:
        over.set()
        _hang_up(line)

    clocks = threading.Timer(seconds, end), threading.Timer(seconds + UNANSWERED, _ROOM.give_up)
    for clock in clocks:
        clock.start()
    try:
        yield over
    finally:
        for clock in clocks:
            clock.cancel()


@contextmanager
def _ended_when_told(line: socket.socket) -> Iterator[None]:
    """Ends the press when nobody is to go on."""
    going, over = _going.get(), threading.Event()

    def watch() -> None:
        while not over.wait(LOOK):
            if not going():
                _hang_up(line)
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _was_told(end: Told) -> bool:
    """Whether a press ended because it was told to, and not by its letter."""
    if not end:
        time.sleep(LOOK)  # who ended its foreman as well is telling us right now
    return end.get("code") in ENDED or not _going.get()()


def _hang_up(line: socket.socket) -> None:
    """Tells the foreman to end the press."""
    with suppress(OSError):
        line.shutdown(socket.SHUT_WR)


def _end_told(line: socket.socket) -> dict[str, Any]:
    """How the press ended and what it took, as its foreman says; nothing where he is gone too."""
    with suppress(OSError):
        said = line.recv(200)
        return dict(json.loads(said)) if said else {}
    return {}


def _reason(code: int | None) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "time"
    if code in (NO_MEMORY, -signal.SIGABRT, -signal.SIGTRAP, -signal.SIGSEGV):  # how libraries in C end where memory does
        return "memory"
    return "" if code == 0 else "crash"
