"""Reads about second persons: the signature that stands where one would sign, and the one that she confirmed."""

from dataclasses import dataclass

from sqlalchemy import select

from letterhub.db import db
from letterhub.domain.document import Signatory
from letterhub.domain.evidence import FactKind
from letterhub.domain.references import Reference
from letterhub.domain.review import mark_of
from letterhub.domain.seconding import may_second
from letterhub.models import EvidenceFact, Signature


@dataclass(frozen=True, slots=True)
class Beside:
    """The signature of an organization that stands, as another person of it reads it."""

    id: int
    line: Signatory

    @property
    def mark(self) -> str:
        """The mark of its line."""
        return mark_of(self.line)


def standing_beside(signature_id: int) -> Beside | None:
    """The signature that holds the place of one, where its mailbox may confirm it; else None."""
    mine = db.session.get_one(Signature, signature_id)
    place = (Signature.letter_id == mine.letter_id, Signature.stands_as == mine.place, Signature.id != mine.id)
    other = db.session.scalar(select(Signature).where(*place))
    if other is None or not may_second(mine.email, other.email, other.website):
        return None
    return Beside(other.id, other.signatory)


def confirmed_too(signature_id: int) -> Beside | None:
    """The signature that the reader of one's mail confirmed instead of it; None where she did not."""
    source = (EvidenceFact.source == Reference.SIGNATORY.to(signature_id), EvidenceFact.kind == FactKind.SECOND_PERSON)
    other = db.session.scalar(select(Signature).join(EvidenceFact, EvidenceFact.signature_id == Signature.id).where(*source))
    return Beside(other.id, other.signatory) if other else None
