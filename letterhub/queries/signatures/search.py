"""Search among the signatures of a letter, by the search index of the database.

See docs/design/search.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    bindparam,
    cast,
    column,
    exists,
    false,
    func,
    or_,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from letterhub.domain.signatures.search_words import INDEXED_STATES, query_words, staff_parts
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, execute_core
from letterhub.models import FTS5_INDEX, SearchLine, Signature, is_from_flood, is_named, is_outside_floods
from letterhub.queries.paging import contains_text

MANY = 3_000
"""Matches that are counted at most."""
INDEXED_LETTERS = 3
"""Letters of the beginnings of words that SQLite's index has lists of."""
POSITIONS = 1_000
"""Matches on SQLite that are sorted without asking the index again."""

_FTS5 = table(FTS5_INDEX, column("rowid"), column(FTS5_INDEX))
_FTS5_SIGNS = " OR ", " AND "
_EXPRESSION = bindparam("expression", type_=String)
_TSQUERY = cast(bindparam("expression", type_=TSQUERY), TSQUERY)
_IS_MATCH = _FTS5.c[FTS5_INDEX].match(_EXPRESSION)
_FIRST_POSITIONS = select(_FTS5.c.rowid).where(_IS_MATCH).order_by(_FTS5.c.rowid).limit(bindparam("most"))


@dataclass(frozen=True, slots=True)
class SearchShape:
    """Shape of a search, on which its statements depend: the kind of database, and the numbers of words and parts."""

    is_sqlite: bool
    words: int
    parts: int


@dataclass(frozen=True, slots=True)
class Matches:
    """Matches of a search: their number, at most MANY + 1, and the first positions, in about alphabetical order, if known."""

    count: int
    positions: Sequence[int]


@dataclass(frozen=True, slots=True)
class TermQuery:
    """Search of a letter for signatures that have, for each word, a word that begins with it in one of the parts."""

    letter_id: int
    words: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def shape(self) -> SearchShape:
        """Return its shape on the site's database."""
        return SearchShape(db.engine.dialect.name == "sqlite", len(self.words), len(self.parts))

    @property
    def values(self) -> dict[str, Any]:
        """Return the bound parameters of `select_lines` and `has_terms`."""
        if not self.shape.is_sqlite:
            return {"expression": self._expression("'{}':*", " | ", " & ")}
        texts = {
            _term_name(place, number): f" {term}"
            for place, alternatives in enumerate(self._terms)
            for number, term in enumerate(alternatives)
        }
        return {"expression": self._expression('"{}"*', *_FTS5_SIGNS), **texts}

    @property
    def whole_words(self) -> str:
        """Return the expression for signatures that have the words as they are, not only words that begin so."""
        return self._expression('"{}"', *_FTS5_SIGNS) if self.shape.is_sqlite else self._expression("'{}'", " | ", " & ")

    def matches(self) -> Matches:
        """Return the matches.

        SQLite has an index of the first three letters of words, but reads all that begin with a longer one. So it is asked
        first whether many match the words as they are.
        """
        if not self.shape.is_sqlite:
            return Matches(self._count(self.values["expression"]), ())
        if max(map(len, self.words)) > INDEXED_LETTERS and (count := self._count(self.whole_words)) > MANY:
            return Matches(count, ())
        positions = self.first_positions()
        is_complete = len(positions) <= POSITIONS
        return Matches(len(positions) if is_complete else self._count(self.values["expression"]), positions)

    def first_positions(self) -> Sequence[int]:
        """Return the first positions of matches on SQLite, POSITIONS and one more at most."""
        values = {"expression": self.values["expression"], "most": POSITIONS + 1}
        return execute_core(_FIRST_POSITIONS, values).scalars()

    def _count(self, expression: str) -> int:
        count: int = execute_core(_count_statement(self.shape), {"expression": expression, "most": MANY + 1}).scalar_one()
        return count

    @property
    def _terms(self) -> list[list[str]]:
        """Return for each word its terms, one for each part."""
        return [[f"{self.letter_id}{part}{word}" for part in self.parts] for word in self.words]

    def _expression(self, term: str, either: str, both: str) -> str:
        return both.join(f"({either.join(map(term.format, alternatives))})" for alternatives in self._terms)


