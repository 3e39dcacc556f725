"""Emails with an edition's files, attached or as links: to those it is delivered to, and copies to signatories."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from letterhub.domain.editions.deliveries import ATTACHED, MODE_KEY, AttachmentMode
from letterhub.domain.editions.delivery_emails import CoverEmail, EmailRecipient, RecipientRole
from letterhub.domain.editions.file_formats import MEDIA_TYPES, FileFormat, edition_file_name
from letterhub.domain.editions.languages import files_in_language
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import SignatoryCounts
from letterhub.domain.mail.mail_words import InvalidWords, MailWords, WordedMail, check_words
from letterhub.domain.mail.outgoing_mail import MailKind, ObsoleteMail
from letterhub.domain.states import LETTER_STATE_NAMES, LetterState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.object_store import verified_content
from letterhub.mail.messages import Attachment, PreparedMail, edition_file_url, edition_url, named_address, site_url
from letterhub.models import (
    Coalition,
    DeliveryEmail,
    DeliveryRecipient,
    Edition,
    EditionFile,
    Letter,
    OutboxMessage,
    Revision,
    Staff,
)
from letterhub.queries.editions.deliveries import valid_deliveries
from letterhub.queries.editions.recipient_profiles import fitting_names
from letterhub.queries.mail.mail_words import field_values, fill_words
from letterhub.rendering.letter.markdown import TextTooDeep, TextTooLong


@dataclass(frozen=True, slots=True)
class MailedFile:
    """File of a mail: `attachment_mode` says attached or linked, `url` is its public URL, `size` in bytes."""

    attachment_mode: AttachmentMode | None
    name: str
    url: str
    size: int
    sha256: str


def prepare_delivery_mail(message: OutboxMessage) -> PreparedMail:
    """Return the mail of a delivery to one recipient. Raises ObsoleteMail if there is no more reason to send it."""
    recipient = db.session.get_one(DeliveryRecipient, message.parameters["recipient_id"])
    if recipient.outbox_id != message.id:
        raise ObsoleteMail(_("Not sent: this email was sent again since."))
    state = db.session.scalars(select(Letter.state).where(Letter.id == message.letter_id)).one()
    if state not in (LetterState.CLOSED, LetterState.DELIVERED):
        raise ObsoleteMail(_("Not sent: the letter is %(state)s.", state=LETTER_STATE_NAMES[state]))
    email = db.session.get_one(DeliveryEmail, recipient.email_id)
    addressed = EmailRecipient(recipient.name, recipient.address, recipient.role)
    mode = message.attachment_mode or AttachmentMode.LINK
    return delivery_mail(
        email.edition_id, email.cover_email, addressed, mode, message.message_id, reply_to=_address_of(email.created_by_id)
    )


def prepare_test_delivery(message: OutboxMessage) -> PreparedMail:
    """Return a test of a delivery's email, with its files, to the member of staff who asked for it."""
    facts = message.parameters
    words = MailWords(f"[Test] {facts['subject']}", facts["text"], facts["sender_name"])
    recipient = EmailRecipient(facts["names"], message.recipient)
    email = CoverEmail((recipient,), words, tuple(map(FileFormat, facts["formats"])), language=facts.get("language", ""))
    mode = AttachmentMode(facts[MODE_KEY])
    return delivery_mail(facts["edition_id"], email, recipient, mode, message.message_id, reply_to=message.recipient)


def delivery_mail(
    edition_id: int,
    email: CoverEmail,
    recipient: EmailRecipient,
    mode: AttachmentMode,
    message_id: str,
    *,
    reply_to: str,
    with_files: bool = True,
) -> PreparedMail:
    """Return the email to one recipient. Those of copies read the names of all to whom it is addressed.

    Raises EmptyField, TextTooDeep and TextTooLong for words that no email can be made of.
    """
    context = edition_context(edition_id) | {
        "site": site_url(), "recipient": recipient.name or email.names, "reply": reply_to, "mode": mode,
        "files": mailed_files(edition_id, email.formats, mode, fits_recipients=True, language=email.language),
    }  # fmt: skip
    attached = email.formats if with_files and mode is AttachmentMode.ATTACHED else ()
    addressed = (recipient,) if recipient.role is RecipientRole.TO else email.with_role(RecipientRole.TO)
    return PreparedMail(
        MailKind.DELIVERY, recipient.address, message_id, context, reply_to=reply_to,
        words=fill_words(email.words, field_values(context), context["language"]),
        attachments=_attachments(edition_id, attached, context["files"], email.language),
        to=tuple(named_address(one.name, one.address) for one in addressed),
        cc=tuple(named_address(one.name, one.address) for one in email.with_role(RecipientRole.CC)),
    )  # fmt: skip


def check_cover_words(edition_id: int, email: CoverEmail) -> None:
    """Raise InvalidWords if no email can be made of the words."""
    check_words(WordedMail.DELIVERY, email.words, ())
    context = edition_context(edition_id) | {"recipient": email.names}
    try:
        fill_words(email.words, field_values(context), context["language"])
    except (TextTooDeep, TextTooLong) as refusal:
        raise InvalidWords(str(refusal), "text") from refusal


