"""Letters: the open ones, one by its slug, and current revisions."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select

from letterhub.domain.i18n import _
from letterhub.domain.letters.opening_rules import NoSuchLetter
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Letter, Revision
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
            Letter.published.label("published"),
        )
        .where(Letter.id.in_([letter_id for (letter_id,) in found.rows]))
        .order_by(*order)
    )
    letters = tuple(
        OpenLetter(
            row.slug, row.title, row.language, row.coalition, row.deadline_at,
            row.deadline_zone, row.published,
        )
        for row in rows
    )  # fmt: skip
    return OpenLettersPage(letters, found.page, found.has_next)


def letter_id_of(slug: str) -> int:
    """Return the id of the letter with this slug, in any state. Raises NoSuchLetter."""
    letter_id = db.session.scalar(select(Letter.id).where(Letter.slug == slug))
    if letter_id is None:
        raise NoSuchLetter(_("There is no letter “%(slug)s”. Enter the last part of its address.", slug=slug))
    return letter_id


def current_revisions() -> Select[Revision]:
    """Return a select of every letter's current revision, joined with its letter."""
    return select(Revision).join(Letter, is_newest_revision())


def is_newest_revision() -> ColumnElement[bool]:
    """Return the join condition for a letter's newest revision."""
    newest = select(func.max(Revision.number)).where(Revision.letter_id == Letter.id).correlate(Letter).scalar_subquery()
    return and_(Revision.letter_id == Letter.id, Revision.number == newest)
