"""Reads about a letter's list as its readers turn its pages: as fast at the end of it as at its beginning."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from letterhub.db import read
from letterhub.domain.document import LetterText, Order, Shown, Signatory
from letterhub.domain.listing import NAMES_A_PAGE, typed_words
from letterhub.domain.states import SignatureState
from letterhub.models import SignatoryWord, Signature, is_listed
from letterhub.queries.documents import LINE, in_order, logos_where, signatory_from

WHOLE, PAGE = 2 * NAMES_A_PAGE, NAMES_A_PAGE
"""As many names a page shows all of; of more it shows so many at once."""
MANY = 3_000
"""As many matches are counted and put in order; where there are more, the list itself is walked until a page is full."""

KEPT = 32  # pages of lines, of each process
LAST_LETTER = "\U0010ffff"

Conditions = tuple[ColumnElement[bool], ...]
Values = Mapping[str, Any]
Place = tuple[Any, ...]


class Way(enum.Enum):
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
class Asked:
    """Which page of a list, and of which search, "" for all. It follows signature `after`, or goes before `before`: so that
    names that come or go meanwhile move none across its edge, and no database counts up to it. 0 where nobody knows.
    """

    query: str = ""
    page: int = 1
    after: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Part:
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
class Listed:
    """Which names a page is of, and how many they are; `values` holds the letter and the `words` that were typed."""

    match: Match
    values: Values
    found: int
    words: int = 0


def part_of_list(letter_id: int, text: LetterText, count: int, asked: Asked) -> Part:
    """A page of what is published under a letter, in printing order; `count` is how many that are."""
    words, order = typed_words(asked.query), text.order
    if asked.query and not words:
        return Part((), None, 1, PAGE, 0)
    listed = _matching(letter_id, words) if words else Listed(Match.ALL, {"letter": letter_id}, count)
    found, page = listed.found, max(asked.page, 1)
    size = max(count, 1) if not words and count <= WHOLE else PAGE
    if found <= MANY or not words:
        page = min(page, max(1, -(-found // size)))
    opening, place = _landmarks(letter_id, order, asked, page) if words or page > 1 else (None, ())
    rows, later = _rows(order, listed, _way(asked, place), place, (page - 1) * size, size)
    signatories = _lines(rows, text.shown)
    return Part(
        signatories=signatories,
        opening=opening if words or page > 1 else next(iter(signatories), None),
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


def _matching(letter_id: int, words: Sequence[str]) -> Listed:
    """How the lines are found in which each word begins one, and how many they are, as far as it is counted.

    Few are found by their rarest word and then put in order. Many are met soon on a walk through the list.
    """
    ordered = sorted((_number_beginning(letter_id, word), word) for word in words)
    values: dict[str, Any] = {"letter": letter_id}
    for place, (_, word) in enumerate(ordered):
        values |= {f"word_{place}": word, f"end_{place}": word + LAST_LETTER}
    found = ordered[0][0]
    if found > MANY:
        return Listed(Match.MANY, values, found, len(words))
    few = read(_number_of_few(len(words)), values).scalar_one() if len(words) > 1 else found
    return Listed(Match.FEW, values, few, len(words))


def _number_beginning(letter_id: int, word: str) -> int:
    values = {"letter": letter_id, "word_0": word, "end_0": word + LAST_LETTER, "most": MANY + 1}
    found: int = read(_NUMBER_BEGINNING, values).scalar_one()
    return found


def _beginning() -> Select[int]:
    """The lines in which the first word begins as typed."""
    return select(SignatoryWord.signature_id).where(SignatoryWord.letter_id == bindparam("letter"), *_begins(0))


def _has(place: int) -> ColumnElement[bool]:
    """Whether a word of the line at hand begins as typed: its few words are looked at, and not those of the whole list."""
    return exists().where(SignatoryWord.signature_id == Signature.id, *_begins(place)).correlate(Signature)


def _begins(place: int) -> Conditions:
    return SignatoryWord.word >= bindparam(f"word_{place}"), SignatoryWord.word < bindparam(f"end_{place}")


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
def _page(order: Order, match: Match, words: int, way: Way) -> Select[Any]:
    """The statement for pages of a kind, written once: to put it together takes longer than to run it."""
    columns = in_order(order)
    place = tuple_(*(bindparam(f"place_{number}") for number in range(len(columns))))
    page = select(*LINE).where(*_conditions(match, words)).limit(bindparam("size"))
    match way:
        case Way.COUNTED:
            return page.order_by(*columns).offset(bindparam("begin"))
        case Way.AFTER:
            return page.where(tuple_(*columns) > place).order_by(*columns)
        case Way.BEFORE:
            return page.where(tuple_(*columns) < place).order_by(*(column.desc() for column in columns))


def _way(asked: Asked, place: Place) -> Way:
    """A page follows or goes before a name, where that is still listed."""
    return Way.COUNTED if not place else Way.AFTER if asked.after else Way.BEFORE


def _rows(order: Order, listed: Listed, way: Way, place: Place, begin: int, size: int) -> tuple[Sequence[Row[Any]], bool]:
    """The rows of a page, and whether there are later ones."""
    where = {f"place_{at}": value for at, value in enumerate(place)} or {"begin": begin}
    rows = read(_page(order, listed.match, listed.words, way), {**listed.values, **where, "size": size + 1}).all()
    some = rows[:size]
    return (some[::-1], True) if way is Way.BEFORE else (some, len(rows) > size)


@cache
def _first_and(order: Order) -> Select[Any]:
    """The first name of the whole list, and beside it the place of another one."""
    other = aliased(Signature)
    listed = (other.id == bindparam("number"), other.letter_id == bindparam("letter"), other.state == SignatureState.PUBLISHED)
    place = (select(getattr(other, column.key)).where(*listed).scalar_subquery() for column in in_order(order))
    return select(*LINE, *place).where(*_LISTED).order_by(*in_order(order)).limit(1)


def _landmarks(letter_id: int, order: Order, asked: Asked, page: int) -> tuple[Signatory | None, Place]:
    """The first name of the list, and the place of the name that a page goes on from: none for page 1, which is always the
    beginning, and where that name is listed no more, or never was.
    """
    number = asked.after or asked.before if page > 1 else 0
    row = read(_first_and(order), {"letter": letter_id, "number": number}).one_or_none()
    if row is None:
        return None, ()
    return signatory_from(row), () if row[-1] is None else tuple(row[len(LINE) :])
