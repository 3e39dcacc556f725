"""Coalitions as the site's operator sees them: figures and states, no letter's text and no signatory.

See docs/design/monitoring.md.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import String, and_, cast, func, literal, or_, select

from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.mail.outgoing_mail import MailState
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import AuditChain, AuditEntry, Coalition, Letter, Membership, Staff
from letterhub.queries.mail.outbox import mail_counts
from letterhub.queries.paging import RowPage, contains_text, fetch_page
from letterhub.queries.sign_in_methods import has_second_factor

PAGE_SIZE = 50
MAX_MEMBERS = 200


@dataclass(frozen=True, slots=True)
class CoalitionFigures:
    """Figures of a coalition. `signatures` are the published ones, `members` those who joined; `active_at` is when anything was
    last recorded in its audit logs, None for never; `closed_at` is when it was closed to new letters."""

    id: int
    slug: str
    name: str
    letters: int
    open_letters: int
    signatures: int
    members: int
    active_at: dt.datetime | None
    created_at: dt.datetime
    closed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class CoalitionPage:
    """Page of coalitions by name, and how many there are on all pages."""

    coalitions: tuple[CoalitionFigures, ...]
    found: RowPage


def coalition_page(words: str, page: int) -> CoalitionPage:
    """Return a page of the site's coalitions, all or those with the words in their name or address."""
    query = select(Coalition.id, Coalition.slug, Coalition.name, Coalition.created_at, Coalition.closed_to_letters_at)
    if words:
        query = query.where(or_(contains_text(Coalition.name, words), contains_text(Coalition.slug, words)))
    found = fetch_page(query.order_by(Coalition.name, Coalition.id), page, PAGE_SIZE)
    return CoalitionPage(_figures(found.rows), found)


def _figures(rows: Sequence[object]) -> tuple[CoalitionFigures, ...]:
    """Return the figures of coalitions, given as rows with their columns."""
    ids = [row.id for row in rows]  # type: ignore[attr-defined]
    letters = {
        row.coalition_id: row
        for row in db.session.execute(
            select(
                Letter.coalition_id,
                func.count().label("letters"),
                func.count().filter(Letter.state == LetterState.OPEN).label("open"),
                func.sum(Letter.published_count).label("signatures"),
            )
            .where(Letter.coalition_id.in_(ids), Letter.deleted_at.is_(None))
            .group_by(Letter.coalition_id)
        )
    }
    joined = (
        select(Membership.coalition_id, func.count())
        .where(Membership.coalition_id.in_(ids), Membership.joined_at.is_not(None))
        .group_by(Membership.coalition_id)
    )
    members = {coalition_id: count for coalition_id, count in db.session.execute(joined)}  # noqa: C416 - a row is no pair to mypy
    active = _last_activity(ids)
    return tuple(
        CoalitionFigures(
            row.id, row.slug, row.name,  # type: ignore[attr-defined]
            letters[row.id].letters if row.id in letters else 0,  # type: ignore[attr-defined]
            letters[row.id].open if row.id in letters else 0,  # type: ignore[attr-defined]
            letters[row.id].signatures if row.id in letters else 0,  # type: ignore[attr-defined]
            members.get(row.id, 0), active.get(row.id), row.created_at, row.closed_to_letters_at,  # type: ignore[attr-defined]
        )
        for row in rows
    )  # fmt: skip


def _last_activity(coalition_ids: Sequence[int]) -> Mapping[int, dt.datetime]:
    """Return when the last entry of each coalition's audit logs was written; of each log, only that entry is read."""
    last_entry = and_(AuditEntry.chain_id == AuditChain.id, AuditEntry.number == AuditChain.length)
    chain_of_letter = literal(ReferenceKind.LETTER.prefix) + cast(Letter.id, String)
    of_letters = (
        select(Letter.coalition_id, func.max(AuditEntry.at))
        .join(AuditChain, AuditChain.name == chain_of_letter)
        .join(AuditEntry, last_entry)
        .where(Letter.coalition_id.in_(coalition_ids))
        .group_by(Letter.coalition_id)
    )
    latest = {coalition_id: at for coalition_id, at in db.session.execute(of_letters)}  # noqa: C416
    own_chains = {ReferenceKind.COALITION.reference(coalition_id): coalition_id for coalition_id in coalition_ids}
    of_coalitions = select(AuditChain.name, AuditEntry.at).join(AuditEntry, last_entry).where(AuditChain.name.in_(own_chains))
    for name, at in db.session.execute(of_coalitions):
        latest[own_chains[name]] = max(at, latest.get(own_chains[name], at))
    return latest


@dataclass(frozen=True, slots=True)
class CoalitionMember:
    """Member of a coalition's staff, by their address until they have joined."""

    name: str
    email: str
    role: Role
    joined_at: dt.datetime | None
    last_signed_in_at: dt.datetime | None
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class CoalitionDetail:
    """A coalition with its letters by state, what waits, its mails by state (at most COUNTED + 1 of each), and its members."""

    figures: CoalitionFigures
    letters: Mapping[str, int]
    awaiting_review: int
    unconfirmed: int
    mails: Mapping[MailState, int]
    members: tuple[CoalitionMember, ...]


def coalition_detail(coalition_id: int) -> CoalitionDetail | None:
    """Return the figures of one coalition; None if there is none with this id."""
    columns = Coalition.id, Coalition.slug, Coalition.name, Coalition.created_at, Coalition.closed_to_letters_at
    rows = db.session.execute(select(*columns).where(Coalition.id == coalition_id)).all()
    if not rows:
        return None
    own_letters = Letter.coalition_id == coalition_id, Letter.deleted_at.is_(None)
    states = db.session.execute(select(Letter.state, func.count()).where(*own_letters).group_by(Letter.state))
    sums = select(
        func.coalesce(func.sum(Letter.awaiting_review_count), 0), func.coalesce(func.sum(Letter.pending_count), 0)
    ).where(*own_letters)
    awaiting_review, unconfirmed = db.session.execute(sums).one()
    letters = {str(state): count for state, count in states}
    mails, members = mail_counts(coalition_id), _members(coalition_id)
    return CoalitionDetail(_figures(rows)[0], letters, awaiting_review, unconfirmed, mails, members)


def _members(coalition_id: int) -> tuple[CoalitionMember, ...]:
    """Return the first members of a coalition's staff, who joined first."""
    rows = db.session.execute(
        select(
            Staff.name, Staff.email, Membership.role, Membership.joined_at, Staff.last_signed_in_at,
            has_second_factor().label("has_second_factor"),
        )
        .join(Staff, Staff.id == Membership.staff_id)
        .where(Membership.coalition_id == coalition_id)
        .order_by(Membership.joined_at.is_(None), Membership.joined_at, Membership.id)
        .limit(MAX_MEMBERS)
    )  # fmt: skip
    return tuple(
        CoalitionMember(
            (row.name if row.joined_at else "") or row.email, row.email, row.role, row.joined_at, row.last_signed_in_at,
            row.has_second_factor,
        )
        for row in rows
    )  # fmt: skip
