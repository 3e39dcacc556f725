"""Pages of a letter's public list, by keyset pagination: the last page is as fast as the first.

See docs/design/databases.md.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, Row, ScalarSelect, Select, bindparam, exists, func, select, tuple_, union_all
from sqlalchemy.orm import aliased

from letterhub.domain.letters.document import LetterText, Signatory, SignatoryOrder, SignatoryStyle
from letterhub.domain.paging import clamp_page
from letterhub.domain.signatures.sort_and_search_keys import NAMES_PER_PAGE, LinePart, printed_parts, query_words
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import execute_core
from letterhub.models import SignatoryWord, Signature, is_listed
from letterhub.queries.letters.documents import LINE_COLUMNS, logos_of_signatures, signatory_from_row, sort_columns

UNPAGED_MAX, PAGE_SIZE = 2 * NAMES_PER_PAGE, NAMES_PER_PAGE
"""A list of up to WHOLE names is shown on one page, a longer one in pages of PAGE."""
MANY = 3_000
"""Matches that are counted and sorted at most; if there are more, the list is scanned in order until a page is full."""

CACHED_PAGES = 32  # cached pages, per process
LAST_CHARACTER = "\U0010ffff"
_PARTS = tuple(f"part_{place}" for place in range(len(LinePart)))

Conditions = tuple[ColumnElement[bool], ...]
Values = Mapping[str, Any]


class PageMethod(enum.Enum):
    """Method of finding a page: by offset, or by the position of a name before or after it."""

    BY_OFFSET = enum.auto()
    AFTER_CURSOR = enum.auto()
    BEFORE_CURSOR = enum.auto()


class MatchStrategy(enum.Enum):
    """Strategy of selecting names: all, few matches found by index, or many matches found by scanning the list."""

    ALL = enum.auto()
    BY_INDEX = enum.auto()
    BY_SCAN = enum.auto()


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

    `match_count` is the number of matches, at most MANY + 1; `first_signatory` is the first name of the whole list.
    """

    signatories: tuple[Signatory, ...]
    first_signatory: Signatory | None
    page: int
    size: int
    match_count: int
    has_next: bool = False
    previous_cursor: int = 0
    next_cursor: int = 0


@dataclass(frozen=True, slots=True)
class NameSelection:
    """Selection of names for a page, with their number; `values` are bound parameters for the letter and the `word_count`."""

    match: MatchStrategy
    values: Values
    match_count: int
    word_count: int = 0


def list_page(letter_id: int, text: LetterText, count: int, asked: PageRequest) -> ListPage:
    """Return a page of a letter's published names, in printing order; `count` is how many there are."""
    words, order = query_words(asked.query) if asked.query else (), text.order
    if asked.query and not words:
        return ListPage((), None, 1, PAGE_SIZE, 0)
    listed = (
        _select_matching(letter_id, words, printed_parts(text))
        if words
        else NameSelection(MatchStrategy.ALL, {"letter": letter_id}, count)
    )
    found, page = listed.match_count, max(asked.page, 1)
    size = max(count, 1) if not words and count <= UNPAGED_MAX else PAGE_SIZE
    if found <= MANY or not words:
        page = clamp_page(page, found, size)
    opening, rows, later = _fetch_page(order, listed, asked, page, size)
    signatories = _lines(rows, text.shown)
    return ListPage(
        signatories=signatories,
        first_signatory=signatory_from_row(opening) if opening else None,
        page=page,
        size=size,
        match_count=found,
        has_next=later,
        previous_cursor=rows[0][0] if rows else 0,
        next_cursor=rows[-1][0] if rows else 0,
    )


def _lines(rows: Sequence[Row[Any]], shown: SignatoryStyle) -> tuple[Signatory, ...]:
    """Return the lines of rows, with logos if the letter shows them."""
    lines = _signatories(tuple(map(tuple, rows)))
    if shown is not SignatoryStyle.LOGOS:
        return lines
    logos = logos_of_signatures(Signature.id.in_([row.id for row in rows]))
    return tuple(replace(line, logo=logos.get(row.id)) for line, row in zip(lines, rows, strict=True))


@lru_cache(maxsize=CACHED_PAGES)
def _signatories(rows: tuple[tuple[Any, ...], ...]) -> tuple[Signatory, ...]:
    """Return the lines of rows, cached: the pages that every reader sees are built once."""
    return tuple(map(signatory_from_row, rows))


def _select_matching(letter_id: int, words: Sequence[str], parts: Sequence[LinePart]) -> NameSelection:
    """Return how to select the lines that have, for each word, one that begins with it, and how many there are.

    Few matches are found by their rarest word and then sorted; many are met soon by scanning the list.
    """
    values: dict[str, Any] = {"letter": letter_id, **_part_parameters(parts)}
    ordered = sorted((_count_matches(values, word), word) for word in words)
    for place, (_, word) in enumerate(ordered):
        values |= {f"word_{place}": word, f"end_{place}": word + LAST_CHARACTER}
    found = ordered[0][0]
    if found > MANY:
        return NameSelection(MatchStrategy.BY_SCAN, values, found, len(words))
    few = execute_core(_count_few(len(words)), values).scalar_one() if len(words) > 1 else found
    return NameSelection(MatchStrategy.BY_INDEX, values, few, len(words))


