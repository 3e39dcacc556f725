"""Notices of what happened to a signature: to its signatory, to second persons who confirmed it, and to staff."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Select, select

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.review import SignatureEvent
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureMove
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import BulkRecipient, queue_bulk_mail, queue_mail
from letterhub.models import Letter, OutboxMessage, Seconder, Signature, SignatureAlert
from letterhub.queries.signatures.second_confirmation import has_second_person


def notify_second_persons(
    letter: Letter, signature_ids: Collection[int] | Select[int], event: SignatureEvent, at: dt.datetime
) -> None:
    """Queue a mail to everyone who confirmed one of these signatures as a second person and still wants notices."""
    statement = (
        select(Seconder.signature_id, Signature.id, Signature.email)
        .join(Signature, Signature.id == Seconder.own_signature_id)
        .where(Seconder.signature_id.in_(signature_ids), Seconder.ended_at.is_(None), Signature.email != "")
    )
    for seconded_id, entry_id, email in db.session.execute(statement).all():
        queue_mail(
            MailKind.SECONDED_CHANGED, email, {"event": str(event), "seconded": seconded_id}, at=at,
            coalition_id=letter.coalition_id, letter_id=letter.id, signature_id=entry_id,
        )  # fmt: skip


def notify_of_signatory_action(
    letter: Letter, signature: Signature, event: SignatureEvent, at: dt.datetime, *, listed: bool
) -> None:
    """Notify of what a signatory did: second persons always, staff if the name was `listed` or has a second person."""
    notify_second_persons(letter, [signature.id], event, at)
    if listed or has_second_person(signature.id):
        notify_staff(letter, signature, event, at)


def notify_staff(letter: Letter, signature: Signature, event: SignatureEvent, at: dt.datetime) -> None:
    """Add a notice to the dashboard; the worker emails it to members who want to know."""
    name = signature.organization_name if signature.kind is SignatoryKind.ORGANIZATION else ""
    db.session.add(SignatureAlert(letter_id=letter.id, signature_id=signature.id, event=event, name=name, created_at=at))
    db.session.flush()


DECISION_MAIL_DELAY = dt.timedelta(minutes=10)
"""Time in which staff may take a decision back before its signatory is told."""
DECISION_KINDS = {SignatureMove.PUBLISH: MailKind.PUBLISHED, SignatureMove.DECLINE: MailKind.DECLINED}


def email_decision(
    letter: Letter, signatures: Sequence[Signature], move: SignatureMove, explanation: str, at: dt.datetime
) -> None:
    """Queue what staff decided to everyone who signed by the form; of a published name its signatory hears once.

    `explanation` is what staff chose to tell about a decline, if anything.
    """
    kind = DECISION_KINDS.get(move)
    if kind is MailKind.PUBLISHED and letter.skips_published_email:
        return
    recipients = {one.id: one.email for one in signatures if one.email and one.source is Source.FORM}
    if kind is MailKind.PUBLISHED:
        earlier = select(OutboxMessage.signature_id).where(
            OutboxMessage.signature_id.in_(recipients), OutboxMessage.kind == kind, OutboxMessage.cancelled_at.is_(None)
        )
        for signature_id in db.session.scalars(earlier):
            recipients.pop(signature_id or 0, None)
    if kind is not None and recipients:
        due_at = at + DECISION_MAIL_DELAY
        mails = [BulkRecipient(signature_id, email, due_at) for signature_id, email in recipients.items()]
        facts = {"explanation": explanation} if explanation else {}
        queue_bulk_mail(kind, mails, facts, at=at, coalition_id=letter.coalition_id, letter_id=letter.id)
