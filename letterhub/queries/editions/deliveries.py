"""Deliveries: those of a letter, its currently delivered edition, and who still gets a copy."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import undefer

from letterhub.domain.editions.attachment_policy import ATTACHED, USUAL_LIMIT, Brought, Copies, mail_size
from letterhub.domain.editions.deliveries import Way, can_be_taken_back
from letterhub.domain.editions.edition import JobState
from letterhub.domain.editions.errata import Erratum, mark_of_errata
from letterhub.domain.mail.email_addresses import mailbox_of
from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Delivery, Edition, EditionFile, Letter, OutboxLine, Revision, Signature, Staff
from letterhub.queries.editions.errata import errata_of, text_changed_since
from letterhub.queries.signatures.signatures import confirmed_by_mail


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """Delivery as staff see it. `sent_to`, `brought` and `mail` describe the email we sent, "" and None if there is none;
    `instead` says that it has a link because the server refused the file.
    """

    id: int
    edition_id: int
    number: int
    recipient: str
    way: Way
    delivered_at: dt.datetime
    zone: str
    receipt: str
    copies: int
    recorded_at: dt.datetime
    recorded_by: str
    taken_back_at: dt.datetime | None
    taken_back_why: str
    sent_to: str
    brought: Brought | None
    instead: bool
    mail: MailState | None
    mail_error: str

    def can_be_taken_back(self, at: dt.datetime) -> bool:
        """Return whether staff may still undo it as recorded by mistake."""
        return can_be_taken_back(self.recorded_at, self.taken_back_at, at)


@dataclass(frozen=True, slots=True)
class EditionToDeliver:
    """Edition before its delivery: `size` in bytes of the mailed file, `copies` for the signatories who would get one, `errata`
    the names no longer in force; `text_changed` says that readers see another text now.
    """

    id: int
    number: int
    public_id: str
    as_of: dt.datetime
    count: int
    addressees: tuple[str, ...]
    files: tuple[JobState, ...]
    size: int
    copies: Copies
    errata: tuple[Erratum, ...]
    text_changed: bool
    newest: int

    @property
    def mail_size(self) -> int:
        """Return the maximum size in bytes of an email with the file attached."""
        return mail_size(self.size)

    @property
    def mark(self) -> str:
        """Return the version hash of what staff must see before delivery; "" if everything is still in force."""
        return mark_of_errata(self.errata, text_changed=self.text_changed)


def edition_to_deliver(letter_id: int, number: int) -> EditionToDeliver | None:
    """Return an edition with what staff must know before delivering it; None if the letter has none of this number."""
    edition = db.session.scalar(select(Edition).where(Edition.letter_id == letter_id, Edition.number == number))
    if edition is None:
        return None
    files = db.session.scalars(select(EditionFile.state).where(EditionFile.edition_id == edition.id))
    size = attached_size(edition.id)
    revision = db.session.get_one(Revision, edition.revision_id)
    return EditionToDeliver(
        id=edition.id,
        number=number,
        public_id=edition.public_id,
        as_of=edition.as_of,
        count=edition.count,
        addressees=tuple(one.name for one in revision.text.addressees),
        files=tuple(files),
        size=size,
        copies=Copies(len(copies_due(edition.id)), size),
        errata=errata_of(edition.id),
        text_changed=text_changed_since(edition.id),
        newest=db.session.scalars(select(func.max(Edition.number)).where(Edition.letter_id == letter_id)).one(),
    )


def deliveries_of(letter_id: int) -> tuple[DeliveryFacts, ...]:
    """Return all recorded deliveries of a letter, newest first."""
    rows = db.session.execute(_deliveries().where(Edition.letter_id == letter_id))
    return tuple(_facts(*row) for row in rows)


def delivery_of(letter_id: int, delivery_id: int) -> DeliveryFacts | None:
    """Return one delivery of a letter; None if it has none with this id."""
    row = db.session.execute(_deliveries().where(Edition.letter_id == letter_id, Delivery.id == delivery_id)).one_or_none()
    return _facts(*row) if row else None


def _deliveries() -> Select[Delivery, int, str | None, OutboxLine | None]:
    return (
        select(Delivery, Edition.number, Staff.name, OutboxLine)
        .join(Edition, Edition.id == Delivery.edition_id)
        .outerjoin(Staff, Staff.id == Delivery.recorded_by_id)
        .outerjoin(OutboxLine, OutboxLine.id == Delivery.outbox_id)
        .order_by(Delivery.delivered_at.desc(), Delivery.id.desc())
    )


def _facts(one: Delivery, number: int, recorded_by: str | None, mail: OutboxLine | None) -> DeliveryFacts:
    return DeliveryFacts(
        id=one.id, edition_id=one.edition_id, number=number, recipient=one.recipient, way=one.way,
        delivered_at=one.delivered_at, zone=one.zone, receipt=one.receipt, copies=one.copies,
        recorded_at=one.recorded_at, recorded_by=recorded_by or "", taken_back_at=one.taken_back_at,
        taken_back_why=one.taken_back_why, sent_to=mail.recipient if mail else "", brought=mail.brought if mail else None,
        instead=bool(mail and mail.brings_link_instead), mail=mail.state if mail else None,
        mail_error=mail.error if mail else "",
    )  # fmt: skip


def delivered_edition(letter_id: int) -> int | None:
    """Return the id of the letter's currently delivered edition, the newest one; None before delivery."""
    return db.session.scalar(
        select(Edition.id)
        .join(Delivery, Delivery.edition_id == Edition.id)
        .where(Edition.letter_id == letter_id, Delivery.taken_back_at.is_(None))
        .order_by(Edition.number.desc())
        .limit(1)
    )


