"""Reads about a letter's list as its readers turn its pages: as fast at the end of it as at its beginning."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, Row, ScalarSelect, Select, bindparam, exists, func, select, tuple_, union_all
from sqlalchemy.orm import aliased

from letterhub.db import read
from letterhub.domain.document import LetterText, Order, Shown, Signatory
from letterhub.domain.listing import NAMES_A_PAGE, Part, parts_printed, typed_words
from letterhub.domain.paging import page_within
from letterhub.domain.states import SignatureState
from letterhub.models import SignatoryWord, Signature, is_listed
from letterhub.queries.documents import LINE, in_order, logos_where, signatory_from

WHOLE, PAGE = 2 * NAMES_A_PAGE, NAMES_A_PAGE
"""As many names a page shows all of; of more it shows so many at once."""
MANY = 3_000
"""As many matches are counted and put in order; where there are more, the list itself is walked until a page is full."""

KEPT = 32  # pages of lines, of each process
LAST_LETTER = "\U0010ffff"
_PARTS = tuple(f"part_{place}" for place in range(len(Part)))

Conditions = tuple[ColumnElement[bool], ...]
Values = Mapping[str, Any]


class Approach(enum.Enum):
    """How a page is found: by counting from the beginning of the list, or from the place of a name on either side of it."""

    COUNTED = enum.auto()
    AFTER = enum.auto()
    BEFORE = enum.auto()


class Match(enum.Enum):
    """Which names are listed: all, the few that have a word, found by it, or the many, met on a walk through the list."""

    ALL = enum.auto()
    FEW = enum.auto()
    MANY = enum.auto()


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which page of a list, and of which search, "" for all. It follows signature `after`, or goes before `before`: so that
    names that come or go meanwhile move none across its edge, and no database counts up to it. 0 where nobody knows.
    """

    query: str = ""
    page: int = 1
    after: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class NamesOfPage:
    """The names of one page of `size`, and whether there are `later` ones; `first_id` and `last_id` are what the pages around
    it are asked by, 0 in a list that never changes.

    `found` is how many the search found, or MANY and one for any more; `opening` the first name of the whole list.
    """

    signatories: tuple[Signatory, ...]
    opening: Signatory | None
    page: int
    size: int
    found: int
    later: bool = False
    first_id: int = 0
    last_id: int = 0


@dataclass(frozen=True, slots=True)
class WhichNames:
    """Which names a page is of, and how many they are; `values` holds the letter and the `words` that were typed."""

    match: Match
    values: Values
    found: int
    words: int = 0


def part_of_list(letter_id: int, text: LetterText, count: int, asked: PageAsked) -> NamesOfPage:
    """A page of what is published under a letter, in printing order; `count` is how many that are."""
    words, order = typed_words(asked.query), text.order
    if asked.query and not words:
        return NamesOfPage((), None, 1, PAGE, 0)
    listed = _matching(letter_id, words, parts_printed(text)) if words else WhichNames(Match.ALL, {"letter": letter_id}, count)
    found, page = listed.found, max(asked.page, 1)
    size = max(count, 1) if not words and count <= WHOLE else PAGE
    if found <= MANY or not words:
        page = page_within(page, found, size)
    opening, rows, later = _rows(order, listed, asked, page, size)
    signatories = _lines(rows, text.shown)
    return NamesOfPage(
        signatories=signatories,
        opening=signatory_from(opening) if opening else None,
        page=page,
        size=size,
        found=found,
        later=later,
        first_id=rows[0][0] if rows else 0,
        last_id=rows[-1][0] if rows else 0,
    )


def _lines(rows: Sequence[Row[Any]], shown: Shown) -> tuple[Signatory, ...]:
    """The lines of rows, with their logos where the letter shows them."""
    lines = _signatories(tuple(map(tuple, rows)))
    if shown is not Shown.LOGOS:
        return lines
    logos = logos_where(Signature.id.in_([row.id for row in rows]))
    return tuple(replace(line, logo=logos.get(row.id)) for line, row in zip(lines, rows, strict=True))


@lru_cache(maxsize=KEPT)
def _signatories(rows: tuple[tuple[Any, ...], ...]) -> tuple[Signatory, ...]:
    """The same rows are the same lines: those that every reader sees are made once."""
    return tuple(map(signatory_from, rows))


def _matching(letter_id: int, words: Sequence[str], parts: Sequence[Part]) -> WhichNames:
    """How the lines are found in whose parts each word begins one, and how many they are, as far as it is counted.

    Few are found by their rarest word and then put in order. Many are met soon on a walk through the list.
    """
    values: dict[str, Any] = {"letter": letter_id, **_sought(parts)}
    ordered = sorted((_number_beginning(values, word), word) for word in words)
    for place, (_, word) in enumerate(ordered):
        values |= {f"word_{place}": word, f"end_{place}": word + LAST_LETTER}
    found = ordered[0][0]
    if found > MANY:
        return WhichNames(Match.MANY, values, found, len(words))
    few = read(_number_of_few(len(words)), values).scalar_one() if len(words) > 1 else found
    return WhichNames(Match.FEW, values, few, len(words))


