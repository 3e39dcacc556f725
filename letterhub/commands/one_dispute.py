"""What comes of a second person's word that a signature is not her organization's own: evidence, its place, and who is told."""

import datetime as dt

from letterhub.commands.places import decide_place_anew
from letterhub.commands.telling import tell_seconders, tell_staff
from letterhub.db import db
from letterhub.domain.evidence import Fact, FactKind, about
from letterhub.domain.happenings import Happening
from letterhub.domain.proof_level import proof_level
from letterhub.domain.references import Reference
from letterhub.domain.states import LetterState
from letterhub.models import Letter, Signature, find_out, forget_reviews_like, found_out, remember
from letterhub.queries.proof_levels import proof_facts, proof_of


def dispute(letter: Letter, other: Signature, by: Signature, at: dt.datetime) -> None:
    """Keep that the reader of one's mail says that another signature is not her organization's, and what comes of it.

    It moves nothing where the mailbox is proven less or was turned away, nor where staff published that signature again after
    somebody at the same domain had taken it off: they decided the question, and are told that it was asked once more.
    """
    as_good = _weighs_as_much(by, other)
    kind = FactKind.NOT_OURS if as_good else FactKind.DISPUTED
    source, domain = Reference.SIGNATORY.to(by.id), {"domain": by.email.rpartition("@")[2]}
    find_out(db.session(), other.id, Fact(kind, source, at, about(other.signatory), domain))
    before = other.state
    if as_good and letter.state in (LetterState.OPEN, LetterState.CLOSED):  # what was delivered is for staff to change
        forget_reviews_like(db.session(), other, letter.coalition_id)
        other.deny(at)
        decide_place_anew(other, at)
    moved = {"state": str(other.state)} if other.state is not before else {}
    remember(
        db.session(), Reference.LETTER.to(other.letter_id), source, "said not ours", at=at,
        subject=Reference.SIGNATURE.to(other.id), before={"state": str(before)} if moved else {}, after=moved,
    )  # fmt: skip
    tell_seconders(letter, [other.id], Happening.NOT_OURS, at)
    tell_staff(letter, other, Happening.NOT_OURS, at)


def _weighs_as_much(by: Signature, other: Signature) -> bool:
    facts = proof_facts(by)
    return not facts.turned_away and not _is_decided(other) and proof_level(facts) >= proof_of(other)


def _is_decided(other: Signature) -> bool:
    """Whether staff published a signature after somebody at its domain had said that it is not the organization's own."""
    if other.reviewed_at is None:
        return False
    said = found_out(db.session(), [other.id]).get(other.id, ())
    return any(fact.kind is FactKind.NOT_OURS and fact.at <= other.reviewed_at for fact in said)
