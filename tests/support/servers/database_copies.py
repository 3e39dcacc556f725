"""Test databases: each test gets a copy of one that was migrated once, on SQLite and on PostgreSQL."""

import shutil
from pathlib import Path
from typing import Protocol

from letterhub.app import create_app
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.config import MailServer, Settings
from letterhub.infrastructure.db import db
from tests.support.servers.postgres_reset import ResettableDatabase, open_resettable
from tests.support.servers.postgres_server import PostgresServer
from tests.support.servers.shared_engines import dispose_engines

SECRET_KEY = "no-secret: a key for tests, where nothing is worth keeping"
MAX_RESETS = 100
"""Resets after which a copy is made anew, as deleted rows leave space behind."""
SITE = "https://letters.example.org"


class DatabaseCopies(Protocol):
    """Source of copies of a migrated database."""

    def fresh(self) -> str:
        """Return the URL of a new copy; the previous copy is deleted."""


def settings_for(database_url: str, data_dir: Path, public_url: str = SITE, mail_port: int = 1) -> Settings:
    """Return settings of a small production site whose email goes to the local mail server."""
    return Settings(
        database_url=database_url,
        secret_key=SECRET_KEY,
        public_url=public_url,
        mail_server=MailServer("127.0.0.1", mail_port, tls=False),
        mail_from="Letterhub <letters@letters.example.org>",
        data_dir=data_dir,
        check_mail_domains=False,
        min_fill_seconds=0,
        page_cache_seconds=0,  # tests/integration/letters/test_page_cache.py covers the page cache
        two_factor=False,  # tests/integration/accounts/test_sessions.py covers the second factor
    )


class SqliteDatabaseCopies:
    """Copies of a SQLite file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.original = folder / "original.db"
        _migrate(f"sqlite:///{self.original}", folder)

    def fresh(self) -> str:
        for old in self.folder.glob("copy.db*"):
            old.unlink()
        shutil.copyfile(self.original, self.folder / "copy.db")
        return f"sqlite:///{self.folder}/copy.db"


class PostgresDatabaseCopies:
    """Copies of a PostgreSQL database, made by `CREATE DATABASE … TEMPLATE`, and reset after a test where that is enough."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self.server = server
        self.left: ResettableDatabase | None = None
        self.resets = 0
        server.copy("template1", "original")
        _migrate(server.url("original"), folder)

    def fresh(self) -> str:
        url = self.server.url("copy")
        if self.left and self.resets < MAX_RESETS and self.left.reset():
            self.resets += 1
            return url
        dispose_engines(url)
        self.close()
        self.server.copy("original", "copy")
        self.left, self.resets = open_resettable(self.server, "copy"), 0
        return url

    def close(self) -> None:
        """Close the connection that resets the copy."""
        if self.left:
            self.left.connection.close()
            self.left = None


def _migrate(database_url: str, folder: Path) -> None:
    app = create_app(settings_for(database_url, folder))
    with app.app_context():
        migrate_to_newest()
        db.engine.dispose()
