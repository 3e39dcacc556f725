"""Template context of emails to signatories around the release: messages, replies of the letter's recipient, and quotes to
approve."""

import datetime as dt

from letterhub.domain.i18n import _
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import ObsoleteMail
from letterhub.domain.press.quotes import QuoteState
from letterhub.domain.press.replies import excerpt_of
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import Purpose
from letterhub.mail.messages import signed_url
from letterhub.models import OutboxMessage, PressQuote, Reply, Signature
from letterhub.queries.abuse.submission_limits import suppression_sentence
from letterhub.queries.mail.signature_context import Context, signature_context, signature_in_force


def message_mail_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    """Return the context of a message to a signatory. Raises ObsoleteMail if the signature or mail about it ended."""
    return signature_context(_reachable_signature(message))


def quote_mail_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    """Return the context of a request to approve a quote. Raises ObsoleteMail if it was decided on or removed."""
    quote = db.session.get(PressQuote, message.parameters["quote_id"])
    if quote is None or quote.state is not QuoteState.ASKED:
        raise ObsoleteMail(_("Not sent: there is nothing left to approve."))
    context = signature_context(_reachable_signature(message))
    return context | {"quote": quote.text, "link": signed_url(Purpose.QUOTE, quote.id, since=quote.asked_at)}


def reply_mail_context(message: OutboxMessage, _at: dt.datetime) -> Context:
    """Return the context of the email about a recipient's reply. Raises ObsoleteMail, also if the reply was retracted."""
    reply = db.session.get(Reply, message.parameters["reply_id"])
    if reply is None or reply.retracted_at is not None:
        raise ObsoleteMail(_("Not sent: the reply was retracted."))
    context = signature_context(_reachable_signature(message))
    excerpt = excerpt_of(reply.text)
    return context | {
        "sender": reply.sender, "received_on": reply.received_on, "paragraphs": excerpt.split("\n\n") if excerpt else [],
        "has_more": excerpt != reply.text or bool(reply.file_name), "link": f"{context['letter']}#reply-{reply.id}",
    }  # fmt: skip


def _reachable_signature(message: OutboxMessage) -> Signature:
    """Return the signature that an email is about. Raises ObsoleteMail if it ended, or its mailbox gets no mail about it."""
    signature = signature_in_force(message)
    if suppressed := suppression_sentence(signature.letter_id, EmailAddress(message.recipient)):
        raise ObsoleteMail(suppressed)
    return signature
