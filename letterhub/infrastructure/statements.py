"""Statements past the ORM: rows of several tables in one round trip, and lists of integers as one parameter.

See docs/design/databases.md.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    Connection,
    Executable,
    Insert,
    Table,
    TableValuedAlias,
    bindparam,
    column,
    func,
    insert,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from letterhub.infrastructure.db import Base

Row = tuple[type[Base], Mapping[str, Any]]
FIRST_ID = object()
"""Value of a column that refers to the first of the rows that are inserted together."""


def insert_rows(connection: Connection, first: Row, others: Iterable[Row] = ()) -> int:
    """Insert rows of several tables past the session; return the id of the first, which is FIRST_ID in the others.

    Those of a table follow each other. Columns that are not given have their defaults. On PostgreSQL it is one statement, as
    each costs a round trip; elsewhere it is one for the first row, and one for each table of the others.
    """
    rows = [(cast("Table", model.__table__), {**default_values(model), **values}) for model, values in (first, *others)]
    if connection.dialect.name == "postgresql":
        shape = tuple((table, tuple((key, value is FIRST_ID) for key, value in row.items())) for table, row in rows)
        parameters = {f"{key}_{number}": value for number, (_, row) in enumerate(rows) for key, value in row.items()}
        return int(connection.execute(_insert_all(shape), parameters).scalar_one())
    (table, values), *later = rows
    first_id = connection.execute(_insert(table), values).lastrowid
    for (table, _columns), run in groupby(later, key=lambda row: (row[0], tuple(row[1]))):
        rows_of_table = [{key: first_id if value is FIRST_ID else value for key, value in row.items()} for _table, row in run]
        connection.execute(_insert(table), rows_of_table)
    return first_id


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


_Shape = tuple[Table, tuple[tuple[str, bool], ...]]
"""Table of a row, and its columns, each with True if it refers to the first row's id."""


@cache
def _insert_all(shape: tuple[_Shape, ...]) -> Executable:
    """Build the statement of PostgreSQL that inserts rows of such shapes, and returns the id of the first."""
    (table, columns), *others = shape
    first = insert(table).values({key: _bound_column(table, key, 0) for key, _ in columns}).returning(table.c.id).cte("first")
    statement = select(first.c.id)
    for (table, columns), run in groupby(enumerate(others, start=1), key=itemgetter(1)):
        rows = [
            select(*(first.c.id if refers else _bound_column(table, key, number) for key, refers in columns))
            for number, _ in run
        ]
        inserted = insert(table).from_select([key for key, _ in columns], union_all(*rows), include_defaults=False)
        statement = statement.add_cte(inserted.cte(f"new_{table.name}"))
    return statement


def _bound_column(table: Table, key: str, number: int) -> BindParameter[Any]:
    return bindparam(f"{key}_{number}", type_=table.c[key].type)


def bound_columns(model: type[Base]) -> dict[str, BindParameter[Any]]:
    """Return a parameter for each column of a table but its id, named after the column; each has the column's default."""
    table, defaults = cast("Table", model.__table__), default_values(model)
    return {one.key: bindparam(one.key, defaults.get(one.key), type_=one.type) for one in table.columns if one.key != "id"}


@cache
def default_values(model: type[Base]) -> Mapping[str, Any]:
    """Return the value of each column of a table that has a constant default."""
    columns = cast("Table", model.__table__).columns
    return {one.key: one.default.arg for one in columns if isinstance(one.default, ScalarElementColumnDefault)}


def bound_integers(name: str) -> Mapping[str, TableValuedAlias]:
    """Return by dialect a table with one column, `value`: a list of integers that is passed as the one parameter `name`.

    A statement with a parameter for each of hundreds takes longer to build and to parse than to run.
    """
    value = column("value", BigInteger)
    return {
        "sqlite": func.json_each(bindparam(name, type_=JSON)).table_valued(value),
        "postgresql": func.unnest(bindparam(name, type_=postgresql.ARRAY(BigInteger))).table_valued(value).render_derived(),
    }
