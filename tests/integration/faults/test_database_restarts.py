"""R4: while the database is down, pages report it, no lost write is acknowledged, and the site recovers by itself."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from letterhub.app import site_context
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.infrastructure import connections
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Signature
from letterhub.queries.operations.health import database_problem
from tests.support import factories
from tests.support.cast import CLARA, OLIVE
from tests.support.missing import skip_missing
from tests.support.servers.database_copies import SITE, settings_for
from tests.support.servers.postgres_server import PostgresCluster, create_cluster, server_programs
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.shows("R4")
SORRY = "Our database isn’t responding, so what you just sent wasn’t saved."
LETTER = "/letters/clean-rivers-for-everyone"
PREPARED_AFTER = 5  # executions after which psycopg prepares a statement


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    programs = server_programs()
    if programs is None:
        skip_missing("PostgreSQL is not installed: on Debian, apt-get install postgresql.")
    with create_cluster(programs) as made:
        yield made


def signatures() -> int:
    count = db.session.scalar(select(func.count(Signature.id)))
    end_read_transaction()
    return count or 0


def sign(page: Page, status: int) -> Page:
    return page.submit("Send me the link", status=status, **CLARA.form, authorized=True)


def test_pages_say_that_postgresql_is_away_and_go_on_when_it_is_back(
    cluster: PostgresCluster, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    with run_app(cluster, tmp_path) as (app, first):
        factories.staff(OLIVE)
        someone, olive = Visitor(app, SITE), Visitor(app, SITE)
        form = someone.open(f"{LETTER}/sign")
        olive.sign_in(OLIVE)
        first.close()  # the server is killed, with connections in the pool
        for visitor, address in ((someone, LETTER), (olive, "/account"), (olive, "/staff/")):
            page = visitor.open(address, status=503).says("Temporarily unavailable", SORRY)
            assert (page.response.headers["Retry-After"], page.response.headers["Cache-Control"]) == ("10", "no-store")
        sign(form, 503).says(SORRY)
        assert database_problem().startswith("The database cannot be reached: ")
        with cluster.running():
            assert olive.open("/account").path == "/account"
            assert signatures() == 0
            assert sign(form, 200).path == f"{LETTER}/check-your-email"
            assert signatures() == 1


def test_a_server_whose_end_nobody_told_is_met_again_by_who_was_quiet(
    cluster: PostgresCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_is_readable", lambda _driver: False)
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.0)
    with run_app(cluster, tmp_path) as (app, first):
        someone = Visitor(app, SITE)
        someone.open(LETTER)
        first.close()
        with cluster.running():
            someone.open(LETTER)


def test_what_readers_prepared_is_forgotten_when_a_table_changes(cluster: PostgresCluster, tmp_path: Path) -> None:
    with run_app(cluster, tmp_path) as (app, _first), db.engine.connect() as other:
        someone = Visitor(app, SITE)
        for _ in range(PREPARED_AFTER + 1):
            someone.open(LETTER)
        other.exec_driver_sql("ALTER TABLE letter ALTER COLUMN slug TYPE text")
        other.commit()
        someone.open(LETTER, status=503).says("Temporarily unavailable")
        someone.open(LETTER)


@contextmanager
def run_app(cluster: PostgresCluster, folder: Path) -> Iterator[tuple[Flask, ExitStack]]:
    """Return an app with an open letter on a running server, which stops when the stack closes."""
    with ExitStack() as running:
        server = running.enter_context(cluster.running())
        server.copy("template1", "letters")
        with site_context(settings_for(server.url("letters"), folder)) as app:
            migrate_to_newest()
            factories.open_letter()
            yield app, running


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_someone_else_holds_too_long_is_told_alike(
    app: Flask, visitor: Visitor, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.open_letter()
    monkeypatch.setattr(connections, "BUSY_MILLISECONDS", 50)
    db.session.remove()
    db.engine.dispose()
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        form = visitor.open(f"{LETTER}/sign")
        sign(form, 503).says(SORRY)
        visitor.open(LETTER)  # reading goes on
        other.execute("ROLLBACK")
    assert sign(form, 200).path == f"{LETTER}/check-your-email"
    assert signatures() == 1
