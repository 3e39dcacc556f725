"""Sweeps: many names declined at once by where they came from, and taken back as if it had not been."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from letterhub.commands.one_signature import locked_letter
from letterhub.db import db, one_transaction
from letterhub.domain.floods import HOUR, Pattern, PatternMovedOn, RestoredAlready, Seen
from letterhub.domain.mails import MailState
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.models import OutboxLine, Signature, Sweep, SweptName, remember
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
    _hold_mail([one.id for one in signatures], at)
    facts = {"count": sweep.count, "reason": reason, "pattern": ", ".join(pattern.as_facts().values())}
    remember(db.session(), f"letter-{letter_id}", actor, "swept", at=at, subject=f"sweep-{sweep.id}", after=facts)
    return sweep.count


@one_transaction
def restore_sweep(letter_id: int, sweep_id: int, *, actor: str, at: dt.datetime) -> int:
    """Puts the names of a sweep back to where they stood, but those that moved on; gives how many. Raises RestoredAlready.

    Mail that it held back leaves now. A name whose place another took meanwhile stays declined.
    """
    locked_letter(letter_id)
    sweep = db.session.get(Sweep, sweep_id, with_for_update=True)
    if sweep is None or sweep.letter_id != letter_id or sweep.restored_at is not None:
        raise RestoredAlready("This has already been taken back.")
    sweep.restored_at = at
    names = db.session.scalars(select(SweptName).where(SweptName.sweep_id == sweep_id))
    stood = {name.signature_id: name.stood for name in names}
    declined = (Signature.id.in_(stood), Signature.state == SignatureState.DECLINED, Signature.contact_erased_at.is_(None))
    rows = db.session.scalars(select(Signature).where(*declined).order_by(Signature.id).with_for_update()).all()
    back = [row.id for row in rows if _put_back(row, stood[row.id], at)]
    _release_mail(back, at)
    facts = {"count": len(back)}
    remember(db.session(), f"letter-{letter_id}", actor, "sweep restored", at=at, subject=f"sweep-{sweep_id}", after=facts)
    return len(back)


def _put_back(signature: Signature, stood: SignatureState, at: dt.datetime) -> bool:
    """Whether a name is back where it stood; one whose place another took meanwhile stays declined."""
    try:
        with db.session.begin_nested():
            signature.move(SignatureMove.RETURN, at)
            if stood is SignatureState.PUBLISHED:
                signature.move(SignatureMove.PUBLISH, at)
            db.session.flush()
    except IntegrityError:
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
