"""Assignment of an organization's single place on a letter to the signature with the best proof; others wait.

Whoever signs locks the organization's name first, staff and other changes the letter's row, and a unique constraint has the
last word: `db.one_transaction` reruns a command that lost a race for a place.

See docs/design/signatures.md.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import bindparam, or_, select

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.mail.email_addresses import is_same_mailbox
from letterhub.domain.signatures.place_holder import PlaceContender, choose_place_holder, yields_place
from letterhub.domain.signatures.proof_level import ProofLevel, proof_level
from letterhub.domain.signatures.review import PlaceTaken
from letterhub.domain.signatures.signing import AlreadySigned, Source
from letterhub.domain.states import ACTIVE_STATES, CONFIRMED_STATES, SignatureMove, SignatureState
from letterhub.infrastructure.db import db, execute_core
from letterhub.models import Signature, append_audit_entry
from letterhub.queries.letters.revisions import holds_earlier_text
from letterhub.queries.signatures.proof_levels import proof_facts, proof_level_of, similar_signatures

_RIVAL_IDS = (
    select(Signature.id)
    .where(Signature.letter_id == bindparam("letter"), Signature.id != bindparam("own"), Signature.state.in_(CONFIRMED_STATES))
    .where(or_(Signature.place_key == bindparam("place"), Signature.organization_id == bindparam("organization")))
    .order_by(Signature.id)
    .with_for_update()
)
_RIVALS = select(Signature).where(Signature.id.in_(bindparam("ids", expanding=True))).order_by(Signature.id)


def assign_place(signature: Signature, at: dt.datetime, *, by_signatory: bool = False, may_have_rivals: bool = True) -> None:
    """Give the place to whichever confirmed signature has the best proof; the given one then holds it or waits.

    Raises AlreadySigned for a person whose mailbox has another signature, and, if `by_signatory`, for an organization that was
    already signed for from this mailbox.
    """
    if signature.place_key is not None:
        db.session.flush()
        return
    rivals = _lock_rivals(signature) if may_have_rivals else ()
    if by_signatory:
        _check_mailbox_signs_once(signature, rivals)
    if signature.kind is SignatoryKind.INDIVIDUAL:
        _assign_to_person(signature, rivals)
    elif rivals:
        _assign_to_best(signature, rivals, at)
    else:
        signature.take_place()
    db.session.flush()


def reassign_place(signature: Signature, at: dt.datetime) -> None:
    """Reassign the place a signature held, after its line or the evidence about it changed."""
    signature.release_place()
    if signature.state in CONFIRMED_STATES:
        assign_place(signature, at)


def reassign_corrected_place(signature: Signature, *, new: bool, at: dt.datetime) -> None:
    """Reassign the place after a signatory's correction. A line that says something `new` loses its review: it returns to the
    queue, as does a published one whose new place is taken.
    """
    if new:
        if signature.state is SignatureState.PUBLISHED:
            signature.move(SignatureMove.RETURN, at)
        signature.reviewed_at = None
        signature.release_place()
    assign_place(signature, at, by_signatory=True)
    if signature.state is SignatureState.PUBLISHED and signature.place_key is None:
        signature.move(SignatureMove.RETURN, at)


def _check_mailbox_signs_once(signature: Signature, rivals: Sequence[Signature]) -> None:
    """Raise AlreadySigned if the same mailbox has already signed for the same organization."""
    if signature.kind is SignatoryKind.INDIVIDUAL:
        return
    for rival in rivals:
        if rival.state in ACTIVE_STATES and rival.source is Source.FORM and is_same_mailbox(rival.email, signature.email):
            raise AlreadySigned(
                _(
                    "%(name)s has already been signed for from this mailbox. To change that signature, use the link in the "
                    "email that thanked you.",
                    name=rival.signatory.name,
                )
            )


def claim_place(signature: Signature) -> None:
    """Take the place for a signature that staff publish, also from an outdated one.

    Raises PlaceTaken if another one is published or waits there: staff decide which.
    """
    if signature.place_key is not None or (holder := _holder_among(_lock_rivals(signature), signature)) is None:
        return
    name = holder.signatory.name
    if holder.state is SignatureState.PUBLISHED:
        raise PlaceTaken(_("%(name)s is already on this letter. Decline the other signature first.", name=name))
    if holder.state is SignatureState.CONFIRMED:
        raise PlaceTaken(
            _("Another signature of %(name)s is waiting for review. Compare the two, and decline one first.", name=name)
        )
    _transfer_place(holder, signature)


def is_place_free(signature: Signature) -> bool:
    """Return whether no other signature holds its place."""
    with db.session.no_autoflush:
        return _holder_among(_lock_rivals(signature), signature) is None


def return_to_queue(signature: Signature, at: dt.datetime) -> None:
    """Undo a decision of staff: the name waits for review, or for its signatory if the text has changed since it was signed.

    A name that was never confirmed waits for that, under whatever text is current then.
    """
    outdated = signature.confirmed_at is not None and holds_earlier_text(signature.id)
    signature.move(SignatureMove.RETURN, at)
    if outdated:
        signature.move(SignatureMove.OUTDATE, at)
    reassign_place(signature, at)


def _holder_among(rivals: Sequence[Signature], signature: Signature) -> Signature | None:
    """Return which of its rivals holds the place of a signature; None if it is free."""
    return next((rival for rival in rivals if rival.place_key == signature.own_place_key), None)


def _lock_rivals(signature: Signature) -> Sequence[Signature]:
    """Return the signatures that hold or wait for the same place, locked in the usual order."""
    parameters = {
        "letter": signature.letter_id, "own": signature.id, "place": signature.own_place_key,
        "organization": signature.organization_id or 0,
    }  # fmt: skip
    with db.session.no_autoflush:
        rival_ids = execute_core(_RIVAL_IDS, parameters).scalars()
        rivals = db.session.scalars(_RIVALS, {"ids": rival_ids}).all() if rival_ids else ()
        return [rival for rival in rivals if rival.own_place_key == signature.own_place_key]


def has_equal_rival(signature: Signature) -> bool:
    """Return whether another signature of the same or a similar organization is proven at least as well."""
    level = proof_level_of(signature)
    return any(proof_level_of(similar) >= level for similar in similar_signatures(signature))


def _assign_to_person(signature: Signature, rivals: Sequence[Signature]) -> None:
    """Give a person's place to this signature. Raises AlreadySigned if another one from the same mailbox keeps it."""
    holder = _holder_among(rivals, signature)
    if holder is not None and not yields_place(_person_contender(holder), _person_contender(signature)):
        raise AlreadySigned(
            _("Someone has already signed this letter from your mailbox. Sign with an email address of your own.")
        )
    _transfer_place(holder, signature)


