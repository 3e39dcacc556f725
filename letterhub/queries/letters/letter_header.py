"""Header of a letter's staff pages, and the dashboard: the coalition's letters, a page at a time."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from letterhub.clock import now
from letterhub.domain.letters.letter_document import SignatoryCounts
from letterhub.domain.letters.next_step import LetterProgress, next_step
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.signatures.signing import is_deadline_past, is_open
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Edition, Letter, Revision, ScheduledOpening, Signature, Staff, is_queued
from letterhub.queries.letters.letter_lookup import is_newest_revision
from letterhub.queries.letters.missing_to_open import missing_to_open
from letterhub.queries.paging import clamp_page, contains_text, count_rows, last_page


@dataclass(frozen=True, slots=True)
class LetterHeader:
    """Letter as shown in the header of its staff pages. `published_count` includes individuals; `awaiting_review_count` are
    confirmed and not yet decided on. `opens_at` is when a draft opens by itself; `opening_error` why it did not. `copy_of` is
    the title of the letter that it is a copy of, `copy_of_slug` its slug; both "" if there is none, or no more."""

    letter_id: int
    slug: str
    title: str
    language: str
    state: LetterState
    published_count: int
    individual_count: int
    awaiting_review_count: int
    pending_count: int
    editions: int
    deadline_at: dt.datetime | None
    deadline_zone: str
    deadline_passed: bool
    is_open: bool
    saved_at: dt.datetime
    saved_by: str
    next_step: str
    opens_at: dt.datetime | None
    opening_error: str
    is_archived: bool
    copy_of: str
    copy_of_slug: str

    @property
    def counts(self) -> SignatoryCounts:
        """Return the numbers of published organizations and individuals."""
        return SignatoryCounts(self.published_count - self.individual_count, self.individual_count)


def find_letter_header(coalition_id: int, slug: str) -> LetterHeader | None:
    """Return the header of the coalition's letter with this public slug, or else this draft slug; None if there is none."""
    row = db.session.execute(_header_statement(), {"coalition": coalition_id, "slug": slug}).one_or_none()
    return letter_header_from(row, now()) if row else None


@cache
def _header_statement() -> Select[Any]:
    """Return the statement of `find_letter_header`, cached: every page of staff runs it."""
    slug: BindParameter[str] = bindparam("slug")
    public_first = case((Letter.slug == slug, 0), else_=1)
    headers = select_letter_headers(bindparam("coalition")).where(or_(Letter.slug == slug, Letter.draft_slug == slug))
    return headers.order_by(public_first).limit(1)


def title_column() -> ColumnElement[str]:
    """Return the title column: the public one, or before opening the draft's."""
    return text_column("title")


def text_column(name: str) -> ColumnElement[str]:
    """Return the column of one field of the text: of the public one, or before opening of the draft's."""
    return func.coalesce(Revision.content[name].as_string(), Draft.text[name].as_string())


def select_letter_headers(coalition_id: int | BindParameter[int]) -> Select[Any]:
    """Return a select of the coalition's letters with all that `letter_header_from` needs, in one statement."""
    editions = select(func.count(Edition.id)).where(Edition.letter_id == Letter.id).correlate(Letter).scalar_subquery()
    original = aliased(Letter)
    draft_text = case((Letter.state == LetterState.DRAFT, Draft.text))  # only drafts need it, and texts hold logos
    return (
        select(
            Letter.id, Letter.slug, Letter.state, Letter.deadline_at, Letter.deadline_zone,
            draft_text.label("text"), Draft.saved_at, Staff.name.label("saved_by"),
            title_column().label("title"), text_column("language").label("language"),
            Letter.published_count, Letter.individual_count, Letter.awaiting_review_count, Letter.pending_count,
            editions.label("editions"), ScheduledOpening.opens_at, ScheduledOpening.error.label("opening_error"),
            Letter.archived_at, Letter.requires_sign_offs, original.slug.label("copy_of_slug"),
            _title_of(original).label("copy_of"),
        )
        .join(Draft, Draft.letter_id == Letter.id)
        .outerjoin(Revision, is_newest_revision())
        .outerjoin(Staff, Staff.id == Draft.saved_by_id)
        .outerjoin(ScheduledOpening, ScheduledOpening.letter_id == Letter.id)
        .outerjoin(original, and_(original.id == Letter.copied_from_id, original.deleted_at.is_(None)))
        .where(Letter.coalition_id == coalition_id, Letter.deleted_at.is_(None))
    )  # fmt: skip


