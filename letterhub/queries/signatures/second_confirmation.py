"""Second confirmation: the existing signature of one's organization, and the one already confirmed."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import literal_column, select

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.signatures.ownership_inquiries import can_second
from letterhub.domain.signatures.review import line_version
from letterhub.domain.states import ACTIVE_STATES, CONFIRMED_STATES, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import EvidenceFact, Seconder, Signature


@dataclass(frozen=True, slots=True)
class ColleagueSignature:
    """Existing signature of an organization, as another person of it sees it."""

    id: int
    line: Signatory
    reviewed: bool
    listed: bool

    @property
    def line_version(self) -> str:
        """Return the version hash of its line."""
        return line_version(self.line)


def colleague_signature(signature_id: int) -> ColleagueSignature | None:
    """Return the signature in force that takes this one's place on the letter, if its website is at the domain of this one's
    mailbox, so that its person may confirm the other; otherwise None.
    """
    own = db.session.get_one(Signature, signature_id)
    conditions = (Signature.letter_id == own.letter_id, Signature.place_key == own.own_place_key, Signature.id != own.id)
    other = db.session.scalar(select(Signature).where(*conditions, Signature.state.in_(ACTIVE_STATES)))
    if other is None or not can_second(own.email, other.email, other.website):
        return None
    return _colleague_signature(other)


def signature_confirmed_instead(signature_id: int) -> ColleagueSignature | None:
    """Return the other signature that was confirmed instead of this one; None if there is none."""
    conditions = (
        EvidenceFact.source == ReferenceKind.SIGNATORY.reference(signature_id),
        EvidenceFact.kind == literal_column(f"'{FactKind.SECOND_PERSON}'"),  # as in the partial index
    )
    other = db.session.scalar(
        select(Signature).join(EvidenceFact, EvidenceFact.signature_id == Signature.id).where(*conditions)
    )
    return _colleague_signature(other) if other else None


def has_second_person(signature_id: int) -> bool:
    """Return whether a second person has confirmed a signature."""
    return db.session.scalar(select(Seconder.id).where(Seconder.signature_id == signature_id).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class SecondedSignature:
    """Signature that a second person confirmed, as they see it later; `line` is empty if it was erased."""

    id: int
    line: Signatory
    state: SignatureState
    at: dt.datetime
    ended_at: dt.datetime | None

    @property
    def line_version(self) -> str:
        """Return the version hash of its line."""
        return line_version(self.line)

    @property
    def is_in_force(self) -> bool:
        """Return whether it is listed or may return to the list."""
        return self.state in CONFIRMED_STATES


def seconded_signature(entry_id: int) -> SecondedSignature | None:
    """Return the other signature that the person of this entry confirmed as a second person; None if there is none."""
    query = select(Signature, Seconder).join(Seconder, Seconder.signature_id == Signature.id)
    row = db.session.execute(query.where(Seconder.own_signature_id == entry_id)).one_or_none()
    if row is None:
        return None
    return SecondedSignature(
        row.Signature.id, row.Signature.signatory, row.Signature.state, row.Seconder.confirmed_at, row.Seconder.ended_at
    )


def disputed_signature_id(signature_id: int) -> int | None:
    """Return the id of the signature that this signature's signer last disputed, as not their organization's; None if there is
    none."""
    is_dispute = EvidenceFact.kind.in_((FactKind.NOT_OURS, FactKind.DISPUTED))
    query = select(EvidenceFact.signature_id).where(
        EvidenceFact.source == ReferenceKind.SIGNATORY.reference(signature_id), is_dispute
    )
    return db.session.scalar(query.order_by(EvidenceFact.id.desc()).limit(1))


def _colleague_signature(other: Signature) -> ColleagueSignature:
    listed = other.state is SignatureState.PUBLISHED
    return ColleagueSignature(other.id, other.signatory, reviewed=other.reviewed_at is not None, listed=listed)
