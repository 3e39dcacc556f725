"""Puts a backup in the place of the database: read through before, put there whole, migrated, and its record checked after."""

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

from letterhub.commands.migrating import migrate_to_newest
from letterhub.commands.postgresql import NoProgram, address, command, environment, run
from letterhub.db import BUSY_MILLISECONDS, Base, db
from letterhub.domain.refusals import Refused
from letterhub.queries.health import broken_chains, told_of
from letterhub.queries.holdings import Holdings, holdings, letters_held
from letterhub.queries.migrations import known_revisions

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
LEFT_OUT = frozenset({"ACL", "DEFAULT ACL", "COMMENT", "EXTENSION", "SCHEMA"})  # of PARTS, those of others
ACTING = frozenset({"EVENT TRIGGER", "MATERIALIZED VIEW", "MATERIALIZED VIEW DATA", "ROW SECURITY"})  # told in two words
INDEX = re.compile(r'^CREATE (?:UNIQUE )?INDEX "?(\w+)"? ON (?:ONLY )?(?:\w+|"[^"]+")\."?(\w+)"? ', re.MULTILINE)
"""An index and its table as pg_restore writes them; a name with other signs is none of ours."""
KINDS = {"sqlite": (SQLITE, "SQLite"), "postgresql": (POSTGRESQL, "PostgreSQL")}


class NoRestore(Refused):
    """A backup that was not put in place; the database is as it was."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now: `was_at` is where the backup's tables were, `broken` the chains of its record that are not whole."""

    holds: Holdings
    was_at: str
    is_at: str
    broken: Mapping[str, str]


def restore_from(backup: Path, *, replace: bool) -> Restored:
    """Puts a backup in the place of the database; one that holds letters is replaced only where that is told.

    Raises NoRestore, and CannotMigrate where the backup is in place and its tables could not be brought to this version.
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
    """Reads all of a backup; gives the migration that it is at."""
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
    """What of a schema is not ours, by its kind and name; "" where it is: an index is its table's, some tables are SQLite's."""
    plain = kind == "index" or (kind == "table" and re.match(r"CREATE\s+TABLE\s", made_by, re.IGNORECASE))
    return "" if plain and (_is_ours(table) or table.startswith("sqlite_")) else f"the {kind} {name}"


def _is_ours(table: str) -> bool:
    return table in {*Base.metadata.tables, "alembic_version"} or table.startswith("huey")


def _check_ours(backup: Path, found: Iterable[str]) -> None:
    """What acts by itself, or hides behind a table's name, has no place in a backup of ours."""
    if strange := [one for one in found if one]:
        raise NoRestore(
            f"{backup} holds what no Letterhub made: {', '.join(sorted(strange)[:20])}. "
            "Nothing was restored: it could change what this site keeps."
        )


def _put_sqlite(backup: Path) -> None:
    """By SQLite's own copying of pages, in one transaction: whoever reads meanwhile reads the old or the new."""
    db.engine.dispose()
    until = time.monotonic() + BUSY_MILLISECONDS / 1000

    def look(status: int, _left: int, _pages: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise sqlite3.OperationalError("database is locked")  # Python would wait for ever

    try:
        with _opened(backup) as source, closing(sqlite3.connect(db.engine.url.database or "", timeout=0)) as target:
            source.backup(target, progress=look)
            target.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as problem:
        raise NoRestore(f"The database cannot be written: {problem}. Stop the site first.") from problem


def _checked_postgresql(backup: Path) -> str:
    """Reads all of a backup; gives the migration that it is at."""
    try:
        run("pg_restore", "--file=/dev/null", backup)
        _check_ours(backup, (one.strange for one in _listed(backup)))
        only = (f"--schema={_home()}", "--table=alembic_version")  # another program may have its own
        rows = run("pg_restore", "--data-only", *only, "--file=-", backup).splitlines()
    except NoProgram as trouble:
        raise NoRestore(f"{backup} cannot be read. {trouble}") from trouble
    begins = [number for number, row in enumerate(rows) if row.startswith("COPY ")]
    return rows[begins[0] + 1] if begins else ""


def _put_postgresql(backup: Path) -> None:
    """By pg_restore's script, in one transaction that takes the old tables away first: kept where both come to their end."""
    gone = "".join(f"DROP TABLE IF EXISTS {name} CASCADE;\n" for name in _tables_of(backup))
    begin = f"SET client_min_messages = warning; SET lock_timeout = {BUSY_MILLISECONDS};\nBEGIN;\n{gone}"
    words = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--dbname={address()}")
    db.engine.dispose()
    with (
        TemporaryFile() as said,
        subprocess.Popen(command("psql", *words), env=environment(), bufsize=0, stdin=subprocess.PIPE, stderr=said) as psql,  # noqa: S603
    ):
        assert psql.stdin is not None
        with suppress(BrokenPipeError):  # it stopped at a fault, which it tells; nothing is buffered that would fail once more
            psql.stdin.write(begin.encode())
            _script(backup, psql.stdin)
            psql.stdin.write(b"\nCOMMIT;\n")
            psql.stdin.close()
        psql.wait()
        said.seek(0)
        if psql.returncode:
            raise NoRestore(f"The database is as it was. psql says: {said.read().decode(errors='replace').strip()}")


def _script(backup: Path, place: IO[bytes]) -> None:
    """What of a backup is ours, as SQL: extensions, rights and tables of others are left as they are."""
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
    """One line of what pg_restore says is in a backup: of what kind, in which schema, and its name after that of its table.

    `table` is the one that it is or belongs to: a sequence is named after it, an index after anything.
    """

    line: str
    kind: str
    schema: str
    name: str
    home: str
    table: str

    @property
    def ours(self) -> bool:
        """Whether it is a table of ours, or belongs to one."""
        return self.kind in PARTS and self.schema == self.home and _is_ours(self.table)

    @property
    def strange(self) -> str:
        """Its kind and name, where it could act by itself; "" where it is ours, or is left out."""
        return "" if self.kind in PARTS or self.kind in LEFT_OUT else f"the {self.kind.lower()} {self.name}"


def _home() -> str:
    return inspect(db.engine).default_schema_name or "public"


def _listed(backup: Path) -> list[ArchiveLine]:
    home, indexed = _home(), _indexed(backup)
    lines = [line for line in run("pg_restore", "--list", backup).splitlines() if line and not line.startswith(";")]
    return [_read(line, home, indexed) for line in lines]


def _indexed(backup: Path) -> dict[str, str]:
    """The table of each index in a backup, as its SQL says: the list does not, and an older Letterhub had other indexes."""
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
    """Our tables as they stand in the database, and those of the backup."""
    quoted = db.engine.dialect.identifier_preparer.quote
    here = [quoted(name) for name in inspect(db.engine).get_table_names() if _is_ours(name)]
    there = [f"{quoted(one.schema)}.{quoted(one.name)}" for one in _listed(backup) if one.ours and one.kind == "TABLE"]
    return here + there
