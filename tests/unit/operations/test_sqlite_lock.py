"""SQLite write lock: waiting writers are served in order, so that one who writes often does not starve the others."""

import errno
import fcntl
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from letterhub.infrastructure import connections

PATIENCE = 30.0


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Callable[[], sqlite3.Connection]]:
    """A factory of connections to one database."""
    with ExitStack() as opened:

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(tmp_path / "letters.db", isolation_level=None, check_same_thread=False)
            return opened.enter_context(closing(connection))

        yield connect


def refuse() -> None:
    raise TimeoutError


def test_whoever_waits_is_next(
    tmp_path: Path, connect: Callable[[], sqlite3.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    order, waits = [], threading.Event()
    monkeypatch.setattr(time, "sleep", lambda _seconds: waits.set())
    one, other = connect(), connect()

    def write(connection: sqlite3.Connection, name: str) -> None:
        connections.begin_immediate(connection, tmp_path / "letters.db", PATIENCE, refuse)
        order.append(name)

    def write_once() -> None:
        write(other, "other")
        other.execute("COMMIT")

    write(one, "one")
    waiting = threading.Thread(target=write_once)
    waiting.start()
    assert waits.wait(PATIENCE)
    one.execute("COMMIT")
    write(one, "one")
    waiting.join(PATIENCE)
    assert order == ["one", "other", "one"]


def test_whoever_waits_too_long_asks_a_last_time(tmp_path: Path, connect: Callable[[], sqlite3.Connection]) -> None:
    one, other = connect(), connect()
    connections.begin_immediate(one, tmp_path / "letters.db", PATIENCE, refuse)
    with pytest.raises(TimeoutError):
        connections.begin_immediate(other, tmp_path / "letters.db", 0.01, refuse)
    one.execute("COMMIT")
    connections.begin_immediate(other, tmp_path / "letters.db", 0.01, refuse)


def test_where_no_file_can_be_made_nobody_waits_in_line(connect: Callable[[], sqlite3.Connection]) -> None:
    started = time.monotonic()
    connections.begin_immediate(connect(), Path("/no/such/folder/letters.db"), PATIENCE, refuse)
    assert time.monotonic() - started < PATIENCE / 2


def test_where_a_file_cannot_be_locked_nobody_waits_in_line(
    tmp_path: Path, connect: Callable[[], sqlite3.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_line: int, _how: int) -> None:
        raise OSError(errno.EOPNOTSUPP, "not here")

    monkeypatch.setattr(fcntl, "flock", refused)
    started = time.monotonic()
    connections.begin_immediate(connect(), tmp_path / "letters.db", PATIENCE, refuse)
    assert time.monotonic() - started < PATIENCE / 2


def test_a_line_that_stands_still_is_passed_by(tmp_path: Path, connect: Callable[[], sqlite3.Connection]) -> None:
    with (tmp_path / "letters.db-next").open("w") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        connections.begin_immediate(connect(), tmp_path / "letters.db", 0.01, refuse)


def test_what_else_is_wrong_is_asked_at_once(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "letters.db", isolation_level=None)) as within:
        within.execute("BEGIN")
        with pytest.raises(sqlite3.OperationalError):
            connections.begin_immediate(within, tmp_path / "letters.db", PATIENCE, lambda: within.execute("BEGIN IMMEDIATE"))


def test_threads_of_a_process_go_one_after_another() -> None:
    with connections.thread_lock(PATIENCE):
        beside = threading.Thread(target=lambda: connections.thread_lock(0.01).__enter__())
        beside.start()
        beside.join(PATIENCE)
        assert not beside.is_alive()  # the thread that waited too long went on
