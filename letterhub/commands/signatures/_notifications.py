"""Notices of what happened to a signature: to second persons who confirmed it, and to staff who review."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Select, func, select

from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.document import Kind
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.happenings import NOTICE_WINDOW, NOTICES_AN_HOUR, Happening
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import post
from letterhub.models import Letter, Membership, OutboxLine, Seconder, Signature, Staff, StaffNotice
from letterhub.queries.signatures.second_confirmation import is_seconded


def tell_seconders(letter: Letter, signature_ids: Collection[int] | Select[int], happening: Happening, at: dt.datetime) -> None:
    """Queue a mail to everyone who confirmed one of these signatures as a second person and still wants notices."""
    found = (
        select(Seconder.signature_id, Signature.id, Signature.email)
        .join(Signature, Signature.id == Seconder.entry_id)
        .where(Seconder.signature_id.in_(signature_ids), Seconder.ended_at.is_(None), Signature.email != "")
    )
    for seconded, entry_id, email in db.session.execute(found).all():
        post(
            MailKind.SECONDED_CHANGED, email, {"happening": str(happening), "seconded": seconded}, at=at,
            coalition_id=letter.coalition_id, letter_id=letter.id, signature_id=entry_id,
        )  # fmt: skip


def tell_of_signatory(letter: Letter, signature: Signature, happening: Happening, at: dt.datetime, *, listed: bool) -> None:
    """Notify of what a signatory did: second persons always, staff if the name was `listed` or has a second person."""
    tell_seconders(letter, [signature.id], happening, at)
    if listed or is_seconded(signature.id):
        tell_staff(letter, signature, happening, at)


def tell_staff(letter: Letter, signature: Signature, happening: Happening, at: dt.datetime) -> None:
    """Add a notice to the dashboard, and mail it to every reviewer, up to an hourly limit each."""
    name = signature.organization_name if signature.kind is Kind.ORGANIZATION else ""
    notice = StaffNotice(letter_id=letter.id, signature_id=signature.id, happening=happening, name=name, at=at)
    db.session.add(notice)
    db.session.flush()
    for email in _reviewers(letter.coalition_id):
        if _told_lately(email, letter.coalition_id, at) < NOTICES_AN_HOUR:
            post(MailKind.NOTICE, email, {"notice_id": notice.id}, at=at, coalition_id=letter.coalition_id, letter_id=letter.id)


def _reviewers(coalition_id: int) -> list[str]:
    found = (
        select(Staff.email, Membership.role)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(Membership.coalition_id == coalition_id, Membership.joined_at.is_not(None), Staff.active)
        .order_by(Staff.id)
    )
    return [email for email, role in db.session.execute(found) if role.covers(Role.REVIEWER)]


def _told_lately(email: str, coalition_id: int, at: dt.datetime) -> int:
    told = select(func.count(OutboxLine.id)).where(
        OutboxLine.coalition_id == coalition_id, OutboxLine.kind == MailKind.NOTICE, OutboxLine.recipient == email,
        OutboxLine.created_at > at - NOTICE_WINDOW,
    )  # fmt: skip
    return db.session.scalar(told) or 0
