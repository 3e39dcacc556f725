"""Backup of the whole database into one file, taken while the site runs. See docs/design/backups.md."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import mkstemp

from letterhub.commands.operations._pg_tools import ProgramFailed, connection_string, run_program
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import db


class BackupFailed(UserFacingError):
    """Raised when a backup could not be made."""


def back_up(target: Path) -> int:
    """Write a backup to a new file with mode 0600, atomically; return its size in bytes. Raises BackupFailed."""
    if target.exists():
        raise BackupFailed(_("%(file)s already exists. Name a new file: a backup never overwrites another.", file=target))
    try:
        handle, name = mkstemp(dir=target.parent, prefix=f".{target.name}.")  # created with mode 0600
    except OSError as problem:
        raise BackupFailed(_("%(file)s cannot be written: %(problem)s.", file=target, problem=problem.strerror)) from problem
    temporary_file = Path(name)
    try:
        copy = _copy_sqlite if db.engine.dialect.name == "sqlite" else _dump_postgresql
        copy(temporary_file)
        os.fsync(handle)
        temporary_file.rename(target)
    except (OSError, sqlite3.Error) as problem:
        raise BackupFailed(_("%(file)s could not be written: %(problem)s.", file=target, problem=problem)) from problem
    finally:
        os.close(handle)
        temporary_file.unlink(missing_ok=True)
    return target.stat().st_size


def _copy_sqlite(part: Path) -> None:
    """Copy with SQLite's online backup API: a consistent snapshot despite concurrent writes."""
    original = Path(db.engine.url.database or "").absolute().as_uri()
    with closing(sqlite3.connect(f"{original}?mode=ro", uri=True)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise BackupFailed(_("The database is damaged, and so is its backup: %(problem)s.", problem=verdict))


def _dump_postgresql(part: Path) -> None:
    """Dump with pg_dump, in the format that pg_restore reads."""
    try:
        run_program("pg_dump", "--format=custom", f"--file={part}", f"--dbname={connection_string()}")
    except ProgramFailed as error:
        raise BackupFailed(str(error)) from error
