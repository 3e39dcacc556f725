"""Template context of each kind of mail, built when it is sent, with links made only then. See docs/design/mail.md."""

import datetime as dt
from collections.abc import Callable, Mapping

from letterhub.domain.i18n import _
from letterhub.domain.line_validation import break_links
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import FOR_STAFF, MailKind, ObsoleteMail
from letterhub.domain.operations.retention import UNCONFIRMED_RETENTION
from letterhub.domain.signatures.signing import may_confirm
from letterhub.domain.states import SIGNATURE_STATE_NAMES, SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LIFETIMES, Purpose
from letterhub.mail.messages import PreparedMail, history_url, signed_url, site_url
from letterhub.models import Inquiry, OutboxMessage, Revision, Signature
from letterhub.queries.abuse.submission_limits import suppression_sentence
from letterhub.queries.changes.changes import last_reply, reply_choice
from letterhub.queries.drafting.sign_offs import sign_off_mail_context
from letterhub.queries.editions.deliveries import is_for_next_edition
from letterhub.queries.editions.delivery_emails import (
    attachments_of,
    copy_mail_context,
    prepare_delivery_mail,
    reply_to_address,
)
from letterhub.queries.invitations.invitations import invitation_mail_context
from letterhub.queries.letters.revisions import TextDiff, change_since, newest_revision, reason_for, revision_with_change
from letterhub.queries.mail.mail_samples import prepare_test_mail
from letterhub.queries.mail.mail_words import own_words
from letterhub.queries.mail.notices import notice_mail_context
from letterhub.queries.mail.signature_context import (
    Context,
    manage_link,
    signature_context,
    signature_in_force,
    signature_of,
)
from letterhub.queries.mail.staff_mails import (
    account_changed_mail_context,
    founding_mail_context,
    join_mail_context,
    opening_mail_context,
    reset_mail_context,
    staff_language,
    webhook_paused_mail_context,
)
from letterhub.queries.mail.unsubscriptions import subscribe_mail_context, unsubscribe_link
from letterhub.queries.press.mail_context import message_mail_context, quote_mail_context, reply_mail_context
from letterhub.queries.questions.news_subscribers import news_url
from letterhub.queries.signatures.own_signature import is_confirmed_by_mail, place_holder
from letterhub.queries.signatures.second_confirmation import seconded_signature
from letterhub.rendering.letter.signatory_list import line as printed_line

MAX_PASSAGES = 12
UNTRUSTED_FIELDS = frozenset({"printed", "organization", "signer", "person", "before", "after", "called", "detail"})
"""Fields with strangers' text, which is changed so that no mail client turns it into a link."""


def prepare_mail(outbox_message_id: int, at: dt.datetime) -> PreparedMail:
    """Return the mail of an outbox row, ready to render. Raises ObsoleteMail if there is no more reason to send it."""
    message = db.session.get_one(OutboxMessage, outbox_message_id)
    if message.kind == MailKind.TEST:
        return prepare_test_mail(message, at)
    if message.kind == MailKind.DELIVERY:
        return prepare_delivery_mail(message)
    kind, unsubscribe = MailKind(message.kind), unsubscribe_link(message)
    context = {"site": site_url(), **CONTEXT_BUILDERS[kind](message, at)}
    if kind in FOR_STAFF:
        context["language"] = staff_language(message)
    for name in UNTRUSTED_FIELDS.intersection(context):
        value = context[name]
        context[name] = break_links(value) if isinstance(value, str) else tuple(map(break_links, value))
    return PreparedMail(
        kind, message.recipient, message.message_id, context, reply_to=reply_to_address(message),
        unsubscribe=unsubscribe, words=own_words(message, context), attachments=attachments_of(message),
    )  # fmt: skip


def _confirm_context(message: OutboxMessage, at: dt.datetime) -> Context:
    """Return the context of the mail to confirm a signature: a pending one, or one that had expired before the request."""
    signature = signature_of(message)
    asked_again = signature.state is SignatureState.EXPIRED and message.created_at >= (signature.ended_at or at)
    if signature.state is not SignatureState.PENDING and not asked_again:
        raise ObsoleteMail(
            _("Not sent: the signature is %(state)s and needs no confirmation.", state=SIGNATURE_STATE_NAMES[signature.state])
        )
    return signature_context(signature) | {
        "asked_at": signature.created_at,
        "taken": str(place_holder(signature)),
        "link": signed_url(Purpose.CONFIRM, signature.id, signature.revision_id, since=signature.created_at),
        "until": at + LIFETIMES[Purpose.CONFIRM],
    }


