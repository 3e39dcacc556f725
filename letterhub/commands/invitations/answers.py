"""Answers to invitations that staff heard or read elsewhere: promised, or said no, with the reason.

A decision carries the outcome that was shown; see docs/design/invitations.md.
"""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import select

from letterhub.commands.invitations._contact_steps import lock_contact
from letterhub.commands.signatures._shared_steps import lock_letter
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.invitations.contact import ContactEntryKind
from letterhub.domain.invitations.invitation import (
    OUTCOMES_WITH_SIGNATURE,
    AnswerReasonMissing,
    InvitationOutcome,
    InviteeAnswer,
)
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.serialization import signatory_to_facts
from letterhub.domain.organizations.name_keys import name_key
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Contact, ContactEntry, Invitation, append_audit_entry
from letterhub.queries.accounts import StaffContext
from letterhub.queries.invitations.outcomes import select_outcomes


@one_transaction
def record_answers(
    staff: StaffContext,
    letter_id: int,
    shown: Mapping[int, str],
    answer: InviteeAnswer | None,
    reason: str,
    at: dt.datetime,
) -> tuple[int, tuple[str, ...]]:
    """Record what the contacts of these invitations answered, None to take an answer back; return of how many.

    `shown` has the outcome of each invitation that the page showed. Those that have another one now, or are on the letter,
    stay as they are, and their names are returned too. Raises AnswerReasonMissing.
    """
    _check_reason(answer, reason)
    lock_letter(letter_id)
    query = select_outcomes(letter_id, Invitation.id.in_(list(shown)))
    outcomes = {row.id: row.outcome for row in db.session.execute(query)}
    recorded, changed, contact_ids = 0, [], set[int]()
    rows = (
        select(Invitation).where(Invitation.letter_id == letter_id, Invitation.id.in_(list(outcomes))).order_by(Invitation.id)
    )
    for invitation in db.session.scalars(rows):
        outcome = InvitationOutcome(outcomes[invitation.id])
        if shown[invitation.id] != outcome or outcome in OUTCOMES_WITH_SIGNATURE or invitation.contact_id is None:
            changed.append(str(invitation.line.get("organization", "")))
        elif invitation.contact_id not in contact_ids:
            contact_ids.add(invitation.contact_id)
            _record(staff, letter_id, lock_contact(staff.coalition_id, invitation.contact_id), answer, reason, at)
            recorded += 1
    return recorded, tuple(changed)


@one_transaction
def record_contact_answer(
    staff: StaffContext,
    letter_id: int,
    contact_id: int,
    version: int,
    answer: InviteeAnswer | None,
    reason: str,
    at: dt.datetime,
) -> None:
    """Record what a contact answered about a letter, also one to which it was not invited by email.

    Raises AnswerReasonMissing, and ContactChanged if it has another version than was shown.
    """
    _check_reason(answer, reason)
    lock_letter(letter_id)
    contact = lock_contact(staff.coalition_id, contact_id, version)
    asked = select(Invitation.id).where(Invitation.letter_id == letter_id, Invitation.contact_id == contact.id)
    if answer and db.session.scalar(asked.limit(1)) is None:
        line = Signatory(organization=contact.name, website=contact.website)
        invitation = Invitation(
            letter_id=letter_id, contact_id=contact.id, organization_id=contact.organization_id, email="",
            name_key=name_key(contact.name), line=signatory_to_facts(line), invited_by_id=staff.staff_id, invited_at=at,
        )  # fmt: skip
        db.session.add(invitation)
        db.session.flush()
    _record(staff, letter_id, contact, answer, reason, at)


def _check_reason(answer: InviteeAnswer | None, reason: str) -> None:
    """Raise AnswerReasonMissing for a "no" without its reason."""
    if answer is InviteeAnswer.REFUSED and not reason:
        raise AnswerReasonMissing(_("Enter the reason they gave, or “none given”."))


def _record(
    staff: StaffContext, letter_id: int, contact: Contact, answer: InviteeAnswer | None, reason: str, at: dt.datetime
) -> None:
    """Set the answer of all invitations of a contact to the letter, and add it to the contact's history."""
    query = select(Invitation).where(Invitation.letter_id == letter_id, Invitation.contact_id == contact.id)
    for invitation in db.session.scalars(query.with_for_update()):
        invitation.set_answer(answer, reason, staff.staff_id, at)
    entry = ContactEntry(
        contact_id=contact.id, letter_id=letter_id, kind=ContactEntryKind.ANSWER, answer=answer, text=reason,
        staff_id=staff.staff_id, at=at,
    )  # fmt: skip
    db.session.add(entry)
    contact.change(at)
    chain, subject = ReferenceKind.LETTER.reference(letter_id), ReferenceKind.CONTACT.reference(contact.id)
    after = {"answer": str(answer or "")}
    append_audit_entry(db.session(), chain, staff.actor, "answer recorded", at=at, subject=subject, after=after)
