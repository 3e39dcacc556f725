"""Reads about second persons: the signature that stands where one would sign, and the one that she confirmed."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.db import db
from letterhub.domain.document import Signatory
from letterhub.domain.evidence import FactKind
from letterhub.domain.references import Reference
from letterhub.domain.review import mark_of
from letterhub.domain.seconding import may_second
from letterhub.domain.states import HOLDING, STANDING, SignatureState
from letterhub.models import EvidenceFact, Seconder, Signature


@dataclass(frozen=True, slots=True)
class Beside:
    """The signature of an organization that stands, as another person of it reads it: whether staff reviewed it, and whether it
    is in the list.
    """

    id: int
    line: Signatory
    reviewed: bool
    listed: bool

    @property
    def mark(self) -> str:
        """The mark of its line."""
        return mark_of(self.line)


def standing_beside(signature_id: int) -> Beside | None:
    """The signature that stands where one would, for another mailbox at the domain of its website; else None."""
    mine = db.session.get_one(Signature, signature_id)
    place = (Signature.letter_id == mine.letter_id, Signature.stands_as == mine.place, Signature.id != mine.id)
    other = db.session.scalar(select(Signature).where(*place, Signature.state.in_(STANDING)))
    if other is None or not may_second(mine.email, other.email, other.website):
        return None
    return _beside(other)


def confirmed_too(signature_id: int) -> Beside | None:
    """The signature that the reader of one's mail confirmed instead of it; None where she did not."""
    source = (EvidenceFact.source == Reference.SIGNATORY.to(signature_id), EvidenceFact.kind == FactKind.SECOND_PERSON)
    other = db.session.scalar(select(Signature).join(EvidenceFact, EvidenceFact.signature_id == Signature.id).where(*source))
    return _beside(other) if other else None


def is_seconded(signature_id: int) -> bool:
    """Whether a second person stands by a signature."""
    return db.session.scalar(select(Seconder.id).where(Seconder.signature_id == signature_id).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Seconded:
    """The signature that somebody seconded, as she reads it later; `line` has nothing where it was erased."""

    id: int
    line: Signatory
    state: SignatureState
    at: dt.datetime
    ended_at: dt.datetime | None

    @property
    def mark(self) -> str:
        """The mark of its line."""
        return mark_of(self.line)

    @property
    def stands(self) -> bool:
        """Whether it is in the list or on its way there."""
        return self.state in HOLDING


def seconded_by(entry_id: int) -> Seconded | None:
    """The signature that was seconded by means of an entry; None where none was."""
    found = select(Signature, Seconder).join(Seconder, Seconder.signature_id == Signature.id)
    row = db.session.execute(found.where(Seconder.entry_id == entry_id)).one_or_none()
    if row is None:
        return None
    return Seconded(row.Signature.id, row.Signature.signatory, row.Signature.state, row.Seconder.at, row.Seconder.ended_at)


def said_not_ours(signature_id: int) -> int | None:
    """The number of the signature that the reader of one's mail said is not her organization's; None where she did not."""
    kinds = EvidenceFact.kind.in_((FactKind.NOT_OURS, FactKind.DISPUTED))
    told = select(EvidenceFact.signature_id).where(EvidenceFact.source == Reference.SIGNATORY.to(signature_id), kinds)
    return db.session.scalar(told.order_by(EvidenceFact.id.desc()).limit(1))


def _beside(other: Signature) -> Beside:
    listed = other.state is SignatureState.PUBLISHED
    return Beside(other.id, other.signatory, reviewed=other.reviewed_at is not None, listed=listed)
