"""Data export for a signatory: everything stored about a signature and its mailbox under the letter."""

import base64
import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.questions.answers import answered_questions
from letterhub.domain.questions.question import questions_from_facts
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.signatures.line_fields import FIELDS
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import hash_mailbox
from letterhub.mail.messages import letter_url
from letterhub.models import (
    AuditChain,
    AuditEntry,
    Consent,
    Contact,
    ContactEntry,
    ContactPerson,
    EvidenceDocument,
    Invitation,
    Letter,
    MailSuppression,
    OutboxMessage,
    PressQuote,
    Revision,
    Signature,
    SignaturePicture,
    SignOff,
    SubmissionOrigin,
    evidence_facts,
)
from letterhub.queries.changes.exports import replies_to_changes
from letterhub.queries.editions.printing_editions import editions_printing
from letterhub.queries.letters.public_translations import translations_by_id
from letterhub.queries.operations.retention import retention_periods
from letterhub.queries.signatures.second_confirmation import seconded_signature

EXPORTED_ACTIONS = frozenset({
    "confirmed", "confirmed again", "confirmed another", "renewed", "corrected", "withdrawn", "disowned", "erased", "expired",
    "published", "declined", "returned", "vouched", "vouch ended", "did not object", "confirmation recorded",
    "objection recorded", "quote approved", "quote declined", "quote withdrawn",
})  # fmt: skip
"""Audit log actions in the export: by the signatory, by expiry, and decisions of staff.

An allowlist: what a check found, or whom staff asked, would teach a forger.
"""
DETAILED_FACTS = (FactKind.ADDED, FactKind.CHANGE_CONFIRMED, FactKind.CHANGE_OBJECTED, FactKind.NOT_OBJECTED)
EXPORTED_FACTS = (FactKind.MAILBOX, FactKind.INVITED, FactKind.IMPORTED, *DETAILED_FACTS)
"""Facts in the export: how it came in and was confirmed. Others are results of checks, and statements of other people."""
OMITTED_DATA = _(
    "How the signature was checked, what the checks found, whom staff asked about it, and why staff "
    "declined it or vouched for it, in their words."
)


def signatory_data(signature_id: int) -> dict[str, Any]:
    """Return everything stored about a signature and its signatory, as plain values; times in UTC."""
    signature = db.session.get_one(Signature, signature_id)
    letter, revision = db.session.get_one(Letter, signature.letter_id), db.session.get_one(Revision, signature.revision_id)
    translation = translations_by_id({signature.translation_id or 0}).get(signature.translation_id or 0)
    return {
        "letter": {"title": revision.text.title, "address": letter_url(letter.slug), "text_sha256": revision.sha256},
        "translation_read": translation.evidence if translation else None,
        "signature": {
            **{field.column: getattr(signature, field.column) for field in FIELDS},
            "state": str(signature.state),
            "came_by": str(signature.source),
            "language": signature.language,
        },
        "answers": _answers(letter, signature),
        "news": signature.news_consent,
        "moments": _timestamps(signature),
        "signature_picture": _scan(signature_id),
        "added_with": _documents(signature_id),
        "where_the_form_came_from": _origin(signature_id),
        "mail_stopped": _suppressions(signature_id),
        "seconded": _second_confirmation(signature_id),
        "invitation": _invitation(signature_id),
        "agreement_to_the_draft": _sign_off(signature),
        "contact": _contact_persons(letter.coalition_id, signature.email),
        "quotes": _quotes(signature_id),
        "emails": _mails(signature_id),
        "evidence": _evidence(signature_id),
        "shown_when_confirmed": _consents(signature_id),
        "replies_to_changes": replies_to_changes(signature_id),
        "record": _audit_entries(signature),
        "printed_in": [
            {"edition": edition.number, "as_of": _iso(edition.frozen_at), "check": edition.url}
            for edition in editions_printing(signature_id, letter.id)
        ],
        "kept": _retention(letter.id),
        "left_out": str(OMITTED_DATA),
    }