def standing_deliveries(letter_id: int) -> tuple[Delivery, ...]:
    """Return the deliveries of a letter that were not undone, oldest first."""
    found = (
        select(Delivery)
        .join(Edition, Edition.id == Delivery.edition_id)
        .where(Edition.letter_id == letter_id, Delivery.taken_back_at.is_(None))
        .order_by(Delivery.delivered_at, Delivery.id)
    )
    return tuple(db.session.scalars(found))


def copies_due(edition_id: int) -> tuple[tuple[int, str], ...]:
    """Return id and address of an edition's published signatures that were confirmed from a mailbox and got no copy yet."""
    edition = db.session.get_one(Edition, edition_id, options=[undefer(Edition.signature_ids)])
    sent = select(OutboxLine.signature_id).where(
        OutboxLine.letter_id == edition.letter_id,
        OutboxLine.kind == MailKind.COPY,
        OutboxLine.cancelled_at.is_(None),
        OutboxLine.facts["edition_id"].as_integer() == edition_id,
    )
    standing = (
        select(Signature.id, Signature.email)
        .where(Signature.letter_id == edition.letter_id, Signature.state == SignatureState.PUBLISHED)
        .where(Signature.email != "", confirmed_by_mail(), Signature.id.not_in(sent))
        .order_by(Signature.id)
    )
    listed = frozenset(edition.signature_ids)
    return tuple((number, email) for number, email in db.session.execute(standing) if number in listed)


def attached_size(edition_id: int) -> int:
    """Return the size in bytes of the file that is mailed; 0 before it is rendered."""
    size = select(EditionFile.size).where(EditionFile.edition_id == edition_id, EditionFile.format == ATTACHED)
    return db.session.scalar(size) or 0


def limit_of(coalition_id: int, address: str) -> int:
    """Return the maximum mail size in bytes for an address: as entered at the coalition's last delivery, or the default."""
    given = (
        select(Delivery.mail_limit)
        .join(OutboxLine, OutboxLine.id == Delivery.outbox_id)
        .where(OutboxLine.coalition_id == coalition_id, OutboxLine.mailbox == mailbox_of(address))
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    return db.session.scalar(given) or USUAL_LIMIT


def letter_of_edition(edition_id: int) -> int:
    """Return the id of an edition's letter."""
    return db.session.scalars(select(Letter.id).join(Edition).where(Edition.id == edition_id)).one()
