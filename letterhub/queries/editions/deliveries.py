"""Deliveries: those of a letter, its currently delivered edition, copies due to signatories, and lines corrected since."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import undefer

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.editions.deliveries import (
    ATTACHED,
    CopyBatch,
    DeliveryMethod,
    can_be_undone,
)
from letterhub.domain.editions.edition import Erratum, errata_version
from letterhub.domain.letters.letter_document import LetterText, Signatory, SignatoryCounts
from letterhub.domain.letters.signatory_order import group_heading
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.states import ACTIVE_STATES, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import (
    AuditChain,
    AuditEntry,
    Delivery,
    Edition,
    EditionFile,
    Letter,
    OutboxMessage,
    Revision,
    Signature,
    Staff,
)
from letterhub.queries.changes.replies import OpenReplies, open_replies
from letterhub.queries.editions.editions import delivered_edition_id
from letterhub.queries.editions.errata import errata_of, text_changed_since
from letterhub.queries.editions.signatory_pages import frozen_lines
from letterhub.queries.signatures.own_signature import confirmed_by_mail_condition
from letterhub.rendering.letter.signatory_list import SignatoryLine, line


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """Delivery as staff see it."""

    id: int
    edition_id: int
    number: int
    recipient: str
    method: DeliveryMethod
    delivered_at: dt.datetime
    time_zone: str
    receipt: str
    copies: int
    recorded_at: dt.datetime
    recorded_by: str
    undone_at: dt.datetime | None
    undo_reason: str

    def can_be_undone(self, at: dt.datetime) -> bool:
        """Return whether staff may still undo it as recorded by mistake."""
        return can_be_undone(self.recorded_at, self.undone_at, at)


@dataclass(frozen=True, slots=True)
class EditionToDeliver:
    """Edition before its delivery: `size` in bytes of the mailed file, `copies` for the signatories who would get one, `errata`
    the names no longer in force; `text_changed` says that readers see another text now. `open_replies` are those to a
    substantive change of the text that it prints: their signatories are not in it. `languages` are those of its files besides
    the letter's own.
    """

    id: int
    number: int
    public_id: str
    frozen_at: dt.datetime
    counts: SignatoryCounts
    addressees: tuple[str, ...]
    file_states: tuple[JobState, ...]
    size: int
    copies: CopyBatch
    errata: tuple[Erratum, ...]
    text_changed: bool
    open_replies: OpenReplies | None
    newest: int
    languages: tuple[str, ...] = ()

    @property
    def validity_hash(self) -> str:
        """Return the version hash of what staff must see before delivery; "" if everything is still in force."""
        return errata_version(self.errata, text_changed=self.text_changed)


def edition_to_deliver(letter_id: int, number: int) -> EditionToDeliver | None:
    """Return an edition with what staff must know before delivering it; None if the letter has none of this number."""
    edition = db.session.scalar(select(Edition).where(Edition.letter_id == letter_id, Edition.number == number))
    if edition is None:
        return None
    query = select(EditionFile.state, EditionFile.language).where(EditionFile.edition_id == edition.id)
    files = db.session.execute(query.order_by(EditionFile.id)).all()
    size = attachment_size(edition.id)
    revision, text_changed = db.session.get_one(Revision, edition.revision_id), text_changed_since(edition.id)
    return EditionToDeliver(
        id=edition.id,
        number=number,
        public_id=edition.public_id,
        frozen_at=edition.frozen_at,
        counts=edition.counts,
        addressees=tuple(addressee.name for addressee in revision.text.addressees),
        file_states=tuple(file.state for file in files),
        languages=tuple(dict.fromkeys(file.language for file in files if file.language)),
        size=size,
        copies=CopyBatch(len(copies_due(edition.id)), size),
        errata=errata_of(edition.id),
        text_changed=text_changed,
        open_replies=None if text_changed else open_replies(letter_id),
        newest=db.session.scalars(select(func.max(Edition.number)).where(Edition.letter_id == letter_id)).one(),
    )


def deliveries_of(letter_id: int) -> tuple[DeliveryFacts, ...]:
    """Return all recorded deliveries of a letter, newest first."""
    rows = db.session.execute(_select_deliveries().where(Edition.letter_id == letter_id))
    return tuple(_delivery_facts(*row) for row in rows)


def delivery_of(letter_id: int, delivery_id: int) -> DeliveryFacts | None:
    """Return one delivery of a letter; None if it has none with this id."""
    row = db.session.execute(
        _select_deliveries().where(Edition.letter_id == letter_id, Delivery.id == delivery_id)
    ).one_or_none()
    return _delivery_facts(*row) if row else None


def _select_deliveries() -> Select[Delivery, int, str | None]:
    """Return a select of deliveries, latest first, each with its edition's number and its recorder's name."""
    return (
        select(Delivery, Edition.number, Staff.name)
        .join(Edition, Edition.id == Delivery.edition_id)
        .outerjoin(Staff, Staff.id == Delivery.recorded_by_id)
        .order_by(Delivery.delivered_at.desc(), Delivery.id.desc())
    )


def _delivery_facts(delivery: Delivery, number: int, recorded_by: str | None) -> DeliveryFacts:
    """Return a row of `_select_deliveries` as staff see it."""
    return DeliveryFacts(
        id=delivery.id, edition_id=delivery.edition_id, number=number, recipient=delivery.recipient, method=delivery.method,
        delivered_at=delivery.delivered_at, time_zone=delivery.time_zone, receipt=delivery.receipt, copies=delivery.copies,
        recorded_at=delivery.recorded_at, recorded_by=recorded_by or "", undone_at=delivery.undone_at,
        undo_reason=delivery.undo_reason,
    )  # fmt: skip


def valid_deliveries(letter_id: int) -> tuple[Delivery, ...]:
    """Return the deliveries of a letter that were not undone, oldest first."""
    query = (
        select(Delivery)
        .join(Edition, Edition.id == Delivery.edition_id)
        .where(Edition.letter_id == letter_id, Delivery.undone_at.is_(None))
        .order_by(Delivery.delivered_at, Delivery.id)
    )
    return tuple(db.session.scalars(query))


def copies_due(edition_id: int) -> tuple[tuple[int, str], ...]:
    """Return id and address of the signatures that an edition prints, that are published, were confirmed by mail, and got no
    copy of it yet.
    """
    edition = db.session.get_one(Edition, edition_id, options=[undefer(Edition.signature_ids)])
    ids_with_copy = select(OutboxMessage.signature_id).where(
        OutboxMessage.letter_id == edition.letter_id,
        OutboxMessage.kind == MailKind.COPY,
        OutboxMessage.cancelled_at.is_(None),
        OutboxMessage.parameters["edition_id"].as_integer() == edition_id,
    )
    query = (
        select(Signature.id, Signature.email)
        .where(Signature.letter_id == edition.letter_id, Signature.state == SignatureState.PUBLISHED)
        .where(Signature.email != "", confirmed_by_mail_condition(), Signature.id.not_in(ids_with_copy))
        .order_by(Signature.id)
    )
    listed_ids = frozenset(edition.signature_ids)
    return tuple((signature_id, email) for signature_id, email in db.session.execute(query) if signature_id in listed_ids)


def attachment_size(edition_id: int) -> int:
    """Return the size in bytes of the file that is mailed; 0 before it is rendered."""
    size = select(EditionFile.size).where(
        EditionFile.edition_id == edition_id, EditionFile.format == ATTACHED, EditionFile.language == ""
    )
    return db.session.scalar(size) or 0


def letter_id_of_edition(edition_id: int) -> int:
    """Return the id of an edition's letter."""
    return db.session.scalars(select(Letter.id).join(Edition).where(Edition.id == edition_id)).one()


BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class DeliveredLine:
    """Line of a signature as printed in the delivered edition with that number."""

    number: int
    line: SignatoryLine


def delivered_line_if_changed(letter_id: int, signature_id: int, current_line: Signatory) -> DeliveredLine | None:
    """Return a signature's line in the letter's delivered edition if it prints differently now; otherwise None."""
    edition_id = delivered_edition_id(letter_id)
    if edition_id is None:
        return None
    number, text = _edition_number_and_text(edition_id)
    delivered_line = frozen_lines(edition_id, [signature_id]).get(signature_id)
    if delivered_line is None or _printed_parts(delivered_line, text) == _printed_parts(current_line, text):
        return None
    return DeliveredLine(number, line(delivered_line, text))


def is_for_next_edition(letter_id: int, signature_id: int) -> bool:
    """Return whether a letter was delivered without this signature."""
    edition_id = delivered_edition_id(letter_id)
    return edition_id is not None and not frozen_lines(edition_id, [signature_id])


def count_corrected_since_delivery(letter_id: int) -> int:
    """Return how many lines of the letter's delivered edition have been corrected and print differently now."""
    edition_id = delivered_edition_id(letter_id)
    if edition_id is None:
        return 0
    number, text = _edition_number_and_text(edition_id)
    corrected_ids = {ReferenceKind.SIGNATURE.id_in(subject) for subject in _corrected_since_frozen(letter_id, number)}
    delivered_lines = frozen_lines(edition_id, corrected_ids)
    signatures = select(Signature).where(Signature.id.in_(delivered_lines), Signature.state.in_(ACTIVE_STATES))
    return sum(
        _printed_parts(delivered_lines[signature.id], text) != _printed_parts(signature.signatory, text)
        for signature in db.session.scalars(signatures)
    )


def _edition_number_and_text(edition_id: int) -> tuple[int, LetterText]:
    query = select(Edition.number, Revision).join(Revision, Revision.id == Edition.revision_id)
    number, revision = db.session.execute(query.where(Edition.id == edition_id)).one()
    return number, revision.text


def _printed_parts(signatory: Signatory, text: LetterText) -> tuple[str, ...]:
    """Return all that a list shows of a signatory: the heading above it, and the parts of its line."""
    printed = line(signatory, text)
    return group_heading(signatory, text.order), printed.name.text, printed.detail.text, printed.below.text


def _corrected_since_frozen(letter_id: int, number: int) -> Iterator[str]:
    """Yield references of the signatures corrected after an edition was frozen. Reads the audit log backward, to its freeze."""
    entries = (
        select(AuditEntry.number, AuditEntry.action, AuditEntry.subject)
        .join(AuditChain, AuditChain.id == AuditEntry.chain_id)
        .where(AuditChain.name == ReferenceKind.LETTER.reference(letter_id))
        .order_by(AuditEntry.number.desc())
        .limit(BATCH_SIZE)
    )
    oldest_read = None
    while rows := db.session.execute(entries if oldest_read is None else entries.where(AuditEntry.number < oldest_read)).all():
        for entry in rows:
            if (entry.action, entry.subject) == ("frozen", ReferenceKind.EDITION.reference(number)):
                return
            if entry.action == "corrected":
                yield entry.subject
        oldest_read = rows[-1].number
