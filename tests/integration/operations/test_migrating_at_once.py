"""Machines that start at once all migrate the database: one does it, the others wait and find it done."""

from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import inspect

from letterhub.app import site_context
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.infrastructure.db import Base, db, migration_lock
from letterhub.models import FTS5_TABLES
from letterhub.queries.operations.migrations import newest_migration
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.database_copies import settings_for
from tests.support.servers.kill_at_each_step import TIMEOUT
from tests.support.servers.processes import PROCESSES

MACHINES = 3


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    server = request.getfixturevalue("postgresql_copies").server
    server.copy("template1", "empty")
    return str(server.url("empty"))


def migrate(there: Connection, url: str, folder: Path) -> None:
    """Migrate in a process of its own; send a message at its start, and the database's revision at its end."""
    with site_context(settings_for(url, folder)):
        there.send("here")
        try:
            there.send(migrate_to_newest())
        except BaseException as fault:  # noqa: BLE001 - the test reports it
            there.send(repr(fault))


@pytest.mark.shows("R5")
def test_machines_that_migrate_at_once_wait_for_each_other(empty: str, tmp_path: Path) -> None:
    pipes = [PROCESSES.Pipe(duplex=False) for _ in range(MACHINES)]
    machines = [PROCESSES.Process(target=migrate, args=(there, empty, tmp_path)) for _, there in pipes]
    with site_context(settings_for(empty, tmp_path)):
        with migration_lock():  # all have started before the first migrates
            for machine in machines:
                machine.start()
            assert [here.poll(TIMEOUT) and here.recv() for here, _ in pipes] == ["here"] * MACHINES
        assert [here.poll(TIMEOUT) and here.recv() for here, _ in pipes] == [newest_migration()] * MACHINES
        assert set(inspect(db.engine).get_table_names()) - {*FTS5_TABLES} == {*Base.metadata.tables, "alembic_version"}
    for machine in machines:
        machine.join(TIMEOUT)


def test_a_database_that_is_away_is_told_in_a_sentence(empty: str, tmp_path: Path) -> None:
    away = "postgresql://127.0.0.1:1/letters"
    ended = run_letterhub(settings_for(empty, tmp_path), "migrate", "--no-wait", LETTERHUB_DATABASE_URL=away)
    assert ended.exit_code == 1
    assert "Error: The database cannot be reached: " in ended.stderr
