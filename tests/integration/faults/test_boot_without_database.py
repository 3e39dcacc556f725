"""After a boot the database may start last: `migrate`, `serve` and `worker` wait for it, log it, and end at once on SIGTERM."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterhub.config import Settings
from tests.support.missing import skip_missing
from tests.support.servers.command_line import settings_environment
from tests.support.servers.database_copies import settings_for
from tests.support.servers.postgres_server import PostgresCluster, create_cluster, server_programs
from tests.support.servers.worker_process import TIMEOUT, wait_until

COMMANDS = [("migrate",), ("serve", "--port", "1"), ("worker",)]  # a port that is never bound in this test


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    programs = server_programs()
    if programs is None:
        skip_missing("PostgreSQL is not installed: on Debian, apt-get install postgresql.")
    with create_cluster(programs) as made:
        yield made


@pytest.fixture
def settings_without_database(cluster: PostgresCluster, tmp_path: Path) -> Settings:
    """Settings of a site whose database server is not started yet."""
    return settings_for(f"postgresql+psycopg://postgres@/postgres?host={cluster.folder}", tmp_path)


def started(settings: Settings, log: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "letterhub.cli", *words]
    environment = {"PATH": "/usr/bin:/bin", **settings_environment(settings), "LETTERHUB_LOG_FORMAT": "text"}
    with log.open("wb") as place:
        return subprocess.Popen(command, env=environment, stdout=place, stderr=place)


@pytest.mark.shows("R4")
def test_migrate_waits_for_a_database_that_starts_later(
    cluster: PostgresCluster, settings_without_database: Settings, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with started(settings_without_database, log, "migrate") as process:
        wait_until(lambda: "Waiting until it answers." in log.read_text())
        assert process.poll() is None
        with cluster.running():
            assert process.wait(TIMEOUT) == 0, log.read_text()
    log_text = log.read_text()
    assert log_text.count("The database cannot be reached: ") == 1  # once, and then once a minute
    assert "The database answers, after " in log_text
    assert "The database is at " in log_text


@pytest.mark.shows("R4")
@pytest.mark.parametrize("words", COMMANDS, ids=[words[0] for words in COMMANDS])
def test_whoever_waits_for_the_database_ends_when_told(
    settings_without_database: Settings, tmp_path: Path, words: tuple[str, ...]
) -> None:
    log = tmp_path / "log"
    with started(settings_without_database, log, *words) as process:
        wait_until(lambda: "Waiting until it answers." in log.read_text())
        process.send_signal(signal.SIGTERM)
        assert process.wait(TIMEOUT) == 143  # and not never: the database is not started
    assert "Traceback" not in log.read_text()


def test_a_database_that_never_answers_can_be_told_at_once(settings_without_database: Settings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started(settings_without_database, log, "migrate", "--no-wait") as process:
        assert process.wait(TIMEOUT) == 1
    assert "Error: The database cannot be reached: " in log.read_text()
