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
from letterhub.domain.signatures.line_fields import NAMES_PER_PAGE, LinePart, printed_parts, query_words
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import execute_core
from letterhub.models import SignatoryWord, Signature, is_listed
from letterhub.queries.letters.public_letter import LINE_COLUMNS, logos_of_signatures, signatory_from_row, sort_columns
from letterhub.queries.paging import clamp_page

UNPAGED_MAX, PAGE_SIZE = 2 * NAMES_PER_PAGE, NAMES_PER_PAGE
"""A list of up to UNPAGED_MAX names is shown on one page, a longer one in pages of PAGE_SIZE."""
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


def list_page(letter_id: int, text: LetterText, count: int, request: PageRequest) -> ListPage:
    """Return a page of a letter's published names, or of those that a search finds, in printing order; `count` is how many
    are published.
    """
    words = query_words(request.query) if request.query else ()
    if request.query and not words:
        return ListPage((), None, 1, PAGE_SIZE, 0)
    selection = (
        _select_matching(letter_id, words, printed_parts(text))
        if words
        else NameSelection(MatchStrategy.ALL, {"letter": letter_id}, count)
    )
    match_count, page = selection.match_count, max(request.page, 1)
    is_on_one_page = not words and count <= UNPAGED_MAX
    size = max(count, 1) if is_on_one_page else PAGE_SIZE
    if match_count <= MANY or not words:
        page = clamp_page(page, match_count, size)
    first_row, rows, has_next = _fetch_page(text.order, selection, request, page, size)
    signatories = _printed_signatories(rows, text.shown)
    return ListPage(
        signatories=signatories,
        first_signatory=signatory_from_row(first_row) if first_row else None,
        page=page,
        size=size,
        match_count=match_count,
        has_next=has_next,
        previous_cursor=rows[0][0] if rows else 0,
        next_cursor=rows[-1][0] if rows else 0,
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


def _select_matching(letter_id: int, words: Sequence[str], parts: Sequence[LinePart]) -> NameSelection:
    """Return how to select the names that a search finds, and their number.

    These have, for each search word, a word that begins with it in one of the printed `parts` of their line.
    Few matches are found by their rarest word and then sorted; many are met soon by scanning the list.
    """
    values: dict[str, Any] = {"letter": letter_id, **dict.fromkeys(_PARTS, parts[0]), **dict(zip(_PARTS, parts, strict=False))}
    words_by_rarity: list[tuple[int, str]] = []
    for word in words:
        parameters = {**values, "word_0": word, "end_0": word + LAST_CHARACTER, "most": MANY + 1}
        words_by_rarity.append((execute_core(_MATCH_COUNT, parameters).scalar_one(), word))
    words_by_rarity.sort()
    for place, (_, word) in enumerate(words_by_rarity):
        values |= {f"word_{place}": word, f"end_{place}": word + LAST_CHARACTER}
    rarest_count, _rarest_word = words_by_rarity[0]
    if rarest_count > MANY:
        return NameSelection(MatchStrategy.BY_SCAN, values, rarest_count, len(words))
    match_count = execute_core(_match_count_statement(len(words)), values).scalar_one() if len(words) > 1 else rarest_count
    return NameSelection(MatchStrategy.BY_INDEX, values, match_count, len(words))


def _lines_with_first_word() -> Select[int]:
    """Return a select of the ids of signatures with a word that begins with the first search word."""
    return select(SignatoryWord.signature_id).where(SignatoryWord.letter_id == bindparam("letter"), *_word_conditions(0))


def _has_word(place: int) -> ColumnElement[bool]:
    """Return the condition that a word of the current line begins as typed, checking that line's words only."""
    return exists().where(SignatoryWord.signature_id == Signature.id, *_word_conditions(place)).correlate(Signature)


def _word_conditions(place: int) -> Conditions:
    begins_as_typed = SignatoryWord.word >= bindparam(f"word_{place}"), SignatoryWord.word < bindparam(f"end_{place}")
    return *begins_as_typed, SignatoryWord.part.in_([bindparam(name) for name in _PARTS])


_MATCH_COUNT = select(func.count()).select_from(_lines_with_first_word().distinct().limit(bindparam("most")).subquery())
_LISTED: Conditions = (Signature.letter_id == bindparam("letter"), is_listed())


@cache
def _match_count_statement(words: int) -> Select[int]:
    return select(func.count()).where(*_match_conditions(MatchStrategy.BY_INDEX, words))


def _match_conditions(match: MatchStrategy, words: int) -> Conditions:
    """Return the conditions for names that match this number of words, 0 for all names."""
    if match is MatchStrategy.BY_INDEX:
        return Signature.id.in_(_lines_with_first_word()), *map(_has_word, range(1, words))
    return *_LISTED, *map(_has_word, range(words))


@cache
def _page_statement(order: SignatoryOrder, match: MatchStrategy, words: int, method: PageMethod, *, opened: bool) -> Executable:
    """Return the statement for a kind of page, cached: building it takes longer than running it.

    Unless the page is `opened` by the first line of the whole list, that line is selected before the page's lines.
    """
    columns = sort_columns(order)
    page = select(*LINE_COLUMNS).where(*_match_conditions(match, words)).limit(bindparam("size"))
    match method:
        case PageMethod.BY_OFFSET:
            page = page.order_by(*columns).offset(bindparam("begin"))
        case PageMethod.AFTER_CURSOR:
            page = page.where(tuple_(*columns) > _position_of(order)).order_by(*columns)
        case PageMethod.BEFORE_CURSOR:
            page = page.where(tuple_(*columns) < _position_of(order)).order_by(*(column.desc() for column in columns))
    first_row = select(*LINE_COLUMNS).where(*_LISTED).order_by(*columns).limit(1)
    return page if opened else union_all(select(first_row.subquery()), select(page.subquery()))


def _position_of(order: SignatoryOrder) -> ScalarSelect[Any]:
    """Return a subquery of a name's position; NULL if it is not listed.

    Its keys are expressions, as SQLite uses no index to compare a column with a column of another row.
    """
    name = aliased(Signature)
    first_key, second_key, signature_id = (getattr(name, column.key) for column in sort_columns(order))
    conditions = (name.id == bindparam("cursor"), name.letter_id == bindparam("letter"), name.state == SignatureState.PUBLISHED)
    return (
        select(func.coalesce(first_key, ""), func.coalesce(second_key, ""), signature_id).where(*conditions).scalar_subquery()
    )


def _fetch_page(
    order: SignatoryOrder, selection: NameSelection, request: PageRequest, page: int, size: int
) -> tuple[Row[Any] | None, Sequence[Row[Any]], bool]:
    """Return the first row of the whole list, the rows of a page, and whether there are later ones.

    A page is found by its cursor, or else by its number. Page 1 is always the beginning.
    """
    opened = selection.match is MatchStrategy.ALL and page == 1
    methods = [PageMethod.BY_OFFSET]
    cursor = request.after_id or request.before_id
    if page > 1 and cursor:
        methods = [PageMethod.AFTER_CURSOR if request.after_id else PageMethod.BEFORE_CURSOR, PageMethod.BY_OFFSET]
    values = {**selection.values, "size": size + 1, "begin": (page - 1) * size, "cursor": cursor}
    for method in methods:
        all_rows = execute_core(
            _page_statement(order, selection.match, selection.word_count, method, opened=opened), values
        ).all()
        rows = all_rows if opened else all_rows[1:]
        if rows:
            break
    page_rows = rows[:size]
    first_row = next(iter(all_rows), None)
    if method is PageMethod.BEFORE_CURSOR:  # read backward
        return first_row, page_rows[::-1], True
    return first_row, page_rows, len(rows) > size
