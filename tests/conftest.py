"""Shared fixtures: an app with a database of its own, a frozen clock, a mail server, HTTP clients."""

import datetime as dt
import gc
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_security import core as flask_security_core
from sqlalchemy import Connection, Engine, event

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.operations.migrate import init_migrations
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from letterhub.queries.operations import health
from tests.support.app_cache import share_app_parts
from tests.support.database.counter_check import counter_errors
from tests.support.missing import SHARED, require_shared, skip_missing, skipped_tests
from tests.support.servers.database_copies import (
    SITE,
    DatabaseCopies,
    PostgresDatabaseCopies,
    SqliteDatabaseCopies,
    settings_for,
)
from tests.support.servers.database_folder import database_folder
from tests.support.servers.mail_server import Inbox, run_mail_server
from tests.support.servers.postgres_server import run_server, server_programs
from tests.support.servers.shared_engines import dispose_engines, end_connections, share_engines
from tests.support.slow_tests import is_quick, read_slow_tests
from tests.support.visitor import Page, Visitor

FAST_HASHING = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
flask_security_core._default_config["PASSWORD_HASH_PASSLIB_OPTIONS"] = FAST_HASHING  # slow by design, which tests do not need
share_app_parts()

NOON = dt.datetime(2022, 1, 5, 17, 0, tzinfo=dt.UTC)  # a Wednesday, twelve o'clock in Washington


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are processors: many tests wait for another process, a browser or a server."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--quick`, which `make quick` uses."""
    parser.addoption("--quick", action="store_true", help="on SQLite alone, without a browser and without the slowest tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what `make quick` leaves out."""
    if config.getoption("quick"):
        slow = read_slow_tests()
        config.hook.pytest_deselected(items=[item for item in items if not is_quick(item, slow)])
        items[:] = [item for item in items if is_quick(item, slow)]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test marked `needs_shared` where its file or folder is not beside the checkout."""
    for needed in item.iter_markers("needs_shared"):
        require_shared(SHARED / needed.args[0])


def pytest_collection_finish() -> None:
    """Collect garbage less often: what is imported by now stays, and each walk through it takes a sixth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def sqlite_copies() -> Iterator[DatabaseCopies]:
    """Copies of a migrated SQLite file."""
    with TemporaryDirectory(prefix="letterhub-sqlite-", dir=database_folder()) as folder:
        yield SqliteDatabaseCopies(Path(folder))


@pytest.fixture(scope="session")
def postgresql_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseCopies]:
    """Copies of a migrated database on a PostgreSQL server that runs for the whole test session."""
    programs = server_programs()
    if programs is None:
        skip_missing("PostgreSQL is not installed: on Debian, apt-get install postgresql.")
    with run_server(programs) as server:
        copies = PostgresDatabaseCopies(server, tmp_path_factory.mktemp("postgresql"))
        yield copies
        copies.close()
        dispose_engines(server.url("copy"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Migrated, empty database; a test that requests it runs once on SQLite and once on PostgreSQL."""
    copies: DatabaseCopies = request.getfixturevalue(f"{request.param}_copies")
    return copies.fresh()


@pytest.fixture(autouse=True)
def _dispose_engines() -> Iterator[None]:
    """Close the connections of each app's engine at the end of its test: one that is still in use is an error."""
    engines: set[Engine] = set()

    def keep(connection: Connection) -> None:
        engines.add(connection.engine)

    event.listen(Engine, "engine_connect", keep)
    yield
    event.remove(Engine, "engine_connect", keep)
    for engine in engines:
        end_connections(engine)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Clock frozen at NOON until a test moves it: `clock.shift(timedelta)`, `clock.move_to(moment)`."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Inbox]:
    """Local mail server of the test session."""
    with run_mail_server() as postbox:
        yield postbox


@pytest.fixture
def postbox(mail_server: Inbox) -> Inbox:
    """Emails that the site's mail server received during this test: `postbox.to("clara@example.org")`."""
    mail_server.empty()
    return mail_server


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Socket bound to a free local port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def settings(database_url: str, tmp_path: Path, postbox: Inbox) -> Settings:
    """Settings of the site under test."""
    return settings_for(database_url, tmp_path, mail_port=postbox.port)


@pytest.fixture
def app(settings: Settings, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The app under test, in its app context and at a frozen time. After the test, the letters' counters are checked."""
    monkeypatch.setattr(health, "_postgresql_now", now)  # PostgreSQL's own clock is not frozen
    with share_engines():
        app = create_app(settings)
    init_migrations(app)
    with app.app_context():
        yield app
        wrong = counter_errors()
        db.session.remove()
    assert wrong == []


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Visitor who opens the site for the first time."""
    return Visitor(app, SITE)


@pytest.fixture
def visit(visitor: Visitor) -> Callable[..., Page]:
    """Open an endpoint as that visitor: `visit("signing.new", slug=…)`."""
    return visitor.visit


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print at the end of the session what could not be tested on this machine."""
    for sentence in skipped_tests(terminalreporter.stats.get("skipped", ())):
        terminalreporter.write_line(sentence, red=True, bold=True)