def _count_matches(values: Values, word: str) -> int:
    sought = {**values, "word_0": word, "end_0": word + LAST_CHARACTER, "most": MANY + 1}
    found: int = execute_core(_MATCH_COUNT, sought).scalar_one()
    return found


def _lines_with_first_word() -> Select[int]:
    """Return a select of the lines with a word that begins with the first search word."""
    return select(SignatoryWord.signature_id).where(SignatoryWord.letter_id == bindparam("letter"), *_word_conditions(0))


def _has_word(place: int) -> ColumnElement[bool]:
    """Return the condition that a word of the current line begins as typed, checking that line's words only."""
    return exists().where(SignatoryWord.signature_id == Signature.id, *_word_conditions(place)).correlate(Signature)


def _word_conditions(place: int) -> Conditions:
    begins = SignatoryWord.word >= bindparam(f"word_{place}"), SignatoryWord.word < bindparam(f"end_{place}")
    return *begins, SignatoryWord.part.in_([bindparam(name) for name in _PARTS])


def _part_parameters(parts: Sequence[LinePart]) -> dict[str, LinePart]:
    """Return bound parameters for the searched parts of a line; unused parameters repeat the first part."""
    return dict.fromkeys(_PARTS, parts[0]) | dict(zip(_PARTS, parts, strict=False))


_MATCH_COUNT = select(func.count()).select_from(_lines_with_first_word().distinct().limit(bindparam("most")).subquery())
_LISTED: Conditions = (Signature.letter_id == bindparam("letter"), is_listed())


@cache
def _count_few(words: int) -> Select[int]:
    return select(func.count()).where(*_conditions(MatchStrategy.BY_INDEX, words))


def _conditions(match: MatchStrategy, words: int) -> Conditions:
    if match is MatchStrategy.BY_INDEX:
        return Signature.id.in_(_lines_with_first_word()), *map(_has_word, range(1, words))
    return *_LISTED, *map(_has_word, range(words))


@cache
def _page_statement(order: SignatoryOrder, match: MatchStrategy, words: int, way: PageMethod, *, opened: bool) -> Executable:
    """Return the statement for a kind of page, cached: building it takes longer than running it.

    Unless the page is `opened` by the first line of the whole list, that line is selected before the page's lines.
    """
    columns = sort_columns(order)
    page = select(*LINE_COLUMNS).where(*_conditions(match, words)).limit(bindparam("size"))
    match way:
        case PageMethod.BY_OFFSET:
            page = page.order_by(*columns).offset(bindparam("begin"))
        case PageMethod.AFTER_CURSOR:
            page = page.where(tuple_(*columns) > _position_of(order)).order_by(*columns)
        case PageMethod.BEFORE_CURSOR:
            page = page.where(tuple_(*columns) < _position_of(order)).order_by(*(column.desc() for column in columns))
    opening = select(*LINE_COLUMNS).where(*_LISTED).order_by(*columns).limit(1)
    return page if opened else union_all(select(opening.subquery()), select(page.subquery()))


def _position_of(order: SignatoryOrder) -> ScalarSelect[Any]:
    """Return a subquery of a name's position; NULL if it is not listed.

    Its keys are expressions, as SQLite uses no index to compare a column with a column of another row.
    """
    name = aliased(Signature)
    before, key, number = (getattr(name, column.key) for column in sort_columns(order))
    listed = (name.id == bindparam("mark"), name.letter_id == bindparam("letter"), name.state == SignatureState.PUBLISHED)
    return select(func.coalesce(before, ""), func.coalesce(key, ""), number).where(*listed).scalar_subquery()


def _fetch_page(
    order: SignatoryOrder, listed: NameSelection, asked: PageRequest, page: int, size: int
) -> tuple[Row[Any] | None, Sequence[Row[Any]], bool]:
    """Return the first row of the whole list, the rows of a page, and whether there are later ones.

    A page is found by its cursor, or else by its number. Page 1 is always the beginning.
    """
    opened = listed.match is MatchStrategy.ALL and page == 1
    values = {**listed.values, "size": size + 1, "begin": (page - 1) * size, "mark": asked.after_id or asked.before_id}
    for way in _page_methods(asked, page):
        found = execute_core(_page_statement(order, listed.match, listed.word_count, way, opened=opened), values).all()
        rows = found if opened else found[1:]
        if rows:
            break
    some = rows[:size]
    later = way is PageMethod.BEFORE_CURSOR or len(rows) > size
    return next(iter(found), None), some[::-1] if way is PageMethod.BEFORE_CURSOR else some, later


def _page_methods(asked: PageRequest, page: int) -> tuple[PageMethod, ...]:
    if page == 1 or not (asked.after_id or asked.before_id):
        return (PageMethod.BY_OFFSET,)
    return PageMethod.AFTER_CURSOR if asked.after_id else PageMethod.BEFORE_CURSOR, PageMethod.BY_OFFSET
