"""Restore of a backup: checked before, written in one transaction, migrated, and its audit log verified after.

See docs/design/backups.md.
"""

import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
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
from letterhub.infrastructure.connections import BUSY_MILLISECONDS
from letterhub.infrastructure.db import Base, db
from letterhub.models import FTS5_SCHEMA, FTS5_TABLES
from letterhub.queries.operations.health import audit_log_problems, unreachable_sentence
from letterhub.queries.operations.migrations import DatabaseSummary, count_letters, database_summary, known_migrations

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
    """Result of a restore: `backup_migration` is the backup's, `audit_problems` are the chains that do not verify."""

    summary: DatabaseSummary
    backup_migration: str
    database_migration: str
    audit_problems: Mapping[str, str]


def restore_backup(backup: Path, *, replace: bool) -> RestoreResult:
    """Replace the database with a backup; a database with letters only if `replace`.

    Raises RestoreFailed, and CannotMigrate if the backup is in place but could not be migrated to this version.
    """
    sqlite = db.engine.dialect.name == "sqlite"
    _check_dialect(backup)
    backup_migration = _check_sqlite(backup) if sqlite else _check_postgresql(backup)
    if backup_migration not in known_migrations():
        raise RestoreFailed(
            _("%(file)s is from a newer Letterhub (%(at)s). Install that first.", file=backup, at=backup_migration or "?")
        )
    if not replace:
        _check_no_letters()
    db.session.remove()
    (_replace_sqlite if sqlite else _replace_postgresql)(backup)
    database_migration = migrate_to_newest()
    return RestoreResult(database_summary(), backup_migration, database_migration, audit_log_problems())


def _check_dialect(backup: Path) -> None:
    """Raise RestoreFailed unless a backup is of the kind of database that the site uses, by its first bytes."""
    magic, name = MAGIC_BY_DIALECT[db.engine.dialect.name]
    try:
        with backup.open("rb") as file:
            head = file.read(len(SQLITE_MAGIC))
    except OSError as problem:
        raise RestoreFailed(_("%(file)s cannot be read: %(problem)s.", file=backup, problem=problem.strerror)) from problem
    for other_magic, kind in MAGIC_BY_DIALECT.values():
        if head.startswith(other_magic) and kind != name:
            sentence = _("%(file)s is a backup of %(kind)s, but this site uses %(name)s.", file=backup, kind=kind, name=name)
            raise RestoreFailed(sentence)
    if not head.startswith(magic):
        raise RestoreFailed(_("%(file)s was not made by letterhub backup.", file=backup))


def _check_no_letters() -> None:
    try:
        letter_count = count_letters()
    except SQLAlchemyError as error:
        sentence = _("%(problem)s To replace whatever it contains, add --replace.", problem=unreachable_sentence(error))
        raise RestoreFailed(sentence) from error
    if letter_count:
        raise RestoreFailed(
            ngettext(
                "The database contains a letter. To replace it, and lose what is newer, add --replace.",
                "The database contains %(num)s letters. To replace them, and lose what is newer, add --replace.",
                letter_count,
            )
        )


def _open_sqlite(backup: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True))


def _check_sqlite(backup: Path) -> str:
    """Check a whole backup; return its migration. Raises RestoreFailed."""
    try:
        with _open_sqlite(backup) as source:
            schema = source.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master").fetchall()
            _check_no_foreign_objects(backup, (_foreign_object(*row) for row in schema))
            verdict = source.execute("PRAGMA integrity_check").fetchone()[0]
            migration = source.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as problem:
        raise RestoreFailed(
            _("%(file)s is damaged, or not a backup of Letterhub: %(problem)s.", file=backup, problem=problem)
        ) from problem
    if verdict != "ok":
        raise RestoreFailed(_("%(file)s is damaged: %(problem)s.", file=backup, problem=verdict))
    return migration[0] if migration else ""


def _foreign_object(kind: str, name: str, table: str, made_by: str) -> str:
    """Return the kind and name of a foreign schema object; "" for tables and indexes of ours or of SQLite."""
    is_plain_table = kind == "table" and re.match(r"CREATE\s+TABLE\s", made_by, re.IGNORECASE)  # not a virtual one
    is_own = (kind == "index" or is_plain_table) and (_is_own_table(table) or table.startswith("sqlite_"))
    return "" if is_own or made_by == FTS5_SCHEMA.get(name) else f"the {kind} {name}"


def _is_own_table(table: str) -> bool:
    return table in {*Base.metadata.tables, *FTS5_TABLES[1:], "alembic_version"} or table.startswith("huey")


def _check_no_foreign_objects(backup: Path, names: Iterable[str]) -> None:
    """Raise RestoreFailed if a backup holds foreign objects, such as triggers and views, which could act on our data."""
    if foreign_objects := [name for name in names if name]:
        raise RestoreFailed(
            _(
                "%(file)s contains objects that Letterhub never creates: %(objects)s. Nothing was restored, as "
                "they could change this site’s data.",
                file=backup,
                objects=", ".join(sorted(foreign_objects)[:20]),
            )
        )


