"""Invitations to sign a letter: to past signatories, by name, and from a file; recipients may decline.

See docs/design/tables-in.md.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from letterhub.commands.signatures._steps import locked_letter
from letterhub.domain.audit.references import Reference
from letterhub.domain.editions.attachment_policy import leaves
from letterhub.domain.invitations.imports import Given, ImportChanged
from letterhub.domain.invitations.invitation import MOST_AT_ONCE, CannotInvite, came_of, check_not_on_letter
from letterhub.domain.letters.document import Signatory
from letterhub.domain.letters.snapshot import facts_of_signatory
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.organizations.names import domain_of_website, name_key
from letterhub.domain.signatures.signing import check_open
from letterhub.infrastructure.db import db, end_of_reading, one_transaction
from letterhub.mail.address_hashes import mailbox_fingerprint
from letterhub.mail.outbox import one_address, post
from letterhub.models import Invitation, Letter, Signature, Site, organizations_named, remember
from letterhub.queries.abuse.submission_limits import why_stopped
from letterhub.queries.invitations.contacts import contacts_to_invite
from letterhub.queries.invitations.invitation_lists import InvitingRehearsal, inviting_rehearsal
from letterhub.queries.invitations.invitations import invitations_of
from letterhub.queries.invitations.invitees import Invitee, signatures_of

NO_WAIT = dt.timedelta()


@dataclass(frozen=True, slots=True)
class Inviting:
    """Context of an invitation command: the letter, the member of staff, and the time."""

    letter_id: int
    staff_id: int
    actor: str
    at: dt.datetime


@one_transaction
def invite_contacts(inviting: Inviting, signature_ids: Collection[int]) -> int:
    """Invite the chosen contacts from other letters, by their signature ids; return how many. Raises CannotSignNow."""
    letter = _open_letter(inviting)
    chosen = [
        one
        for one in contacts_to_invite(letter.coalition_id, letter.id, MOST_AT_ONCE, signature_ids)
        if not why_stopped(letter.id, one.email)
    ]
    numbers = [
        _invite(inviting, letter, one.line, one.email, one.organization_id, copied_from=one.signature_id) for one in chosen
    ]
    invited = [number for number in numbers if number]
    if invited:
        _remember(inviting, {"count": len(invited)})
    return len(invited)


@one_transaction
def invite_by_name(inviting: Inviting, line: Signatory, email: str) -> None:
    """Invite an organization by name at one mailbox. Raises CannotSignNow, CannotMail, OnLetterAlready and CannotInvite."""
    letter, to = _open_letter(inviting), one_address(email)
    (signed,) = signatures_of(letter.id, [Invitee(line.organization, line.url, to)])
    if signed:
        check_not_on_letter(line.organization, signed.name, came_of(signed.state))
    known = _organizations(letter, [line], inviting.at)
    if why_stopped(letter.id, to):
        raise CannotInvite(
            "We no longer email this mailbox about this letter: its owner asked us not to, or nothing can be delivered."
        )
    if not _invite(inviting, letter, line, to, known[_site(line)]):
        raise CannotInvite("This mailbox has already been invited to this letter.")
    _remember(inviting, {"organization": line.organization})


def invite_listed(inviting: Inviting, upload_id: int, *, expected: str) -> int:
    """Invite the organizations of an uploaded file, at most 500; return how many.

    `expected` is the version hash of the rows that were shown. Raises ImportChanged if the rows differ or the upload is gone,
    and CannotSignNow.
    """
    found = inviting_rehearsal(inviting.letter_id, upload_id)
    if found is None:
        raise ImportChanged("This file was invited or discarded in the meantime. Below stands who is invited.")
    if found.mark != expected:
        raise ImportChanged("The names of this letter changed while you were looking at the file. Look at it again.")
    end_of_reading()
    return _invite_rows(inviting, [row.given for row in found.invited][:MOST_AT_ONCE], found)


@one_transaction
def _invite_rows(inviting: Inviting, rows: Sequence[Given], found: InvitingRehearsal) -> int:
    letter = _open_letter(inviting)
    waits = [leaves(place, len(rows)) for place in range(len(rows))]
    known = _organizations(letter, [row.signatory for row in rows], inviting.at)
    numbers = [
        _invite(inviting, letter, row.signatory, row.email, known[_site(row.signatory)], after=after)
        for row, after in zip(rows, waits, strict=True)
    ]
    invited = [number for number in numbers if number]
    if invited:
        _remember(inviting, {"count": len(invited), "file": found.file})
    return len(invited)


@one_transaction
def remind_invited(inviting: Inviting) -> int:
    """Mail a reminder for each invitation without an answer or an earlier reminder; return how many.

    Raises CannotSignNow. The letter is locked, so that concurrent requests remind nobody twice.
    """
    letter = _open_letter(inviting)
    due = [one.id for one in reversed(invitations_of(letter.id)) if one.is_to_be_reminded(inviting.at)]
    rows = {one.id: one for one in db.session.scalars(select(Invitation).where(Invitation.letter_id == letter.id))}
    waiting = [rows[number] for number in due]
    for place, invitation in enumerate(waiting):
        _mail(inviting, letter, invitation, {"again": 1}, leaves(place, len(waiting)))
    if waiting:
        remember(
            db.session(), Reference.LETTER.to(letter.id), inviting.actor, "reminded of invitations",
            at=inviting.at, after={"count": len(waiting)},
        )  # fmt: skip
    return len(waiting)


@one_transaction
def decline_invitation(invitation_id: int, at: dt.datetime) -> None:
    """Decline an invitation, for its recipient."""
    invitation = db.session.get_one(Invitation, invitation_id, with_for_update=True)
    invitation.declined_at = invitation.declined_at or at


def _open_letter(inviting: Inviting) -> Letter:
    letter = locked_letter(inviting.letter_id)
    check_open(letter.state, letter.deadline_at, inviting.at)
    return letter


def _site(line: Signatory) -> Site:
    return name_key(line.organization), domain_of_website(line.url)


def _organizations(letter: Letter, lines: Iterable[Signatory], at: dt.datetime) -> dict[Site, int]:
    """Return the ids of the lines' organizations, adding unknown ones to the directory."""
    names = {_site(line): line.organization for line in lines}
    found = organizations_named(db.session(), letter.coalition_id, names, at)
    return {site: number for site, (number, _new) in found.items()}