def _assign_to_best(signature: Signature, rivals: Sequence[Signature], at: dt.datetime) -> None:
    """Give an organization's place to the signature with the best proof: the holder, the given one, or one that waits."""
    holder = _holder_among(rivals, signature)
    waiting = [signature, *(rival for rival in rivals if rival.place_key is None and rival.state in ACTIVE_STATES)]
    signatures = {candidate.id: candidate for candidate in (*waiting, *([holder] if holder else []))}
    contenders = {signature_id: contender_of(candidate) for signature_id, candidate in signatures.items()}
    holder_contender = contenders[holder.id] if holder else None
    winner = signatures[choose_place_holder(holder_contender, [contenders[candidate.id] for candidate in waiting]).id]
    if winner is not holder:
        _transfer_place(holder, winner)
        if holder is not None:
            _displace(holder, winner, at)


def _transfer_place(holder: Signature | None, new_holder: Signature) -> None:
    """Give a place to its new holder, after `holder` has released it; None if it is free."""
    if holder is not None:
        holder.release_place()
        db.session.flush()
    new_holder.take_place()


def _displace(holder: Signature, winner: Signature, at: dt.datetime) -> None:
    """Send a signature that lost its place back to the queue if it was published, and log whose proof was better."""
    state_before = holder.state
    if holder.state is SignatureState.PUBLISHED:
        holder.move(SignatureMove.RETURN, at)
        holder.release_place()
    new_state = {"state": str(holder.state)} if holder.state is not state_before else {}
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(holder.letter_id), ReferenceKind.SIGNATORY.reference(winner.id),
        "better proof", at=at,
        subject=ReferenceKind.SIGNATURE.reference(holder.id),
        before={"state": str(state_before)} if new_state else {}, after=new_state,
    )  # fmt: skip


def contender_of(signature: Signature) -> PlaceContender:
    """Return the facts that decide whether a signature gets or keeps its place."""
    facts = proof_facts(signature)
    own_level = proof_level(replace(facts, reviewed=False))
    return _contender(signature, proof_level(facts), own_level, turned_away=facts.turned_away)


def _person_contender(signature: Signature) -> PlaceContender:
    return _contender(signature, ProofLevel.PROVEN, ProofLevel.PROVEN)


def _contender(signature: Signature, level: ProofLevel, own_level: ProofLevel, *, turned_away: bool = False) -> PlaceContender:
    """Return a signature's facts with its proof level, and its `own_level` without staff review."""
    confirmed = signature.confirmed_at.timestamp() if signature.confirmed_at else 0.0
    return PlaceContender(
        id=signature.id, state=signature.state, level=level, own_level=own_level, email=signature.email,
        reviewed=signature.reviewed_at is not None, order=(confirmed, signature.id), turned_away=turned_away,
    )  # fmt: skip
