"""Who writes to SQLite next: the threads of a process wait for one another, and so do the processes of a machine.

SQLite has one writer at a time. Whoever finds it taken sleeps and asks again, up to a tenth of a second later, and has no
place in a queue: where many write, the lock goes again and again to whoever is just awake, and some come last for seconds.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

PAUSE = 0.001  # seconds until whoever is next asks again
_turn = Lock()


@contextmanager
def of_threads(patience: float) -> Iterator[None]:
    """One thread of this process at a time; whoever waits so many seconds goes on all the same, and the database decides."""
    mine = _turn.acquire(timeout=patience)
    try:
        yield
    finally:
        if mine:
            _turn.release()


def begin(connection: sqlite3.Connection, database: Path, patience: float, ask: Callable[[], object]) -> None:
    """Begins a transaction that writes, as the next process of this machine; `ask` asks a last time after so many seconds.

    One process waits at the database and the others behind it: so whoever has written lets it pass before she writes again.
    """
    until = time.monotonic() + patience
    with _next_in_line(database, until):
        connection.execute("PRAGMA busy_timeout=0")
        try:
            while (refused := _refusal(connection)) == sqlite3.SQLITE_BUSY and time.monotonic() < until:
                time.sleep(PAUSE)
            if refused:
                ask()
        finally:
            connection.execute(f"PRAGMA busy_timeout={patience * 1000:.0f}")


def _refusal(connection: sqlite3.Connection) -> int:
    """Asks for the lock; gives the kind of SQLite's refusal as a number, 0 where it is had."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as problem:
        return problem.sqlite_errorcode & 0xFF  # a database that is being recovered is taken as well
    return 0


@contextmanager
def _next_in_line(database: Path, until: float) -> Iterator[None]:
    """A lock on a file beside the database, gone with whoever dies; where there can be none, nobody waits here."""
    line = _place(f"{database}-next", until)
    try:
        yield
    finally:
        if line is not None:
            os.close(line)


def _place(path: str, until: float) -> int | None:
    """The file, locked; None where it cannot be opened or locked, or nobody let us in until then."""
    try:
        line = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)  # one that another user made can be locked, too
    except OSError:
        return None
    while time.monotonic() < until:
        try:
            fcntl.flock(line, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE)
        except OSError:
            break
        else:
            return line
    os.close(line)
    return None
