"""Evidence: recorded facts about signatures, append-only."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import ForeignKey, String, bindparam, event, select
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from letterhub.domain.signatures.evidence import Fact, FactKind
from letterhub.infrastructure.db import Base


class EvidenceFact(Base):
    """Recorded fact about a signature, see `domain.signatures.evidence.Fact`. It is deleted with its signature only."""

    __tablename__ = "evidence_fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    kind: Mapped[FactKind]
    source: Mapped[str] = mapped_column(String(40))
    line_hash: Mapped[str] = mapped_column(String(64), default="")
    facts: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]

    @property
    def fact(self) -> Fact:
        """Fact as a value."""
        return Fact(self.kind, self.source, self.at, self.line_hash, self.facts)


def add_evidence(session: Session, signature_id: int, fact: Fact) -> None:
    """Store a fact about a signature, in the caller's transaction."""
    session.add(
        EvidenceFact(
            signature_id=signature_id,
            kind=fact.kind,
            source=fact.source,
            line_hash=fact.line_hash,
            facts=dict(fact.facts),
            at=fact.at,
        )
    )


_FACTS_QUERY = (
    select(EvidenceFact)
    .where(EvidenceFact.signature_id.in_(bindparam("signatures", expanding=True)))
    .order_by(EvidenceFact.at, EvidenceFact.id)
)


def evidence_facts(session: Session, signature_ids: Collection[int]) -> dict[int, tuple[Fact, ...]]:
    """Return the facts about signatures by id, the oldest first; signatures without facts are left out."""
    if not signature_ids:
        return {}
    rows = session.scalars(_FACTS_QUERY, {"signatures": list(signature_ids)})
    facts: dict[int, tuple[Fact, ...]] = {}
    for row in rows:
        facts[row.signature_id] = (*facts.get(row.signature_id, ()), row.fact)
    return facts


@event.listens_for(EvidenceFact, "before_update")
@event.listens_for(EvidenceFact, "before_delete")
def _forbid_change(_mapper: Mapper[Any], _connection: Any, fact: EvidenceFact) -> None:
    raise RuntimeError(f"evidence {fact.id} is found out and stays: add what was found out since")
