"""Template context of each kind of mail, built when it is sent, with links made only then. See docs/design/mail.md."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from letterhub.domain.letters.document import Kind
from letterhub.domain.mail.outgoing_mail import MailKind, NoLongerMeant
from letterhub.domain.operations.retention import PENDING_FOR
from letterhub.domain.signatures.signing import may_confirm
from letterhub.domain.states import STANDING, SignatureState
from letterhub.domain.web_addresses import not_linked
from letterhub.infrastructure.db import db
from letterhub.infrastructure.links import LIFETIMES, Purpose
from letterhub.mail.messages import Mailing
from letterhub.mail.urls import history_address, letter_address, link, reset_link, site
from letterhub.models import Inquiry, Letter, Membership, OutboxLine, Revision, Signature, Staff, StaffNotice
from letterhub.queries.editions.emails import attached_to, facts_of_copy, facts_of_delivery, reply_to
from letterhub.queries.invitations.invitations import facts_of_invitation
from letterhub.queries.letters.revisions import TextChange, change_made_by, change_since, newest_revision, reason_for
from letterhub.queries.signatures.second_confirmation import seconded_by
from letterhub.queries.signatures.signatures import is_confirmed_by_mail, who_holds_place
from letterhub.rendering.letter.view import line as printed_line

RESET_LIFETIME = dt.timedelta(days=1)  # Flask-Security's default
MOST_PASSAGES = 12
TYPED_BY_STRANGERS = ("printed", "organization", "person", "before", "after", "called")
Facts = dict[str, Any]


def mailing(line_id: int, at: dt.datetime) -> Mailing:
    """Return the mail of an outbox row. Raises NoLongerMeant if its reason has passed."""
    line = db.session.get_one(OutboxLine, line_id)
    kind = MailKind(line.kind)
    facts = {"site": site(), **_without_links(FACTS[kind](line, at))}
    return Mailing(kind, line.recipient, line.message_id, facts, reply_to=reply_to(line), attached=attached_to(line))


def _without_links(facts: Facts) -> Facts:
    """Return the context with strangers' text changed so that no mail client turns it into a link."""
    typed = {name: facts[name] for name in TYPED_BY_STRANGERS if name in facts}
    plain = {name: not_linked(one) if isinstance(one, str) else tuple(map(not_linked, one)) for name, one in typed.items()}
    return facts | plain


def _confirm(line: OutboxLine, at: dt.datetime) -> Facts:
    signature = _signature_of(line)
    asked_again = signature.state is SignatureState.EXPIRED and line.created_at >= (signature.ended_at or at)
    if signature.state is not SignatureState.PENDING and not asked_again:
        raise NoLongerMeant(f"Not sent: the signature is {signature.state} and needs no confirmation.")
    return _facts_of(signature) | {
        "asked_at": signature.created_at,
        "taken": str(who_holds_place(signature)),
        "link": link(Purpose.CONFIRM, signature.id, signature.revision_id, since=signature.created_at),
        "until": at + LIFETIMES[Purpose.CONFIRM],
    }


def _remind(line: OutboxLine, at: dt.datetime) -> Facts:
    signature = _signature_of(line)
    begun_at, term = signature.created_at, signature.letter.term
    if signature.state is not SignatureState.PENDING or not may_confirm(term, begun_at, at):
        raise NoLongerMeant("Not sent: there is nothing left to confirm.")
    return _confirm(line, at) | {"erased_at": begun_at + PENDING_FOR}


def _signed(line: OutboxLine, _at: dt.datetime) -> Facts:
    signature = _standing(line)
    return _facts_of(signature) | {
        "published": signature.state is SignatureState.PUBLISHED,
        "link": _manage(signature),
    }


def _corrected(line: OutboxLine, _at: dt.datetime) -> Facts:
    signature = _standing(line)
    return _facts_of(signature) | {
        "before": line.facts["before"],
        "after": line.facts["after"],
        "link": _manage(signature),
    }


def _typo(line: OutboxLine, _at: dt.datetime) -> Facts:
    signature = _standing(line)
    revision, change = change_made_by(line.facts["revision_id"])
    return (
        _facts_of(signature)
        | _facts_of_change(signature, revision, change)
        | {
            "published": signature.state is SignatureState.PUBLISHED,
            "link": _manage(signature),
        }
    )


def _again(line: OutboxLine, at: dt.datetime) -> Facts:
    signature = _signature_of(line)
    if signature.state is not SignatureState.OUTDATED:
        raise NoLongerMeant(f"Not sent: the signature is {signature.state} and needs no other confirmation.")
    current = newest_revision(signature.letter_id)
    change = change_since(signature.revision_id, current.number)
    return _facts_of(signature) | _facts_of_change(signature, current, change) | {
        "by_mail": is_confirmed_by_mail(signature.id),
        "link": _link_again(Purpose.AGAIN, signature, current.id, line),
        "until": at + LIFETIMES[Purpose.AGAIN],
    }  # fmt: skip


def _restored(line: OutboxLine, _at: dt.datetime) -> Facts:
    signature = _standing(line)
    by_mail = is_confirmed_by_mail(signature.id)
    return _facts_of(signature) | {"by_mail": by_mail, "link": _manage(signature) if by_mail else ""}


