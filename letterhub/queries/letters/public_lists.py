"""Lists of letters that anyone may read: the site's on the front page, and those of a coalition on its own page.

See docs/design/caching.md.
"""

import datetime as dt
import enum
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, select

from letterhub.domain.letters.letter_document import SignatoryCounts
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Edition, FormerSlug, Letter, Revision
from letterhub.queries.editions.editions import newest_delivered_edition
from letterhub.queries.letters.letter_lookup import current_revisions, is_newest_revision
from letterhub.queries.paging import clamp_page, contains_text

PAGE_SIZE = 50


class LetterSection(enum.IntEnum):
    """Sections of a list of letters, in their order."""

    OPEN = 0
    CLOSED = 1
    DELIVERED = 2


@dataclass(frozen=True, slots=True)
class ListedLetter:
    """Letter as listed. `closed_at` is when it closed or its deadline passed, `counts` those of a delivered edition, if any."""

    slug: str
    title: str
    language: str
    section: LetterSection
    coalition: str
    coalition_slug: str
    deadline_at: dt.datetime | None
    deadline_zone: str
    closed_at: dt.datetime | None
    delivered_at: dt.datetime | None
    delivered_to: str
    counts: SignatoryCounts


@dataclass(frozen=True, slots=True)
class ListedSection:
    """Letters of a section on a page, and the number of those on all pages."""

    section: LetterSection
    total: int
    letters: tuple[ListedLetter, ...]


@dataclass(frozen=True, slots=True)
class LetterListPage:
    """Page of a list of letters; `total` is the number of letters on all pages."""

    sections: tuple[ListedSection, ...]
    total: int
    page: int
    has_next: bool


@dataclass(frozen=True, slots=True)
class PublicCoalition:
    """Coalition as its page shows it."""

    id: int
    slug: str
    name: str
    lines: tuple[str, ...]
    accent: str
    contact_email: str


def site_letters(at: dt.datetime, page: int = 1) -> LetterListPage:
    """Return a page of the site's letters: those that take signatures now, earliest deadline first, and then delivered ones."""
    return _list_page(at, page, _section_at(at) != LetterSection.CLOSED)


def coalition_letters(coalition_id: int, at: dt.datetime, page: int = 1, search: str = "") -> LetterListPage:
    """Return a page of a coalition's open, closed and delivered letters whose title contains `search`."""
    conditions: tuple[ColumnElement[bool], ...] = (Letter.coalition_id == coalition_id,)
    if search:
        title = Revision.content["title"].as_string()
        found = select(Revision.letter_id).join(Letter, is_newest_revision()).where(contains_text(title, search), *conditions)
        conditions = (*conditions, Letter.id.in_(found))
    return _list_page(at, page, *conditions)


def has_public_letters(coalition_id: Any) -> ColumnElement[bool]:
    """Build the SQL condition that a letter of a coalition was opened, though it is closed or withdrawn by now."""
    return exists().where(Letter.coalition_id == coalition_id, Letter.opened_at.is_not(None))


def has_public_page(coalition_id: int) -> bool:
    """Return whether a coalition has a page that everyone can read."""
    return bool(db.session.scalar(select(has_public_letters(coalition_id))))


def public_coalition(slug: str) -> PublicCoalition | None:
    """Return the coalition with this slug, or the one that had it before; None if there is none, or none of its letters was
    ever public: nobody learns who only drafts letters."""
    public = select(Coalition).where(has_public_letters(Coalition.id))
    coalition = db.session.scalar(public.where(Coalition.slug == slug))
    if coalition is None:
        former = public.join(FormerSlug, FormerSlug.coalition_id == Coalition.id).where(FormerSlug.slug == slug)
        coalition = db.session.scalar(former)
    if coalition is None:
        return None
    return PublicCoalition(
        coalition.id,
        coalition.slug,
        coalition.name,
        coalition.branding.lines,
        coalition.branding.accent,
        coalition.contact_email,
    )


def _section_at(at: dt.datetime) -> ColumnElement[int]:
    """Return the column of a letter's section at this moment; NULL for one that is not listed."""
    return case(
        (Letter.is_open_at(at), LetterSection.OPEN.value),
        (Letter.state.not_in((LetterState.OPEN, LetterState.CLOSED, LetterState.DELIVERED)), None),
        (Letter.delivered_at.is_not(None), LetterSection.DELIVERED.value),
        else_=LetterSection.CLOSED.value,
    )


def _list_page(at: dt.datetime, page: int, *conditions: ColumnElement[bool]) -> LetterListPage:
    """Return a page of the letters that meet all conditions."""
    section = _section_at(at)
    listed = and_(section.is_not(None), *conditions)
    totals = {
        LetterSection(row.section): row.total
        for row in db.session.execute(
            select(section.label("section"), func.count().label("total")).where(listed).group_by("section")
        )
    }
    open_deadline = case((section == LetterSection.OPEN, Letter.deadline_at))
    order = (section, open_deadline.is_(None), open_deadline, _ended_at().desc(), Letter.id.desc())
    total = sum(totals.values())
    page = clamp_page(page, total, PAGE_SIZE)
    on_page = select(Letter.id).where(listed).order_by(*order).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    rows = db.session.execute(_letter_columns(section).where(Letter.id.in_(on_page)).order_by(*order))
    letters = map(_listed_letter_from, rows)
    sections = tuple(
        ListedSection(section, totals[section], tuple(group))
        for section, group in groupby(letters, key=lambda letter: letter.section)
    )
    return LetterListPage(sections, total, page, has_next=page * PAGE_SIZE < total)


def _ended_at() -> ColumnElement[dt.datetime]:
    """Return the column of the time at which a letter was delivered, or closed, or its deadline passed."""
    return func.coalesce(Letter.delivered_at, Letter.closed_at, Letter.deadline_at)


def _letter_columns(section: ColumnElement[int]) -> Select[Any]:
    """Return a select of listed letters with all that `_listed_letter_from` needs."""
    delivered = newest_delivered_edition(Letter.id).correlate(Letter).scalar_subquery()
    return (
        current_revisions()
        .join(Coalition, Coalition.id == Letter.coalition_id)
        .outerjoin(Edition, and_(section == LetterSection.DELIVERED, Edition.id == delivered))
        .with_only_columns(
            Letter.slug,
            Revision.content["title"].as_string().label("title"),
            Revision.content["language"].as_string().label("language"),
            section.label("section"),
            Coalition.name.label("coalition"),
            Coalition.slug.label("coalition_slug"),
            Letter.deadline_at,
            Letter.deadline_zone,
            func.coalesce(Letter.closed_at, Letter.deadline_at).label("closed_at"),
            Letter.delivered_at,
            Letter.delivered_to,
            func.coalesce(Edition.count, Letter.published_count).label("signatory_count"),
            func.coalesce(Edition.individuals, Letter.individual_count).label("individuals"),
        )
    )


def _listed_letter_from(row: Row[Any]) -> ListedLetter:
    return ListedLetter(
        row.slug, row.title, row.language, LetterSection(row.section), row.coalition, row.coalition_slug, row.deadline_at,
        row.deadline_zone, row.closed_at, row.delivered_at, row.delivered_to,
        SignatoryCounts(row.signatory_count - row.individuals, row.individuals),
    )  # fmt: skip
