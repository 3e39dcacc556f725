"""Tables of evidence beside a signature: consent and facts, append-only; inquiries, seconders, scanned signatures, and what
shows the yes of a name that staff added."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, bindparam, exists, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.domain.letters.serialization import fingerprint
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.signatures.evidence import DENIALS, Fact, FactKind
from letterhub.domain.signatures.ownership_inquiries import Answer
from letterhub.infrastructure.db import Base, append_only
from letterhub.models.letters import Revision
from letterhub.models.signatures import Signature


@append_only("consent {row.id} was given and stays as it is")
class Consent(Base):
    """Consent of one act of signing: `content` is the consent text as JSON, `sha256` its fingerprint."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    shown_at: Mapped[dt.datetime]


def record_consent(
    session: Session,
    signature_id: int,
    shown_consent: ShownConsent,
    revision: Revision,
    at: dt.datetime,
    translation: Mapping[str, Any] | None = None,
) -> None:
    """Store what was shown to the signer of a revision, in the caller's transaction; see `consent_columns`."""
    columns = consent_columns(shown_consent, revision.number, revision.sha256, at, translation)
    session.add(Consent(signature_id=signature_id, **columns))


def consent_columns(
    shown_consent: ShownConsent,
    revision_number: int,
    text_sha256: str,
    at: dt.datetime,
    translation: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the columns of a consent, without its signature. `translation` has the language and hash of the one that was
    read, None for the original."""
    content = {
        "revision": revision_number, "text_sha256": text_sha256, "printed": list(shown_consent.printed),
        "box": shown_consent.box, "button": shown_consent.button, "language": shown_consent.language,
        "at": at.astimezone(dt.UTC).isoformat(),
    }  # fmt: skip
    if translation is not None:
        content["translation"] = dict(translation)
    return {"content": content, "sha256": fingerprint(content), "shown_at": at}


SECOND_PERSON = text("kind = 'second-person'")


@append_only("evidence {row.id} is found out and stays: add what was found out since")
class EvidenceFact(Base):
    """Recorded fact about a signature, see `domain.signatures.evidence.Fact`. It is deleted with its signature only."""

    __tablename__ = "evidence_fact"
    __table_args__ = (
        Index("ix_evidence_fact_second_person", "source", sqlite_where=SECOND_PERSON, postgresql_where=SECOND_PERSON),
    )

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
    session.add(EvidenceFact(signature_id=signature_id, **evidence_columns(fact)))


def evidence_columns(fact: Fact) -> dict[str, Any]:
    """Return the columns of a fact, without its signature."""
    return {"kind": fact.kind, "source": fact.source, "line_hash": fact.line_hash, "facts": dict(fact.facts), "at": fact.at}


IS_DENIED = exists().where(EvidenceFact.signature_id == Signature.id, EvidenceFact.kind.in_(DENIALS))
"""SQL condition: an organization denied the selected signature."""

_FACTS_QUERY = (
    select(
        EvidenceFact.signature_id, EvidenceFact.kind, EvidenceFact.source, EvidenceFact.at, EvidenceFact.line_hash,
        EvidenceFact.facts,
    )
    .where(EvidenceFact.signature_id.in_(bindparam("signatures", expanding=True)))
    .order_by(EvidenceFact.at, EvidenceFact.id)
)  # fmt: skip


def evidence_facts(session: Session, signature_ids: Collection[int]) -> dict[int, tuple[Fact, ...]]:
    """Return the recorded facts about signatures by the signature's id, the oldest first; signatures without any are left
    out."""
    if not signature_ids:
        return {}
    facts: dict[int, tuple[Fact, ...]] = {}
    for signature_id, *values in session.execute(_FACTS_QUERY, {"signatures": list(signature_ids)}):
        facts[signature_id] = (*facts.get(signature_id, ()), Fact(*values))
    return facts


class Inquiry(Base):
    """Question to one address; `published_where` says where staff found it. The answer is final."""

    __tablename__ = "inquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(255))
    published_where: Mapped[str] = mapped_column(String(300), default="")
    asked_at: Mapped[dt.datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    answer: Mapped[Answer | None]
    answered_at: Mapped[dt.datetime | None]


class Seconder(Base):
    """Second confirmation of a signature. `own_signature_id` is the seconder's own signature row, which holds their address and
    name, with the same retention; `ended_at` is when they unsubscribed from news about it."""

    __tablename__ = "seconder"

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    own_signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), unique=True)
    confirmed_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class SignaturePicture(Base):
    """Scanned signature that editions print in its signatory's block: a checked image, valid while that signer is named."""

    __tablename__ = "signature_picture"

    signature_id: Mapped[int] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    signer_name: Mapped[str] = mapped_column(String(300))
    media_type: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[dt.datetime]


class EvidenceDocument(Base):
    """Note and file with which staff added a name by hand: `note` and `file_name` are "" for none. For staff, and for the
    signatory's own data; erased with the address."""

    __tablename__ = "evidence_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    media_type: Mapped[str] = mapped_column(String(40), default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    stored_at: Mapped[dt.datetime]
    stored_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
