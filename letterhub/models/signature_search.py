"""Search index of signatures, in the database's own full-text engine: FTS5 on SQLite, a GIN index on PostgreSQL.

Whatever writes signatures calls `write_search_lines`; flushes of the session do. On SQLite, triggers carry what is written to
the index, so that it never differs from its table.

See docs/design/search.md.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import BigInteger, Connection, Dialect, ForeignKey, Index, Integer, Table, Text, delete, event
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from letterhub.domain.signatures.search_words import search_terms
from letterhub.infrastructure.db import INSERTS, Base, Insert, code_point_string
from letterhub.infrastructure.statements import execute_prepared
from letterhub.models.signatures import Signature

GIN_INDEX = "ix_search_line_terms"
BEGINNING, ID_BITS = 5, 26
"""Characters of the sort key that a position holds, and bits for the id: 67 million signatures."""
KEY_COLUMNS = ("lead_key", "kind_key", "section_key", "location_key", "sort_key")


class SearchTerms(TypeDecorator[list[str]]):
    """Column of search terms: a tsvector on PostgreSQL, text with a space before each term on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return "".join(f" '{term}'" if dialect.name == "postgresql" else f" {term}" for term in value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str] | None:  # noqa: ARG002
        return None if value is None else sorted(term.strip("'") for term in value.split())

    @property
    def python_type(self) -> type[list[str]]:
        return list


class SearchLine(Base):
    """Terms that a signature is found by, beside the keys that it is sorted by: narrow rows, as a search may sort thousands.

    They lie in about alphabetical order (`position`), and so SQLite's index knows where in a list the first match is.
    """

    __tablename__ = "search_line"
    __table_args__ = (
        Index(
            GIN_INDEX, "terms", postgresql_using="gin", postgresql_with={"fastupdate": "off"}
        ).ddl_if(dialect="postgresql"),
    )  # fmt: skip

    position: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), unique=True)
    terms: Mapped[list[str]] = mapped_column(SearchTerms)
    lead_key: Mapped[str] = mapped_column(code_point_string(4))
    kind_key: Mapped[str] = mapped_column(code_point_string(4))
    section_key: Mapped[str] = mapped_column(code_point_string(600))
    location_key: Mapped[str] = mapped_column(code_point_string(600))
    sort_key: Mapped[str] = mapped_column(code_point_string(1200))


FTS5_INDEX = "search_index"
FTS5_TABLES = (FTS5_INDEX, *(f"{FTS5_INDEX}_{suffix}" for suffix in ("config", "data", "idx")))
_ADD = f"INSERT INTO {FTS5_INDEX}(rowid, terms) VALUES (new.position, new.terms);"  # noqa: S608
_REMOVE = f"INSERT INTO {FTS5_INDEX}({FTS5_INDEX}, rowid, terms) VALUES ('delete', old.position, old.terms);"  # noqa: S608
FTS5_SCHEMA: Mapping[str, str] = {
    FTS5_INDEX: f"CREATE VIRTUAL TABLE {FTS5_INDEX} USING fts5(terms, content='search_line', content_rowid='position', "
    "detail=none, columnsize=0, prefix='3 4 5', tokenize='ascii')",
    "search_line_added": f"CREATE TRIGGER search_line_added AFTER INSERT ON search_line BEGIN {_ADD} END",
    "search_line_changed": f"CREATE TRIGGER search_line_changed AFTER UPDATE ON search_line BEGIN {_REMOVE} {_ADD} END",
    "search_line_removed": f"CREATE TRIGGER search_line_removed AFTER DELETE ON search_line BEGIN {_REMOVE} END",
}
"""Virtual table and triggers on SQLite, by name. Words of up to three letters have an index of their own (`prefix`)."""

SEARCH_INDEXES = {*FTS5_TABLES, GIN_INDEX}
"""Tables and indexes of which only one kind of database has any."""

_TABLE = cast("Table", SearchLine.__table__)


@event.listens_for(_TABLE, "after_create")
def _create_index(_table: Table, connection: Connection, **_options: Any) -> None:
    if connection.dialect.name == "sqlite":
        for statement in FTS5_SCHEMA.values():
            connection.exec_driver_sql(statement)


@event.listens_for(_TABLE, "before_drop")
def _drop_index(_table: Table, connection: Connection, **_options: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TABLE {FTS5_INDEX}")


def write_search_lines(connection: Connection, rows: Iterable[Signature]) -> None:
    """Write the search lines of signatures that were added or changed, in the caller's transaction; remove those of signatures
    that nobody confirmed or whose line was erased. The signatures need not belong to a session."""
    lines = [_search_line(row) for row in rows]
    if emptied := [line["signature_id"] for line in lines if not line["terms"]]:
        connection.execute(delete(_TABLE).where(_TABLE.c.signature_id.in_(emptied)))
    if found := [line for line in lines if line["terms"]]:
        upsert = _UPSERT[connection.dialect.name]
        if len(found) == 1:
            execute_prepared(connection, upsert, found[0])
        else:
            connection.execute(upsert, found)


def _upsert(insert: Insert) -> Insert:
    changed = {name: insert.excluded[name] for name in ("position", *KEY_COLUMNS, "terms")}
    return insert.on_conflict_do_update(index_elements=["signature_id"], set_=changed)


_UPSERT = {dialect: _upsert(insert_into(_TABLE)) for dialect, insert_into in INSERTS.items()}
"""Prepared once, as every confirmation executes it."""


def _search_line(row: Signature) -> dict[str, Any]:
    keys = {name: getattr(row, name) for name in KEY_COLUMNS}
    terms = search_terms(row.letter_id, row.state, row.signatory, row.email)
    return {"position": search_position(row.kind_key, row.sort_key, row.id), "signature_id": row.id, "terms": terms, **keys}


def search_position(kind_key: str, sort_key: str, signature_id: int) -> int:
    """Return about where a signature stands in an alphabetical list: by the beginning of its keys and its id."""
    beginning = int(kind_key[0])
    for character in f"{kind_key[1:]}{sort_key}"[:BEGINNING].ljust(BEGINNING):
        beginning = beginning << 7 | ord(character)
    return beginning << ID_BITS | signature_id


def beginning_of(position: int) -> int:
    """Return the part of a position that names with the same beginning share."""
    return position >> ID_BITS


def keys_of_beginning(beginning: int) -> dict[str, str]:
    """Return the lower bound of the keys of names that share a beginning."""
    kind = beginning >> 7 * BEGINNING
    characters = "".join(chr(beginning >> 7 * place & 0x7F) for place in reversed(range(BEGINNING))).rstrip()
    rank = "" if kind else characters[:3]  # of a lead
    return {"first_kind": f"{kind}{rank}", "first_beginning": characters.removeprefix(rank)}


def optimize_index(connection: Connection) -> None:
    """Merge FTS5's index on SQLite, after which nothing is left in it of words that were removed. PostgreSQL does so itself."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"INSERT INTO {FTS5_INDEX}({FTS5_INDEX}) VALUES ('optimize')")  # noqa: S608
