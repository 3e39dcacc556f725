"""Pages of a letter's public list, by keyset pagination: the last page is as fast as the first.

See docs/design/databases.md.
"""

import enum
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Row,
    ScalarSelect,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from letterhub.domain.letters.letter_document import LetterText, Signatory, SignatoryOrder, SignatoryStyle
from letterhub.domain.questions.answers import AnsweredQuestion
from letterhub.domain.questions.question import Questions
from letterhub.domain.signatures.search_words import printed_parts, query_words
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import execute_core
from letterhub.models import SearchLine, Signature, is_listed
from letterhub.models.signature_search import beginning_of, keys_of_beginning
from letterhub.queries.letters.public_letter import LINE_COLUMNS, logos_of_signatures, signatory_from_row, sort_columns
from letterhub.queries.paging import clamp_page
from letterhub.queries.questions.questions import public_answers
from letterhub.queries.signatures.search import MANY, Matches, SearchShape, TermQuery, has_terms, select_lines, select_lines_at

NAMES_PER_PAGE = 100
UNPAGED_MAX = 2 * NAMES_PER_PAGE
"""A list of up to UNPAGED_MAX names is shown on one page, a longer one in pages of NAMES_PER_PAGE."""
SCANNED, SCANNED_FIRST = 1_000, 300
"""Names that are scanned for a page of many matches before all matches are sorted; fewer where their positions are known."""

CACHED_PAGES = 32  # cached pages, per process

_LISTED = Signature.letter_id == bindparam("letter"), is_listed()

Keys = tuple[InstrumentedAttribute[Any], ...]


class PageMethod(enum.Enum):
    """Method of finding a page: by offset, or by the position of a name before or after it."""

    BY_OFFSET = enum.auto()
    AFTER_CURSOR = enum.auto()
    BEFORE_CURSOR = enum.auto()


