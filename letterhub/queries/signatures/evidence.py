"""Evidence: facts about names as sentences, which facts still hold, and the consent text shown to signatories."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from letterhub.domain.letters.serialization import fingerprint
from letterhub.domain.signatures.evidence import Assessment, Fact, FactKind, applicable_fact_kinds, applicable_facts
from letterhub.infrastructure.db import db
from letterhub.models import Consent, EvidenceDocument, EvidenceFact, Signature, evidence_facts
from letterhub.queries.accounts import staff_by_reference
from letterhub.rendering.text.evidence_sentences import EvidenceSentence, doubt_sentences, evidence_sentence

FACTS_IN_COLUMNS = (FactKind.MAILBOX, FactKind.OWN_DOMAIN, FactKind.IMPORTED)
"""Facts that the signature's row has as well, and that nearly every signature has."""


@dataclass(frozen=True, slots=True)
class StoredConsent:
    """Consent text shown to the signatory, verbatim. `is_intact` says that it still has its stored hash."""

    shown_at: dt.datetime
    content: Mapping[str, Any]
    sha256: str
    is_intact: bool


def fact_kinds_by_signature(signature_ids: Select[int]) -> dict[int, frozenset[FactKind]]:
    """Return the kinds of facts that still hold, by signature id. FACTS_IN_COLUMNS are left out: the signature's own row tells
    them."""
    rows = db.session.execute(
        select(EvidenceFact, Signature)
        .join(Signature, Signature.id == EvidenceFact.signature_id)
        .where(EvidenceFact.signature_id.in_(signature_ids.order_by(None)), EvidenceFact.kind.not_in(FACTS_IN_COLUMNS))
        .order_by(EvidenceFact.at, EvidenceFact.id)
    )
    facts: dict[Signature, list[Fact]] = {}
    for row, signature in rows:
        facts.setdefault(signature, []).append(row.fact)
    return {
        signature.id: applicable_fact_kinds(signature_facts, signature.signatory)
        for signature, signature_facts in facts.items()
    }


def facts_by_signature(rows: Sequence[Signature]) -> dict[int, tuple[Fact, ...]]:
    """Return all facts about each of these signatures, oldest first."""
    return evidence_facts(db.session(), [row.id for row in rows])


def evidence_sentences(
    rows: Iterable[Signature], facts: Mapping[int, tuple[Fact, ...]], assessments: Mapping[int, Assessment]
) -> dict[int, tuple[EvidenceSentence, ...]]:
    """Return what staff read about each signature: its facts with their times, then its doubts."""
    staff = staff_by_reference(fact.source for signature_facts in facts.values() for fact in signature_facts)
    staff_names = {reference: member.name or member.email for reference, member in staff.items()}
    return {
        row.id: (
            *_fact_sentences(row, facts.get(row.id, ()), staff_names),
            *doubt_sentences(assessments[row.id], row.email, row.website),
        )
        for row in rows
    }


def _fact_sentences(
    signature: Signature, facts: tuple[Fact, ...], staff_names: Mapping[str, str]
) -> Iterable[EvidenceSentence]:
    """Yield a sentence for each fact about a signature, which says also if the fact no longer holds."""
    applicable_ids = {id(fact) for fact in applicable_facts(facts, signature.signatory)}
    for fact in facts:
        yield evidence_sentence(fact, staff_names.get(fact.source, ""), holds=id(fact) in applicable_ids)


def consents_of(signature_id: int) -> tuple[StoredConsent, ...]:
    """Return the consent texts shown each time a signature was confirmed, oldest first."""
    rows = db.session.scalars(
        select(Consent).where(Consent.signature_id == signature_id).order_by(Consent.shown_at, Consent.id)
    )
    return tuple(StoredConsent(row.shown_at, row.content, row.sha256, fingerprint(row.content) == row.sha256) for row in rows)


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """Note and file that show the yes of a name that staff added; `content` is None without a file, and in lists."""

    id: int
    note: str
    file_name: str
    stored_at: dt.datetime
    content: bytes | None = None


def evidence_documents(signature_id: int) -> tuple[StoredDocument, ...]:
    """Return what shows the yes of a name, without contents."""
    columns = (EvidenceDocument.id, EvidenceDocument.note, EvidenceDocument.file_name, EvidenceDocument.stored_at)
    query = select(*columns).where(EvidenceDocument.signature_id == signature_id).order_by(EvidenceDocument.id)
    return tuple(StoredDocument(*row) for row in db.session.execute(query))


def evidence_document(letter_id: int, signature_id: int, document_id: int) -> StoredDocument | None:
    """Return a document of a letter's signature with its content; None if there is none."""
    query = (
        select(
            EvidenceDocument.id, EvidenceDocument.note, EvidenceDocument.file_name, EvidenceDocument.stored_at,
            EvidenceDocument.content,
        )
        .join(Signature, Signature.id == EvidenceDocument.signature_id)
        .where(EvidenceDocument.id == document_id, Signature.id == signature_id, Signature.letter_id == letter_id)
    )  # fmt: skip
    row = db.session.execute(query).one_or_none()
    return StoredDocument(*row) if row else None
