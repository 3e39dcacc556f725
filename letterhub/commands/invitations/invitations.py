"""Invitations to sign a letter: to past signatories, by name, and from a file; recipients may decline.

See docs/design/invitations.md.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from letterhub.commands.invitations._contact_steps import add_row_facts, contact_of_invitee, contacts_with_address
from letterhub.commands.invitations._invitation_mail import queue_invitation_mail
from letterhub.commands.invitations._reminders import queue_reminders
from letterhub.commands.signatures._shared_steps import lock_letter
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.editions.deliveries import bulk_mail_delay
from letterhub.domain.i18n import _
from letterhub.domain.invitations.invitation import (
    MAX_INVITATIONS_AT_ONCE,
    CannotInvite,
    InvitationOutcome,
    InvitationRowOutcome,
    InviteeAnswer,
    check_not_on_letter,
    invitation_outcome,
)
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.serialization import signatory_to_facts
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.signatory_import import ParsedRow, check_preview
from letterhub.domain.signatures.signing import check_open
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import commands_allowed, db, end_read_transaction, one_transaction
from letterhub.mail.outbox import normalized_address
from letterhub.models import Invitation, Letter, NameAndDomain, append_audit_entry, find_or_create_organizations
from letterhub.queries.abuse.submission_limits import suppression_sentence
from letterhub.queries.invitations.invitation_preview import invitation_preview
from letterhub.queries.invitations.invitees import Invitee, signatures_of_invitees
from letterhub.queries.invitations.past_signatories import past_signatories_to_invite
from letterhub.queries.mail.unsubscriptions import is_unsubscribed, unsubscribed_mailboxes

NO_DELAY = dt.timedelta()


@dataclass(frozen=True, slots=True)
class InvitationContext:
    """Context of an invitation command: the letter, the member of staff, and the time."""

    letter_id: int
    staff_id: int
    actor: str
    at: dt.datetime


@one_transaction
def invite_past_signatories(context: InvitationContext, signature_ids: Collection[int]) -> int:
    """Invite the chosen contacts from other letters, by their signature ids; return how many. Raises LetterNotOpen."""
    letter = _lock_letter_to_invite(context)
    unsubscribed = unsubscribed_mailboxes(letter.id)
    chosen = [
        contact
        for contact in past_signatories_to_invite(letter.coalition_id, letter.id, MAX_INVITATIONS_AT_ONCE, signature_ids)
        if not suppression_sentence(letter.id, EmailAddress(contact.email)) and contact.email not in unsubscribed
    ]
    invitation_ids = [
        _invite(context, letter, contact.line, contact.email, contact.organization_id, copied_from=contact.signature_id)
        for contact in chosen
    ]
    invited = [invitation_id for invitation_id in invitation_ids if invitation_id]
    if invited:
        _append_audit_entry(context, {"count": len(invited)})
    return len(invited)


@one_transaction
def invite_by_name(context: InvitationContext, line: Signatory, email: str) -> None:
    """Invite an organization by name at one mailbox. Raises LetterNotOpen, CannotMail, AlreadyOnLetter and CannotInvite."""
    letter, mailbox = _lock_letter_to_invite(context), normalized_address(email)
    (signature,) = signatures_of_invitees(letter.id, [Invitee(line.organization, line.website, mailbox)])
    if signature:
        check_not_on_letter(line.organization, signature.name, invitation_outcome(signature.state))
    organization_ids = _organization_ids(letter, [line], context.at)
    if suppression_sentence(letter.id, EmailAddress(mailbox)) or is_unsubscribed(letter.coalition_id, mailbox):
        raise CannotInvite(
            _("We no longer send invitations to this mailbox: its owner asked us not to, or it can’t be reached.")
        )
    if not _invite(context, letter, line, mailbox, organization_ids[_organization_key(line)]):
        raise CannotInvite(_("This mailbox has already been invited to this letter."))
    _append_audit_entry(context, {"organization": line.organization})


@one_transaction
def invite_contacts(context: InvitationContext, contact_ids: Collection[int]) -> tuple[int, int]:
    """Invite the first person with an address of each of these contacts; return how many, and how many were left out: without
    an address, with an answer or a signature, invited before, or whom we mail no more. Raises LetterNotOpen."""
    letter = _lock_letter_to_invite(context)
    lines = contacts_with_address(letter.coalition_id, contact_ids)
    invitees = [Invitee(line.organization, line.website, email) for line, email, _copied_from in lines]
    signatures, unsubscribed = signatures_of_invitees(letter.id, invitees), unsubscribed_mailboxes(letter.id)
    chosen = [
        (line, email, copied_from)
        for (line, email, copied_from), signature in zip(lines, signatures, strict=True)
        if invitation_outcome(signature.state if signature else None) is InvitationOutcome.WAITING
        and not suppression_sentence(letter.id, EmailAddress(email))
        and email not in unsubscribed
    ]
    organization_ids = _organization_ids(letter, [line for line, _email, _copied_from in chosen], context.at)
    invited = 0
    for position, (line, email, copied_from) in enumerate(chosen):
        delay, organization_id = bulk_mail_delay(position, len(chosen)), organization_ids[_organization_key(line)]
        invited += bool(_invite(context, letter, line, email, organization_id, delay, copied_from))
    if invited:
        _append_audit_entry(context, {"count": invited})
    return invited, len(contact_ids) - invited


def invite_uploaded_list(context: InvitationContext, upload_id: int, *, expected: str) -> int:
    """Invite the organizations of an uploaded file, at most 500, and keep others as contacts; return how many are invited.

    `expected` is the version hash of the rows that were shown. Raises ImportChanged if the rows differ or the upload is gone,
    and LetterNotOpen.
    """
    gone_message = _("These invitations have since been sent or discarded. See below who is invited.")
    preview = check_preview(invitation_preview(context.letter_id, upload_id), expected, gone_message)
    end_read_transaction()
    contacts = [row.parsed for row in preview.with_outcome(InvitationRowOutcome.CONTACT_ONLY)]
    return _invite_rows(context, preview.rows_to_apply[:MAX_INVITATIONS_AT_ONCE], contacts, preview.file_name)


@one_transaction
def _invite_rows(context: InvitationContext, rows: Sequence[ParsedRow], contacts: Sequence[ParsedRow], file: str) -> int:
    """Invite the organizations of a file's rows, with paced mails, and keep those of others as contacts; return how many had
    not been invited."""
    letter = _lock_letter_to_invite(context)
    delays = [bulk_mail_delay(position, len(rows)) for position in range(len(rows))]
    organization_ids = _organization_ids(letter, [row.signatory for row in rows], context.at)
    invitation_ids = [
        _invite(
            context, letter, row.signatory, row.email, organization_ids[_organization_key(row.signatory)], after=delay, row=row
        )
        for row, delay in zip(rows, delays, strict=True)
    ]  # fmt: skip
    for row in contacts:
        contact = contact_of_invitee(letter.coalition_id, row.signatory, row.email, None, None, context.at)
        add_row_facts(contact, row, context.staff_id, context.at)
    invited = [invitation_id for invitation_id in invitation_ids if invitation_id]
    if invited:
        _append_audit_entry(context, {"count": len(invited), "file": file})
    return len(invited)


@one_transaction
def remind_invitees(context: InvitationContext, chosen: Collection[int] | None = None) -> int:
    """Mail a reminder for each invitation, or each of the chosen ones, that may get one now; return how many.

    Raises LetterNotOpen. The letter is locked, so that concurrent requests remind nobody twice.
    """
    return queue_reminders(_lock_open_letter(context), chosen, actor=context.actor, at=context.at)


def record_opening(invitation_id: int, at: dt.datetime) -> None:
    """Record when an invitation's link was first opened in a browser: a weak sign for staff, the one write of its GET."""
    with commands_allowed():
        _record_first_opening(invitation_id, at)


