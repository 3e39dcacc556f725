"""Disputes: someone at an organization's domain says that a signature is not its own. Evidence, place and notices.

See docs/design/signatures.md.
"""

import datetime as dt

from letterhub.commands.signatures._notifications import tell_seconders, tell_staff
from letterhub.commands.signatures._places import decide_place_anew
from letterhub.domain.audit.references import Reference
from letterhub.domain.signatures.evidence import Fact, FactKind, about
from letterhub.domain.signatures.happenings import Happening
from letterhub.domain.signatures.proof_level import proof_level
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature, find_out, forget_reviews_like, found_out, remember
from letterhub.queries.signatures.proof_levels import proof_facts, proof_of


def dispute(letter: Letter, other: Signature, by: Signature, at: dt.datetime) -> None:
    """Record that the reader of a mailbox denies another signature of the same organization, and apply the consequences.

    Nothing moves if the mailbox is proven less or is on the blocklist, or if staff published that signature again after an
    earlier denial from its domain: they decided, and are told that the question came up once more.
    """
    as_good = _weighs_as_much(by, other)
    kind = FactKind.NOT_OURS if as_good else FactKind.DISPUTED
    source, domain = Reference.SIGNATORY.to(by.id), {"domain": by.email.rpartition("@")[2]}
    find_out(db.session(), other.id, Fact(kind, source, at, about(other.signatory), domain))
    before = other.state
    if as_good and letter.state in (LetterState.OPEN, LetterState.CLOSED):  # only staff change what was delivered
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
    """Return whether staff published a signature after someone at its domain had denied it."""
    if other.reviewed_at is None:
        return False
    said = found_out(db.session(), [other.id]).get(other.id, ())
    return any(fact.kind is FactKind.NOT_OURS and fact.at <= other.reviewed_at for fact in said)
