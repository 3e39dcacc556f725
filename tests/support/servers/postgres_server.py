"""Throwaway PostgreSQL server: a folder and a socket of its own, no port, deleted after the tests."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.support.servers.database_folder import database_folder

TIMEOUT = 30  # seconds before a server that does not answer is given up
FAST_SETTINGS = "fsync=off full_page_writes=off autovacuum=off shared_buffers=64MB max_connections=100"
"""Settings without fsync: commits survive a killed server, as they were handed to the system, but no power cut."""


def server_programs() -> Path | None:
    """Return the folder of `initdb` and `postgres`, the newest of several, or None where PostgreSQL is not installed."""
    folders = [folder / "bin" for folder in Path("/usr/lib/postgresql").glob("*")]
    folders.sort(key=lambda folder: float(folder.parent.name))
    if pg_config := shutil.which("pg_config"):
        folders.insert(0, Path(subprocess.check_output([pg_config, "--bindir"], text=True).strip()))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """Running server, reached through a socket in `folder`."""

    folder: Path

    def url(self, database: str) -> str:
        """Return the URL of one of its databases, as the app's settings take it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def copy(self, original: str, name: str, space: str = "pg_default") -> None:
        """Replace the database `name` by a copy of another; connections to the old one are closed."""
        made = "CREATE DATABASE {} TEMPLATE {} TABLESPACE {} STRATEGY file_copy"  # the quicker one, for a small database
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(sql.SQL(made).format(*map(sql.Identifier, (name, original, space))))

    @contextmanager
    def space(self, folder: Path) -> Iterator[str]:
        """Create a tablespace in a new folder while the block lasts; it must be empty at the end."""
        folder.mkdir()
        _unprivileged_command(folder)
        with self.connect() as connection:
            connection.execute(sql.SQL("CREATE TABLESPACE elsewhere LOCATION {}").format(str(folder)))
            try:
                yield "elsewhere"
            finally:
                connection.execute("DROP TABLESPACE elsewhere")

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Return a new connection to one of its databases, without transactions."""
        return psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True)


@dataclass(frozen=True, slots=True)
class PostgresCluster:
    """Data folder of a server, which can be stopped and started again, as after a crash."""

    programs: Path
    folder: Path
    who: dict[str, Any]
    settings: str = FAST_SETTINGS

    @contextmanager
    def running(self) -> Iterator[PostgresServer]:
        """Run the server while the block lasts, then stop it at once, whoever is connected."""
        command = [self.programs / "postgres", "-D", self.folder / "data", *_options(self.folder, self.settings)]
        with _process(command, self.folder, self.who) as process:
            _wait_for(PostgresServer(self.folder), process)
            yield PostgresServer(self.folder)


@contextmanager
def create_cluster(programs: Path, settings: str = FAST_SETTINGS) -> Iterator[PostgresCluster]:
    """Create an empty cluster, deleted after the block."""
    folder = Path(tempfile.mkdtemp(prefix="letterhub-pg-", dir=database_folder()))
    who = _unprivileged_command(folder)
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    try:
        made = [programs / "initdb", "-D", folder / "data", *options]
        subprocess.run(made, cwd=folder, check=True, stdout=subprocess.DEVNULL, **who)
        yield PostgresCluster(programs, folder, who, settings)
    finally:
        shutil.rmtree(folder)


@contextmanager
def run_server(programs: Path, settings: str = FAST_SETTINGS) -> Iterator[PostgresServer]:
    """Run a new server while the block lasts; it loses data at a power cut, unless its settings say otherwise."""
    with create_cluster(programs, settings) as cluster, cluster.running() as server:
        yield server


def _unprivileged_command(folder: Path) -> dict[str, Any]:
    """Return the command and user that start it: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "postgres", "postgres")
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _options(folder: Path, chosen: str) -> list[str]:
    settings = ["listen_addresses=", f"unix_socket_directories={folder}", *chosen.split()]
    return [part for setting in settings for part in ("-c", setting)]


@contextmanager
def _process(command: list[Any], folder: Path, who: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    if guard := shutil.which("setpriv"):
        command = [guard, "--pdeathsig", "QUIT", *command]  # ends with the tests even where they are killed
    with (folder / "log").open("wb") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **who) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: its data is deleted anyway


def _wait_for(server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + TIMEOUT
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((server.folder / "log").read_text()) from None
            time.sleep(0.05)
        else:
            return
