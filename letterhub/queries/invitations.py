"""Reads about invitations: one by its link, all of a letter for staff, and what its mail says."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from letterhub.db import db
from letterhub.domain.document import Signatory
from letterhub.domain.invitations import Came, came_of
from letterhub.domain.mailboxes import mailbox_of
from letterhub.domain.mails import NoLongerMeant
from letterhub.domain.signing import CannotSignNow, check_open
from letterhub.domain.snapshot import signatory_from_facts
from letterhub.links import LIFETIMES, Purpose
from letterhub.mail.addresses import letter_address, link
from letterhub.models import Coalition, Invitation, Letter, OutboxLine, Signature, Staff
from letterhub.queries.documents import PublicLetter, letter_of
from letterhub.queries.revisions import newest_revision
from letterhub.rendering.view import line as printed_line


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation for whoever holds its link."""

    id: int
    letter: PublicLetter
    line: Signatory
    email: str
    invited_at: dt.datetime
    declined_at: dt.datetime | None

    def is_for(self, email: str) -> bool:
        """Whether it was mailed to this mailbox."""
        return bool(self.email) and mailbox_of(self.email) == mailbox_of(email)


@dataclass(frozen=True, slots=True)
class ListedInvitation:
    """An invitation as staff see it."""

    organization: str
    email: str
    by: str
    at: dt.datetime
    came: Came


def invitation_by_id(number: int) -> Invited | None:
    """The invitation with this number; None where there is none, or its data was erased."""
    row = db.session.get(Invitation, number)
    letter = letter_of(row.letter_id) if row else None
    if row is None or letter is None or not row.email:
        return None
    return Invited(row.id, letter, signatory_from_facts(row.line), row.email, row.invited_at, row.declined_at)


def invitations_of(letter_id: int) -> tuple[ListedInvitation, ...]:
    """The invitations to a letter, the last one first."""
    rows = db.session.execute(
        select(Invitation, Signature.state, Staff.name)
        .outerjoin(Signature, Signature.id == Invitation.signature_id)
        .outerjoin(Staff, Staff.id == Invitation.invited_by_id)
        .where(Invitation.letter_id == letter_id)
        .order_by(Invitation.id.desc())
    )
    return tuple(
        ListedInvitation(
            row.Invitation.line.get("organization", ""), row.Invitation.email, row.name or "", row.Invitation.invited_at,
            came_of(row.state, declined=row.Invitation.declined_at is not None),
        )
        for row in rows
    )  # fmt: skip


def facts_of_invitation(line: OutboxLine, at: dt.datetime) -> dict[str, Any]:
    """What the mail of an invitation says; raises NoLongerMeant where the letter cannot be signed or it was turned down."""
    invitation = db.session.get(Invitation, line.facts["invitation_id"])
    if invitation is None or not invitation.email or invitation.declined_at:
        raise NoLongerMeant("Not sent: the invitation was turned down.")
    if invitation.signature_id is not None:
        raise NoLongerMeant("Not sent: the form was sent meanwhile.")
    letter = db.session.get_one(Letter, invitation.letter_id)
    coalition = db.session.get_one(Coalition, letter.coalition_id)
    try:
        check_open(letter.state, letter.deadline_at, at)
    except CannotSignNow as refusal:
        raise NoLongerMeant(f"Not sent: {refusal}") from refusal
    text, staff = newest_revision(letter.id).text, db.session.get(Staff, invitation.invited_by_id or 0)
    printed = printed_line(signatory_from_facts(invitation.line), text)
    return {
        "title": text.title, "letter": letter_address(letter.slug), "coalition": coalition.name,
        "accent": coalition.accent, "zone": letter.deadline_zone, "deadline_at": letter.deadline_at,
        "printed": (printed.name.text, printed.detail.text), "by": staff.name if staff else "",
        "again": bool(line.facts.get("again")),
        "link": link(Purpose.INVITED, invitation.id, since=invitation.invited_at), "until": at + LIFETIMES[Purpose.INVITED],
    }  # fmt: skip
