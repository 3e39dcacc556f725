"""Accounts: login sessions, coalitions, their staff and roles."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from letterhub.domain.accounts.roles import SESSION_LIFETIME, Role
from letterhub.domain.accounts.sign_in import SignInMethod
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.organizations.name_keys import sort_key
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, FormerSlug, LoginSession, Membership, Staff, hash_session_key
from letterhub.queries.sign_in_methods import has_way_in

MAX_SUGGESTED = 20


def session_account(uniquifier: str, key: str, at: dt.datetime) -> tuple[Staff | None, SignInMethod]:
    """Return the active account with this `fs_uniquifier` in the session with this key, None if that ended or expired, and how
    the session began."""
    query = (
        select(Staff, LoginSession.method)
        .join(LoginSession, LoginSession.staff_id == Staff.id)
        .where(Staff.fs_uniquifier == uniquifier, Staff.active, LoginSession.key_hash == hash_session_key(key))
        .where(LoginSession.started_at > at - SESSION_LIFETIME)
    )
    row = db.session.execute(query).one_or_none()
    return (row[0], row[1]) if row else (None, SignInMethod.PASSWORD)


@dataclass(frozen=True, slots=True)
class StaffContext:
    """Context of a staff page: the member, the current coalition and the role in it. `provider_only` says that the coalition
    opens only to who signed in by the identity provider, `invitation_only` that nobody joins by a group there; `token_id` is
    that of the API token of a program that acts for the member."""

    staff_id: int
    coalition_id: int
    coalition_slug: str
    coalition_name: str
    role: Role
    provider_only: bool = False
    invitation_only: bool = False
    token_id: int | None = None

    @property
    def actor(self) -> str:
        """Return the reference of the member, or of the token, in the audit log."""
        if self.token_id is not None:
            return ReferenceKind.TOKEN.reference(self.token_id)
        return ReferenceKind.STAFF.reference(self.staff_id)


def find_staff_context(staff_id: int, coalition: str) -> StaffContext | None:
    """Return a member's context in the coalition that has this slug, or had it before; None if they are not on its team."""
    contexts = {context.coalition_slug: context for context in staff_contexts_of(staff_id)}
    return contexts.get(coalition) or contexts.get(_slug_instead_of(coalition))


def _slug_instead_of(former: str) -> str:
    """Return the slug of the coalition that had this one before; "" if there is none."""
    query = select(Coalition.slug).join(FormerSlug, FormerSlug.coalition_id == Coalition.id).where(FormerSlug.slug == former)
    return db.session.scalar(query) or ""


def staff_contexts_of(staff_id: int) -> tuple[StaffContext, ...]:
    """Return the member's context in every coalition they have joined, by name."""
    columns = Coalition.id, Coalition.slug, Coalition.name, Membership.role, Coalition.provider_only, Coalition.invitation_only
    rows = db.session.execute(
        select(*columns)
        .join(Membership, Membership.coalition_id == Coalition.id)
        .where(Membership.staff_id == staff_id, Membership.joined_at.is_not(None))
        .order_by(Coalition.name)
    )
    return tuple(StaffContext(staff_id, *row) for row in rows)


def staff_by_reference(references: Iterable[str]) -> dict[str, Row[int, str, str]]:
    """Return id, name and address of the staff among these references of the audit log, by reference."""
    staff_ids = ReferenceKind.STAFF.ids_in(references)
    if not staff_ids:
        return {}
    rows = db.session.execute(select(Staff.id, Staff.name, Staff.email).where(Staff.id.in_(staff_ids)))
    return {ReferenceKind.STAFF.reference(row.id): row for row in rows}


def coalition_id_by_slug(slug: str) -> int | None:
    """Return the id of the coalition with this slug; None if there is none."""
    return db.session.scalar(select(Coalition.id).where(Coalition.slug == slug))


def coalition_slugs() -> list[str]:
    """Return the slugs of the site's first coalitions, for hints in error messages."""
    return list(db.session.scalars(select(Coalition.slug).order_by(Coalition.slug).limit(MAX_SUGGESTED)))


@dataclass(frozen=True, slots=True)
class Member:
    """Member of a coalition's team. Until they have joined, only their address is known. `from_claims` says that the identity
    provider gave the role."""

    membership_id: int
    staff_id: int
    name: str
    email: str
    role: Role
    invited_at: dt.datetime
    joined_at: dt.datetime | None
    from_claims: bool = False


def team_of(coalition_id: int) -> tuple[Member, ...]:
    """Return a coalition's team by name, invited members last."""
    rows = db.session.execute(_select_members().where(Membership.coalition_id == coalition_id))
    team = (_member_from(row) for row in rows)
    return tuple(sorted(team, key=lambda member: (member.joined_at is None, sort_key(member.name), member.membership_id)))


def member_of(coalition_id: int, membership_id: int) -> Member | None:
    """Return one member of a coalition's team; None if there is none with this id."""
    row = db.session.execute(
        _select_members().where(Membership.coalition_id == coalition_id, Membership.id == membership_id)
    ).one_or_none()
    return _member_from(row) if row else None


def current_member(staff: StaffContext) -> Member:
    """Return the member of the current staff context."""
    conditions = Membership.coalition_id == staff.coalition_id, Membership.staff_id == staff.staff_id
    return _member_from(db.session.execute(_select_members().where(*conditions)).one())


@dataclass(frozen=True, slots=True)
class StaffInvitation:
    """Invitation to a team by its link.

    `has_account` says that the account has a way to sign in, `account_created_at` when it was created.
    """

    membership_id: int
    staff_id: int
    coalition: str
    email: str
    role: Role
    has_account: bool
    has_joined: bool
    account_created_at: dt.datetime


def invitation_of(membership_id: int, staff_id: int) -> StaffInvitation | None:
    """Return the invitation of this member; None if it was taken back."""
    row = db.session.execute(
        _select_members()
        .join(Coalition, Coalition.id == Membership.coalition_id)
        .add_columns(
            Coalition.name.label("coalition"),
            has_way_in().label("has_account"),
            Staff.created_at,
        )
        .where(Membership.id == membership_id, Membership.staff_id == staff_id)
    ).one_or_none()
    if row is None:
        return None
    joined = row.joined_at is not None
    return StaffInvitation(row.id, row.staff_id, row.coalition, row.email, row.role, row.has_account, joined, row.created_at)


def _select_members() -> Select[*tuple[Any, ...]]:
    """Return a select of team members with their accounts."""
    return select(
        Membership.id,
        Membership.staff_id,
        Membership.role,
        Membership.invited_at,
        Membership.joined_at,
        Membership.from_claims,
        Staff.name,
        Staff.email,
    ).join(Staff, Staff.id == Membership.staff_id)


def _member_from(row: Row[Any]) -> Member:
    """Return the member of a row of `_select_members`, named by their address until they have joined."""
    name = (row.name if row.joined_at else "") or row.email
    return Member(row.id, row.staff_id, name, row.email, row.role, row.invited_at, row.joined_at, row.from_claims)