def _answers(letter: Letter, signature: Signature) -> list[dict[str, Any]]:
    return [
        {"question": one.question.label, "answer": one.text, "public": one.question.is_public}
        for one in answered_questions(questions_from_facts(letter.questions), signature.answers)
    ]


def _timestamps(signature: Signature) -> dict[str, str | None]:
    names = ("created_at", "confirmed_at", "published_at", "reviewed_at", "ended_at", "outdated_at", "contact_erased_at")
    return {name: _iso(getattr(signature, name)) for name in names}


def _scan(signature_id: int) -> dict[str, str | None] | None:
    """Return the scanned signature that is stored, None if there is none."""
    row = db.session.get(SignaturePicture, signature_id)
    if row is None:
        return None
    return {
        "signer_name": row.signer_name,
        "stored": _iso(row.stored_at),
        "picture": f"data:{row.media_type};base64,{base64.b64encode(row.content).decode()}",
    }


def _documents(signature_id: int) -> list[dict[str, str | None]]:
    """Return the notes and files with which staff added it."""
    rows = db.session.scalars(select(EvidenceDocument).where(EvidenceDocument.signature_id == signature_id))
    return [
        {
            "note": row.note,
            "file_name": row.file_name,
            "file": f"data:{row.media_type};base64,{base64.b64encode(row.content).decode()}" if row.content else None,
            "stored": _iso(row.stored_at),
        }
        for row in rows
    ]


def _quotes(signature_id: int) -> list[dict[str, Any]]:
    """Return the quotes that it was asked to approve, with what was shown when it did."""
    query = select(PressQuote).where(PressQuote.signature_id == signature_id).order_by(PressQuote.id)
    return [
        {"quote": row.text, "state": str(row.state), "asked": _iso(row.asked_at), "approved": dict(row.consent)}
        for row in db.session.scalars(query)
    ]


def _origin(signature_id: int) -> dict[str, Any] | None:
    """Return what is stored about where the form came from; None if nothing is."""
    origin = db.session.get(SubmissionOrigin, signature_id)
    if origin is None:
        return None
    return {
        "network_fingerprint": origin.network_hash,
        "mail_domain": origin.mail_domain,
        "via": origin.via,
        "at": _iso(origin.started_at),
    }


def _suppressions(signature_id: int) -> list[dict[str, Any]]:
    """Return the mail suppressions recorded for this signature; its mailbox is stored as a hash."""
    suppressions = db.session.scalars(
        select(MailSuppression).where(MailSuppression.signature_id == signature_id).order_by(MailSuppression.id)
    )
    return [
        {
            "reason": str(suppression.reason),
            "signer_name": suppression.signer_name,
            "domain": suppression.domain,
            "mailbox_fingerprint": suppression.mailbox_hash,
            "at": _iso(suppression.suppressed_at),
        }
        for suppression in suppressions
    ]


def _second_confirmation(entry_id: int) -> dict[str, Any] | None:
    """Return the other signature that this one's person confirmed as a second person; None if there is none."""
    seconded = seconded_signature(entry_id)
    if seconded is None:
        return None
    return {"name": seconded.line.name, "at": _iso(seconded.at), "emails_ended_at": _iso(seconded.ended_at)}


def _invitation(signature_id: int) -> dict[str, Any] | None:
    invitation = db.session.scalar(select(Invitation).where(Invitation.signature_id == signature_id))
    return {"at": _iso(invitation.invited_at), "line": dict(invitation.line)} if invitation else None


