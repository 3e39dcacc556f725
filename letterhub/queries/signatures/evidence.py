"""Evidence: facts about names as sentences, which facts still hold, and the consent text shown to signatories."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from letterhub.domain.audit.references import Reference
from letterhub.domain.letters.snapshot import fingerprint
from letterhub.domain.signatures.evidence import Fact, FactKind, Standing, facts_that_hold, holding
from letterhub.infrastructure.db import db
from letterhub.models import Consent, EvidenceFact, Signature, Staff, found_out
from letterhub.rendering.text.evidence_sentences import ToldFact, doubts_told, told

OF_COLUMNS = (FactKind.MAILBOX, FactKind.OWN_DOMAIN, FactKind.IMPORTED)
"""Facts that the signature's row has as well, and that nearly every signature has."""


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """Consent text shown to the signatory, verbatim. `whole` says that it still has its stored hash."""

    at: dt.datetime
    content: Mapping[str, Any]
    sha256: str
    whole: bool


def held_in(found: Select[int]) -> dict[int, frozenset[FactKind]]:
    """Return the kinds of facts that hold of each selected signature, leaving out those in its own row."""
    rows = db.session.execute(
        select(EvidenceFact, Signature)
        .join(Signature, Signature.id == EvidenceFact.signature_id)
        .where(EvidenceFact.signature_id.in_(found.order_by(None)), EvidenceFact.kind.not_in(OF_COLUMNS))
        .order_by(EvidenceFact.at, EvidenceFact.id)
    )
    facts: dict[Signature, list[Fact]] = {}
    for row, signature in rows:
        facts.setdefault(signature, []).append(row.fact)
    return {signature.id: holding(some, signature.signatory) for signature, some in facts.items()}


def facts_about(rows: Sequence[Signature]) -> dict[int, tuple[Fact, ...]]:
    """Return all facts about each of these signatures, oldest first."""
    return found_out(db.session(), [row.id for row in rows])


def known_of(
    rows: Iterable[Signature], facts: Mapping[int, tuple[Fact, ...]], standing: Mapping[int, Standing]
) -> dict[int, tuple[ToldFact, ...]]:
    """Return what staff read about each signature: its facts with their times, then its doubts."""
    people = _people(fact.source for some in facts.values() for fact in some)
    return {row.id: (*_told(row, facts.get(row.id, ()), people), *_doubts(row, standing[row.id])) for row in rows}


def _told(row: Signature, facts: tuple[Fact, ...], people: Mapping[str, str]) -> Iterable[ToldFact]:
    held = {id(fact) for fact in facts_that_hold(facts, row.signatory)}
    for fact in facts:
        yield told(fact, people.get(fact.source, ""), holds=id(fact) in held)


def _doubts(row: Signature, standing: Standing) -> tuple[ToldFact, ...]:
    return doubts_told(standing, row.email, row.website)


def _people(sources: Iterable[str]) -> dict[str, str]:
    """Return the names of the staff among the sources."""
    numbers = Reference.STAFF.numbers_in(sources)
    if not numbers:
        return {}
    rows = db.session.execute(select(Staff.id, Staff.name, Staff.email).where(Staff.id.in_(numbers)))
    return {Reference.STAFF.to(row.id): row.name or row.email for row in rows}


def consents_of(signature_id: int) -> tuple[GivenConsent, ...]:
    """Return the consent texts shown each time a signature was confirmed, oldest first."""
    rows = db.session.scalars(select(Consent).where(Consent.signature_id == signature_id).order_by(Consent.at, Consent.id))
    return tuple(GivenConsent(row.at, row.content, row.sha256, fingerprint(row.content) == row.sha256) for row in rows)