def _remind_context(message: OutboxMessage, at: dt.datetime) -> Context:
    """Return the context of a reminder to confirm. Raises ObsoleteMail if the signature can no longer be confirmed."""
    signature = signature_of(message)
    started_at, signing_period = signature.created_at, signature.letter.signing_period
    if signature.state is not SignatureState.PENDING or not may_confirm(signing_period, started_at, at):
        raise ObsoleteMail(_("Not sent: there is nothing left to confirm."))
    return _confirm_context(message, at) | {"erased_at": started_at + UNCONFIRMED_RETENTION}


def _signed_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    """Return the context of the mail after a signature was confirmed, with the link to manage it."""
    signature = signature_in_force(message)
    return signature_context(signature) | {
        "published": signature.state is SignatureState.PUBLISHED,
        "next_edition": is_for_next_edition(signature.letter_id, signature.id),
        "link": manage_link(signature),
        "end_news": news_url(signature) if signature.news_consent and not signature.news_consent["ended_at"] else "",
    }


def _decision_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    """Return the context of the mail about a published, declined or withdrawn signature. Raises ObsoleteMail if it is that no
    longer."""
    signature = signature_of(message)
    if signature.state != SignatureState(message.kind):
        raise ObsoleteMail(_("Not sent: the signature is %(state)s.", state=SIGNATURE_STATE_NAMES[signature.state]))
    return signature_context(signature) | {
        "explanation": message.parameters.get("explanation", ""),
        "ended_at": signature.ended_at,
        "link": manage_link(signature),
    }


def _corrected_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    """Return the context of the mail about a line that was corrected, with the line before and after."""
    signature = signature_in_force(message)
    return signature_context(signature) | {
        "before": message.parameters["before"],
        "after": message.parameters["after"],
        "link": manage_link(signature),
    }


def _typo_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    """Return the context of the mail about typos corrected in the text, for which signatures stay valid."""
    signature = signature_in_force(message)
    revision, change = revision_with_change(message.parameters["revision_id"])
    return signature_context(signature) | _change_context(signature, revision, change) | {
        "published": signature.state is SignatureState.PUBLISHED,
        "link": manage_link(signature),
    }  # fmt: skip


def _reconfirm_context(message: OutboxMessage, at: dt.datetime) -> Context:
    """Return the context of a request to confirm the changed text. Raises ObsoleteMail if the signature is not outdated."""
    signature = signature_of(message)
    if signature.state is not SignatureState.OUTDATED:
        raise ObsoleteMail(
            _(
                "Not sent: the signature is %(state)s and needs no other confirmation.",
                state=SIGNATURE_STATE_NAMES[signature.state],
            )
        )
    current, by_mail = newest_revision(signature.letter_id), is_confirmed_by_mail(signature.id)
    change = change_since(signature.revision_id, current.number)
    return signature_context(signature) | _change_context(signature, current, change) | {
        "by_mail": by_mail,
        "reply": reply_choice(last_reply(signature.id), at, is_proven_mailbox=by_mail),
        "is_reminder": bool(message.parameters.get("is_reminder")),
        "link": _reconfirm_link(Purpose.RECONFIRM, signature, current.id, message),
        "until": at + LIFETIMES[Purpose.RECONFIRM],
    }  # fmt: skip


def _restored_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    """Return the context of the mail about a signature that is valid again, as a change of the text was undone."""
    signature = signature_in_force(message)
    by_mail = is_confirmed_by_mail(signature.id)
    return signature_context(signature) | {"by_mail": by_mail, "link": manage_link(signature) if by_mail else ""}


def _consent_renewal_context(message: OutboxMessage, at: dt.datetime) -> Context:
    """Return the context of a request to renew old consent. Raises ObsoleteMail if it was given since the request."""
    signature = signature_in_force(message)
    if signature.confirmed_at is not None and signature.confirmed_at >= message.created_at:
        raise ObsoleteMail(_("Not sent: the signature has since been confirmed."))
    return signature_context(signature) | {
        "confirmed_at": signature.confirmed_at,
        "by_mail": is_confirmed_by_mail(signature.id),
        "link": _reconfirm_link(Purpose.RENEW_CONSENT, signature, signature.revision_id, message),
        "until": at + LIFETIMES[Purpose.RENEW_CONSENT],
    }


