"""Invitations to found a coalition: lifetime, states, and how long ended ones are kept."""

import datetime as dt
import enum

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

INVITATION_LIFETIME = dt.timedelta(days=14)
ENDED_RETENTION = dt.timedelta(days=90)
"""Time that an invitation is kept after it was last mailed, accepted or not: it holds an address."""

ENDED_INVITATIONS = "coalition invitations"
"""Name of the invitations that are erased at the end of that time."""


class InvitationState(enum.StrEnum):
    """State of an invitation to found a coalition."""

    WAITING = "waiting"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ACCEPTED = "accepted"


class InvitationEnded(UserFacingError):
    """Raised for an invitation that was accepted or revoked."""

    def __init__(self, *, accepted: bool) -> None:
        super().__init__(
            _("This invitation was already used. Sign in to continue.")
            if accepted
            else _("This invitation was withdrawn. Ask the site’s operator for a new one.")
        )


class AlreadyInvited(UserFacingError):
    """Raised when the same mailbox has been invited to found a coalition of this name."""

    field = "email"


class ClosedToLetters(UserFacingError):
    """Raised when the site's operator has closed the coalition to new letters."""

    field = "title"


def invitation_state(
    invited_at: dt.datetime, accepted_at: dt.datetime | None, revoked_at: dt.datetime | None, at: dt.datetime
) -> InvitationState:
    """Return the state of an invitation at a moment."""
    if accepted_at is not None:
        return InvitationState.ACCEPTED
    if revoked_at is not None:
        return InvitationState.REVOKED
    return InvitationState.EXPIRED if at - invited_at > INVITATION_LIFETIME else InvitationState.WAITING


def check_open_to_letters(closed_at: dt.datetime | None) -> None:
    """Raise ClosedToLetters if the coalition was closed to new letters."""
    if closed_at is not None:
        raise ClosedToLetters(
            _("The operator of this site has closed your coalition to new letters. Its present letters are not affected.")
        )
