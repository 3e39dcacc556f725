"""Dashboard: the coalition's letters, a page at a time, and how many names wait for review."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import case, func, select

from letterhub.domain.paging import last_page, page_within
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter
from letterhub.queries.letters.header import Room, room_from, rooms, title_column
from letterhub.queries.text_search import holds

LETTERS_A_PAGE = 25
WORK_FIRST = {state: rank for rank, state in enumerate(("open", "draft", "closed", "delivered", "withdrawn"))}


@dataclass(frozen=True, slots=True)
class Letters:
    """Page of the dashboard's letters; `total` counts those on all pages, which are numbered from 1."""

    rooms: tuple[Room, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Numbers of names waiting for review, and of their letters."""

    names: int
    letters: int


def letters_of(coalition_id: int, search: str, page: int, at: dt.datetime) -> Letters:
    """Return the letters whose title contains `search`: active ones first, most recently edited on top."""
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
    """Count the names waiting for review, including those confirmed in time for a letter that is already delivered."""
    counts = select(func.coalesce(func.sum(Letter.waiting), 0), func.count())
    mine = Letter.coalition_id == coalition_id, Letter.state != LetterState.WITHDRAWN, Letter.waiting > 0
    names, letters = db.session.execute(counts.where(*mine)).one()
    return Waiting(names, letters)
