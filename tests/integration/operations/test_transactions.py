"""Transactions: one per command, all or nothing, on fresh rows, and none for a page that only reads."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.config import Settings
from letterhub.infrastructure.db import db, one_transaction, set_read_only, streaming_connection
from letterhub.models import AuditChain, AuditEntry, Coalition, append_audit_entry
from tests.support import factories
from tests.support.servers.processes import PROCESSES


@one_transaction
def rename(coalition_id: int, name: str) -> str:
    """Rename a coalition, as a command."""
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update=True)
    coalition.name = name
    if not name:
        raise ValueError("a coalition has a name")
    return name


@one_transaction
def rename_within(coalition_id: int) -> None:
    """Call a command within a command, which is not allowed."""
    rename(coalition_id, "Nested")


@one_transaction
def append_entry() -> None:
    """Append to the audit log: read its length and write one more entry."""
    append_audit_entry(db.session(), "letter-1", "worker", "counted", at=now())


def test_a_command_is_kept_when_it_returns(app: Flask) -> None:
    home = factories.coalition()
    rename(home.id, "Renamed")
    db.session.expire_all()
    assert db.session.get_one(Coalition, home.id).name == "Renamed"


def test_what_a_statement_wrote_outside_of_a_command_survives_a_flush_after_it(app: Flask) -> None:
    home = factories.coalition()
    db.session.execute(update(Coalition).values(contact_email="office@example.org"))
    home.name = "Renamed"
    db.session.commit()
    db.session.expire_all()
    assert (home.name, home.contact_email) == ("Renamed", "office@example.org")


def test_nothing_of_a_command_is_kept_when_it_raises(app: Flask) -> None:
    home = factories.coalition()
    with pytest.raises(ValueError, match="has a name"):
        rename(home.id, "")
    assert db.session.get_one(Coalition, home.id).name == home.name != ""


def test_a_command_never_calls_a_command(app: Flask) -> None:
    home = factories.coalition()
    with pytest.raises(RuntimeError, match="never calls"):
        rename_within(home.id)


def test_a_page_that_reads_cannot_run_a_command(app: Flask) -> None:
    home = factories.coalition()
    set_read_only(True)
    try:
        with pytest.raises(RuntimeError, match="only reads"):
            rename(home.id, "Renamed")
    finally:
        set_read_only(None)


@pytest.mark.shows("S6")
def test_the_database_itself_refuses_a_write_while_reading(app: Flask) -> None:
    home = factories.coalition()
    with reading():
        home.name = "Written by a GET"
        with pytest.raises(DBAPIError):
            db.session.flush()
    assert db.session.get_one(Coalition, home.id).name != "Written by a GET"


@pytest.mark.shows("S6")
def test_a_connection_that_readers_had_writes_for_a_command_and_again_for_no_reader(app: Flask) -> None:
    home = factories.coalition()
    for name in ("Written first", "Written then"):
        with reading(), pytest.raises(DBAPIError):
            db.session.execute(update(Coalition).values(name="Written by a GET"))
        assert rename(home.id, name) == db.session.scalar(select(Coalition.name))


def test_readers_may_read_a_long_answer_some_at_a_time(app: Flask) -> None:
    names = {factories.coalition(f"Coalition {one}").name for one in range(5)}
    with reading(), streaming_connection() as connection:
        assert {row.name for row in connection.execute(select(Coalition.name).execution_options(yield_per=2))} == names


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_form_keeps_what_its_connection_has_prepared(app: Flask) -> None:
    home = factories.coalition()
    for number in range(20):
        assert db.session.get_one(Coalition, home.id)  # a form reads it before submission
        rename(home.id, f"Coalition {number}")
    prepared = db.session.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    assert any(one.startswith("UPDATE coalition") for one in prepared)


def test_what_was_written_beside_commands_is_not_kept_by_one(app: Flask) -> None:
    home, other = factories.coalition(), factories.coalition("Another coalition")
    db.session.get_one(Coalition, other.id).name = "Written by the way"
    db.session.flush()
    rename(home.id, "Renamed")
    assert db.session.get_one(Coalition, other.id).name == "Another coalition"


@contextmanager
def reading() -> Iterator[None]:
    """Read as a GET request does."""
    db.session.rollback()
    set_read_only(True)
    try:
        yield
    finally:
        db.session.rollback()
        set_read_only(None)


def append_entries(settings: Settings, times: int) -> None:
    """Append entries as one of several concurrent processes."""
    with create_app(settings).app_context():
        for _ in range(times):
            append_entry()


@pytest.mark.shows("S20")
def test_processes_that_write_at_once_lose_nothing_and_keep_the_chain_whole(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    append_entry()  # the chain's row exists before they race
    db.session.remove()
    workers = [PROCESSES.Process(target=append_entries, args=(settings, 40)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 161
    assert db.session.scalar(select(AuditChain.length)) == 161


def test_a_revision_and_an_entry_of_the_record_never_change(app: Flask) -> None:
    letter = factories.open_letter()
    revision = factories.revision_of(letter)
    revision.sha256 = "0" * 64
    with pytest.raises(RuntimeError, match="immutable"):
        db.session.flush()
    db.session.rollback()
    append_entry()
    entry = db.session.scalars(select(AuditEntry)).one()
    entry.action = "rewritten"
    with pytest.raises(RuntimeError, match="written and stays"):
        db.session.flush()
    db.session.rollback()


@one_transaction
def rename_both(first: int, second: int, meet: Any) -> None:
    """Rename two coalitions in this order; on the first call, lock the first before a rival asks for it."""
    for place, number in enumerate((first, second)):
        db.session.get_one(Coalition, number, with_for_update=True).name = "Renamed"
        db.session.flush()
        if place == 0 and not meet.broken:
            with suppress(BrokenBarrierError):
                meet.wait(1)


def in_own_context(app: Flask, command: Callable[..., None], *args: Any) -> None:
    """Run a command as another thread of the site does."""
    with app.app_context():
        command(*args)
        db.session.remove()


def test_two_commands_that_wait_for_each_other_both_end_well(app: Flask) -> None:
    first, second = factories.coalition("First").id, factories.coalition("Second").id
    db.session.rollback()
    meet = Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        runs = [threads.submit(in_own_context, app, rename_both, *order, meet) for order in ((first, second), (second, first))]
        for run in runs:
            run.result(30)
    assert {one.name for one in db.session.scalars(select(Coalition))} == {"Renamed"}
