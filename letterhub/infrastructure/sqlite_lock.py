"""Fair write lock for SQLite: a queue of the threads of a process, and of the processes of a machine.

SQLite has one writer at a time. Those that find it locked sleep and retry after up to a tenth of a second, in no order: with
many writers, some are starved for seconds.

See docs/design/databases.md.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

RETRY_SECONDS = 0.001  # seconds between two tries of the next process
_thread_lock = Lock()


@contextmanager
def thread_lock(patience: float) -> Iterator[None]:
    """Hold the lock of this process's threads; after `patience` seconds continue without it, and leave it to SQLite's lock."""
    acquired = _thread_lock.acquire(timeout=patience)
    try:
        yield
    finally:
        if acquired:
            _thread_lock.release()


def begin_immediate(connection: sqlite3.Connection, database: Path, patience: float, begin: Callable[[], object]) -> None:
    """Begin a write transaction when this process is next; `ask` begins it as a last try after `patience` seconds.

    One process retries at the database and the others queue behind it: a process that has just written lets the next one pass.
    """
    until = time.monotonic() + patience
    with _process_lock(database, until):
        connection.execute("PRAGMA busy_timeout=0")
        try:
            while (error_code := _try_begin(connection)) == sqlite3.SQLITE_BUSY and time.monotonic() < until:
                time.sleep(RETRY_SECONDS)
            if error_code:
                begin()
        finally:
            connection.execute(f"PRAGMA busy_timeout={patience * 1000:.0f}")


def _try_begin(connection: sqlite3.Connection) -> int:
    """Try to take the write lock; return SQLite's primary error code, 0 for success."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as problem:
        return problem.sqlite_errorcode & 0xFF  # a database in recovery counts as busy, too
    return 0


@contextmanager
def _process_lock(database: Path, until: float) -> Iterator[None]:
    """Hold a lock on a file beside the database, released if the process dies; without one, do not wait."""
    descriptor = _lock_file(f"{database}-next", until)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _lock_file(path: str, until: float) -> int | None:
    """Open and lock the file; return None if that is impossible or times out."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)  # a file of another user can be locked, too
    except OSError:
        return None
    while time.monotonic() < until:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(RETRY_SECONDS)
        except OSError:
            break
        else:
            return descriptor
    os.close(descriptor)
    return None