@one_transaction
def _record_first_opening(invitation_id: int, at: dt.datetime) -> None:
    first = update(Invitation).where(Invitation.id == invitation_id, Invitation.opened_at.is_(None))
    db.session.execute(first.values(opened_at=at))


@one_transaction
def decline_invitation(invitation_id: int, at: dt.datetime) -> None:
    """Decline an invitation, for its recipient."""
    invitation = db.session.get_one(Invitation, invitation_id, with_for_update=True)
    invitation.declined_at = invitation.declined_at or at


def _lock_open_letter(context: InvitationContext) -> Letter:
    letter = lock_letter(context.letter_id)
    check_open(letter.state, letter.deadline_at, context.at)
    return letter


def _lock_letter_to_invite(context: InvitationContext) -> Letter:
    """Return the letter, locked: open, or a draft, whose invitations are mailed when it opens. Raises LetterNotOpen."""
    letter = lock_letter(context.letter_id)
    if letter.state is not LetterState.DRAFT:
        check_open(letter.state, letter.deadline_at, context.at)
    return letter


def _organization_key(line: Signatory) -> NameAndDomain:
    return name_key(line.organization), domain_of_website(line.website)


def _organization_ids(letter: Letter, lines: Iterable[Signatory], at: dt.datetime) -> dict[NameAndDomain, int]:
    """Return the ids of the lines' organizations, by name and domain, adding unknown ones to the directory."""
    names = {_organization_key(line): line.organization for line in lines}
    organizations = find_or_create_organizations(db.session(), letter.coalition_id, names, at)
    return {key: organization_id for key, (organization_id, _new) in organizations.items()}


