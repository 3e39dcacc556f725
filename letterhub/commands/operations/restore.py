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

from letterhub.commands.operations._pg_tools import (
    ProgramFailed,
    command_line,
    connection_string,
    program_environment,
    run_program,
)
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _, ngettext
from letterhub.infrastructure.db import BUSY_MILLISECONDS, Base, db
from letterhub.queries.operations.database_summary import DatabaseSummary, count_letters, database_summary
from letterhub.queries.operations.health import audit_log_problems, unreachable_sentence
from letterhub.queries.operations.migrations import known_migrations

SQLITE_MAGIC, POSTGRESQL_MAGIC = b"SQLite format 3\0", b"PGDMP"
RESTORED_KINDS = frozenset({
    "TABLE", "TABLE DATA", "SEQUENCE", "SEQUENCE OWNED BY", "SEQUENCE SET", "DEFAULT", "CONSTRAINT", "FK CONSTRAINT", "INDEX",
})  # fmt: skip
SKIPPED_KINDS = frozenset({"ACL", "DEFAULT ACL", "COMMENT", "EXTENSION", "SCHEMA"})  # skipped, not refused
MULTIWORD_KINDS = frozenset({"EVENT TRIGGER", "MATERIALIZED VIEW", "MATERIALIZED VIEW DATA", "ROW SECURITY"})
INDEX_PATTERN = re.compile(r'^CREATE (?:UNIQUE )?INDEX "?(\w+)"? ON (?:ONLY )?(?:\w+|"[^"]+")\."?(\w+)"? ', re.MULTILINE)
"""CREATE INDEX as pg_restore writes it, with index and table; ours have no names with other characters."""
MAGIC_BY_DIALECT = {"sqlite": (SQLITE_MAGIC, "SQLite"), "postgresql": (POSTGRESQL_MAGIC, "PostgreSQL")}


class RestoreFailed(UserFacingError):
    """Raised when a backup was not restored; the database is unchanged."""


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """Result of a restore: `backup_migration` is the backup's migration, `audit_problems` the audit log chains that do
    not verify.
    """

    summary: DatabaseSummary
    backup_migration: str
    database_migration: str
    audit_problems: Mapping[str, str]


def restore_backup(backup: Path, *, replace: bool) -> RestoreResult:
    """Replace the database with a backup; a database with letters only if `replace`.

    Raises RestoreFailed, and CannotMigrate if the backup is in place but could not be migrated to this version.
    """
    sqlite = db.engine.dialect.name == "sqlite"
    _check_kind(backup)
    backup_migration = _check_sqlite(backup) if sqlite else _check_postgresql(backup)
    if backup_migration not in known_migrations():
        sentence = _(
            "%(file)s is from a newer Letterhub (%(at)s). Install that first.", file=backup, at=backup_migration or "?"
        )
        raise RestoreFailed(sentence)
    if not replace:
        _check_empty()
    db.session.remove()
    put = _replace_sqlite if sqlite else _replace_postgresql
    put(backup)
    database_migration = migrate_to_newest()
    return RestoreResult(database_summary(), backup_migration, database_migration, audit_log_problems())


def _check_kind(backup: Path) -> None:
    begins, name = MAGIC_BY_DIALECT[db.engine.dialect.name]
    try:
        with backup.open("rb") as file:
            found = file.read(len(SQLITE_MAGIC))
    except OSError as problem:
        raise RestoreFailed(_("%(file)s cannot be read: %(problem)s.", file=backup, problem=problem.strerror)) from problem
    for other, kind in MAGIC_BY_DIALECT.values():
        if found.startswith(other) and kind != name:
            sentence = _("%(file)s is a backup of %(kind)s, but this site uses %(name)s.", file=backup, kind=kind, name=name)
            raise RestoreFailed(sentence)
    if not found.startswith(begins):
        raise RestoreFailed(_("%(file)s was not made by letterhub backup.", file=backup))


def _check_empty() -> None:
    try:
        held = count_letters()
    except SQLAlchemyError as error:
        sentence = _("%(problem)s To replace whatever it contains, add --replace.", problem=unreachable_sentence(error))
        raise RestoreFailed(sentence) from error
    if held:
        raise RestoreFailed(
            ngettext(
                "The database contains a letter. To replace it, and lose what is newer, add --replace.",
                "The database contains %(num)s letters. To replace them, and lose what is newer, add --replace.",
                held,
            )
        )