def _title_of(letter: type[Letter]) -> ColumnElement[str]:
    """Return the column of the title of another letter than the one that is selected."""
    revision, draft = aliased(Revision), aliased(Draft)
    public = select(revision.content["title"].as_string()).where(revision.letter_id == letter.id)
    of_draft = select(draft.text["title"].as_string()).where(draft.letter_id == letter.id)
    return func.coalesce(public.order_by(revision.number.desc()).limit(1).scalar_subquery(), of_draft.scalar_subquery())


def letter_titles(letter_ids: Collection[int]) -> dict[int, str]:
    """Return the titles of letters by id."""
    if not letter_ids:
        return {}
    titles = select(Letter.id, title_column().label("title")).join(Draft, Draft.letter_id == Letter.id)
    query = titles.outerjoin(Revision, is_newest_revision()).where(Letter.id.in_(letter_ids))
    return {row.id: row.title for row in db.session.execute(query)}


def letter_header_from(row: Row[Any], at: dt.datetime) -> LetterHeader:
    """Return the header for a row of `select_letter_headers` at a moment."""
    missing = missing_to_open(row, text_from_facts(row.text), at) if row.state is LetterState.DRAFT else ()
    progress = LetterProgress(row.state, row.deadline_at, row.awaiting_review_count, row.published_count, row.editions)
    return LetterHeader(
        letter_id=row.id,
        slug=row.slug,
        title=row.title,
        language=row.language,
        state=row.state,
        published_count=row.published_count,
        individual_count=row.individual_count,
        awaiting_review_count=row.awaiting_review_count,
        pending_count=row.pending_count,
        editions=row.editions,
        deadline_at=row.deadline_at,
        deadline_zone=row.deadline_zone,
        deadline_passed=is_deadline_past(row.deadline_at, at),
        is_open=is_open(row.state, row.deadline_at, at),
        saved_at=row.saved_at,
        saved_by=row.saved_by or "",
        next_step=next_step(progress, missing, at),
        opens_at=row.opens_at,
        opening_error=row.opening_error or "",
        is_archived=row.archived_at is not None,
        copy_of=row.copy_of or "",
        copy_of_slug=row.copy_of_slug or "",
    )


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
    """Numbers of names waiting for review, and of their letters; `archived_count` of the names are on archived letters."""

    signature_count: int
    letter_count: int
    archived_count: int


def dashboard_page(coalition_id: int, search: str, page: int, at: dt.datetime, *, archived: bool = False) -> DashboardPage:
    """Return a page of the letters, archived or not, whose title contains `search`: by state, open ones first, and then last
    edited first."""
    is_archived = Letter.archived_at.is_not(None) if archived else Letter.archived_at.is_(None)
    query = select_letter_headers(coalition_id).where(is_archived)
    if search:
        query = query.where(contains_text(title_column(), search))
    total = count_rows(query)
    pages, page = last_page(total, LETTERS_A_PAGE), clamp_page(page, total, LETTERS_A_PAGE)
    rows = db.session.execute(
        query.order_by(case(STATE_RANKS, value=Letter.state), Draft.saved_at.desc(), Letter.id.desc())
        .limit(LETTERS_A_PAGE)
        .offset((page - 1) * LETTERS_A_PAGE)
    )
    return DashboardPage(tuple(letter_header_from(row, at) for row in rows), total, page, pages)


def review_backlog(coalition_id: int) -> ReviewBacklog:
    """Count the names waiting for review on letters of the working list, including those confirmed in time for a letter that
    is already delivered; and of archived letters those that were confirmed since."""
    counts = select(func.coalesce(func.sum(Letter.awaiting_review_count), 0), func.count())
    waits = Letter.coalition_id == coalition_id, Letter.state != LetterState.WITHDRAWN, Letter.awaiting_review_count > 0
    names, letters = db.session.execute(counts.where(*waits, Letter.archived_at.is_(None))).one()
    late = select(func.count(), func.count(Letter.id.distinct())).join(Signature, Signature.letter_id == Letter.id)
    late = late.where(*waits, is_queued(), Signature.confirmed_at > Letter.archived_at)
    late_names, late_letters = db.session.execute(late).one()
    return ReviewBacklog(names + late_names, letters + late_letters, late_names)
