"""Disputes: someone at an organization's domain says that a signature is not its own. Evidence, place and notices.

See docs/design/signatures.md.
"""

import datetime as dt

from letterhub.commands.signatures._notifications import notify_second_persons, notify_staff
from letterhub.commands.signatures._place_assignment import reassign_place
from letterhub.domain.audit.references import ReferenceKind
from letterhub.domain.signatures.events import SignatureEvent
from letterhub.domain.signatures.evidence import Fact, FactKind, hash_line
from letterhub.domain.signatures.proof_level import proof_level
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature, add_evidence, append_audit_entry, delete_reviews_like, evidence_facts
from letterhub.queries.signatures.proof_levels import proof_facts, proof_level_of


def record_dispute(letter: Letter, disputed: Signature, disputer: Signature, at: dt.datetime) -> None:
    """Record that the reader of a mailbox denies another signature of the same organization, and apply the consequences.

    Nothing moves if the mailbox is proven less or is on the blocklist, or if staff published that signature again after an
    earlier denial from its domain: they decided, and are told that the question came up once more.
    """
    is_credible = _is_proven_as_well(disputer, disputed)
    kind = FactKind.NOT_OURS if is_credible else FactKind.DISPUTED
    source, domain = ReferenceKind.SIGNATORY.reference(disputer.id), {"domain": disputer.email.rpartition("@")[2]}
    add_evidence(db.session(), disputed.id, Fact(kind, source, at, hash_line(disputed.signatory), domain))
    before = disputed.state
    if is_credible and letter.state in (LetterState.OPEN, LetterState.CLOSED):  # only staff change what was delivered
        delete_reviews_like(db.session(), disputed, letter.coalition_id)
        disputed.unlist_as_denied(at)
        reassign_place(disputed, at)
    new_state = {"state": str(disputed.state)} if disputed.state is not before else {}
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(disputed.letter_id), source, "said not ours", at=at,
        subject=ReferenceKind.SIGNATURE.reference(disputed.id),
        before={"state": str(before)} if new_state else {}, after=new_state,
    )  # fmt: skip
    notify_second_persons(letter, [disputed.id], SignatureEvent.NOT_OURS, at)
    notify_staff(letter, disputed, SignatureEvent.NOT_OURS, at)


def _is_proven_as_well(disputer: Signature, disputed: Signature) -> bool:
    facts = proof_facts(disputer)
    return not facts.turned_away and not _is_overruled_by_staff(disputed) and proof_level(facts) >= proof_level_of(disputed)


def _is_overruled_by_staff(disputed: Signature) -> bool:
    """Return whether staff published a signature after someone at its domain had denied it."""
    if disputed.reviewed_at is None:
        return False
    facts = evidence_facts(db.session(), [disputed.id]).get(disputed.id, ())
    return any(fact.kind is FactKind.NOT_OURS and fact.at <= disputed.reviewed_at for fact in facts)
