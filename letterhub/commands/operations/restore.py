"""Restore of a backup: checked before, written in one transaction, migrated, and its audit log verified after.

See docs/design/backups.md.
"""

import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO

from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from letterhub.commands.operations._pg_tools import NoProgram, address, command, environment, run
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.domain.errors import Refused
from letterhub.infrastructure.db import BUSY_MILLISECONDS, Base, db
from letterhub.queries.operations.database_summary import Holdings, holdings, letters_held
from letterhub.queries.operations.health import broken_chains, told_of
from letterhub.queries.operations.migrations import known_revisions

SQLITE, POSTGRESQL = b"SQLite format 3\0", b"PGDMP"
PARTS = frozenset(
    {
        "TABLE",
        "TABLE DATA",
        "SEQUENCE",
        "SEQUENCE OWNED BY",
        "SEQUENCE SET",
        "DEFAULT",
        "CONSTRAINT",
        "FK CONSTRAINT",
        "INDEX",
    }
)  # fmt: skip
LEFT_OUT = frozenset({"ACL", "DEFAULT ACL", "COMMENT", "EXTENSION", "SCHEMA"})  # skipped, not refused
ACTING = frozenset({"EVENT TRIGGER", "MATERIALIZED VIEW", "MATERIALIZED VIEW DATA", "ROW SECURITY"})  # names of several words
INDEX = re.compile(r'^CREATE (?:UNIQUE )?INDEX "?(\w+)"? ON (?:ONLY )?(?:\w+|"[^"]+")\."?(\w+)"? ', re.MULTILINE)
"""CREATE INDEX as pg_restore writes it, with index and table; ours have no names with other characters."""
KINDS = {"sqlite": (SQLITE, "SQLite"), "postgresql": (POSTGRESQL, "PostgreSQL")}


class NoRestore(Refused):
    """Raised when a backup was not restored; the database is unchanged."""


@dataclass(frozen=True, slots=True)
class Restored:
    """Result of a restore: `was_at` is the backup's migration, `broken` the audit log chains that do not verify."""

    holds: Holdings
    was_at: str
    is_at: str
    broken: Mapping[str, str]


def restore_from(backup: Path, *, replace: bool) -> Restored:
    """Replace the database with a backup; a database with letters only if `replace`.

    Raises NoRestore, and CannotMigrate if the backup is in place but could not be migrated to this version.
    """
    sqlite = db.engine.dialect.name == "sqlite"
    _check_kind(backup)
    was_at = _checked_sqlite(backup) if sqlite else _checked_postgresql(backup)
    if was_at not in known_revisions():
        raise NoRestore(f"{backup} was made by a newer Letterhub, at {was_at or 'nowhere'}: install that one first.")
    if not replace:
        _check_empty()
    db.session.remove()
    put = _put_sqlite if sqlite else _put_postgresql
    put(backup)
    is_at = migrate_to_newest()
    return Restored(holdings(), was_at, is_at, broken_chains())


def _check_kind(backup: Path) -> None:
    begins, name = KINDS[db.engine.dialect.name]
    try:
        with backup.open("rb") as file:
            found = file.read(len(SQLITE))
    except OSError as problem:
        raise NoRestore(f"{backup} cannot be read: {problem.strerror}.") from problem
    for other, kind in KINDS.values():
        if found.startswith(other) and kind != name:
            raise NoRestore(f"{backup} is a backup of {kind}, and this site keeps its data in {name}.")
    if not found.startswith(begins):
        raise NoRestore(f"{backup} is not a backup that letterhub backup made.")


def _check_empty() -> None:
    try:
        held = letters_held()
    except SQLAlchemyError as error:
        raise NoRestore(
            f"{told_of(error)} What it holds is not known: say --replace to put the backup in its place."
        ) from error
    if held:
        count = "a letter" if held == 1 else f"{held} letters"
        raise NoRestore(
            f"The database holds {count}. Anything newer than the backup would be lost: say --replace if that is what you want."
        )


