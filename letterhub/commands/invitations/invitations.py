"""Invitations to sign a letter: to past signatories, by name, and from a file; recipients may decline.

See docs/design/tables-in.md.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from letterhub.commands.signatures._shared_steps import lock_letter
from letterhub.domain.audit.references import ReferenceKind
from letterhub.domain.editions.attachment_policy import bulk_mail_delay
from letterhub.domain.i18n import _
from letterhub.domain.invitations.imports import ParsedRow, check_preview
from letterhub.domain.invitations.invitation import (
    MAX_INVITATIONS_AT_ONCE,
    CannotInvite,
    check_not_on_letter,
    invitation_outcome,
)
from letterhub.domain.letters.document import Signatory
from letterhub.domain.letters.serialization import signatory_to_facts
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.organizations.names import domain_of_website, name_key
from letterhub.domain.signatures.signing import check_open
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.mail.address_hashes import hash_mailbox
from letterhub.mail.outbox import normalized_address, queue_mail
from letterhub.models import Invitation, Letter, NameAndDomain, append_audit_entry, find_or_create_organizations
from letterhub.queries.abuse.submission_limits import suppression_sentence
from letterhub.queries.invitations.contacts import contacts_to_invite
from letterhub.queries.invitations.invitation_preview import invitation_preview
from letterhub.queries.invitations.invitations import invitations_of
from letterhub.queries.invitations.invitees import Invitee, signatures_of_invitees

NO_DELAY = dt.timedelta()


@dataclass(frozen=True, slots=True)
class InvitationContext:
    """Context of an invitation command: the letter, the member of staff, and the time."""

    letter_id: int
    staff_id: int
    actor: str
    at: dt.datetime


@one_transaction
def invite_contacts(inviting: InvitationContext, signature_ids: Collection[int]) -> int:
    """Invite the chosen contacts from other letters, by their signature ids; return how many. Raises LetterNotOpen."""
    letter = _lock_open_letter(inviting)
    chosen = [
        one
        for one in contacts_to_invite(letter.coalition_id, letter.id, MAX_INVITATIONS_AT_ONCE, signature_ids)
        if not suppression_sentence(letter.id, EmailAddress(one.email))
    ]
    numbers = [
        _invite(inviting, letter, one.line, one.email, one.organization_id, copied_from=one.signature_id) for one in chosen
    ]
    invited = [number for number in numbers if number]
    if invited:
        _append_audit_entry(inviting, {"count": len(invited)})
    return len(invited)


@one_transaction
def invite_by_name(inviting: InvitationContext, line: Signatory, email: str) -> None:
    """Invite an organization by name at one mailbox. Raises LetterNotOpen, CannotMail, AlreadyOnLetter and CannotInvite."""
    letter, to = _lock_open_letter(inviting), normalized_address(email)
    (signed,) = signatures_of_invitees(letter.id, [Invitee(line.organization, line.website, to)])
    if signed:
        check_not_on_letter(line.organization, signed.name, invitation_outcome(signed.state))
    known = _organization_ids(letter, [line], inviting.at)
    if suppression_sentence(letter.id, EmailAddress(to)):
        raise CannotInvite(
            _("We no longer email this mailbox about this letter: its owner asked us not to, or it can’t be reached.")
        )
    if not _invite(inviting, letter, line, to, known[_organization_key(line)]):
        raise CannotInvite(_("This mailbox has already been invited to this letter."))
    _append_audit_entry(inviting, {"organization": line.organization})


def invite_uploaded_list(inviting: InvitationContext, upload_id: int, *, expected: str) -> int:
    """Invite the organizations of an uploaded file, at most 500; return how many.

    `expected` is the version hash of the rows that were shown. Raises ImportChanged if the rows differ or the upload is gone,
    and LetterNotOpen.
    """
    gone = _("These invitations have since been sent or discarded. See below who is invited.")
    found = check_preview(invitation_preview(inviting.letter_id, upload_id), expected, gone)
    end_read_transaction()
    return _invite_rows(inviting, found.rows_to_apply[:MAX_INVITATIONS_AT_ONCE], found.file_name)


@one_transaction
def _invite_rows(inviting: InvitationContext, rows: Sequence[ParsedRow], file: str) -> int:
    letter = _lock_open_letter(inviting)
    waits = [bulk_mail_delay(place, len(rows)) for place in range(len(rows))]
    known = _organization_ids(letter, [row.signatory for row in rows], inviting.at)
    numbers = [
        _invite(inviting, letter, row.signatory, row.email, known[_organization_key(row.signatory)], after=after)
        for row, after in zip(rows, waits, strict=True)
    ]
    invited = [number for number in numbers if number]
    if invited:
        _append_audit_entry(inviting, {"count": len(invited), "file": file})
    return len(invited)


@one_transaction
def remind_invitees(inviting: InvitationContext) -> int:
    """Mail a reminder for each invitation without an answer or an earlier reminder; return how many.

    Raises LetterNotOpen. The letter is locked, so that concurrent requests remind nobody twice.
    """
    letter = _lock_open_letter(inviting)
    due = [one.id for one in reversed(invitations_of(letter.id)) if one.is_reminder_due(inviting.at)]
    rows = {one.id: one for one in db.session.scalars(select(Invitation).where(Invitation.letter_id == letter.id))}
    waiting = [rows[number] for number in due]
    for place, invitation in enumerate(waiting):
        _queue_mail(inviting, letter, invitation, {"again": 1}, bulk_mail_delay(place, len(waiting)))
    if waiting:
        append_audit_entry(
            db.session(), ReferenceKind.LETTER.reference(letter.id), inviting.actor, "reminded of invitations",
            at=inviting.at, after={"count": len(waiting)},
        )  # fmt: skip
    return len(waiting)


@one_transaction
def decline_invitation(invitation_id: int, at: dt.datetime) -> None:
    """Decline an invitation, for its recipient."""
    invitation = db.session.get_one(Invitation, invitation_id, with_for_update=True)
    invitation.declined_at = invitation.declined_at or at


def _lock_open_letter(inviting: InvitationContext) -> Letter:
    letter = lock_letter(inviting.letter_id)
    check_open(letter.state, letter.deadline_at, inviting.at)
    return letter


def _organization_key(line: Signatory) -> NameAndDomain:
    return name_key(line.organization), domain_of_website(line.website)


def _organization_ids(letter: Letter, lines: Iterable[Signatory], at: dt.datetime) -> dict[NameAndDomain, int]:
    """Return the ids of the lines' organizations, adding unknown ones to the directory."""
    names = {_organization_key(line): line.organization for line in lines}
    found = find_or_create_organizations(db.session(), letter.coalition_id, names, at)
    return {site: number for site, (number, _new) in found.items()}