def _sign_off(signature: Signature) -> dict[str, Any] | None:
    """Return whom this mailbox named when its organization was asked to agree to the draft, and what it agreed to."""
    mailbox = hash_mailbox(signature.letter_id, EmailAddress(signature.email)) if signature.email else ""
    row = db.session.scalar(select(SignOff).where(SignOff.letter_id == signature.letter_id, SignOff.mailbox_hash == mailbox))
    if row is None:
        return None
    return {
        "organization": row.organization, "person": row.person, "title": row.title, "email": row.email,
        "asked": _iso(row.asked_at), "opened": row.use_count, "opened_last": _iso(row.used_at),
        "agreed": _iso(row.agreed_at), "text_sha256": row.agreed_sha256, "shown": dict(row.consent),
    }  # fmt: skip


def _contact_persons(coalition_id: int, email: str) -> list[dict[str, Any]]:
    """Return what the coalition's contacts have about the person at this mailbox, with the notes about their contact."""
    mailbox = EmailAddress(email).canonical
    query = select(Contact, ContactPerson).join(ContactPerson, ContactPerson.contact_id == Contact.id)
    rows = db.session.execute(query.where(Contact.coalition_id == coalition_id, ContactPerson.canonical_email == mailbox))
    return [
        {
            "organization": contact.name, "name": person.name, "title": person.title, "email": person.email,
            "phone": person.phone, "note": person.note, "history": _contact_entries(contact.id),
        }
        for contact, person in (rows.all() if email else ())
    ]  # fmt: skip


def _contact_entries(contact_id: int) -> list[dict[str, Any]]:
    entries = db.session.scalars(select(ContactEntry).where(ContactEntry.contact_id == contact_id).order_by(ContactEntry.id))
    return [{"kind": str(entry.kind), "text": entry.text, "at": _iso(entry.at)} for entry in entries]


def _mails(signature_id: int) -> list[dict[str, Any]]:
    """Return the mails about a signature, oldest first, without inquiries to others about it."""
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.signature_id == signature_id, OutboxMessage.kind != MailKind.INQUIRY)
        .order_by(OutboxMessage.id)
    )
    return [
        {"kind": message.kind, "to": message.recipient, "state": str(message.state), "at": _iso(message.created_at)}
        for message in db.session.scalars(query)
    ]


def _evidence(signature_id: int) -> list[dict[str, Any]]:
    """Return how the signature came in and was confirmed, and when."""
    facts = evidence_facts(db.session(), [signature_id]).get(signature_id, ())
    return [
        {"kind": str(fact.kind), "at": _iso(fact.at)} | (dict(fact.facts) if fact.kind in DETAILED_FACTS else {})
        for fact in facts
        if fact.kind in EXPORTED_FACTS
    ]


def _consents(signature_id: int) -> list[dict[str, Any]]:
    query = select(Consent).where(Consent.signature_id == signature_id).order_by(Consent.id)
    return [{**consent.content, "sha256": consent.sha256} for consent in db.session.scalars(query)]


def _audit_entries(signature: Signature) -> list[dict[str, Any]]:
    """Return the audit log's entries about a signature, limited to EXPORTED_ACTIONS."""
    query = (
        select(AuditEntry)
        .join(AuditChain, AuditChain.id == AuditEntry.chain_id)
        .where(
            AuditChain.name == ReferenceKind.LETTER.reference(signature.letter_id),
            AuditEntry.subject == ReferenceKind.SIGNATURE.reference(signature.id),
            AuditEntry.action.in_(EXPORTED_ACTIONS),
        )
        .order_by(AuditEntry.number)
    )
    return [
        {
            "act": entry.action,
            "at": _iso(entry.at),
            "before": _without_reason(entry.before),
            "after": _without_reason(entry.after),
        }
        for entry in db.session.scalars(query)
    ]


def _without_reason(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry's facts without the internal reasons that staff write for each other."""
    return {name: value for name, value in facts.items() if name != "reason"}


def _retention(letter_id: int) -> dict[str, Any]:
    """Return how long the letter keeps personal data."""
    periods = retention_periods(letter_id)
    return {
        "network_data_days": periods.network_days,
        "address_months_after_delivery": periods.contact_months,
        "address_until": _iso(periods.retained_until),
    }


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