@contextmanager
def _opened(backup: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as source:
        yield source


def _checked_sqlite(backup: Path) -> str:
    """Check a whole backup; return its migration. Raises NoRestore."""
    try:
        with _opened(backup) as source:
            schema = source.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master").fetchall()
            _check_ours(backup, (_named(*row) for row in schema))
            verdict = source.execute("PRAGMA integrity_check").fetchone()[0]
            found = source.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as problem:
        raise NoRestore(f"{backup} is damaged, or not a backup of Letterhub: {problem}.") from problem
    if verdict != "ok":
        raise NoRestore(f"{backup} is damaged: {verdict}.")
    return found[0] if found else ""


def _named(kind: str, name: str, table: str, made_by: str) -> str:
    """Return the kind and name of a foreign schema object; "" for our tables and their indexes, and for SQLite's own tables."""
    plain = kind == "index" or (kind == "table" and re.match(r"CREATE\s+TABLE\s", made_by, re.IGNORECASE))
    return "" if plain and (_is_ours(table) or table.startswith("sqlite_")) else f"the {kind} {name}"


def _is_ours(table: str) -> bool:
    return table in {*Base.metadata.tables, "alembic_version"} or table.startswith("huey")


def _check_ours(backup: Path, found: Iterable[str]) -> None:
    """Raise NoRestore if a backup holds foreign objects, such as triggers and views, which could act on our data."""
    if strange := [one for one in found if one]:
        raise NoRestore(
            f"{backup} holds what no Letterhub made: {', '.join(sorted(strange)[:20])}. "
            "Nothing was restored: it could change what this site keeps."
        )


def _put_sqlite(backup: Path) -> None:
    """Copy with SQLite's backup API, in one transaction: concurrent readers see the old or the new data."""
    db.engine.dispose()
    until = time.monotonic() + BUSY_MILLISECONDS / 1000

    def look(status: int, _left: int, _pages: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise sqlite3.OperationalError("database is locked")  # Python's own loop would retry forever

    try:
        with _opened(backup) as source, closing(sqlite3.connect(db.engine.url.database or "", timeout=0)) as target:
            source.backup(target, progress=look)
            target.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as problem:
        raise NoRestore(f"The database cannot be written: {problem}. Stop the site first.") from problem


def _checked_postgresql(backup: Path) -> str:
    """Check a whole backup; return its migration. Raises NoRestore."""
    try:
        run("pg_restore", "--file=/dev/null", backup)
        _check_ours(backup, (one.strange for one in _listed(backup)))
        only = (f"--schema={_home()}", "--table=alembic_version")  # another schema may have a table of this name
        rows = run("pg_restore", "--data-only", *only, "--file=-", backup).splitlines()
    except NoProgram as trouble:
        raise NoRestore(f"{backup} cannot be read. {trouble}") from trouble
    begins = [number for number, row in enumerate(rows) if row.startswith("COPY ")]
    return rows[begins[0] + 1] if begins else ""


def _put_postgresql(backup: Path) -> None:
    """Run pg_restore's script and drop the old tables, in one transaction."""
    gone = "".join(f"DROP TABLE IF EXISTS {name} CASCADE;\n" for name in _tables_of(backup))
    begin = f"SET client_min_messages = warning; SET lock_timeout = {BUSY_MILLISECONDS};\nBEGIN;\n{gone}"
    words = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--dbname={address()}")
    db.engine.dispose()
    with (
        TemporaryFile() as said,
        subprocess.Popen(command("psql", *words), env=environment(), bufsize=0, stdin=subprocess.PIPE, stderr=said) as psql,  # noqa: S603
    ):
        assert psql.stdin is not None
        with suppress(BrokenPipeError):  # psql stopped at an error, reported below; unbuffered, so closing cannot fail again
            psql.stdin.write(begin.encode())
            _script(backup, psql.stdin)
            psql.stdin.write(b"\nCOMMIT;\n")
            psql.stdin.close()
        psql.wait()
        said.seek(0)
        if psql.returncode:
            raise NoRestore(f"The database is as it was. psql says: {said.read().decode(errors='replace').strip()}")


def _script(backup: Path, place: IO[bytes]) -> None:
    """Write the backup's SQL for our objects only: extensions, privileges and foreign tables are left alone."""
    words = ("--no-owner", "--no-privileges", "--file=-")
    with NamedTemporaryFile("w", suffix=".list") as chosen:
        chosen.writelines(f"{one.line}\n" for one in _listed(backup) if one.ours)
        chosen.flush()
        with subprocess.Popen(  # noqa: S603
            command("pg_restore", *words, f"--use-list={chosen.name}", backup), env=environment(), stdout=subprocess.PIPE
        ) as source:
            assert source.stdout is not None
            shutil.copyfileobj(source.stdout, place)
    if source.returncode:
        raise NoRestore(f"{backup} could not be read to its end. The database is as it was.")


@dataclass(frozen=True, slots=True)
class ArchiveLine:
    """Line of pg_restore's table of contents.

    `table` is the table that it is or belongs to: derived from a sequence's name, looked up for an index. `home` is our schema.
    """

    line: str
    kind: str
    schema: str
    name: str
    home: str
    table: str

    @property
    def ours(self) -> bool:
        """Return whether it is one of our tables, or belongs to one."""
        return self.kind in PARTS and self.schema == self.home and _is_ours(self.table)

    @property
    def strange(self) -> str:
        """Return its kind and name if it could act by itself; "" if it is ours or skipped."""
        return "" if self.kind in PARTS or self.kind in LEFT_OUT else f"the {self.kind.lower()} {self.name}"


def _home() -> str:
    return inspect(db.engine).default_schema_name or "public"


def _listed(backup: Path) -> list[ArchiveLine]:
    home, indexed = _home(), _indexed(backup)
    lines = [line for line in run("pg_restore", "--list", backup).splitlines() if line and not line.startswith(";")]
    return [_read(line, home, indexed) for line in lines]


def _indexed(backup: Path) -> dict[str, str]:
    """Return the table of each index in a backup, from its SQL: the table of contents lacks it, and older versions had other
    indexes.
    """
    return dict(INDEX.findall(run("pg_restore", "--section=post-data", f"--schema={_home()}", "--file=-", backup)))


def _read(line: str, home: str, indexed: Mapping[str, str]) -> ArchiveLine:
    _number, _table, _row, told = line.split(" ", 3)
    known = (kind for kind in sorted(PARTS | LEFT_OUT | ACTING, key=len, reverse=True) if told.startswith(f"{kind} "))
    kind = next(known, told.split(" ")[0])
    schema, _space, rest = told.removeprefix(kind).strip().partition(" ")
    name = rest.rpartition(" ")[0] or rest
    table = indexed.get(name, "") if kind == "INDEX" else name.partition(" ")[0].removesuffix("_id_seq")
    return ArchiveLine(line, kind, schema, name, home, table)


def _tables_of(backup: Path) -> list[str]:
    """Return our tables in the database, and those of the backup."""
    quoted = db.engine.dialect.identifier_preparer.quote
    here = [quoted(name) for name in inspect(db.engine).get_table_names() if _is_ours(name)]
    there = [f"{quoted(one.schema)}.{quoted(one.name)}" for one in _listed(backup) if one.ours and one.kind == "TABLE"]
    return here + there
