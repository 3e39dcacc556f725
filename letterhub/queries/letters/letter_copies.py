"""Copies of letters: whom a copy would invite."""

from sqlalchemy import Select, or_, select

from letterhub.domain.invitations.invitation import InviteeAnswer
from letterhub.models import Invitation
from letterhub.queries.paging import count_rows


def invitations_to_copy(letter_id: int) -> Select[Invitation]:
    """Return a select of a letter's invitations that a copy may take over: with an address, and not answered with no."""
    refused = or_(Invitation.declined_at.is_not(None), Invitation.answer == InviteeAnswer.REFUSED)
    refusing = select(Invitation.contact_id).where(
        Invitation.letter_id == letter_id, refused, Invitation.contact_id.is_not(None)
    )
    return (
        select(Invitation)
        .where(Invitation.letter_id == letter_id, Invitation.email != "", Invitation.declined_at.is_(None))
        .where(or_(Invitation.contact_id.is_(None), Invitation.contact_id.not_in(refusing)))
        .order_by(Invitation.id)
    )


def count_invitations_to_copy(letter_id: int) -> int:
    """Return how many invitations a copy of the letter may take over."""
    return count_rows(invitations_to_copy(letter_id))
