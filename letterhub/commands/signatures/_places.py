"""Assignment of an organization's single place on a letter to the signature with the best proof; others wait.

Everyone locks the letter's row first, and a unique constraint has the last word: `one_transaction` reruns a command that lost a
race for a place.

See docs/design/signatures.md.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import bindparam, or_, select

from letterhub.domain.audit.references import Reference
from letterhub.domain.letters.document import Kind
from letterhub.domain.mail.email_addresses import mailbox_of
from letterhub.domain.signatures.places import Contender, place_goes_to, yields_place
from letterhub.domain.signatures.proof_level import ProofLevel, proof_level
from letterhub.domain.signatures.review import StandsAlready
from letterhub.domain.signatures.signing import AlreadySigned, Source
from letterhub.domain.states import HOLDING, STANDING, SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Signature, remember
from letterhub.queries.letters.revisions import holds_earlier_text
from letterhub.queries.signatures.proof_levels import proof_facts, proof_of, standing_alike

_RIVALS = (
    select(Signature)
    .where(Signature.letter_id == bindparam("letter"), Signature.id != bindparam("own"), Signature.state.in_(HOLDING))
    .where(or_(Signature.stands_as == bindparam("place"), Signature.organization_id == bindparam("organization")))
    .order_by(Signature.id)
    .with_for_update()
)


def take_place(signature: Signature, at: dt.datetime, *, by_signatory: bool = False) -> None:
    """Give the place to whichever confirmed signature has the best proof; the given one then holds it or waits.

    Raises AlreadySigned for a person whose mailbox has another signature, and, if `by_signatory`, for an organization that was
    already signed for from this mailbox.
    """
    if signature.stands_as is not None:
        db.session.flush()
        return
    rivals = _rivals(signature)
    if by_signatory:
        _check_signs_once(signature, rivals)
    if signature.kind is Kind.INDIVIDUAL:
        _take_of_person(signature, rivals)
    elif rivals:
        _settle(signature, rivals, at)
    else:
        signature.hold_place()
    db.session.flush()


def decide_place_anew(signature: Signature, at: dt.datetime) -> None:
    """Reassign the place a signature held, after its line or the evidence about it changed."""
    signature.leave_place()
    if signature.state in HOLDING:
        take_place(signature, at)


def take_corrected_place(signature: Signature, *, new: bool, at: dt.datetime) -> None:
    """Reassign the place after a signatory's correction. A line that says something `new` loses its review: it returns to the
    queue, as does a published one whose new place is taken.
    """
    if new:
        if signature.state is SignatureState.PUBLISHED:
            signature.move(SignatureMove.RETURN, at)
        signature.reviewed_at = None
        signature.leave_place()
    take_place(signature, at, by_signatory=True)
    if signature.state is SignatureState.PUBLISHED and signature.stands_as is None:
        signature.move(SignatureMove.RETURN, at)


def _check_signs_once(signature: Signature, rivals: Sequence[Signature]) -> None:
    """Raise AlreadySigned if the same mailbox has already signed for the same organization."""
    if signature.kind is Kind.INDIVIDUAL or not signature.email:
        return
    mailbox = mailbox_of(signature.email)
    for one in rivals:
        if one.state in STANDING and one.source is Source.FORM and one.email and mailbox_of(one.email) == mailbox:
            raise AlreadySigned(
                f"{one.signatory.name} has already been signed for from this mailbox. To change that signature, use the link"
                " in the email that thanked you."
            )


def claim_place(signature: Signature) -> None:
    """Take the place for a signature that staff publish, also from an outdated one.

    Raises StandsAlready if another one is published or waits there: staff decide which.
    """
    if signature.stands_as is not None or (holder := _holder(signature)) is None:
        return
    name = holder.signatory.name
    if holder.state is SignatureState.PUBLISHED:
        raise StandsAlready(f"{name} is already on this letter. Decline the other one first.")
    if holder.state is SignatureState.CONFIRMED:
        raise StandsAlready(f"Another signature of {name} waits for review. Compare the two, and decline one first.")
    _hand_over(holder, signature)


def is_free(signature: Signature) -> bool:
    """Return whether no other signature holds its place."""
    with db.session.no_autoflush:
        return _holder(signature) is None


def back_to_queue(signature: Signature, at: dt.datetime) -> None:
    """Undo a decision of staff: the name waits for review, or for its signatory if the text has changed since it was signed.

    A name that was never confirmed waits for that, under whatever text is current then.
    """
    outdated = signature.confirmed_at is not None and holds_earlier_text(signature.id)
    signature.move(SignatureMove.RETURN, at)
    if outdated:
        signature.move(SignatureMove.OUTDATE, at)
    decide_place_anew(signature, at)


def _holder(signature: Signature) -> Signature | None:
    return next((one for one in _rivals(signature) if one.stands_as == signature.place), None)


def _rivals(signature: Signature) -> Sequence[Signature]:
    """Return the signatures that hold or wait for the same place, locked in the usual order."""
    facts = {
        "letter": signature.letter_id, "own": signature.id, "place": signature.place,
        "organization": signature.organization_id or 0,
    }  # fmt: skip
    with db.session.no_autoflush:
        found = db.session.scalars(_RIVALS, facts).all()
        return [one for one in found if one.place == signature.place]


def is_outweighed(signature: Signature) -> bool:
    """Return whether another signature of the same or a similar organization is proven at least as well."""
    level = proof_of(signature)
    return any(proof_of(one) >= level for one in standing_alike(signature))


def _take_of_person(signature: Signature, rivals: Sequence[Signature]) -> None:
    holder = next((one for one in rivals if one.stands_as == signature.place), None)
    if holder is not None and not yields_place(_person(holder), _person(signature)):
        raise AlreadySigned("Someone has already signed this letter from your mailbox. Sign with an email address of your own.")
    _hand_over(holder, signature)


def _settle(signature: Signature, rivals: Sequence[Signature], at: dt.datetime) -> None:
    holder = next((one for one in rivals if one.stands_as == signature.place), None)
    waiting = [signature, *(one for one in rivals if one.stands_as is None and one.state in STANDING)]
    rows = {one.id: one for one in (*waiting, *([holder] if holder else []))}
    contenders = {number: contender_of(row) for number, row in rows.items()}
    held = contenders[holder.id] if holder else None
    winner = rows[place_goes_to(held, [contenders[one.id] for one in waiting]).id]
    if winner is not holder:
        _hand_over(holder, winner)
        if holder is not None:
            _take_off(holder, winner, at)


def _hand_over(holder: Signature | None, to: Signature) -> None:
    if holder is not None:
        holder.leave_place()
        db.session.flush()
    to.hold_place()


def _take_off(holder: Signature, winner: Signature, at: dt.datetime) -> None:
    """Return a displaced signature that a rule had published to the queue, and log whose proof was better."""
    before = holder.state
    if holder.state is SignatureState.PUBLISHED:
        holder.move(SignatureMove.RETURN, at)
        holder.leave_place()
    moved = {"state": str(holder.state)} if holder.state is not before else {}
    remember(
        db.session(), Reference.LETTER.to(holder.letter_id), Reference.SIGNATORY.to(winner.id), "better proof", at=at,
        subject=Reference.SIGNATURE.to(holder.id), before={"state": str(before)} if moved else {}, after=moved,
    )  # fmt: skip


def contender_of(signature: Signature) -> Contender:
    """Return the facts that decide whether a signature gets or keeps its place."""
    facts = proof_facts(signature)
    own = proof_level(replace(facts, reviewed=False))
    return _contender(signature, proof_level(facts), own, turned_away=facts.turned_away)


def _person(signature: Signature) -> Contender:
    return _contender(signature, ProofLevel.PROVEN, ProofLevel.PROVEN)


def _contender(signature: Signature, level: ProofLevel, own_level: ProofLevel, *, turned_away: bool = False) -> Contender:
    confirmed = signature.confirmed_at.timestamp() if signature.confirmed_at else 0.0
    return Contender(
        id=signature.id, state=signature.state, level=level, own_level=own_level, email=signature.email,
        reviewed=signature.reviewed_at is not None, order=(confirmed, signature.id), turned_away=turned_away,
    )  # fmt: skip