def _number_beginning(values: Values, word: str) -> int:
    sought = {**values, "word_0": word, "end_0": word + LAST_LETTER, "most": MANY + 1}
    found: int = read(_NUMBER_BEGINNING, sought).scalar_one()
    return found


def _beginning() -> Select[int]:
    """The lines in which the first word begins as typed."""
    return select(SignatoryWord.signature_id).where(SignatoryWord.letter_id == bindparam("letter"), *_begins(0))


def _has(place: int) -> ColumnElement[bool]:
    """Whether a word of the line at hand begins as typed: its few words are looked at, and not those of the whole list."""
    return exists().where(SignatoryWord.signature_id == Signature.id, *_begins(place)).correlate(Signature)


def _begins(place: int) -> Conditions:
    begins = SignatoryWord.word >= bindparam(f"word_{place}"), SignatoryWord.word < bindparam(f"end_{place}")
    return *begins, SignatoryWord.part.in_([bindparam(name) for name in _PARTS])


def _sought(parts: Sequence[Part]) -> dict[str, Part]:
    """The parts of a line that are looked through, as each statement names them; one of them stands for those missing."""
    return dict.fromkeys(_PARTS, parts[0]) | dict(zip(_PARTS, parts, strict=False))


_NUMBER_BEGINNING = select(func.count()).select_from(_beginning().distinct().limit(bindparam("most")).subquery())
_LISTED: Conditions = (Signature.letter_id == bindparam("letter"), is_listed())


@cache
def _number_of_few(words: int) -> Select[int]:
    return select(func.count()).where(*_conditions(Match.FEW, words))


def _conditions(match: Match, words: int) -> Conditions:
    if match is Match.FEW:
        return Signature.id.in_(_beginning()), *map(_has, range(1, words))
    return *_LISTED, *map(_has, range(words))


@cache
def _page(order: Order, match: Match, words: int, way: Approach, *, opened: bool) -> Executable:
    """The statement for pages of a kind, written once: to put it together takes longer than to run it. Unless the page itself
    is `opened` by the first line of the whole list, that one comes before its lines.
    """
    columns = in_order(order)
    page = select(*LINE).where(*_conditions(match, words)).limit(bindparam("size"))
    match way:
        case Approach.COUNTED:
            page = page.order_by(*columns).offset(bindparam("begin"))
        case Approach.AFTER:
            page = page.where(tuple_(*columns) > _place(order)).order_by(*columns)
        case Approach.BEFORE:
            page = page.where(tuple_(*columns) < _place(order)).order_by(*(column.desc() for column in columns))
    opening = select(*LINE).where(*_LISTED).order_by(*columns).limit(1)
    return page if opened else union_all(select(opening.subquery()), select(page.subquery()))


def _place(order: Order) -> ScalarSelect[Any]:
    """Where a name stands; nowhere, where it is listed no more, or never was.

    Its keys are said as expressions, as SQLite compares a column with a column of another line without its index.
    """
    name = aliased(Signature)
    before, key, number = (getattr(name, column.key) for column in in_order(order))
    listed = (name.id == bindparam("mark"), name.letter_id == bindparam("letter"), name.state == SignatureState.PUBLISHED)
    return select(func.coalesce(before, ""), func.coalesce(key, ""), number).where(*listed).scalar_subquery()


def _rows(
    order: Order, listed: WhichNames, asked: PageAsked, page: int, size: int
) -> tuple[Row[Any] | None, Sequence[Row[Any]], bool]:
    """The first row of the whole list, the rows of a page, and whether there are later ones.

    A page follows or goes before a name; where that leads nowhere, its number does. Page 1 is always the beginning.
    """
    opened = listed.match is Match.ALL and page == 1
    values = {**listed.values, "size": size + 1, "begin": (page - 1) * size, "mark": asked.after or asked.before}
    for way in _ways(asked, page):
        found = read(_page(order, listed.match, listed.words, way, opened=opened), values).all()
        rows = found if opened else found[1:]
        if rows:
            break
    some = rows[:size]
    later = way is Approach.BEFORE or len(rows) > size
    return next(iter(found), None), some[::-1] if way is Approach.BEFORE else some, later


def _ways(asked: PageAsked, page: int) -> tuple[Approach, ...]:
    if page == 1 or not (asked.after or asked.before):
        return (Approach.COUNTED,)
    return Approach.AFTER if asked.after else Approach.BEFORE, Approach.COUNTED