@contextmanager
def _open_sqlite(backup: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as source:
        yield source


def _check_sqlite(backup: Path) -> str:
    """Check a whole backup; return its migration. Raises RestoreFailed."""
    try:
        with _open_sqlite(backup) as source:
            schema = source.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master").fetchall()
            _check_no_foreign_objects(backup, (_foreign_object(*row) for row in schema))
            verdict = source.execute("PRAGMA integrity_check").fetchone()[0]
            found = source.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as problem:
        raise RestoreFailed(
            _("%(file)s is damaged, or not a backup of Letterhub: %(problem)s.", file=backup, problem=problem)
        ) from problem
    if verdict != "ok":
        raise RestoreFailed(_("%(file)s is damaged: %(problem)s.", file=backup, problem=verdict))
    return found[0] if found else ""


def _foreign_object(kind: str, name: str, table: str, made_by: str) -> str:
    """Return the kind and name of a foreign schema object; "" for our tables and their indexes, and for SQLite's own tables."""
    plain = kind == "index" or (kind == "table" and re.match(r"CREATE\s+TABLE\s", made_by, re.IGNORECASE))
    return "" if plain and (_is_own_table(table) or table.startswith("sqlite_")) else f"the {kind} {name}"


def _is_own_table(table: str) -> bool:
    return table in {*Base.metadata.tables, "alembic_version"} or table.startswith("huey")


def _check_no_foreign_objects(backup: Path, found: Iterable[str]) -> None:
    """Raise RestoreFailed if a backup holds foreign objects, such as triggers and views, which could act on our data."""
    if strange := [one for one in found if one]:
        raise RestoreFailed(
            _(
                "%(file)s contains objects that Letterhub never creates: %(objects)s. Nothing was restored, as "
                "they could change this site’s data.",
                file=backup,
                objects=", ".join(sorted(strange)[:20]),
            )
        )


def _replace_sqlite(backup: Path) -> None:
    """Copy with SQLite's backup API, in one transaction: concurrent readers see the old or the new data."""
    db.engine.dispose()
    until = time.monotonic() + BUSY_MILLISECONDS / 1000

    def look(status: int, _left: int, _pages: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise sqlite3.OperationalError("database is locked")  # Python's own loop would retry forever

    try:
        with _open_sqlite(backup) as source, closing(sqlite3.connect(db.engine.url.database or "", timeout=0)) as target:
            source.backup(target, progress=look)
            target.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as problem:
        raise RestoreFailed(
            _("The database cannot be written: %(problem)s. Stop the site first.", problem=problem)
        ) from problem


def _check_postgresql(backup: Path) -> str:
    """Check a whole backup; return its migration. Raises RestoreFailed."""
    try:
        run_program("pg_restore", "--file=/dev/null", backup)
        _check_no_foreign_objects(backup, (one.foreign_object for one in _archive_entries(backup)))
        only = (f"--schema={_own_schema()}", "--table=alembic_version")  # another schema may have a table of this name
        rows = run_program("pg_restore", "--data-only", *only, "--file=-", backup).splitlines()
    except ProgramFailed as trouble:
        raise RestoreFailed(_("%(file)s cannot be read. %(problem)s", file=backup, problem=str(trouble))) from trouble
    begins = [number for number, row in enumerate(rows) if row.startswith("COPY ")]
    return rows[begins[0] + 1] if begins else ""


def _replace_postgresql(backup: Path) -> None:
    """Run pg_restore's script and drop the old tables, in one transaction."""
    gone = "".join(f"DROP TABLE IF EXISTS {name} CASCADE;\n" for name in _tables_to_drop(backup))
    begin = f"SET client_min_messages = warning; SET lock_timeout = {BUSY_MILLISECONDS};\nBEGIN;\n{gone}"
    words = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--dbname={connection_string()}")
    db.engine.dispose()
    with (
        TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603
            command_line("psql", *words), env=program_environment(), bufsize=0, stdin=subprocess.PIPE, stderr=said
        ) as psql,
    ):
        assert psql.stdin is not None
        with suppress(BrokenPipeError):  # psql stopped at an error, reported below; unbuffered, so closing cannot fail again
            psql.stdin.write(begin.encode())
            _write_restore_script(backup, psql.stdin)
            psql.stdin.write(b"\nCOMMIT;\n")
            psql.stdin.close()
        psql.wait()
        said.seek(0)
        if psql.returncode:
            raise RestoreFailed(
                _("The database is unchanged. psql says: %(message)s", message=said.read().decode(errors="replace").strip())
            )


def _write_restore_script(backup: Path, place: IO[bytes]) -> None:
    """Write the backup's SQL for our objects only: extensions, privileges and foreign tables are left alone."""
    words = ("--no-owner", "--no-privileges", "--file=-")
    with NamedTemporaryFile("w", suffix=".list") as chosen:
        chosen.writelines(f"{one.line}\n" for one in _archive_entries(backup) if one.is_own)
        chosen.flush()
        with subprocess.Popen(  # noqa: S603
            command_line("pg_restore", *words, f"--use-list={chosen.name}", backup),
            env=program_environment(),
            stdout=subprocess.PIPE,
        ) as source:
            assert source.stdout is not None
            shutil.copyfileobj(source.stdout, place)
    if source.returncode:
        raise RestoreFailed(_("%(file)s could not be read to its end. The database is unchanged.", file=backup))


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """Line of pg_restore's table of contents.

    `table` is the table that it is or belongs to: derived from a sequence's name, looked up for an index. `own_schema` is our
    schema.
    """

    line: str
    kind: str
    schema: str
    name: str
    own_schema: str
    table: str

    @property
    def is_own(self) -> bool:
        """Return whether it is one of our tables, or belongs to one."""
        return self.kind in RESTORED_KINDS and self.schema == self.own_schema and _is_own_table(self.table)

    @property
    def foreign_object(self) -> str:
        """Return its kind and name if it could act by itself; "" if it is ours or skipped."""
        return "" if self.kind in RESTORED_KINDS or self.kind in SKIPPED_KINDS else f"the {self.kind.lower()} {self.name}"


def _own_schema() -> str:
    return inspect(db.engine).default_schema_name or "public"


def _archive_entries(backup: Path) -> list[ArchiveEntry]:
    home, indexed = _own_schema(), _tables_of_indexes(backup)
    lines = [line for line in run_program("pg_restore", "--list", backup).splitlines() if line and not line.startswith(";")]
    return [_parse_archive_line(line, home, indexed) for line in lines]


def _tables_of_indexes(backup: Path) -> dict[str, str]:
    """Return the table of each index in a backup, from its SQL: the table of contents lacks it, and older versions had other
    indexes.
    """
    return dict(
        INDEX_PATTERN.findall(run_program("pg_restore", "--section=post-data", f"--schema={_own_schema()}", "--file=-", backup))
    )


def _parse_archive_line(line: str, home: str, indexed: Mapping[str, str]) -> ArchiveEntry:
    _number, _table, _row, told = line.split(" ", 3)
    known = (
        kind
        for kind in sorted(RESTORED_KINDS | SKIPPED_KINDS | MULTIWORD_KINDS, key=len, reverse=True)
        if told.startswith(f"{kind} ")
    )
    kind = next(known, told.split(" ")[0])
    schema, _space, rest = told.removeprefix(kind).strip().partition(" ")
    name = rest.rpartition(" ")[0] or rest
    table = indexed.get(name, "") if kind == "INDEX" else name.partition(" ")[0].removesuffix("_id_seq")
    return ArchiveEntry(line, kind, schema, name, home, table)


def _tables_to_drop(backup: Path) -> list[str]:
    """Return our tables in the database, and those of the backup."""
    quoted = db.engine.dialect.identifier_preparer.quote
    here = [quoted(name) for name in inspect(db.engine).get_table_names() if _is_own_table(name)]
    there = [
        f"{quoted(one.schema)}.{quoted(one.name)}" for one in _archive_entries(backup) if one.is_own and one.kind == "TABLE"
    ]
    return here + there
