"""A backup of the whole database in one file, taken while the site runs."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from shutil import which
from tempfile import mkstemp

from sqlalchemy import URL

from letterhub.db import db
from letterhub.domain.refusals import Refused


class NoBackup(Refused):
    """A backup that could not be made."""


def back_up(target: Path) -> int:
    """Writes a backup to a new file that only its owner may read, whole or not at all; gives its size in bytes."""
    if target.exists():
        raise NoBackup(f"{target} is there already. Name a new file: a backup never overwrites another.")
    try:
        handle, name = mkstemp(dir=target.parent, prefix=f".{target.name}.")  # that its owner alone may read
    except OSError as problem:
        raise NoBackup(f"{target} cannot be written: {problem.strerror}.") from problem
    part = Path(name)
    try:
        url = db.engine.url
        _copy_sqlite(url, part) if url.get_backend_name() == "sqlite" else _dump_postgresql(url, part)
        os.fsync(handle)
        part.rename(target)
    except (OSError, sqlite3.Error) as problem:
        raise NoBackup(f"{target} could not be written: {problem}.") from problem
    finally:
        os.close(handle)
        part.unlink(missing_ok=True)
    return target.stat().st_size


def _copy_sqlite(url: URL, part: Path) -> None:
    """By SQLite's own online backup: a copy of one moment, whatever is written meanwhile."""
    with closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise NoBackup(f"The database is damaged, and so is its backup: {verdict}.")


def _dump_postgresql(url: URL, part: Path) -> None:
    """By pg_dump, in the format that pg_restore reads. The password goes by environment, which no list of processes shows."""
    program = which("pg_dump")
    if program is None:
        raise NoBackup("pg_dump is not installed: on Debian, apt-get install postgresql-client.")
    host = str(url.host or url.query.get("host", ""))
    facts = {"PGHOST": host, "PGPORT": str(url.port or ""), "PGUSER": url.username, "PGPASSWORD": url.password}
    command = [program, "--format=custom", f"--file={part}", f"--dbname={url.database}"]
    done = subprocess.run(  # noqa: S603
        command, env={name: value for name, value in facts.items() if value}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoBackup(f"pg_dump says: {done.stderr.strip()}")
