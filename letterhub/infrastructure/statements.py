"""Statements past the ORM: rows of several tables in one round trip, and lists of integers as one parameter.

See docs/design/databases.md.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, BindParameter, Connection, Table, TableValuedAlias, bindparam, column, func, insert
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from letterhub.infrastructure.db import Base


def insert_rows(connection: Connection, rows: Sequence[tuple[type[Base], Mapping[str, Any]]]) -> None:
    """Insert rows of several tables past the session; those of a table follow each other. On PostgreSQL it is one statement, as
    each costs a round trip. Columns that are not given have their defaults."""
    groups = [(model, [values for _model, values in group]) for model, group in groupby(rows, key=itemgetter(0))]
    if connection.dialect.name != "postgresql":
        for model, group in groups:
            connection.execute(insert(cast("Table", model.__table__)), group)
        return
    parameters = {
        f"{name}_{at}_{number}": value
        for at, (_model, group) in enumerate(groups)
        for number, values in enumerate(group)
        for name, value in values.items()
    }
    connection.execute(_insert_statement(tuple((model, len(group)) for model, group in groups)), parameters)


@cache
def _insert_statement(shape: tuple[tuple[type[Base], int], ...]) -> postgresql.Insert:
    """Build the statement that inserts so many rows of each table."""
    *others, last = (
        postgresql.insert(model).values([bound_columns(model, f"_{at}_{number}") for number in range(count)])
        for at, (model, count) in enumerate(shape)
    )
    return last.add_cte(*(other.cte(f"insert_{at}") for at, other in enumerate(others)))


def bound_columns(model: type[Base], suffix: str = "") -> dict[str, BindParameter[Any]]:
    """Return a parameter for each column of a table but its id, named after the column; each has the column's default."""
    table = cast("Table", model.__table__)
    columns, defaults = [column for column in table.columns if column.key != "id"], default_values(table)
    return {one.key: bindparam(one.key + suffix, defaults.get(one.key), type_=one.type) for one in columns}


def default_values(table: Table) -> dict[str, Any]:
    """Return the value of each column of a table that has a constant default."""
    return {
        column.key: column.default.arg for column in table.columns if isinstance(column.default, ScalarElementColumnDefault)
    }


def bound_integers(name: str) -> Mapping[str, TableValuedAlias]:
    """Return by dialect a table with one column, `value`: a list of integers that is passed as the one parameter `name`.

    A statement with a parameter for each of hundreds takes longer to build and to parse than to run.
    """
    value = column("value", BigInteger)
    return {
        "sqlite": func.json_each(bindparam(name, type_=JSON)).table_valued(value),
        "postgresql": func.unnest(bindparam(name, type_=postgresql.ARRAY(BigInteger))).table_valued(value).render_derived(),
    }
