"""PostgreSQL with a password (scram-sha-256): site, queue, backup and restore all connect, with any password."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from letterhub.config import Settings
from letterhub.jobs.runner import queue_problem
from tests.support.missing import skip_missing
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.postgres_server import PostgresServer, create_cluster, server_programs

PASSWORDS = ["plain", "p@ss:w/rd?#%41+& 'x\"\\=*\u00fc", "***", "$HOME;`id`"]
ROLE = "letters + role"


@pytest.fixture(scope="module")
def password_server() -> Iterator[PostgresServer]:
    """A server that admits our role by its password alone."""
    programs = server_programs()
    if programs is None:
        skip_missing("PostgreSQL is not installed: on Debian, apt-get install postgresql.")
    with create_cluster(programs) as cluster:
        rules = "local all postgres trust\nlocal all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (cluster.folder / "data" / "pg_hba.conf").write_text(rules)
        with cluster.running() as server:
            yield server


def asked_by(server: PostgresServer, statement: sql.Composable) -> None:
    with psycopg.connect(host=str(server.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(params=PASSWORDS)
def settings(
    password_server: PostgresServer, request: pytest.FixtureRequest, tmp_path: Path, database_url: str, settings: Settings
) -> Settings:
    """Settings of a site whose database belongs to a role with a password."""
    role, base = sql.Identifier(ROLE), sql.Identifier("letters db")
    asked_by(password_server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(base))
    asked_by(password_server, sql.SQL("DROP ROLE IF EXISTS {}").format(role))
    asked_by(password_server, sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, request.param))
    asked_by(password_server, sql.SQL("CREATE DATABASE {} OWNER {}").format(base, role))
    login = f"{quote(ROLE, safe='')}:{quote(request.param, safe='')}"
    return replace(settings, database_url=f"postgresql+psycopg://{login}@/letters%20db?host={password_server.folder}")


@pytest.mark.shows("R5")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_backup_and_restore_get_in_with_a_password(settings: Settings, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    assert run_letterhub(settings, "migrate").exit_code == 0
    assert run_letterhub(settings, "coalition", "create", "Coalition for Clean Rivers").exit_code == 0
    result = run_letterhub(settings, "backup", str(backup))
    assert (result.exit_code, backup.stat().st_size > 1000) == (0, True), result.output
    back = run_letterhub(settings, "restore", "--replace", str(backup))
    assert (back.exit_code, "Its audit log is intact." in back.stdout) == (0, True), back.output
    again = run_letterhub(settings, "coalition", "create", "Coalition for Clean Rivers")
    assert (again.exit_code, "already" in again.output) == (1, True), again.output
    assert queue_problem(settings) == ""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_wrong_password_is_told_and_shown_nowhere(settings: Settings, tmp_path: Path) -> None:
    given = settings.database_url.split("@")[0].rpartition(":")[2]
    wrong = replace(settings, database_url=settings.database_url.replace(f":{given}@", ":wr0ng@"))
    result = run_letterhub(wrong, "backup", str(tmp_path / "backup"))
    assert (result.exit_code, "password authentication failed" in result.output) == (1, True), result.output
    assert "wr0ng" not in result.output
    assert not (tmp_path / "backup").exists()