def _invite(
    context: InvitationContext,
    letter: Letter,
    line: Signatory,
    email: str,
    organization_id: int | None,
    after: dt.timedelta = NO_DELAY,
    copied_from: int | None = None,
    row: ParsedRow | None = None,
) -> int | None:
    """Add an invitation and queue its mail, due `after` a delay; return its id, or None if this mailbox was already
    invited, or its organization said no.

    Mails of a draft are queued when it opens. `copied_from` is the id of the signature under another letter that the line comes
    from, `row` that of a list, whose phone, tags and note are added to the contact.
    """
    contact = contact_of_invitee(letter.coalition_id, line, email, organization_id, copied_from, context.at)
    if row:
        add_row_facts(contact, row, context.staff_id, context.at)
    known = _invitations_of_contact(letter.id, contact.id)
    if any(invitation.answer is InviteeAnswer.REFUSED for invitation in known):
        return None
    invitation = next((one for one in known if one.mailbox_hash is None), None) or Invitation(
        letter_id=letter.id, contact_id=contact.id, organization_id=organization_id, copied_from_id=copied_from, email="",
        invited_by_id=context.staff_id, name_key=name_key(line.organization), invited_at=context.at,
        line=signatory_to_facts(replace(line, lead=False, lead_order=0, sort_name="")),
    )  # fmt: skip
    for answered in (one for one in known if one.answer and not invitation.answer):
        invitation.copy_answer(answered)
    try:
        with db.session.begin_nested():
            invitation.set_email(email, letter.coalition_id)
            db.session.add(invitation)
            db.session.flush()
    except IntegrityError:
        return None
    if letter.state is not LetterState.DRAFT:
        queue_invitation_mail(letter, invitation, context.at, after)
    return invitation.id


def _invitations_of_contact(letter_id: int, contact_id: int) -> Sequence[Invitation]:
    query = select(Invitation).where(Invitation.contact_id == contact_id, Invitation.letter_id == letter_id)
    return db.session.scalars(query.order_by(Invitation.id)).all()


def _append_audit_entry(context: InvitationContext, after: dict[str, str | int]) -> None:
    chain = ReferenceKind.LETTER.reference(context.letter_id)
    append_audit_entry(db.session(), chain, context.actor, "invited to sign", at=context.at, after=after)
