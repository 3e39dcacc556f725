"""Archive: deleted drafts of a coalition, and how many letters it has put away."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from letterhub.domain.archive import DELETED_DRAFT_RETENTION, erased_at
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Invitation, Letter, Signature, Staff
from letterhub.queries.paging import RowPage, count_rows, fetch_page

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class DeletedDraft:
    """Draft that was deleted; `deleted_by` is "" for someone whose account is gone."""

    letter_id: int
    title: str
    language: str
    deleted_at: dt.datetime
    deleted_by: str
    erased_at: dt.datetime


@dataclass(frozen=True, slots=True)
class DraftContent:
    """Numbers of what a draft holds beside its text: prepared invitations, and names added by staff."""

    invitation_count: int
    name_count: int


@dataclass(frozen=True, slots=True)
class ArchiveCounts:
    """Numbers of a coalition's archived letters and deleted drafts."""

    archived: int
    deleted: int


def archive_counts(coalition_id: int) -> ArchiveCounts:
    """Return the numbers of a coalition's archived letters and deleted drafts."""
    counts = select(func.count(Letter.archived_at), func.count(Letter.deleted_at))
    return ArchiveCounts(*db.session.execute(counts.where(Letter.coalition_id == coalition_id)).one())


def deleted_drafts(coalition_id: int, page: int) -> tuple[tuple[DeletedDraft, ...], RowPage]:
    """Return a page of a coalition's deleted drafts, the last deleted first."""
    query = (
        select(
            Letter.id, Draft.text["title"].as_string().label("title"), Draft.text["language"].as_string().label("language"),
            Letter.deleted_at, func.coalesce(func.nullif(Staff.name, ""), Staff.email, "").label("deleted_by"),
        )
        .join(Draft, Draft.letter_id == Letter.id)
        .outerjoin(Staff, Staff.id == Letter.deleted_by_id)
        .where(Letter.coalition_id == coalition_id, Letter.deleted_at.is_not(None))
        .order_by(Letter.deleted_at.desc(), Letter.id.desc())
    )  # fmt: skip
    found = fetch_page(query, page, PAGE_SIZE)
    drafts = (
        DeletedDraft(row.id, row.title, row.language, row.deleted_at, row.deleted_by, erased_at(row.deleted_at))
        for row in found.rows
    )
    return tuple(drafts), found


def is_letter_of(coalition_id: int, letter_id: int) -> bool:
    """Return whether a letter is of this coalition."""
    query = select(Letter.id).where(Letter.id == letter_id, Letter.coalition_id == coalition_id)
    return db.session.scalar(query) is not None


def drafts_due_for_erasure(at: dt.datetime) -> tuple[int, ...]:
    """Return the ids of the drafts that were deleted so long ago that they are erased."""
    query = select(Letter.id).where(Letter.deleted_at <= at - DELETED_DRAFT_RETENTION).order_by(Letter.id)
    return tuple(db.session.scalars(query))


def draft_content(letter_id: int) -> DraftContent:
    """Return what a draft holds beside its text."""
    invitations = select(Invitation.id).where(Invitation.letter_id == letter_id)
    return DraftContent(count_rows(invitations), count_rows(select(Signature.id).where(Signature.letter_id == letter_id)))