class MatchStrategy(enum.Enum):
    """Strategy of selecting names: all; matches found by the search index, or known by their positions, and sorted; or found
    by scanning some names of the list in order, from its beginning or from about the first match."""

    ALL = enum.auto()
    BY_INDEX = enum.auto()
    BY_POSITIONS = enum.auto()
    BY_SCAN = enum.auto()
    BY_SCAN_FROM_FIRST = enum.auto()


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Requested page of a list; `query` is the search, "" for all.

    The page follows signature `after_id` or precedes `before_id`, so that changes to the list shift no page, and no offset is
    counted. 0 if unknown.
    """

    query: str = ""
    page: int = 1
    after_id: int = 0
    before_id: int = 0


@dataclass(frozen=True, slots=True)
class ListPage:
    """Names of one page of `size`; `has_next` says that more follow. `previous_cursor` and `next_cursor` are the cursors for
    the pages around it, 0 in a list that never changes.

    `match_count` is the number of matches, at most MANY + 1; `first_signatory` is the first name of the whole list. `answers`
    are the public ones of each signatory, empty for a letter without.
    """

    signatories: tuple[Signatory, ...]
    first_signatory: Signatory | None
    page: int
    size: int
    match_count: int
    has_next: bool = False
    previous_cursor: int = 0
    next_cursor: int = 0
    answers: tuple[tuple[AnsweredQuestion, ...], ...] = ()


def list_page(letter_id: int, text: LetterText, count: int, request: PageRequest, questions: Questions = ()) -> ListPage:
    """Return a page of a letter's published names, or of those that a search finds, in printing order; `count` is how many
    are published. It has the answers to those of its `questions` that are public.
    """
    words = query_words(request.query) if request.query else ()
    if request.query and not words:
        return ListPage((), None, 1, NAMES_PER_PAGE, 0)
    search = TermQuery(letter_id, words, printed_parts(text)) if words else None
    matches, page = search.matches() if search else Matches(count, ()), max(request.page, 1)
    size = NAMES_PER_PAGE if search or count > UNPAGED_MAX else max(count, 1)
    if matches.count <= MANY or not search:
        page = clamp_page(page, matches.count, size)
    first_row, rows, has_next = _fetch_page(letter_id, text.order, search, matches, replace(request, page=page), size)
    signatories = _printed_signatories(rows, text.shown)
    return ListPage(
        signatories=signatories,
        first_signatory=signatory_from_row(first_row) if first_row else None,
        page=page,
        size=size,
        match_count=matches.count,
        has_next=has_next,
        previous_cursor=rows[0][0] if rows else 0,
        next_cursor=rows[-1][0] if rows else 0,
        answers=public_answers(questions, [row[0] for row in rows]) if any(one.is_public for one in questions) else (),
    )


def _printed_signatories(rows: Sequence[Row[Any]], shown: SignatoryStyle) -> tuple[Signatory, ...]:
    """Return the signatories of rows, with logos if the letter shows them."""
    lines = _signatories_from_rows(tuple(map(tuple, rows)))
    if shown is not SignatoryStyle.LOGOS:
        return lines
    logos = logos_of_signatures(Signature.id.in_([row.id for row in rows]))
    return tuple(replace(line, logo=logos.get(row.id)) for line, row in zip(lines, rows, strict=True))


@lru_cache(maxsize=CACHED_PAGES)
def _signatories_from_rows(rows: tuple[tuple[Any, ...], ...]) -> tuple[Signatory, ...]:
    """Return the signatories of rows, cached: the pages that every reader sees are built once."""
    return tuple(map(signatory_from_row, rows))


def _fetch_page(
    letter_id: int, order: SignatoryOrder, search: TermQuery | None, matches: Matches, request: PageRequest, size: int
) -> tuple[Row[Any] | None, Sequence[Row[Any]], bool]:
    """Return the first row of the whole list, the rows of a page, and whether there are later ones.

    A page is found by its cursor, or else by its number. Page 1 is always the beginning. Many matches are met soon by scanning
    the list; where they are not, because they stand late, they are few enough to be sorted.
    """
    opened = search is None and request.page == 1
    cursor = request.after_id or request.before_id
    methods = [PageMethod.BY_OFFSET]
    if request.page > 1 and cursor:
        methods = [PageMethod.AFTER_CURSOR if request.after_id else PageMethod.BEFORE_CURSOR, PageMethod.BY_OFFSET]
    values: dict[str, Any] = {"letter": letter_id, "size": size + 1, "begin": (request.page - 1) * size, "cursor": cursor}
    values |= search.values if search else {}
    attempts = (
        (method, match, more) for method in methods for match, more in _attempts(search, matches, order, request.page, size)
    )
    for method, match, more in attempts:
        statement = _page_statement(order, match, search.shape if search else None, method, opened=opened)
        all_rows = execute_core(statement, {**values, **more})
        rows = all_rows if opened else all_rows[1:]
        if len(rows) > size or (rows and match not in (MatchStrategy.BY_SCAN, MatchStrategy.BY_SCAN_FROM_FIRST)):
            break
    page_rows = rows[:size]
    first_row = next(iter(all_rows), None)
    if method is PageMethod.BEFORE_CURSOR:  # read backward
        return first_row, page_rows[::-1], True
    return first_row, page_rows, len(rows) > size


def _attempts(
    search: TermQuery | None, matches: Matches, order: SignatoryOrder, page: int, size: int
) -> Iterator[tuple[MatchStrategy, dict[str, Any]]]:
    """Yield the strategies to try one after the other until a page is full, with their parameters."""
    if search is None:
        yield MatchStrategy.ALL, {}
        return
    in_order = search.shape.is_sqlite and order is SignatoryOrder.ALPHABETICAL and page == 1
    if matches.count > MANY:
        yield MatchStrategy.BY_SCAN, {"scanned": SCANNED_FIRST if in_order else SCANNED}
    positions = matches.positions or (search.first_positions() if in_order and matches.count else ())
    if positions and matches.count == len(positions):
        yield MatchStrategy.BY_POSITIONS, {"positions": json.dumps(positions)}
    elif in_order and positions:
        beginning = beginning_of(positions[size])
        if beginning != beginning_of(positions[-1]):  # of all names that begin so, the positions are known
            known = [position for position in positions if beginning_of(position) <= beginning]
            yield MatchStrategy.BY_POSITIONS, {"positions": json.dumps(known)}
        elif beginning == beginning_of(positions[0]):
            yield MatchStrategy.BY_SCAN_FROM_FIRST, {"scanned": SCANNED, **keys_of_beginning(beginning)}
    yield MatchStrategy.BY_INDEX, {}


@cache
def _page_statement(
    order: SignatoryOrder, match: MatchStrategy, shape: SearchShape | None, method: PageMethod, *, opened: bool
) -> Executable:
    """Return the statement for a kind of page, cached: building it takes longer than running it.

    Unless the page is `opened` by the first line of the whole list, that line is selected before the page's lines.
    """
    columns = sort_columns(order)
    if match in (MatchStrategy.BY_INDEX, MatchStrategy.BY_POSITIONS) and shape:
        keys = (*(getattr(SearchLine, column.key) for column in columns[:-1]), SearchLine.signature_id)
        by_index = match is MatchStrategy.BY_INDEX
        lines = select_lines(shape, SearchLine.signature_id) if by_index else select_lines_at(SearchLine.signature_id)
        found = _limited(lines, keys, order, method).subquery()
        page = select(*LINE_COLUMNS).join(found, found.c.signature_id == Signature.id)
        page = page.order_by(*(key.desc() if method is PageMethod.BEFORE_CURSOR else key for key in columns))
    else:
        page = _limited(select(*LINE_COLUMNS).where(*_LISTED), columns, order, method)
        if match is not MatchStrategy.ALL and shape:
            page = page.where(has_terms(shape), *_scan_conditions(order, match, method))
    first_row = select(*LINE_COLUMNS).where(*_LISTED).order_by(*columns).limit(1)
    return page if opened else union_all(select(first_row.subquery()), select(page.subquery()))


def _limited(names: Select[Any], keys: Keys, order: SignatoryOrder, method: PageMethod) -> Select[Any]:
    """Return a select of one page of names, sorted by the keys."""
    names = names.limit(bindparam("size"))
    match method:
        case PageMethod.BY_OFFSET:
            return names.order_by(*keys).offset(bindparam("begin"))
        case PageMethod.AFTER_CURSOR:
            return names.where(tuple_(*keys) > _position_of(order)).order_by(*keys)
        case PageMethod.BEFORE_CURSOR:
            return names.where(tuple_(*keys) < _position_of(order)).order_by(*(key.desc() for key in keys))


def _scan_conditions(order: SignatoryOrder, match: MatchStrategy, method: PageMethod) -> Sequence[ColumnElement[bool]]:
    """Return the conditions that a name is among those that are scanned. If no more are left than these, none is."""
    name = aliased(Signature)
    keys = tuple(getattr(name, column.key) for column in sort_columns(order))
    names = select(*(func.coalesce(key, "") for key in keys[:-1]), keys[-1])
    names = names.where(name.letter_id == bindparam("letter"), name.state == literal_column("'published'"))
    own, conditions = tuple_(*sort_columns(order)), list[ColumnElement[bool]]()
    if match is MatchStrategy.BY_SCAN_FROM_FIRST:
        start = tuple_(bindparam("first_kind"), bindparam("first_beginning"))
        names, conditions = names.where(tuple_(*keys[:2]) >= start), [tuple_(*sort_columns(order)[:2]) >= start]
    end = _limited(names, keys, order, method).limit(1).offset(bindparam("scanned")).scalar_subquery()
    return *conditions, own >= end if method is PageMethod.BEFORE_CURSOR else own <= end


def _position_of(order: SignatoryOrder) -> ScalarSelect[Any]:
    """Return a subquery of a name's position; NULL if it is not listed.

    Its keys are expressions, as SQLite uses no index to compare a column with a column of another row.
    """
    name = aliased(Signature)
    *keys, signature_id = (getattr(name, column.key) for column in sort_columns(order))
    conditions = (name.id == bindparam("cursor"), name.letter_id == bindparam("letter"), name.state == SignatureState.PUBLISHED)
    return select(*(func.coalesce(key, "") for key in keys), signature_id).where(*conditions).scalar_subquery()
