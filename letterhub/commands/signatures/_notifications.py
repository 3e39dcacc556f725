"""Notices of what happened to a signature: to second persons who confirmed it, and to staff who review."""

import datetime as dt
from collections import Counter
from collections.abc import Collection

from sqlalchemy import Select, select

from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.document import SignatoryKind
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.review import NOTICE_WINDOW, NOTICES_PER_HOUR, SignatureEvent
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import Letter, Membership, OutboxMessage, Seconder, Signature, Staff, StaffNotice
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
    """Add a notice to the dashboard, and mail it to every reviewer, up to an hourly limit each."""
    name = signature.organization_name if signature.kind is SignatoryKind.ORGANIZATION else ""
    notice = StaffNotice(letter_id=letter.id, signature_id=signature.id, event=event, name=name, created_at=at)
    db.session.add(notice)
    db.session.flush()
    members = (
        select(Staff.email, Membership.role)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(Membership.coalition_id == letter.coalition_id, Membership.joined_at.is_not(None), Staff.active)
        .order_by(Staff.id)
    )
    reviewer_emails = [email for email, role in db.session.execute(members) if role.covers(Role.REVIEWER)]
    recent_notices = select(OutboxMessage.recipient).where(
        OutboxMessage.coalition_id == letter.coalition_id, OutboxMessage.kind == MailKind.NOTICE,
        OutboxMessage.recipient.in_(reviewer_emails), OutboxMessage.created_at > at - NOTICE_WINDOW,
    )  # fmt: skip
    notice_counts = Counter(db.session.scalars(recent_notices))
    for email in reviewer_emails:
        if notice_counts[email] < NOTICES_PER_HOUR:
            queue_mail(
                MailKind.NOTICE, email, {"notice_id": notice.id}, at=at, coalition_id=letter.coalition_id, letter_id=letter.id
            )