def copy_mail_context(message: OutboxMessage) -> dict[str, Any]:
    """Return the context of a signatory's copy. Raises ObsoleteMail if the delivery was undone or the letter withdrawn."""
    edition_id = message.parameters["edition_id"]
    deliveries = [delivery for delivery in valid_deliveries(message.letter_id or 0) if delivery.edition_id == edition_id]
    if not deliveries:
        raise ObsoleteMail(_("Not sent: the delivery was taken back."))
    if db.session.scalar(select(Letter.state).where(Letter.id == message.letter_id)) is LetterState.WITHDRAWN:
        raise ObsoleteMail(_("Not sent: the letter was withdrawn."))
    (file,) = mailed_files(edition_id, (ATTACHED,), message.attachment_mode)
    delivery_context = {"recipient": deliveries[0].recipient, "at": deliveries[0].delivered_at, "zone": deliveries[0].time_zone}
    return edition_context(edition_id) | delivery_context | {"file": file}


def reply_to_address(message: OutboxMessage) -> str:
    """Return the Reply-To address of a mail: the coalition's contact; "" if there is none, and for mails about accounts."""
    if message.kind in (MailKind.JOIN, MailKind.FOUNDING, MailKind.RESET):
        return ""
    coalition = db.session.get(Coalition, message.coalition_id) if message.coalition_id else None
    return coalition.contact_email if coalition else ""


def attachments_of(message: OutboxMessage) -> tuple[Attachment, ...]:
    """Return the file attached to a signatory's copy; empty if the mail has none. It is read for each mail, as the outbox
    stores none."""
    if message.attachment_mode is not AttachmentMode.ATTACHED:
        return ()
    edition_id = message.parameters["edition_id"]
    return _attachments(edition_id, (ATTACHED,), mailed_files(edition_id, (ATTACHED,), AttachmentMode.ATTACHED))


def mailed_files(
    edition_id: int,
    formats: Sequence[FileFormat],
    mode: AttachmentMode | None,
    *,
    fits_recipients: bool = False,
    language: str = "",
) -> tuple[MailedFile, ...]:
    """Return files of an edition as a mail presents them, attached or linked, in the order of `formats`, each in the language
    if there is one, else in the letter's own; under names that the letter's recipients take, if it goes to them."""
    rows = db.session.execute(
        select(
            EditionFile.format, EditionFile.language, EditionFile.size, EditionFile.sha256, Edition.number, Edition.public_id,
            Edition.letter_id, Letter.slug,
        )
        .join(Edition, Edition.id == EditionFile.edition_id)
        .join(Letter, Letter.id == Edition.letter_id)
        .where(EditionFile.edition_id == edition_id, EditionFile.format.in_(formats))
        .where(EditionFile.language.in_(("", language)))
    ).all()  # fmt: skip
    rows = files_in_language(rows, language)
    names = {row.format: edition_file_name(row.slug, row.number, row.format, row.language) for row in rows}
    if rows and fits_recipients:
        names = fitting_names(rows[0].letter_id, names)
    files = {
        row.format: MailedFile(
            mode, names[row.format], edition_file_url(row.public_id, row.format, row.language), row.size, row.sha256
        )
        for row in rows
    }
    return tuple(files[one] for one in formats)


def edition_context(edition_id: int) -> dict[str, Any]:
    """Return what a delivery's mail and a signatory's copy have in common: the edition and its letter."""
    query = (
        select(
            Revision.content["title"].as_string().label("title"), Revision.content["language"].as_string().label("language"),
            Coalition.name.label("coalition"), Coalition.accent, Edition.count.label("count"), Edition.number,
            Edition.public_id, Edition.individuals,
        )
        .join(Revision, Revision.id == Edition.revision_id)
        .join(Letter, Letter.id == Edition.letter_id)
        .join(Coalition, Coalition.id == Letter.coalition_id)
        .where(Edition.id == edition_id)
    )  # fmt: skip
    row = db.session.execute(query).mappings().one()
    counts = SignatoryCounts(row["count"] - row["individuals"], row["individuals"])
    return {**row, "language": row["language"] or "en", "check": edition_url(row["public_id"]), "counts": counts}


def _attachments(
    edition_id: int, formats: Sequence[FileFormat], files: Sequence[MailedFile], language: str = ""
) -> tuple[Attachment, ...]:
    """Return files of an edition with their bytes, under the names of `files`."""
    query = select(EditionFile.format, EditionFile.language, EditionFile.content, EditionFile.sha256).where(
        EditionFile.edition_id == edition_id, EditionFile.format.in_(formats), EditionFile.language.in_(("", language))
    )
    rows = files_in_language(db.session.execute(query).all(), language) if formats else ()
    contents = {row.format: verified_content(row.content, row.sha256) for row in rows}
    return tuple(Attachment(file.name, MEDIA_TYPES[one], contents[one]) for one, file in zip(formats, files, strict=False))


def _address_of(staff_id: int | None) -> str:
    """Return the address of an active member of staff; "" if there is none."""
    staff = db.session.get(Staff, staff_id) if staff_id else None
    return staff.email if staff and staff.active else ""
