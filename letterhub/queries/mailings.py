"""What a mail says at the moment it is sent: the facts of each kind, and the link that is made only now."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from letterhub.db import db
from letterhub.domain.document import Kind
from letterhub.domain.mails import MailKind, NoLongerMeant
from letterhub.domain.states import STANDING, SignatureState
from letterhub.links import LIFETIMES, Purpose
from letterhub.mail.addresses import letter_address, link, reset_link, site
from letterhub.mail.messages import Mailing
from letterhub.models import Letter, Membership, OutboxLine, Signature, Staff
from letterhub.queries.signatures import place_is_taken
from letterhub.rendering.view import line as printed_line

RESET_LIFETIME = dt.timedelta(days=1)  # Flask-Security's own
Facts = dict[str, Any]


def mailing(line_id: int, at: dt.datetime) -> Mailing:
    """What the mail of an outbox line says; raises NoLongerMeant where its occasion has passed."""
    line = db.session.get_one(OutboxLine, line_id)
    facts = FACTS[MailKind(line.kind)](line, at)
    return Mailing(MailKind(line.kind), line.recipient, line.message_id, {"site": site(), **facts})


def _confirm(line: OutboxLine, at: dt.datetime) -> Facts:
    signature = _signature_of(line)
    asked_again = signature.state is SignatureState.EXPIRED and line.created_at >= (signature.ended_at or at)
    if signature.state is not SignatureState.PENDING and not asked_again:
        raise NoLongerMeant(f"Not sent: the signature is {signature.state} and needs no confirmation.")
    return _facts_of(signature) | {
        "asked_at": signature.created_at,
        "taken": place_is_taken(signature),
        "link": link(Purpose.CONFIRM, signature.id, signature.revision_id),
        "until": at + LIFETIMES[Purpose.CONFIRM],
    }


def _signed(line: OutboxLine, _at: dt.datetime) -> Facts:
    signature = _standing(line)
    return _facts_of(signature) | {
        "published": signature.state is SignatureState.PUBLISHED,
        "link": link(Purpose.MANAGE, signature.id),
    }


def _corrected(line: OutboxLine, _at: dt.datetime) -> Facts:
    signature = _standing(line)
    return _facts_of(signature) | {
        "before": line.facts["before"],
        "after": line.facts["after"],
        "link": link(Purpose.MANAGE, signature.id),
    }


def _join(line: OutboxLine, at: dt.datetime) -> Facts:
    member = db.session.get(
        Membership, line.facts["membership_id"], options=[joinedload(Membership.coalition), joinedload(Membership.staff)]
    )
    if member is None or member.joined_at is not None:
        raise NoLongerMeant("Not sent: the invitation was accepted or taken back.")
    return {
        "coalition": member.coalition.name,
        "accent": member.coalition.accent,
        "role": str(member.role),
        "name": member.staff.name,
        "link": link(Purpose.JOIN, member.id, member.staff_id),
        "until": at + LIFETIMES[Purpose.JOIN],
    }


def _reset(line: OutboxLine, at: dt.datetime) -> Facts:
    staff = db.session.get(Staff, line.facts["staff_id"])
    if staff is None or not staff.active:
        raise NoLongerMeant("Not sent: the account is closed.")
    return {
        "name": staff.name,
        "link": reset_link(generate_reset_password_token(staff)),  # type: ignore[no-untyped-call]
        "until": at + RESET_LIFETIME,
    }


FACTS: Mapping[MailKind, Callable[[OutboxLine, dt.datetime], Facts]] = {
    MailKind.CONFIRM: _confirm,
    MailKind.SIGNED: _signed,
    MailKind.CORRECTED: _corrected,
    MailKind.JOIN: _join,
    MailKind.RESET: _reset,
}


def _signature_of(line: OutboxLine) -> Signature:
    signature = db.session.scalar(
        select(Signature)
        .where(Signature.id == line.signature_id)
        .options(joinedload(Signature.letter).joinedload(Letter.coalition), joinedload(Signature.revision))
    )
    if signature is None:
        raise NoLongerMeant("Not sent: the signature is gone.")
    return signature


def _standing(line: OutboxLine) -> Signature:
    signature = _signature_of(line)
    if signature.state not in STANDING:
        raise NoLongerMeant(f"Not sent: the signature is {signature.state}.")
    return signature


def _facts_of(signature: Signature) -> Facts:
    """What every mail to a signatory says: which letter, by whom, and the line exactly as it prints."""
    letter, text = signature.letter, signature.revision.text
    line = printed_line(signature.signatory, text)
    return {
        "title": text.title,
        "letter": letter_address(letter.slug),
        "coalition": letter.coalition.name,
        "accent": letter.coalition.accent,
        "printed": (line.name.text, line.detail.text),
        "organization": signature.organization_name if signature.kind is Kind.ORGANIZATION else "",
        "person": f"{signature.signer_name} ({signature.signer_title})" if signature.signer_title else signature.signer_name,
        "zone": letter.deadline_zone,
    }