def _invite(
    inviting: Inviting,
    letter: Letter,
    line: Signatory,
    email: str,
    organization_id: int | None,
    after: dt.timedelta = NO_WAIT,
    copied_from: int | None = None,
) -> int | None:
    """Add an invitation and queue its mail; return its id, or None if this mailbox was already invited."""
    invitation = Invitation(
        letter_id=letter.id, organization_id=organization_id, copied_from_id=copied_from, email=email,
        invited_by_id=inviting.staff_id,
        mailbox_key=mailbox_fingerprint(letter.id, email), name_key=name_key(line.organization), invited_at=inviting.at,
        line=facts_of_signatory(replace(line, lead=False, sort_name="")),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(invitation)
            db.session.flush()
    except IntegrityError:
        return None
    _mail(inviting, letter, invitation, {}, after)
    return invitation.id


def _mail(inviting: Inviting, letter: Letter, invitation: Invitation, said: dict[str, int], after: dt.timedelta) -> None:
    line = post(
        MailKind.INVITE, invitation.email, {"invitation_id": invitation.id, **said}, at=inviting.at,
        coalition_id=letter.coalition_id, letter_id=letter.id,
    )  # fmt: skip
    line.due_at = inviting.at + after


def use_invitation(signature: Signature, invitation_id: int) -> None:
    """Link an invitation to the signature of the last form that came by it."""
    found = select(Invitation).where(Invitation.id == invitation_id, Invitation.letter_id == signature.letter_id)
    if (invitation := db.session.scalar(found.with_for_update())) is not None and invitation.email:
        invitation.signature_id = signature.id


def _remember(inviting: Inviting, after: dict[str, str | int]) -> None:
    chain = Reference.LETTER.to(inviting.letter_id)
    remember(db.session(), chain, inviting.actor, "invited to sign", at=inviting.at, after=after)
