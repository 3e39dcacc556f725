"""Retention of personal data: what is due for erasure, and a letter's promised periods."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, false, or_, select

from letterhub.domain.editions.delivery_emails import RecipientRole
from letterhub.domain.invitations.contact import UNUSED_RETENTION
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.retention import UNCONFIRMED_RETENTION, ErasableData
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import (
    Contact,
    DeliveryEmail,
    DeliveryRecipient,
    DraftComment,
    DraftSuggestion,
    Edition,
    EvidenceDocument,
    Inquiry,
    Invitation,
    Letter,
    OutboxMessage,
    Seconder,
    SecretLink,
    Signature,
    SignOff,
    SubmissionOrigin,
)
from letterhub.queries.paging import count_rows

ENDED_STATES = (SignatureState.EXPIRED, SignatureState.WITHDRAWN, SignatureState.DECLINED)


@dataclass(frozen=True, slots=True)
class DueErasure:
    """Count of one kind of data due for erasure under one letter."""

    letter_id: int
    slug: str
    data_kind: ErasableData
    count: int


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """Retention periods of a letter; `retained_until` is None until it has been delivered."""

    network_days: int
    contact_months: int
    pending_days: int
    retained_until: dt.datetime | None


def retention_periods(letter_id: int) -> RetentionPeriods:
    """Return the retention periods that a letter promises its signatories."""
    letter = db.session.get_one(Letter, letter_id)
    return RetentionPeriods(letter.network_days, letter.contact_months, UNCONFIRMED_RETENTION.days, letter.retained_until)


def due_erasures(at: dt.datetime) -> list[DueErasure]:
    """Return everything due for erasure on the site."""
    erasures = []
    for letter in db.session.scalars(select(Letter).order_by(Letter.id)).all():
        counts = {
            data_kind: count_rows(signatures_due_for_erasure(letter, data_kind, at))
            for data_kind in (ErasableData.ENTRIES, ErasableData.CONTACTS)
        }
        counts[ErasableData.NETWORKS] = count_rows(origins_due_for_erasure(letter, at))
        counts[ErasableData.INVITATIONS] = count_rows(invitations_due_for_erasure(letter, at))
        counts[ErasableData.COPY_ADDRESSES] = count_rows(copies_due_for_erasure(letter, at))
        counts[ErasableData.LINKS] = count_rows(links_due_for_erasure(letter, at))
        counts[ErasableData.SIGN_OFFS] = count_rows(sign_offs_due_for_erasure(letter, at))
        counts[ErasableData.SIGN_OFF_EMAILS] = count_rows(sign_off_emails_due_for_erasure(letter, at))
        counts[ErasableData.WORD_SUGGESTIONS] = count_rows(word_suggestions_due_for_erasure(letter, at))
        counts[ErasableData.WORD_COMMENTS] = count_rows(word_comments_due_for_erasure(letter, at))
        erasures += [DueErasure(letter.id, letter.slug, data_kind, count) for data_kind, count in counts.items() if count]
    return erasures


def signatures_due_for_erasure(letter: Letter, data_kind: ErasableData, at: dt.datetime) -> Select[Signature]:
    """Return a select of a letter's signatures of which this kind of data is due for erasure.

    Entries are due if they were not confirmed in time, contacts after the letter's retention period if the signature or an
    inquiry about it still has an address, or the note or file that staff added it with is stored.
    """
    query = select(Signature).where(Signature.letter_id == letter.id)
    if data_kind is ErasableData.ENTRIES:
        # of a second person who still gets notices, the entry is kept
        seconder = exists().where(Seconder.own_signature_id == Signature.id, Seconder.ended_at.is_(None))
        ended = and_(Signature.state.in_(ENDED_STATES), Signature.contact_erased_at.is_(None))
        waits_or_ended = or_(Signature.state == SignatureState.PENDING, ended)
        is_old = Signature.created_at <= at - UNCONFIRMED_RETENTION
        return query.where(Signature.confirmed_at.is_(None), is_old, waits_or_ended, ~seconder)
    has_inquiry = Signature.id.in_(select(Inquiry.signature_id).where(Inquiry.address != ""))  # few rows, read once
    has_document = Signature.id.in_(select(EvidenceDocument.signature_id))
    has_contact = or_(and_(Signature.contact_erased_at.is_(None), Signature.email != ""), has_inquiry, has_document)
    return query.where(has_contact) if _is_over(letter, at) else query.where(false())


def origins_due_for_erasure(letter: Letter, at: dt.datetime) -> Select[SubmissionOrigin]:
    """Return a select of submission origins whose network data is due for erasure."""
    is_due = SubmissionOrigin.started_at <= at - dt.timedelta(days=letter.network_days)
    return select(SubmissionOrigin).where(SubmissionOrigin.letter_id == letter.id, is_due, SubmissionOrigin.network_hash != "")


def invitations_due_for_erasure(letter: Letter, at: dt.datetime) -> Select[Invitation]:
    """Return a select of invitations due for erasure; their addresses are kept as long as signatories'."""
    query = select(Invitation).where(Invitation.letter_id == letter.id, or_(Invitation.email != "", Invitation.name_key != ""))
    return query if _is_over(letter, at) else query.where(false())


