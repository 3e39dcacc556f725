"""Reads about a letter's list as its readers turn its pages: as fast at the end of it as at its beginning."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Tuple, exists, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from letterhub.db import db
from letterhub.domain.document import LetterText, Order, Shown, Signatory
from letterhub.domain.listing import NAMES_A_PAGE, typed_words
from letterhub.models import SignatoryWord, Signature, is_listed
from letterhub.queries.documents import LINE, in_order, logos_where, signatory_from

WHOLE, PAGE = 2 * NAMES_A_PAGE, NAMES_A_PAGE
"""As many names a page shows all of; of more it shows so many at once."""
MANY = 3_000
"""As many matches are counted and put in order; where there are more, the list itself is walked until a page is full."""

LAST_LETTER = "\U0010ffff"

Conditions = tuple[ColumnElement[bool], ...]
Columns = tuple[InstrumentedAttribute[Any], ...]


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
class Mark:
    """A place in the list, and whether a page comes `after` it."""

    place: Tuple
    after: bool


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


def part_of_list(letter_id: int, text: LetterText, count: int, asked: Asked) -> Part:
    """A page of what is published under a letter, in printing order; `count` is how many that are."""
    words, order = typed_words(asked.query), text.order
    if asked.query and not words:
        return Part((), None, 1, PAGE, 0)
    matching, found = _matching(letter_id, words) if words else (_listed(letter_id), count)
    size = max(count, 1) if not words and count <= WHOLE else PAGE
    page = max(asked.page, 1)
    if found <= MANY or not words:
        page = min(page, max(1, -(-found // size)))
    rows, later = _rows(select(*LINE).where(*matching), in_order(order), _mark(letter_id, order, asked), page, size)
    return Part(
        signatories=_lines(rows, text.shown),
        opening=_opening(letter_id, order) if words or page > 1 else next(map(signatory_from, rows), None),
        page=page,
        size=size,
        found=found,
        later=later,
        first_id=rows[0][0] if rows else 0,
        last_id=rows[-1][0] if rows else 0,
    )


def _lines(rows: Sequence[Row[Any]], shown: Shown) -> tuple[Signatory, ...]:
    """The lines of rows, with their logos where the letter shows them."""
    logos = logos_where(Signature.id.in_([row.id for row in rows])) if shown is Shown.LOGOS else {}
    return tuple(replace(signatory_from(row), logo=logos.get(row.id)) if logos else signatory_from(row) for row in rows)


def _listed(letter_id: int) -> Conditions:
    return Signature.letter_id == letter_id, is_listed()


def _matching(letter_id: int, words: Sequence[str]) -> tuple[Conditions, int]:
    """What the lines meet in which each word begins one, and how many lines do, as far as it is counted.

    Few are found by their rarest word and then put in order. Many are met soon on a walk through the list.
    """
    rarest, *others = sorted(words, key=lambda word: _number_of(_beginning(letter_id, word)))
    of_this_line = tuple(_has(word) for word in others)
    found = _number_of(_beginning(letter_id, rarest))
    if found > MANY:
        return (*_listed(letter_id), _has(rarest), *of_this_line), found
    few: Conditions = (Signature.id.in_(_beginning(letter_id, rarest)), *of_this_line)
    return few, db.session.scalar(select(func.count()).where(*few)) or 0 if others else found


def _beginning(letter_id: int, typed: str) -> Select[int]:
    """The lines in which a word begins as typed."""
    return select(SignatoryWord.signature_id).where(SignatoryWord.letter_id == letter_id, *_begins(typed))


def _has(typed: str) -> ColumnElement[bool]:
    """Whether a word of the line at hand begins as typed: its few words are looked at, and not those of the whole list."""
    return exists().where(SignatoryWord.signature_id == Signature.id, *_begins(typed)).correlate(Signature)


def _begins(typed: str) -> Conditions:
    return SignatoryWord.word >= typed, SignatoryWord.word < typed + LAST_LETTER


def _number_of(beginning: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(beginning.distinct().limit(MANY + 1).subquery())) or 0


def _rows(listed: Select[Any], order: Columns, mark: Mark | None, page: int, size: int) -> tuple[Sequence[Row[Any]], bool]:
    """The rows of a page, and whether there are later ones. Page 1 is always the beginning."""
    forwards = listed.order_by(*order)
    if mark is None or page == 1:
        rows = db.session.execute(forwards.offset((page - 1) * size).limit(size + 1)).all()
        return rows[:size], len(rows) > size
    if mark.after:
        rows = db.session.execute(forwards.where(tuple_(*order) > mark.place).limit(size + 1)).all()
        return rows[:size], len(rows) > size
    backwards = listed.where(tuple_(*order) < mark.place).order_by(*(column.desc() for column in order))
    rows = db.session.execute(backwards.limit(size)).all()
    return rows[::-1], True


def _mark(letter_id: int, order: Order, asked: Asked) -> Mark | None:
    """The place of the name that a page follows or goes before; None where it is listed no more, or never was."""
    number = asked.after or asked.before
    columns = in_order(order)
    row = db.session.execute(select(*columns).where(Signature.id == number, *_listed(letter_id))).one_or_none()
    return Mark(tuple_(*(literal(value) for value in row)), bool(asked.after)) if number and row else None


def _opening(letter_id: int, order: Order) -> Signatory | None:
    row = db.session.execute(select(*LINE).where(*_listed(letter_id)).order_by(*in_order(order)).limit(1)).one_or_none()
    return signatory_from(row) if row else None
