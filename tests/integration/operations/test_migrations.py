"""The migrations create the tables that the models describe, and remove them again."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Enum, func, inspect, select, text

from letterhub.clock import now
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import Base, UtcDateTime, db
from letterhub.models import FTS5_SCHEMA, FTS5_TABLES, SEARCH_INDEXES
from letterhub.models.abuse import UtcMicroseconds
from letterhub.paths import ROOT
from letterhub.queries.operations.migrations import known_migrations, newest_migration
from tests.support import editions, factories

VERSIONS = ROOT / "migrations" / "versions"


def test_migrations_are_known_by_the_names_of_their_files() -> None:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert known_migrations() == {one.revision for one in scripts.walk_revisions()}
    assert newest_migration() == scripts.get_current_head()


def versions() -> list[Path]:
    return sorted(VERSIONS.glob("*.py"))


def test_migrated_tables_are_the_models_tables(app: Flask) -> None:
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_object": lambda _thing, name, *_: name not in SEARCH_INDEXES}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_the_search_index_is_the_models_own(app: Flask) -> None:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            made = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE 'CREATE VIRTUAL%'"
            assert dict(connection.execute(text(made)).all()) == FTS5_SCHEMA
        else:
            (index,) = [one for one in inspect(connection).get_indexes("search_line") if one["name"] in SEARCH_INDEXES]
            assert index["column_names"] == ["terms"]
            assert index["dialect_options"]["postgresql_using"] == "gin"
            assert index["dialect_options"]["postgresql_with"] == {"fastupdate": "off"}


def test_the_database_refuses_a_state_that_is_not_listed(app: Flask) -> None:
    listed = [
        (table, column, column.type.enums)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Enum)
    ]
    assert len(listed) > 20
    with db.engine.connect() as connection:
        checks = {table.name: inspect(connection).get_check_constraints(table.name) for table, *_ in listed}
    for table, column, states in listed:
        texts = [check["sqltext"] for check in checks[table.name] if re.match(rf"\W*{column.name}\b", check["sqltext"])]
        assert [sorted(re.findall(r"'([^']*)'", text)) for text in texts] == [sorted(states)], (table, column)


@pytest.mark.shows("R5")
def test_migrations_run_down_to_nothing_and_up_again(app: Flask) -> None:
    flask_migrate.downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    flask_migrate.upgrade()
    assert set(inspect(db.engine).get_table_names()) - {*FTS5_TABLES} == {*Base.metadata.tables, "alembic_version"}


def rows_of_tables() -> dict[str, int]:
    """Return the number of rows of each table."""
    with db.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: connection.scalar(text(f'SELECT COUNT(*) FROM "{name}"')) or 0 for name in names}


def fill_empty_tables() -> None:
    """Insert a valid row into each empty table."""
    filler: dict[type, Any] = {
        dt.date: dt.date(2026, 1, 7),
        str: "x",
        int: 1,
        float: 1.0,
        bool: False,
        object: [],
        bytes: b"x",
        dict: {},
        list: [],
    }
    with db.engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if connection.scalar(select(func.count()).select_from(table)):
                continue
            row = {}
            for column in table.columns:
                if column.foreign_keys:
                    (key,) = column.foreign_keys
                    row[column.name] = connection.scalar(select(key.column).limit(1))
                elif isinstance(column.type, Enum):
                    row[column.name] = column.type.python_type(column.type.enums[0])
                elif isinstance(column.type, UtcDateTime | UtcMicroseconds):
                    row[column.name] = now()
                elif not (column.primary_key and column.autoincrement is not False and column.type.python_type is int):
                    row[column.name] = filler[column.type.python_type]
            connection.execute(table.insert().values(row))


@pytest.mark.shows("R5")
def test_every_migration_runs_down_and_up_with_rows_in_every_table(app: Flask) -> None:
    letter = factories.open_letter()
    factories.signature(letter)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    editions.deliver_edition(letter)
    db.session.remove()
    fill_empty_tables()
    assert [name for name, count in rows_of_tables().items() if not count] == []
    for path in reversed(versions()):
        before = rows_of_tables()
        flask_migrate.downgrade(revision="-1")
        rows = rows_of_tables()
        flask_migrate.upgrade(revision="+1")
        again = rows_of_tables()
        common = rows.keys() & before.keys()  # other tables are those that this step makes or drops
        assert {name: again[name] for name in common} == {name: before[name] for name in common}, path.name
        flask_migrate.downgrade(revision="-1")
        assert rows_of_tables() == rows, path.name
    assert set(rows_of_tables()) == {"alembic_version"}
    flask_migrate.upgrade()


def test_migrations_are_one_chain_and_named_by_their_numbers() -> None:
    """Numbers are reserved where several are written at a time: they may leave a gap, and the order of the chain counts."""
    texts = {path.name[:4]: path.read_text(encoding="utf-8") for path in versions()}
    assert len(texts) == len(versions()) > 0
    declared = {
        number: [re.search(rf"^{name}.*= (.*)$", text, re.MULTILINE) for name in ("revision", "down_revision")]
        for number, text in texts.items()
    }
    lines = {number: [match and match[1].strip("\"'") for match in found] for number, found in declared.items()}
    assert {number: own for number, (own, _) in lines.items()} == {number: number for number in texts}
    above = {below: number for number, (_, below) in lines.items()}
    chain = [above["None"]]
    while chain[-1] in above:
        chain.append(above[chain[-1]])
    assert sorted(chain) == sorted(texts)
