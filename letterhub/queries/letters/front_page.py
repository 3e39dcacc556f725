"""Front page: the letters that take signatures now."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Letter, Revision
from letterhub.queries.letters.letter_lookup import current_revisions
from letterhub.queries.paging import fetch_page

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """Letter as listed on the front page."""

    slug: str
    title: str
    language: str
    coalition: str
    deadline_at: dt.datetime | None
    deadline_zone: str
    count: int


@dataclass(frozen=True, slots=True)
class OpenLettersPage:
    """Page of the open letters."""

    letters: tuple[OpenLetter, ...]
    page: int
    has_next: bool


def open_letters(now: dt.datetime, page: int = 1) -> OpenLettersPage:
    """Return a page of the letters that take signatures now, earliest deadline first."""
    order = (Letter.deadline_at.is_(None), Letter.deadline_at, Letter.id)
    found = fetch_page(select(Letter.id).where(Letter.is_open_at(now)).order_by(*order), page, PAGE_SIZE)
    rows = db.session.execute(
        current_revisions()
        .join(Coalition, Coalition.id == Letter.coalition_id)
        .with_only_columns(
            Letter.slug,
            Revision.content["title"].as_string().label("title"),
            Revision.content["language"].as_string().label("language"),
            Coalition.name.label("coalition"),
            Letter.deadline_at,
            Letter.deadline_zone,
            Letter.published_count.label("published_count"),
        )
        .where(Letter.id.in_([letter_id for (letter_id,) in found.rows]))
        .order_by(*order)
    )
    letters = tuple(
        OpenLetter(
            row.slug, row.title, row.language, row.coalition, row.deadline_at,
            row.deadline_zone, row.published_count,
        )
        for row in rows
    )  # fmt: skip
    return OpenLettersPage(letters, found.page, found.has_next)