def copies_due_for_erasure(letter: Letter, at: dt.datetime) -> Select[DeliveryRecipient]:
    """Return a select of people who got a copy of a delivery's email, whose address is due for erasure. Those of its recipients
    are part of what was delivered."""
    email_ids = (
        select(DeliveryEmail.id).join(Edition, Edition.id == DeliveryEmail.edition_id).where(Edition.letter_id == letter.id)
    )
    is_copy = (DeliveryRecipient.role != RecipientRole.TO, DeliveryRecipient.address != "")
    query = select(DeliveryRecipient).where(DeliveryRecipient.email_id.in_(email_ids), *is_copy)
    return query if _is_over(letter, at) else query.where(false())


def links_due_for_erasure(letter: Letter, at: dt.datetime) -> Select[SecretLink]:
    """Return a select of secret links that work no more and are due for erasure, with the names of whom they were for."""
    has_ended = or_(SecretLink.revoked_at.is_not(None), SecretLink.expires_at <= at)
    query = select(SecretLink).where(SecretLink.letter_id == letter.id, has_ended)
    return query if _is_over(letter, at) else query.where(false())


def sign_offs_due_for_erasure(letter: Letter, at: dt.datetime) -> Select[SignOff]:
    """Return a select of requests to agree to a draft whose persons are due for erasure; what organizations agreed to stays."""
    query = select(SignOff).where(SignOff.letter_id == letter.id, or_(SignOff.person != "", SignOff.email != ""))
    return query if _is_over(letter, at) else query.where(false())


def sign_off_emails_due_for_erasure(letter: Letter, at: dt.datetime) -> Select[OutboxMessage]:
    """Return a select of the emails of such requests, withdrawn ones too, whose addresses are due for erasure."""
    of_letter = (OutboxMessage.letter_id == letter.id, OutboxMessage.kind == MailKind.SIGN_OFF)
    query = select(OutboxMessage).where(*of_letter, OutboxMessage.recipient != "")
    return query if _is_over(letter, at) else query.where(false())


def word_suggestions_due_for_erasure(letter: Letter, at: dt.datetime) -> Select[DraftSuggestion]:
    """Return a select of suggestions that Word files brought back, with the names of their authors, due for erasure."""
    query = select(DraftSuggestion).where(DraftSuggestion.letter_id == letter.id, DraftSuggestion.link_id.is_(None))
    return query if _is_over(letter, at) else query.where(false())


def word_comments_due_for_erasure(letter: Letter, at: dt.datetime) -> Select[DraftComment]:
    """Return a select of comments that Word files brought back, with the names of their authors, due for erasure."""
    query = select(DraftComment).where(DraftComment.letter_id == letter.id, DraftComment.is_from_word)
    return query if _is_over(letter, at) else query.where(false())


def unused_contacts(at: dt.datetime) -> Select[Contact]:
    """Return a select of contacts that nobody used for so long that they are erased."""
    return select(Contact).where(Contact.used_at <= at - UNUSED_RETENTION)


def count_unused_contacts(at: dt.datetime) -> int:
    """Return how many contacts are due for erasure."""
    return count_rows(unused_contacts(at))


def _is_over(letter: Letter, at: dt.datetime) -> bool:
    """Return whether the letter's retention period for addresses is over."""
    return letter.retained_until is not None and letter.retained_until <= at
