"""Sweeps: many names declined at once by where they came from, and taken back as if it had not been."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from letterhub.commands.one_signature import back_to_queue, is_of_a_place, locked_letter
from letterhub.commands.turning_away import forget_decline, turn_away
from letterhub.db import db, one_transaction
from letterhub.domain.floods import HOUR, Pattern, PatternMovedOn, RestoredAlready, Seen
from letterhub.domain.mails import MailState
from letterhub.domain.references import Reference
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.domain.turned_away import Turned
from letterhub.models import OutboxLine, Signature, Sweep, SweptName, TurnedAway, remember
from letterhub.queries.floods import swept_by

WHY = "Not sent: declined together with others from the same place."


@one_transaction
def sweep_names(letter_id: int, pattern: Pattern, seen: Seen, reason: str, *, actor: str, at: dt.datetime) -> int:
    """Declines all names of a pattern that were seen; gives how many. Raises PatternMovedOn where they are others by now."""
    locked_letter(letter_id)
    found = swept_by(letter_id, pattern, seen).order_by(Signature.id).with_for_update(of=Signature)
    signatures = db.session.scalars(found).all()
    if pattern.is_empty or len(signatures) != seen.count:
        raise PatternMovedOn("The names have changed since this page was shown. Nothing was declined: look again.")
    sweep = Sweep(
        letter_id=letter_id, network_key=pattern.network, mail_domain=pattern.domain, since=pattern.hour,
        until=pattern.hour and pattern.hour + HOUR, reason=reason, count=len(signatures), actor=actor, at=at,
    )  # fmt: skip
    db.session.add(sweep)
    db.session.flush()
    for signature in signatures:
        db.session.add(SweptName(sweep_id=sweep.id, signature_id=signature.id, stood=signature.state))
        signature.move(SignatureMove.DECLINE, at)
        signature.decline_reason = reason
    turn_away(signatures, Turned.DECLINED, at)
    _hold_mail([one.id for one in signatures], at)
    facts = {"count": sweep.count, "reason": reason, "pattern": ", ".join(pattern.as_facts().values())}
    remember(
        db.session(), Reference.LETTER.to(letter_id), actor, "swept", at=at, subject=Reference.SWEEP.to(sweep.id), after=facts
    )
    return sweep.count


@one_transaction
def restore_sweep(letter_id: int, sweep_id: int, *, actor: str, at: dt.datetime) -> int:
    """Puts the names of a sweep back to where they stood, but those that moved on; gives how many. Raises RestoredAlready.

    Mail that it held back leaves now. A name whose place another took meanwhile stays declined, and so does one that staff
    returned and declined by itself. One whose text changed in substance waits for its signatory, and one that its organization
    denied waits for staff.
    """
    locked_letter(letter_id)
    sweep = db.session.get(Sweep, sweep_id, with_for_update=True)
    if sweep is None or sweep.letter_id != letter_id or sweep.restored_at is not None:
        raise RestoredAlready("This has already been taken back.")
    sweep.restored_at = at
    names = db.session.scalars(select(SweptName).where(SweptName.sweep_id == sweep_id))
    stood = {name.signature_id: name.stood for name in names}
    declined = (Signature.id.in_(stood), Signature.state == SignatureState.DECLINED, Signature.contact_erased_at.is_(None))
    by_this = (*declined, Signature.ended_at == sweep.at)
    rows = db.session.scalars(select(Signature).where(*by_this).order_by(Signature.id).with_for_update()).all()
    denied = _denied_since(sweep)
    listed = {number for number, state in stood.items() if state is SignatureState.PUBLISHED} - denied
    back = [row.id for row in rows if _put_back(row, listed=row.id in listed, at=at)]
    forget_decline(TurnedAway.signature_id.in_(stood), TurnedAway.at == sweep.at)
    _release_mail(back, at)
    facts = {"count": len(back)}
    remember(
        db.session(),
        Reference.LETTER.to(letter_id),
        actor,
        "sweep restored",
        at=at,
        subject=Reference.SWEEP.to(sweep_id),
        after=facts,
    )
    return len(back)


def _denied_since(sweep: Sweep) -> frozenset[int]:
    """The signatures of a letter that an organization denied since a sweep, which hid them from nobody who was asked."""
    denied = select(TurnedAway.signature_id).where(
        TurnedAway.letter_id == sweep.letter_id, TurnedAway.why == Turned.DENIED, TurnedAway.at > sweep.at
    )
    return frozenset(db.session.scalars(denied))


def _put_back(signature: Signature, *, listed: bool, at: dt.datetime) -> bool:
    """Whether a name is back, in the list where it was `listed`; one whose place another took meanwhile stays declined."""
    try:
        with db.session.begin_nested():
            back_to_queue(signature, at)
            if listed and signature.state is SignatureState.CONFIRMED:
                signature.move(SignatureMove.PUBLISH, at)
            db.session.flush()
    except IntegrityError as error:
        if not is_of_a_place(error):
            raise
        return False
    return True


def _hold_mail(signature_ids: list[int], at: dt.datetime) -> None:
    lines = select(OutboxLine).where(OutboxLine.signature_id.in_(signature_ids)).with_for_update()
    for line in db.session.scalars(lines):
        if line.state is MailState.WAITING:
            line.cancel(at, WHY)


def _release_mail(signature_ids: list[int], at: dt.datetime) -> None:
    lines = select(OutboxLine).where(OutboxLine.signature_id.in_(signature_ids), OutboxLine.error == WHY).with_for_update()
    for line in db.session.scalars(lines):
        if line.state is MailState.CANCELLED:
            line.release(at)