def select_lines(shape: SearchShape, *columns: Any) -> Select[Any]:
    """Return a select of columns of the search lines that match, by the index."""
    if shape.is_sqlite:
        found = _FTS5.join(SearchLine, SearchLine.position == _FTS5.c.rowid)
        return select(*columns).select_from(found).where(_IS_MATCH)
    return select(*columns).where(_has_expression())


def select_lines_at(*columns: Any) -> Select[Any]:
    """Return a select of columns of the search lines at `positions`, which are JSON, on SQLite."""
    positions = func.json_each(bindparam("positions", type_=String)).table_valued("value")
    return select(*columns).where(SearchLine.position.in_(select(positions.c.value)))


def has_terms(shape: SearchShape) -> ColumnElement[bool]:
    """Return the condition that the signature of the enclosing statement matches, by reading its search line alone."""
    if not shape.is_sqlite:
        has_expression = SearchLine.terms.op("@@")(_TSQUERY)
        return select(has_expression).where(SearchLine.signature_id == Signature.id).correlate(Signature).scalar_subquery()
    conditions = (
        or_(*(func.instr(SearchLine.terms, bindparam(_term_name(word, part), type_=String)) > 0 for part in range(shape.parts)))
        for word in range(shape.words)
    )
    return exists().where(SearchLine.signature_id == Signature.id, and_(*conditions)).correlate(Signature)


def select_staff_matches(letter_id: int, typed: str, states: Sequence[SignatureState]) -> CompoundSelect[int, str]:
    """Return a select of the id and sort key of a letter's signatures in these states that staff find by what they typed.

    Those that nobody confirmed are in no index: they are few, and found by any part of a word.
    """
    search = TermQuery(letter_id, query_words(typed), staff_parts(states))
    indexed = select(SearchLine.signature_id, SearchLine.sort_key).where(false())
    if search.words and search.parts:
        indexed = select_lines(search.shape, SearchLine.signature_id, SearchLine.sort_key).params(
            expression=search.values["expression"]
        )
    if SignatureState.PENDING not in states:
        return union_all(indexed)
    fields = (Signature.organization_name, Signature.signer_name, Signature.email, Signature.website)
    has_text = or_(*(contains_text(field, typed) for field in fields))
    unconfirmed = select(Signature.id, Signature.sort_key).where(Signature.letter_id == letter_id, is_named(), has_text)
    return union_all(indexed, *(unconfirmed.where(condition) for condition in (is_outside_floods(), is_from_flood())))


def select_with_words(letter_id: int, text: str) -> Select[int]:
    """Return a select of the ids of a letter's confirmed signatures that have all words of a text as they are: among them are
    all whose name or address has the same match key, unless that is cut."""
    search = TermQuery(letter_id, query_words(text), staff_parts(INDEXED_STATES))
    return select_lines(search.shape, SearchLine.signature_id).params(expression=search.whole_words)


@cache
def _count_statement(shape: SearchShape) -> Select[int]:
    found = select(_FTS5.c.rowid).where(_IS_MATCH) if shape.is_sqlite else select_lines(shape, SearchLine.signature_id)
    return select(func.count()).select_from(found.limit(bindparam("most")).subquery())


def _has_expression() -> ColumnElement[bool]:
    """Return PostgreSQL's condition that a search line matches.

    The expression is a subquery, so that the plan does not depend on it: always the index, whatever statistics say.
    """
    return SearchLine.terms.op("@@")(select(_TSQUERY).scalar_subquery())


def _term_name(word: int, part: int) -> str:
    return f"term_{word}_{part}"