def _replace_sqlite(backup: Path) -> None:
    """Copy with SQLite's backup API, in one transaction: concurrent readers see the old or the new data."""
    db.engine.dispose()
    until = time.monotonic() + BUSY_MILLISECONDS / 1000

    def check_timeout(status: int, _left: int, _pages: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise sqlite3.OperationalError("database is locked")  # Python's own loop would retry forever

    try:
        with _open_sqlite(backup) as source, closing(sqlite3.connect(db.engine.url.database or "", timeout=0)) as target:
            source.backup(target, progress=check_timeout)
            target.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as problem:
        raise RestoreFailed(
            _("The database cannot be written: %(problem)s. Stop the site first.", problem=problem)
        ) from problem


def _check_postgresql(backup: Path) -> str:
    """Check a whole backup; return its migration. Raises RestoreFailed."""
    try:
        run_program("pg_restore", "--file=/dev/null", backup)
        _check_no_foreign_objects(backup, (entry.foreign_object for entry in _archive_entries(backup)))
        selection = (f"--schema={_own_schema()}", "--table=alembic_version")  # another schema may have a table of this name
        rows = run_program("pg_restore", "--data-only", *selection, "--file=-", backup).splitlines()
    except ProgramFailed as error:
        raise RestoreFailed(_("%(file)s cannot be read. %(problem)s", file=backup, problem=str(error))) from error
    copy_lines = [number for number, row in enumerate(rows) if row.startswith("COPY ")]
    return rows[copy_lines[0] + 1] if copy_lines else ""


def _replace_postgresql(backup: Path) -> None:
    """Run pg_restore's script and drop the old tables, in one transaction."""
    drop_statements = "".join(f"DROP TABLE IF EXISTS {name} CASCADE;\n" for name in _tables_to_drop(backup))
    preamble = f"SET client_min_messages = warning; SET lock_timeout = {BUSY_MILLISECONDS};\nBEGIN;\n{drop_statements}"
    arguments = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--dbname={connection_string()}")
    db.engine.dispose()
    with (
        TemporaryFile() as error_output,
        subprocess.Popen(  # noqa: S603
            command_line("psql", *arguments), env=program_environment(), bufsize=0, stdin=subprocess.PIPE, stderr=error_output
        ) as psql,
    ):
        assert psql.stdin is not None
        with suppress(BrokenPipeError):  # psql stopped at an error, reported below; unbuffered, so closing cannot fail again
            psql.stdin.write(preamble.encode())
            _write_restore_script(backup, psql.stdin)
            psql.stdin.write(b"\nCOMMIT;\n")
            psql.stdin.close()
        psql.wait()
        error_output.seek(0)
        if psql.returncode:
            raise RestoreFailed(
                _(
                    "The database is unchanged. psql says: %(message)s",
                    message=error_output.read().decode(errors="replace").strip(),
                )
            )


def _write_restore_script(backup: Path, target: IO[bytes]) -> None:
    """Write the backup's SQL for our objects only: extensions, privileges and foreign tables are left alone."""
    arguments = ("--no-owner", "--no-privileges", "--file=-")
    with NamedTemporaryFile("w", suffix=".list") as entry_list:
        entry_list.writelines(f"{entry.line}\n" for entry in _archive_entries(backup) if entry.is_own)
        entry_list.flush()
        with subprocess.Popen(  # noqa: S603
            command_line("pg_restore", *arguments, f"--use-list={entry_list.name}", backup),
            env=program_environment(),
            stdout=subprocess.PIPE,
        ) as source:
            assert source.stdout is not None
            shutil.copyfileobj(source.stdout, target)
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
    """Return the backup's table of contents. It lacks the table of an index, which is read from the backup's SQL."""
    own_schema = _own_schema()
    sql = run_program("pg_restore", "--section=post-data", f"--schema={own_schema}", "--file=-", backup)
    tables_of_indexes = dict[str, str](INDEX_PATTERN.findall(sql))
    lines = [line for line in run_program("pg_restore", "--list", backup).splitlines() if line and not line.startswith(";")]
    return [_parse_archive_line(line, own_schema, tables_of_indexes) for line in lines]


def _parse_archive_line(line: str, own_schema: str, tables_of_indexes: Mapping[str, str]) -> ArchiveEntry:
    """Return the entry of a line such as "215; 1259 16385 TABLE public letter owner"."""
    _number, _table, _row, description = line.split(" ", 3)
    kinds = (
        kind
        for kind in sorted(RESTORED_KINDS | SKIPPED_KINDS | MULTIWORD_KINDS, key=len, reverse=True)
        if description.startswith(f"{kind} ")
    )
    kind = next(kinds, description.split(" ")[0])
    schema, _space, rest = description.removeprefix(kind).strip().partition(" ")
    name = rest.rpartition(" ")[0] or rest
    table = tables_of_indexes.get(name, "") if kind == "INDEX" else name.partition(" ")[0].removesuffix("_id_seq")
    return ArchiveEntry(line, kind, schema, name, own_schema, table)


def _tables_to_drop(backup: Path) -> list[str]:
    """Return our tables in the database, and those of the backup."""
    quoted = db.engine.dialect.identifier_preparer.quote
    current_tables = [quoted(name) for name in inspect(db.engine).get_table_names() if _is_own_table(name)]
    backup_tables = [
        f"{quoted(entry.schema)}.{quoted(entry.name)}"
        for entry in _archive_entries(backup)
        if entry.is_own and entry.kind == "TABLE"
    ]
    return current_tables + backup_tables
