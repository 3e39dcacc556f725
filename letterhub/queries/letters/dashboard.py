"""Dashboard: the coalition's letters, a page at a time, and how many names wait for review."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import case, func, select

from letterhub.domain.paging import clamp_page, last_page
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter
from letterhub.queries.letters.letter_header import LetterHeader, letter_header_from, select_letter_headers, title_column
from letterhub.queries.text_search import contains_text

LETTERS_A_PAGE = 25
STATE_RANKS = {state: rank for rank, state in enumerate(("open", "draft", "closed", "delivered", "withdrawn"))}


@dataclass(frozen=True, slots=True)
class DashboardPage:
    """Page of the dashboard's letters; `total` counts those on all pages, which are numbered from 1."""

    letters: tuple[LetterHeader, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ReviewBacklog:
    """Numbers of names waiting for review, and of their letters."""

    signature_count: int
    letter_count: int


def dashboard_page(coalition_id: int, search: str, page: int, at: dt.datetime) -> DashboardPage:
    """Return the letters whose title contains `search`: active ones first, most recently edited on top."""
    query = select_letter_headers(coalition_id)
    if search:
        query = query.where(contains_text(title_column(), search))
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages, page = last_page(total, LETTERS_A_PAGE), clamp_page(page, total, LETTERS_A_PAGE)
    rows = db.session.execute(
        query.order_by(case(STATE_RANKS, value=Letter.state), Draft.saved_at.desc(), Letter.id.desc())
        .limit(LETTERS_A_PAGE)
        .offset((page - 1) * LETTERS_A_PAGE)
    )
    return DashboardPage(tuple(letter_header_from(row, at) for row in rows), total, page, pages)


def review_backlog(coalition_id: int) -> ReviewBacklog:
    """Count the names waiting for review, including those confirmed in time for a letter that is already delivered."""
    counts = select(func.coalesce(func.sum(Letter.awaiting_review), 0), func.count())
    conditions = Letter.coalition_id == coalition_id, Letter.state != LetterState.WITHDRAWN, Letter.awaiting_review > 0
    names, letters = db.session.execute(counts.where(*conditions)).one()
    return ReviewBacklog(names, letters)
