"""Reads for inviting many: what becomes of each row of a file, and who has not answered an invitation yet."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from letterhub.db import db
from letterhub.domain.importing import mark_of_rows
from letterhub.domain.invitations import REMINDED_AFTER, InvitedRow, Prospect, invited_row
from letterhub.domain.mails import MailKind
from letterhub.domain.states import STANDING
from letterhub.mail.fingerprints import address_fingerprint, mailbox_fingerprint
from letterhub.models import Invitation, MailStop, OutboxLine, Signature
from letterhub.queries.importing import rehearsal


@dataclass(frozen=True, slots=True)
class InvitingRehearsal:
    """A file as its organizations would be invited now. `notes` tell what of the file as a whole was left out."""

    file: str
    rows: tuple[InvitedRow, ...]
    notes: tuple[str, ...]

    def of(self, prospect: Prospect) -> tuple[InvitedRow, ...]:
        """The rows of which the same becomes."""
        return tuple(row for row in self.rows if row.prospect is prospect)

    @property
    def invited(self) -> tuple[InvitedRow, ...]:
        """The rows that would be invited."""
        return self.of(Prospect.INVITED)

    @property
    def mark(self) -> str:
        """The mark of the rows that would be invited."""
        return mark_of_rows(row.given for row in self.invited)


def inviting_rehearsal(letter_id: int, upload_id: int) -> InvitingRehearsal | None:
    """What inviting the organizations of an upload would do now; None where the letter has no such upload. One a mailbox."""
    found = rehearsal(letter_id, upload_id)
    if found is None:
        return None
    invited = set(db.session.scalars(select(Invitation.mailbox_key).where(Invitation.letter_id == letter_id)))
    stopped = set(db.session.scalars(select(MailStop.mailbox_key).where(MailStop.letter_id == letter_id)))
    rows, earlier = [], dict[str, int]()
    for row in found.rows:
        email = row.given.email
        key = mailbox_fingerprint(letter_id, email) if email else ""
        stops = bool(email) and not stopped.isdisjoint((key, address_fingerprint(letter_id, email)))
        rows.append(invited_row(row, invited=key in invited, stopped=stops, earlier=earlier.get(key)))
        if rows[-1].prospect is Prospect.INVITED:
            earlier[key] = row.given.line
    return InvitingRehearsal(found.file, tuple(rows), found.notes)


def unanswered(letter_id: int, at: dt.datetime) -> tuple[Invitation, ...]:
    """The invitations to a letter of which nothing came within some days, and that were mailed once, the first ones first.

    Whoever stands under the letter by another way, by name or mailbox, is left out.
    """
    mailed = (
        select(OutboxLine.facts["invitation_id"].as_integer().label("number"))
        .where(OutboxLine.letter_id == letter_id, OutboxLine.kind == MailKind.INVITE, OutboxLine.cancelled_at.is_(None))
        .group_by("number")
        .having(func.count() == 1)
    )
    waiting = select(Invitation).where(
        Invitation.letter_id == letter_id,
        Invitation.email != "",
        Invitation.signature_id.is_(None),
        Invitation.declined_at.is_(None),
        Invitation.invited_at <= at - REMINDED_AFTER,
        Invitation.id.in_(mailed),
    )
    rows = db.session.scalars(waiting.order_by(Invitation.id)).all()
    stopped = set(db.session.scalars(select(MailStop.mailbox_key).where(MailStop.letter_id == letter_id)))
    there = _standing(letter_id, rows)
    return tuple(row for row in rows if row.mailbox_key not in stopped and there.isdisjoint(_known_by(row)))


def _known_by(row: Invitation) -> tuple[str, str]:
    return row.email, str(row.line.get("organization", ""))


def _standing(letter_id: int, rows: Sequence[Invitation]) -> set[str]:
    """The mailboxes and names of those who were invited that stand under the letter."""
    emails, names = {row.email for row in rows}, {str(row.line.get("organization", "")) for row in rows}
    here = (Signature.letter_id == letter_id, Signature.state.in_(STANDING))
    by_mail = db.session.scalars(select(Signature.email).where(*here, Signature.email.in_(emails)))
    by_name = db.session.scalars(select(Signature.organization_name).where(*here, Signature.organization_name.in_(names)))
    return {*by_mail, *by_name}