def _invite(
    inviting: InvitationContext,
    letter: Letter,
    line: Signatory,
    email: str,
    organization_id: int | None,
    after: dt.timedelta = NO_DELAY,
    copied_from: int | None = None,
) -> int | None:
    """Add an invitation and queue its mail; return its id, or None if this mailbox was already invited."""
    invitation = Invitation(
        letter_id=letter.id, organization_id=organization_id, copied_from_id=copied_from, email=email,
        invited_by_id=inviting.staff_id,
        mailbox_hash=hash_mailbox(letter.id, EmailAddress(email)), name_key=name_key(line.organization), invited_at=inviting.at,
        line=signatory_to_facts(replace(line, lead=False, sort_name="")),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(invitation)
            db.session.flush()
    except IntegrityError:
        return None
    _queue_mail(inviting, letter, invitation, {}, after)
    return invitation.id


def _queue_mail(
    inviting: InvitationContext, letter: Letter, invitation: Invitation, said: dict[str, int], after: dt.timedelta
) -> None:
    line = queue_mail(
        MailKind.INVITE, invitation.email, {"invitation_id": invitation.id, **said}, at=inviting.at,
        coalition_id=letter.coalition_id, letter_id=letter.id,
    )  # fmt: skip
    line.due_at = inviting.at + after


def _append_audit_entry(inviting: InvitationContext, after: dict[str, str | int]) -> None:
    chain = ReferenceKind.LETTER.reference(inviting.letter_id)
    append_audit_entry(db.session(), chain, inviting.actor, "invited to sign", at=inviting.at, after=after)
