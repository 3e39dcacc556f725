"""Template context of mails with an edition's file, attached or as a link: to the addressee, and copies to signatories."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from letterhub.domain.editions.deliveries import ATTACHED, AttachmentMode
from letterhub.domain.editions.edition import MEDIA_TYPES, edition_file_name
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind, ObsoleteMail
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.object_store import verified_content
from letterhub.mail.messages import Attachment, edition_file_url, edition_url
from letterhub.models import Coalition, Delivery, Edition, EditionFile, Letter, OutboxMessage, Revision, Staff
from letterhub.queries.editions.deliveries import valid_deliveries


@dataclass(frozen=True, slots=True)
class MailedFile:
    """File of a mail: `attachment_mode` says attached or linked, `url` is its public URL, `size` in bytes."""

    attachment_mode: AttachmentMode | None
    name: str
    url: str
    size: int
    sha256: str


def delivery_mail_context(message: OutboxMessage, _at: dt.datetime) -> dict[str, Any]:
    """Return the context of the addressee's mail. Raises ObsoleteMail if the delivery was undone or the letter withdrawn."""
    delivery = _delivery_of(message)
    if delivery.undone_at is not None:
        raise ObsoleteMail(_("Not sent: the delivery was taken back."))
    _check_not_withdrawn(message)
    return _edition_context(delivery.edition_id, message) | {
        "recipient": delivery.recipient,
        "reply": reply_to_address(message),
    }


def copy_mail_context(message: OutboxMessage) -> dict[str, Any]:
    """Return the context of a signatory's copy. Raises ObsoleteMail if the delivery was undone or the letter withdrawn."""
    edition_id = message.parameters["edition_id"]
    deliveries = [delivery for delivery in valid_deliveries(message.letter_id or 0) if delivery.edition_id == edition_id]
    if not deliveries:
        raise ObsoleteMail(_("Not sent: the delivery was taken back."))
    _check_not_withdrawn(message)
    delivery_context = {"recipient": deliveries[0].recipient, "at": deliveries[0].delivered_at, "zone": deliveries[0].time_zone}
    return _edition_context(edition_id, message) | delivery_context


def reply_to_address(message: OutboxMessage) -> str:
    """Return the Reply-To address of a mail; "" if there is none, and for mails about accounts.

    Of a delivery, it is the address of the member of staff who recorded it, if still active; otherwise the coalition's contact.
    """
    if message.kind in (MailKind.JOIN, MailKind.RESET):
        return ""
    if message.kind != MailKind.DELIVERY:
        coalition = db.session.get(Coalition, message.coalition_id) if message.coalition_id else None
        return coalition.contact_email if coalition else ""
    recorded_by_id = _delivery_of(message).recorded_by_id
    staff = db.session.get(Staff, recorded_by_id) if recorded_by_id else None
    return staff.email if staff and staff.active else ""


def attachments_of(message: OutboxMessage) -> tuple[Attachment, ...]:
    """Return the file attached to a mail; empty if it has none. It is read for each mail, as the outbox stores none."""
    if message.attachment_mode is not AttachmentMode.ATTACHED:
        return ()
    edition_id = _delivery_of(message).edition_id if message.kind == MailKind.DELIVERY else message.parameters["edition_id"]
    query = select(EditionFile.content, EditionFile.sha256).where(
        EditionFile.edition_id == edition_id, EditionFile.format == ATTACHED
    )
    content, sha256 = db.session.execute(query).one()
    return (Attachment(_mailed_file(edition_id, message).name, MEDIA_TYPES[ATTACHED], verified_content(content, sha256)),)


def _check_not_withdrawn(message: OutboxMessage) -> None:
    if db.session.scalar(select(Letter.state).where(Letter.id == message.letter_id)) is LetterState.WITHDRAWN:
        raise ObsoleteMail(_("Not sent: the letter was withdrawn."))


def _delivery_of(message: OutboxMessage) -> Delivery:
    return db.session.get_one(Delivery, message.parameters["delivery_id"])


def _edition_context(edition_id: int, message: OutboxMessage) -> dict[str, Any]:
    """Return what a delivery's mail and a signatory's copy have in common: the edition, its letter and its file."""
    query = (
        select(
            Revision.content["title"].as_string().label("title"), Coalition.name.label("coalition"), Coalition.accent,
            Edition.count.label("count"), Edition.number, Edition.public_id,
        )
        .join(Revision, Revision.id == Edition.revision_id)
        .join(Letter, Letter.id == Edition.letter_id)
        .join(Coalition, Coalition.id == Letter.coalition_id)
        .where(Edition.id == edition_id)
    )  # fmt: skip
    row = db.session.execute(query).mappings().one()
    return {**row, "check": edition_url(row["public_id"]), "file": _mailed_file(edition_id, message)}


def _mailed_file(edition_id: int, message: OutboxMessage) -> MailedFile:
    """Return the file of an edition as a mail presents it, attached or linked."""
    row = db.session.execute(
        select(EditionFile.size, EditionFile.sha256, Edition.number, Edition.public_id, Letter.slug)
        .join(Edition, Edition.id == EditionFile.edition_id)
        .join(Letter, Letter.id == Edition.letter_id)
        .where(EditionFile.edition_id == edition_id, EditionFile.format == ATTACHED)
    ).one()
    name = edition_file_name(row.slug, row.number, ATTACHED)
    return MailedFile(message.attachment_mode, name, edition_file_url(row.public_id, ATTACHED), row.size, row.sha256)
