"""Emails with own words and invented values: the preview beside the editor, and the test that staff mail to themselves."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from letterhub.domain.editions.deliveries import AttachmentMode
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import Signatory, SignatoryCounts
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.mail.mail_words import InvalidWords, MailWords, WordedMail, check_words
from letterhub.domain.mail.outgoing_mail import UNSUBSCRIBABLE, MailKind, ObsoleteMail
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LIFETIMES, Purpose, current_settings
from letterhub.mail.messages import PreparedMail, compose_message, letter_url, site_url
from letterhub.models import Coalition, Draft, Letter, OutboxMessage
from letterhub.queries.editions.delivery_emails import MailedFile, prepare_test_delivery
from letterhub.queries.letters.revisions import newest_revision_if_any
from letterhub.queries.mail.mail_words import field_values, fill_words, sometimes_empty
from letterhub.rendering.letter.markdown import TextTooDeep, TextTooLong
from letterhub.rendering.letter.signatory_list import line as printed_line

KINDS = {
    WordedMail.INVITATION: MailKind.INVITE,
    WordedMail.REMINDER: MailKind.INVITE,
    WordedMail.THANKS: MailKind.SIGNED,
    WordedMail.PUBLISHED: MailKind.PUBLISHED,
    WordedMail.COPY: MailKind.COPY,
    WordedMail.DELIVERY: MailKind.DELIVERY,
    WordedMail.MESSAGE: MailKind.MESSAGE,
}
SAMPLE = Signatory("Example Alliance", "Nia Example", "Director")
SAMPLE_COUNTS = SignatoryCounts(organizations=98, individuals=49)


@dataclass(frozen=True, slots=True)
class MailPreview:
    """Email as it would leave: its headers, and both of its bodies."""

    sender: str
    recipient: str
    subject: str
    text: str
    html: str


def preview_mail(letter_id: int, mail: WordedMail, words: MailWords | None, at: dt.datetime) -> MailPreview:
    """Return an email with these words, or those of the templates, to an invented recipient. Raises EmptyField, TextTooDeep
    and TextTooLong."""
    prepared = sample_mail(letter_id, mail, words, "nia@example.org", "<preview@example.org>", at)
    message = compose_message(prepared, current_settings().mail_from, at)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return MailPreview(
        str(message["From"]), str(message["To"]), str(message["Subject"]),
        text.get_content() if text else "", html.get_content() if html else "",
    )  # fmt: skip


def check_mail(letter_id: int, mail: WordedMail, words: MailWords, at: dt.datetime) -> None:
    """Raise InvalidWords if no email can be made of the words."""
    check_words(mail, words, sometimes_empty(letter_id, mail))
    try:
        preview_mail(letter_id, mail, words, at)
    except (TextTooDeep, TextTooLong) as refusal:
        raise InvalidWords(str(refusal), "text") from refusal


def prepare_test_mail(message: OutboxMessage, at: dt.datetime) -> PreparedMail:
    """Return the test that a member of staff asked for, with the words of then. Raises ObsoleteMail."""
    facts = message.parameters
    words = MailWords(f"[Test] {facts['subject']}", facts["text"], facts["sender_name"])
    try:
        if "edition_id" in facts:
            return prepare_test_delivery(message)
        return sample_mail(message.letter_id or 0, WordedMail(facts["mail"]), words, message.recipient, message.message_id, at)
    except UserFacingError as refusal:
        raise ObsoleteMail(str(refusal)) from refusal


def sample_mail(
    letter_id: int, mail: WordedMail, words: MailWords | None, recipient: str, message_id: str, at: dt.datetime
) -> PreparedMail:
    """Return an email with invented values. Its links lead to the letter, so that nothing is signed or ended by a test."""
    letter = db.session.get_one(Letter, letter_id)
    coalition = db.session.get_one(Coalition, letter.coalition_id)
    revision = newest_revision_if_any(letter_id)
    text = revision.text if revision else text_from_facts(db.session.get_one(Draft, letter_id).text)
    printed, address = printed_line(SAMPLE, text), letter_url(letter.slug)
    context: dict[str, Any] = {
        "site": site_url(), "title": text.title, "language": text.language, "letter": address,
        "link": address, "coalition": coalition.name, "accent": coalition.accent, "zone": letter.deadline_zone,
        "deadline_at": letter.deadline_at,
        "printed": (printed.name.text, printed.detail.text), "organization": SAMPLE.organization, "signer": SAMPLE.signer_name,
        "counts": SAMPLE_COUNTS,
    }  # fmt: skip
    if mail in (WordedMail.INVITATION, WordedMail.REMINDER):
        context |= {"by": "", "again": mail is WordedMail.REMINDER, "until": at + LIFETIMES[Purpose.INVITED]}
    if mail is WordedMail.THANKS:
        context |= {"published": False, "end_news": ""}
    if mail in (WordedMail.COPY, WordedMail.DELIVERY):
        file = MailedFile(AttachmentMode.LINK, "letter.pdf", address, 123_456, "0" * 64)
        recipient_name = text.addressees[0].name if text.addressees else "The President"
        context |= {"check": address, "count": SAMPLE_COUNTS.total, "file": file, "recipient": recipient_name, "at": at}
        context |= {"number": 1, "public_id": "0000-0000", "reply": coalition.contact_email}
        context |= {"files": (file,), "mode": file.attachment_mode}
    filled = fill_words(words, field_values(context), text.language) if words else None
    kind = KINDS[mail]
    unsubscribe = address if kind in UNSUBSCRIBABLE else ""
    return PreparedMail(kind, recipient, message_id, context, coalition.contact_email, unsubscribe, filled)
