"""Invitations to found a coalition: the operator's list, and one by its link."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from letterhub.domain.operations.coalition_invitations import ENDED_RETENTION, InvitationState
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, CoalitionInvitation, Staff
from letterhub.queries.paging import RowPage, count_rows, fetch_page
from letterhub.queries.sign_in_methods import has_way_in

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class SiteInvitation:
    """Invitation as the operator sees it: `coalition` is the name under which it was founded, "" before; `invited_by` is the
    operator, "" for the command line."""

    id: int
    name: str
    email: str
    state: InvitationState
    invited_at: dt.datetime
    accepted_at: dt.datetime | None
    invited_by: str
    coalition_id: int | None
    coalition: str


def invitation_page(page: int, at: dt.datetime) -> tuple[tuple[SiteInvitation, ...], RowPage]:
    """Return a page of invitations, the last mailed first."""
    newest_first = CoalitionInvitation.invited_at.desc(), CoalitionInvitation.id.desc()
    found = fetch_page(_select_invitations().order_by(*newest_first), page, PAGE_SIZE)
    return tuple(_listed(row[0], row.invited_by, row.coalition, at) for row in found.rows), found


def coalition_invitation(invitation_id: int, at: dt.datetime) -> SiteInvitation | None:
    """Return one invitation as the operator sees it; None if there is none."""
    row = db.session.execute(_select_invitations().where(CoalitionInvitation.id == invitation_id)).one_or_none()
    return _listed(row[0], row.invited_by, row.coalition, at) if row else None


def _select_invitations() -> Select[*tuple[CoalitionInvitation, str, str]]:
    return (
        select(
            CoalitionInvitation,
            func.coalesce(Staff.name, "").label("invited_by"),
            func.coalesce(Coalition.name, "").label("coalition"),
        )
        .outerjoin(Staff, Staff.id == CoalitionInvitation.invited_by_id)
        .outerjoin(Coalition, Coalition.id == CoalitionInvitation.coalition_id)
    )


def _listed(invitation: CoalitionInvitation, invited_by: str, coalition: str, at: dt.datetime) -> SiteInvitation:
    return SiteInvitation(
        invitation.id, invitation.name, invitation.email, invitation.state_at(at), invitation.invited_at,
        invitation.accepted_at, invited_by, invitation.coalition_id, coalition,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundingInvitation:
    """Invitation by its link. `has_account` says that the mailbox has an account with a way to sign in."""

    id: int
    name: str
    email: str
    state: InvitationState
    created_at: dt.datetime
    has_account: bool


def founding_invitation(invitation_id: int, at: dt.datetime) -> FoundingInvitation | None:
    """Return the invitation of a link; None if it was erased."""
    invitation = db.session.get(CoalitionInvitation, invitation_id)
    if invitation is None:
        return None
    account = select(Staff.id).where(func.lower(Staff.email) == invitation.email, has_way_in())
    has_account = db.session.scalar(account) is not None
    return FoundingInvitation(
        invitation.id, invitation.name, invitation.email, invitation.state_at(at), invitation.created_at, has_account
    )


def count_ended_invitations(at: dt.datetime) -> int:
    """Return how many invitations are due to be erased."""
    return count_rows(select(CoalitionInvitation.id).where(CoalitionInvitation.invited_at <= at - ENDED_RETENTION))
