"""Statements past the ORM: prepared ones, rows of several tables in one round trip, lists of integers
as one parameter, and locks on names.

See docs/design/databases.md.
"""

import hashlib
from collections import namedtuple
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    Connection,
    Executable,
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
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import MultipleResultsFound, NoResultFound
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.schema import ScalarElementColumnDefault

Row = tuple[type[DeclarativeBase], Mapping[str, Any]]
FIRST_ID = object()
"""Value of a column that refers to the first of the rows that are inserted together."""


class Rows(list[Any]):
    """Rows of a statement as named tuples, and the number of rows that it changed if it returns none."""

    rowcount = 0

    def first(self) -> Any:
        """Return the first row; None if there is none."""
        return self[0] if self else None

    def one_or_none(self) -> Any:
        """Return the only row; None if there is none. Raises MultipleResultsFound."""
        if len(self) > 1:
            raise MultipleResultsFound("more than one row")
        return self[0] if self else None

    def one(self) -> Any:
        """Return the only row. Raises NoResultFound and MultipleResultsFound."""
        if len(self) != 1:
            raise MultipleResultsFound("more than one row") if self else NoResultFound("no row")
        return self[0]

    def scalar_one(self) -> Any:
        """Return the first value of the only row, as `one`."""
        return self.one()[0]

    def scalars(self) -> "Rows":
        """Return the first value of each row."""
        return Rows(row[0] for row in self)


class _PreparedStatement:
    """Statement compiled for one database and these names of parameters: SQLAlchemy takes twice as long to find and bind it."""

    def __init__(self, statement: Any, dialect: Dialect, names: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=[*names])
        expanding = any(one.expanding for name, one in compiled.binds.items() if name in names)
        self.is_plain = not (expanding or compiled.insert_prefetch or compiled.update_prefetch)  # else values shape the text
        if not self.is_plain:
            return
        state = compiled.construct_expanded_state(dict.fromkeys(names))
        self.text, self.order = state.statement, state.positiontup
        typed = {name: one.type.dialect_impl(dialect) for name, one in compiled.binds.items() if not one.expanding}
        binders = {name: binder for name, one in typed.items() if (binder := one.bind_processor(dialect))} | state.processors
        fixed = {name: value for name, value in state.parameters.items() if name not in names}
        self.fixed = {name: binders[name](value) if name in binders else value for name, value in fixed.items()}
        self.binders = [(name, binders[name]) for name in names if name in binders]
        columns = compiled._result_columns  # noqa: SLF001 - a statement tells its columns, but not always those it returns
        readers = [(at, one.type.dialect_impl(dialect).result_processor(dialect, None)) for at, one in enumerate(columns)]
        self.readers = [(at, reader) for at, reader in readers if reader]
        row: Any = namedtuple("Row", [one.keyname for one in columns], rename=True)  # type: ignore[misc]
        self.make_row = row._make

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> Rows:
        """Execute the statement with values for its names."""
        bound = {**self.fixed, **values}
        for name, binder in self.binders:
            bound[name] = binder(bound[name])
        result = connection.exec_driver_sql(
            self.text, bound if self.order is None else tuple([bound[name] for name in self.order])
        )
        rows = Rows()
        if not result.returns_rows:
            rows.rowcount = result.rowcount
            return rows
        for found in result.cursor.fetchall():
            row = [*found]
            for at, reader in self.readers:
                row[at] = reader(row[at])
            rows.append(self.make_row(row))
        result.close()
        return rows


_prepare = lru_cache(maxsize=512)(_PreparedStatement)


def execute_prepared(connection: Connection, statement: Executable, values: Mapping[str, Any] | None = None) -> Rows:
    """Execute a statement without the ORM that was built once, at the level of its module or by a cached function."""
    prepared = _prepare(statement, connection.dialect, tuple(values or ()))
    if prepared.is_plain:
        return prepared.execute(connection, values or {})
    result = connection.execute(statement, values)
    if result.returns_rows:
        return Rows(result.all())
    rows = Rows()
    rows.rowcount = result.rowcount
    return rows


def insert_rows(connection: Connection, first: Row, others: Iterable[Row] = ()) -> int:
    """Insert rows of several tables past the session; return the id of the first, which is FIRST_ID in the others.

    Those of a table follow each other. Columns that are not given have their defaults. On PostgreSQL it is one statement, as
    each costs a round trip; elsewhere it is one for the first row, and one for each table of the others.
    """
    rows = [(cast("Table", model.__table__), {**default_values(model), **values}) for model, values in (first, *others)]
    if connection.dialect.name == "postgresql":
        shape = tuple((table, tuple((key, value is FIRST_ID) for key, value in row.items())) for table, row in rows)
        parameters = {f"{key}_{number}": value for number, (_, row) in enumerate(rows) for key, value in row.items()}
        return int(execute_prepared(connection, _insert_all(shape), parameters).scalar_one())
    (table, values), *later = rows
    first_id = int(execute_prepared(connection, _insert(table, returns_id=True), values).scalar_one())
    for (table, _columns), run in groupby(later, key=lambda row: (row[0], tuple(row[1]))):
        rows_of_table = [{key: first_id if value is FIRST_ID else value for key, value in row.items()} for _table, row in run]
        if len(rows_of_table) == 1:
            execute_prepared(connection, _insert(table), rows_of_table[0])
        else:
            connection.execute(_insert(table), rows_of_table)
    return first_id


@cache
def _insert(table: Table, *, returns_id: bool = False) -> Executable:
    return insert(table).returning(table.c.id) if returns_id else insert(table)


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


def bound_columns(model: type[DeclarativeBase]) -> dict[str, BindParameter[Any]]:
    """Return a parameter for each column of a table but its id, named after the column; each has the column's default."""
    table, defaults = cast("Table", model.__table__), default_values(model)
    return {one.key: bindparam(one.key, defaults.get(one.key), type_=one.type) for one in table.columns if one.key != "id"}


@cache
def default_values(model: type[DeclarativeBase]) -> Mapping[str, Any]:
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


_ADVISORY_LOCKS = tuple(
    select(*(func.pg_advisory_xact_lock(bindparam(f"lock_{number}", type_=BigInteger)) for number in range(count)))
    for count in range(1, 3)
)


def lock_names(connection: Connection, *names: str) -> None:
    """Wait until no other transaction holds a lock on one of at most two names, and hold them until the end of this one.

    They are advisory locks on PostgreSQL, taken in one order, so that there are no deadlocks. On SQLite a command holds the
    write lock anyway.
    """
    if connection.dialect.name == "postgresql":
        hashes = (hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
        keys = sorted(int.from_bytes(digest, signed=True) for digest in hashes)
        execute_prepared(connection, _ADVISORY_LOCKS[len(keys) - 1], {f"lock_{number}": key for number, key in enumerate(keys)})
