"""Reads about a desk: the coalition's letters, a page at a time, and how many names wait under them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import case, func, select

from letterhub.db import db
from letterhub.domain.paging import last_page, page_within
from letterhub.domain.states import LetterState
from letterhub.models import Draft, Letter
from letterhub.queries.rooms import Room, room_from, rooms, title_column
from letterhub.queries.searching import holds

LETTERS_A_PAGE = 25
WORK_FIRST = {state: rank for rank, state in enumerate(("open", "draft", "closed", "delivered", "withdrawn"))}


@dataclass(frozen=True, slots=True)
class Letters:
    """One page of a desk's letters; `total` counts those found on all pages, which begin at 1."""

    rooms: tuple[Room, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many names wait for review, under how many letters."""

    names: int
    letters: int


def letters_of(coalition_id: int, search: str, page: int, at: dt.datetime) -> Letters:
    """The letters whose title holds `search`: those at work first, the one written on last on top."""
    found = rooms(coalition_id)
    if search:
        found = found.where(holds(title_column(), search))
    total = db.session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0
    pages, page = last_page(total, LETTERS_A_PAGE), page_within(page, total, LETTERS_A_PAGE)
    rows = db.session.execute(
        found.order_by(case(WORK_FIRST, value=Letter.state), Draft.saved_at.desc(), Letter.id.desc())
        .limit(LETTERS_A_PAGE)
        .offset((page - 1) * LETTERS_A_PAGE)
    )
    return Letters(tuple(room_from(row, at) for row in rows), total, page, pages)


def waiting_names(coalition_id: int) -> Waiting:
    """The names that wait for review, also those that came in time for a letter that was delivered already."""
    counts = select(func.coalesce(func.sum(Letter.waiting), 0), func.count())
    mine = Letter.coalition_id == coalition_id, Letter.state != LetterState.WITHDRAWN, Letter.waiting > 0
    names, letters = db.session.execute(counts.where(*mine)).one()
    return Waiting(names, letters)