def _still(line: OutboxLine, at: dt.datetime) -> Facts:
    signature = _standing(line)
    if signature.confirmed_at is not None and signature.confirmed_at >= line.created_at:
        raise NoLongerMeant("Not sent: the signature has since been confirmed.")
    return _facts_of(signature) | {
        "confirmed_at": signature.confirmed_at,
        "by_mail": is_confirmed_by_mail(signature.id),
        "link": _link_again(Purpose.STILL, signature, signature.revision_id, line),
        "until": at + LIFETIMES[Purpose.STILL],
    }


def _manage(signature: Signature) -> str:
    return link(Purpose.MANAGE, signature.id, since=signature.created_at)


def _link_again(purpose: Purpose, signature: Signature, revision_id: int, line: OutboxLine) -> str:
    asked_at = int(line.created_at.timestamp())
    return link(purpose, signature.id, revision_id, asked_at, since=signature.created_at)


def _facts_of_change(signature: Signature, revision: Revision, change: TextChange) -> Facts:
    """Return what changed in the text, as far as a mail can show it, and the URL of the rest."""
    shown = change.changed[:MOST_PASSAGES]
    return {
        "changes": shown,
        "more": len(change.changed) - len(shown),
        "reason": reason_for(revision),
        "history": history_address(signature.letter.slug),
    }


def _inquiry(line: OutboxLine, at: dt.datetime) -> Facts:
    inquiry = db.session.get(Inquiry, line.facts["inquiry_id"])
    if inquiry is None or inquiry.answer is not None:
        raise NoLongerMeant("Not sent: the question was answered.")
    return _facts_of(_standing(line)) | {
        "link": link(Purpose.ANSWER, inquiry.id, since=inquiry.asked_at),
        "until": at + LIFETIMES[Purpose.ANSWER],
        "published": inquiry.published,
    }


def _seconded(line: OutboxLine, _at: dt.datetime) -> Facts:
    """Return the context of a second person's mail: the signature they confirmed, with their own link."""
    entry, seconded = _signature_of(line), seconded_by(line.signature_id or 0)
    if seconded is None or seconded.ended_at is not None:
        raise NoLongerMeant("Not sent: who confirmed this signature wants to hear nothing more about it.")
    printed = printed_line(seconded.line, entry.revision.text)
    return _facts_of(entry) | {
        "printed": (printed.name.text, printed.detail.text),
        "called": printed.name.text or entry.signatory.name,
        "state": str(seconded.state),
        "happening": line.facts.get("happening", ""),
        "link": _manage(entry),
    }


def _notice(line: OutboxLine, _at: dt.datetime) -> Facts:
    """Return the context of a notice to staff about a published or seconded name that changed."""
    found = select(StaffNotice, Letter).join(Letter, Letter.id == StaffNotice.letter_id).options(joinedload(Letter.coalition))
    row = db.session.execute(found.where(StaffNotice.id == line.facts["notice_id"])).one_or_none()
    if row is None or row.StaffNotice.seen_at is not None:
        raise NoLongerMeant("Not sent: staff have taken note of it.")
    notice, letter = row.StaffNotice, row.Letter
    return {
        "happening": str(notice.happening),
        "called": notice.name,
        "title": newest_revision(letter.id).text.title,
        "coalition": letter.coalition.name,
        "accent": letter.coalition.accent,
        "link": site(f"/desk/{letter.coalition.slug}/letters/{letter.slug}/names/{notice.signature_id}"),
        "zone": letter.deadline_zone,
        "at": notice.at,
    }


def _copy(line: OutboxLine, _at: dt.datetime) -> Facts:
    signature = _standing(line)
    return _facts_of(signature) | facts_of_copy(line) | {"link": _manage(signature)}


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
        "link": link(Purpose.JOIN, member.id, member.staff_id, since=member.staff.created_at),
        "until": at + LIFETIMES[Purpose.JOIN],
    }


def _reset(line: OutboxLine, at: dt.datetime) -> Facts:
    staff = db.session.scalar(select(Staff).where(func.lower(Staff.email) == line.recipient.lower()))
    if staff is None or not staff.active:
        raise NoLongerMeant("Not sent: nobody signs in with this address.")
    return {
        "name": staff.name,
        "link": reset_link(generate_reset_password_token(staff)),  # type: ignore[no-untyped-call]
        "until": at + RESET_LIFETIME,
    }


FACTS: Mapping[MailKind, Callable[[OutboxLine, dt.datetime], Facts]] = {
    MailKind.CONFIRM: _confirm,
    MailKind.REMIND: _remind,
    MailKind.SIGNED: _signed,
    MailKind.CORRECTED: _corrected,
    MailKind.DELIVERY: facts_of_delivery,
    MailKind.COPY: _copy,
    MailKind.TYPO: _typo,
    MailKind.AGAIN: _again,
    MailKind.RESTORED: _restored,
    MailKind.STILL: _still,
    MailKind.INQUIRY: _inquiry,
    MailKind.SECONDED: _seconded,
    MailKind.SECONDED_CHANGED: _seconded,
    MailKind.NOTICE: _notice,
    MailKind.INVITE: facts_of_invitation,
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
    """Return the context common to all mails to a signatory: letter, signer, and the line exactly as it prints."""
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
