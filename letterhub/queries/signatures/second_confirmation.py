"""Second confirmation: the existing signature of one's organization, and the one already confirmed."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.audit.references import Reference
from letterhub.domain.letters.document import Signatory
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.signatures.review import mark_of
from letterhub.domain.signatures.second_confirmation import may_second
from letterhub.domain.states import HOLDING, STANDING, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import EvidenceFact, Seconder, Signature


@dataclass(frozen=True, slots=True)
class Beside:
    """Existing signature of an organization, as another person of it sees it."""

    id: int
    line: Signatory
    reviewed: bool
    listed: bool

    @property
    def mark(self) -> str:
        """Return the version hash of its line."""
        return mark_of(self.line)


def standing_beside(signature_id: int) -> Beside | None:
    """Return the signature that holds one's place, if its website is at the domain of one's mailbox; otherwise None."""
    mine = db.session.get_one(Signature, signature_id)
    place = (Signature.letter_id == mine.letter_id, Signature.stands_as == mine.place, Signature.id != mine.id)
    other = db.session.scalar(select(Signature).where(*place, Signature.state.in_(STANDING)))
    if other is None or not may_second(mine.email, other.email, other.website):
        return None
    return _beside(other)


def confirmed_too(signature_id: int) -> Beside | None:
    """Return the signature that was confirmed instead of this entry; None if there is none."""
    source = (EvidenceFact.source == Reference.SIGNATORY.to(signature_id), EvidenceFact.kind == FactKind.SECOND_PERSON)
    other = db.session.scalar(select(Signature).join(EvidenceFact, EvidenceFact.signature_id == Signature.id).where(*source))
    return _beside(other) if other else None


def is_seconded(signature_id: int) -> bool:
    """Return whether a second person has confirmed a signature."""
    return db.session.scalar(select(Seconder.id).where(Seconder.signature_id == signature_id).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Seconded:
    """Signature that a second person confirmed, as they see it later; `line` is empty if it was erased."""

    id: int
    line: Signatory
    state: SignatureState
    at: dt.datetime
    ended_at: dt.datetime | None

    @property
    def mark(self) -> str:
        """Return the version hash of its line."""
        return mark_of(self.line)

    @property
    def stands(self) -> bool:
        """Return whether it is listed or may return to the list."""
        return self.state in HOLDING


def seconded_by(entry_id: int) -> Seconded | None:
    """Return the signature confirmed by this entry's person; None if there is none."""
    found = select(Signature, Seconder).join(Seconder, Seconder.signature_id == Signature.id)
    row = db.session.execute(found.where(Seconder.entry_id == entry_id)).one_or_none()
    if row is None:
        return None
    return Seconded(row.Signature.id, row.Signature.signatory, row.Signature.state, row.Seconder.at, row.Seconder.ended_at)


def said_not_ours(signature_id: int) -> int | None:
    """Return the id of the signature that this entry's reader said is not their organization's; None if there is none."""
    kinds = EvidenceFact.kind.in_((FactKind.NOT_OURS, FactKind.DISPUTED))
    told = select(EvidenceFact.signature_id).where(EvidenceFact.source == Reference.SIGNATORY.to(signature_id), kinds)
    return db.session.scalar(told.order_by(EvidenceFact.id.desc()).limit(1))


def _beside(other: Signature) -> Beside:
    listed = other.state is SignatureState.PUBLISHED
    return Beside(other.id, other.signatory, reviewed=other.reviewed_at is not None, listed=listed)
