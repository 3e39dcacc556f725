"""Parts of the template context of every email about a signature: its letter, and the line exactly as it prints."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.mail.outgoing_mail import ObsoleteMail
from letterhub.domain.states import ACTIVE_STATES, SIGNATURE_STATE_NAMES
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import Purpose
from letterhub.mail.messages import letter_url, signed_url
from letterhub.models import Letter, OutboxMessage, Signature
from letterhub.queries.letters.public_translations import published_translation
from letterhub.rendering.letter.signatory_list import line as printed_line

Context = dict[str, Any]


def signature_of(message: OutboxMessage) -> Signature:
    """Return the signature that a mail is about, with its letter and revision. Raises ObsoleteMail if it is gone."""
    signature = db.session.scalar(
        select(Signature)
        .where(Signature.id == message.signature_id)
        .options(joinedload(Signature.letter).joinedload(Letter.coalition), joinedload(Signature.revision))
    )
    if signature is None:
        raise ObsoleteMail(_("Not sent: the signature is gone."))
    return signature


def signature_in_force(message: OutboxMessage) -> Signature:
    """Return the signature that a mail is about. Raises ObsoleteMail unless it is listed or waits for review."""
    signature = signature_of(message)
    if signature.state not in ACTIVE_STATES:
        raise ObsoleteMail(_("Not sent: the signature is %(state)s.", state=SIGNATURE_STATE_NAMES[signature.state]))
    return signature


def signature_context(signature: Signature) -> Context:
    """Return the context common to all mails to a signatory: letter, signer, and the line exactly as it prints; in the language
    in which the letter was read."""
    letter, text = signature.letter, signature.revision.text
    found = published_translation(letter.id, signature.language) if signature.language else None
    if found is not None:
        text = found[0].text
    line = printed_line(signature.signatory, text)
    return {
        "title": text.title,
        "language": signature.language or text.language,
        "letter": letter_url(letter.slug, signature.language if found else ""),
        "coalition": letter.coalition.name,
        "accent": letter.coalition.accent,
        "printed": (line.name.text, line.detail.text),
        "organization": signature.organization_name if signature.kind is SignatoryKind.ORGANIZATION else "",
        "signer": signature.signer_name,
        "deadline_at": letter.deadline_at,
        "person": f"{signature.signer_name} ({signature.signer_title})" if signature.signer_title else signature.signer_name,
        "zone": letter.deadline_zone,
        "counts": letter.counts,
    }


def manage_link(signature: Signature) -> str:
    """Return the link by which a signatory manages a signature, for its own mailbox alone."""
    return signed_url(Purpose.MANAGE, signature.id, since=signature.created_at)