def _added_context(message: OutboxMessage, at: dt.datetime) -> Context:
    """Return the context of the mail to a signatory whom staff added. Raises ObsoleteMail if they confirmed meanwhile, or
    their mailbox gets no mail about the letter."""
    signature = signature_in_force(message)
    if is_confirmed_by_mail(signature.id):
        raise ObsoleteMail(_("Not sent: the signature has since been confirmed."))
    if suppressed := suppression_sentence(signature.letter_id, EmailAddress(message.recipient)):
        raise ObsoleteMail(suppressed)
    asked_at = int(message.created_at.timestamp()) + 1  # after the time of adding, which is no confirmation
    link = signed_url(Purpose.RENEW_CONSENT, signature.id, signature.revision_id, asked_at, since=signature.created_at)
    return signature_context(signature) | {"link": link, "until": at + LIFETIMES[Purpose.RENEW_CONSENT]}


def _reconfirm_link(purpose: Purpose, signature: Signature, revision_id: int, message: OutboxMessage) -> str:
    asked_at = int(message.created_at.timestamp())
    return signed_url(purpose, signature.id, revision_id, asked_at, since=signature.created_at)


def _change_context(signature: Signature, revision: Revision, change: TextDiff) -> Context:
    """Return what changed in the text, as far as a mail can show it, and the URL of the rest."""
    passages = change.changed[:MAX_PASSAGES]
    return {
        "changes": passages,
        "more": len(change.changed) - len(passages),
        "reason": reason_for(revision),
        "history": history_url(signature.letter.slug),
        "in_translation": bool(signature.language),
    }


def _inquiry_context(message: OutboxMessage, at: dt.datetime) -> Context:
    """Return the context of a question to an organization about a signature. Raises ObsoleteMail if it was answered."""
    inquiry = db.session.get(Inquiry, message.parameters["inquiry_id"])
    if inquiry is None or inquiry.answer is not None:
        raise ObsoleteMail(_("Not sent: the question was answered."))
    return signature_context(signature_in_force(message)) | {
        "link": signed_url(Purpose.ANSWER, inquiry.id, since=inquiry.asked_at),
        "until": at + LIFETIMES[Purpose.ANSWER],
        "published": inquiry.published_where,
    }


def _second_person_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    """Return the context of a second person's mail: the signature they confirmed, with their own link."""
    entry, seconded = signature_of(message), seconded_signature(message.signature_id or 0)
    if seconded is None or seconded.ended_at is not None:
        raise ObsoleteMail(_("Not sent: the person who confirmed this signature asked for no more email about it."))
    printed = printed_line(seconded.line, entry.revision.text)
    return signature_context(entry) | {
        "printed": (printed.name.text, printed.detail.text),
        "called": printed.name.text or entry.signatory.name,
        "state": str(seconded.state),
        "event": message.parameters.get("event", ""),
        "link": manage_link(entry),
    }


def _copy_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    signature = signature_in_force(message)
    return signature_context(signature) | copy_mail_context(message) | {"link": manage_link(signature)}


CONTEXT_BUILDERS: Mapping[MailKind, Callable[[OutboxMessage, dt.datetime], Context]] = {
    MailKind.CONFIRM: _confirm_context,
    MailKind.REMIND: _remind_context,
    MailKind.SIGNED: _signed_context,
    MailKind.PUBLISHED: _decision_context,
    MailKind.DECLINED: _decision_context,
    MailKind.WITHDRAWN: _decision_context,
    MailKind.CORRECTED: _corrected_context,
    MailKind.COPY: _copy_context,
    MailKind.TYPO: _typo_context,
    MailKind.RECONFIRM: _reconfirm_context,
    MailKind.RESTORED: _restored_context,
    MailKind.RENEW_CONSENT: _consent_renewal_context,
    MailKind.ADDED: _added_context,
    MailKind.INQUIRY: _inquiry_context,
    MailKind.SECONDED: _second_person_context,
    MailKind.SECONDED_CHANGED: _second_person_context,
    MailKind.NOTICE: notice_mail_context,
    MailKind.DIGEST: notice_mail_context,
    MailKind.INVITE: invitation_mail_context,
    MailKind.SIGN_OFF: sign_off_mail_context,
    MailKind.MESSAGE: message_mail_context,
    MailKind.REPLY: reply_mail_context,
    MailKind.QUOTE: quote_mail_context,
    MailKind.SUBSCRIBE: subscribe_mail_context,
    MailKind.OPENING: opening_mail_context,
    MailKind.WEBHOOK_PAUSED: webhook_paused_mail_context,
    MailKind.JOIN: join_mail_context,
    MailKind.FOUNDING: founding_mail_context,
    MailKind.ACCOUNT_CHANGED: account_changed_mail_context,
    MailKind.RESET: reset_mail_context,
}
