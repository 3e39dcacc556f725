"""Bulk decline of names by where they came from, and its undo. See docs/design/abuse.md."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from letterhub.commands.abuse._blocklist import forget_decline, turn_away
from letterhub.commands.mail._requeue import hold_mail, mail_back
from letterhub.commands.signatures._notifications import tell_seconders
from letterhub.commands.signatures._places import back_to_queue
from letterhub.commands.signatures._steps import locked_letter
from letterhub.domain.abuse.blocklist import Turned
from letterhub.domain.abuse.bulk_decline import HOUR, Pattern, PatternMovedOn, RestoredAlready, Seen
from letterhub.domain.audit.references import Reference
from letterhub.domain.signatures.happenings import Happening
from letterhub.domain.signatures.signing import AlreadySigned
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Signature, Sweep, SweptName, TurnedAway, remember
from letterhub.queries.abuse.submission_sources import swept_by


@dataclass(frozen=True, slots=True)
class RestoredSweep:
    """Result of an undo: `count` names restored; of them `outdated` wait for their signatories under a changed text, `asked`
    were mailed, and `denied` wait for staff because their organization denied them meanwhile.
    """

    count: int
    outdated: int = 0
    asked: int = 0
    denied: int = 0


@one_transaction
def sweep_names(letter_id: int, pattern: Pattern, seen: Seen, reason: str, *, actor: str, at: dt.datetime) -> int:
    """Decline all names that match a pattern and were shown; return how many. Raises PatternMovedOn if their number changed."""
    letter = locked_letter(letter_id)
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
    hold_mail(_swept(sweep.id), at)
    tell_seconders(letter, _swept(sweep.id), Happening.DECLINED, at)
    facts = {"count": sweep.count, "reason": reason, "pattern": ", ".join(pattern.as_facts().values())}
    remember(
        db.session(), Reference.LETTER.to(letter_id), actor, "swept", at=at, subject=Reference.SWEEP.to(sweep.id), after=facts
    )
    return sweep.count


@one_transaction
def restore_sweep(letter_id: int, sweep_id: int, *, actor: str, at: dt.datetime) -> RestoredSweep:
    """Restore the names of a bulk decline to their earlier states, except those changed since. Raises RestoredAlready.

    Mails held back are released. A person whose mailbox has another signature in force stays declined, as does one that staff
    returned and declined individually. A name whose text changed in substance waits for its signatory, who is asked by mail;
    one that its organization denied waits for staff.
    """
    letter = locked_letter(letter_id)
    sweep = db.session.get(Sweep, sweep_id, with_for_update=True)
    if sweep is None or sweep.letter_id != letter_id or sweep.restored_at is not None:
        raise RestoredAlready("This has already been taken back.")
    sweep.restored_at = at
    listed = _were_listed(sweep)
    clear = listed - _denied_since(sweep)
    back = [row for row in _still_declined_by(sweep) if _put_back(row, listed=row.id in clear, at=at)]
    forget_decline(TurnedAway.signature_id.in_(_swept(sweep_id)), TurnedAway.at == sweep.at)
    asked = mail_back(letter, back, _swept(sweep_id), at)
    outdated = sum(1 for one in back if one.state is SignatureState.OUTDATED)
    denied = [one for one in back if one.state is SignatureState.CONFIRMED and one.id in listed]
    _remember_restored(sweep, len(back), denied, actor, at)
    return RestoredSweep(len(back), outdated, len(asked), len(denied))


def _remember_restored(sweep: Sweep, count: int, denied: Sequence[Signature], actor: str, at: dt.datetime) -> None:
    """Log the undo, and individually each name that is not back where it was."""
    chain, subject = Reference.LETTER.to(sweep.letter_id), Reference.SWEEP.to(sweep.id)
    remember(db.session(), chain, actor, "sweep restored", at=at, subject=subject, after={"count": count})
    before, after = {"state": str(SignatureState.DECLINED)}, {"state": str(SignatureState.CONFIRMED)}
    for one in denied:
        own = Reference.SIGNATURE.to(one.id)
        remember(db.session(), chain, actor, "returned", at=at, subject=own, before=before, after=after)


def _swept(sweep_id: int) -> Select[int]:
    """Return a subquery of the bulk decline's signature ids: there may be more than fit into bound parameters."""
    return select(SweptName.signature_id).where(SweptName.sweep_id == sweep_id)


def _were_listed(sweep: Sweep) -> frozenset[int]:
    listed = _swept(sweep.id).where(SweptName.stood == SignatureState.PUBLISHED)
    return frozenset(db.session.scalars(listed))


def _still_declined_by(sweep: Sweep) -> Sequence[Signature]:
    """Return the names it declined that have not changed since, locked in the usual order."""
    declined = (Signature.state == SignatureState.DECLINED, Signature.contact_erased_at.is_(None))
    by_this = (Signature.id.in_(_swept(sweep.id)), *declined, Signature.ended_at == sweep.at)
    return db.session.scalars(select(Signature).where(*by_this).order_by(Signature.id).with_for_update()).all()


def _denied_since(sweep: Sweep) -> frozenset[int]:
    """Return the signatures that an organization denied after a bulk decline. (A bulk decline hides nothing from those asked.)

    Compares ids, assigned under the letter's lock: timestamps come from the clocks of several machines.
    """
    its_own = (TurnedAway.signature_id.in_(_swept(sweep.id)), TurnedAway.why == Turned.DECLINED, TurnedAway.at == sweep.at)
    last = select(func.coalesce(func.max(TurnedAway.id), 0)).where(*its_own).scalar_subquery()
    denied = select(TurnedAway.signature_id).where(
        TurnedAway.letter_id == sweep.letter_id, TurnedAway.why == Turned.DENIED, TurnedAway.id > last
    )
    return frozenset(db.session.scalars(denied))


def _put_back(signature: Signature, *, listed: bool, at: dt.datetime) -> bool:
    """Return whether a name was restored: to the list if it was `listed` and no signature with as good a proof took its place.

    A person whose mailbox has another signature in force stays declined.
    """
    reviewed_at = signature.reviewed_at
    try:
        with db.session.begin_nested():
            back_to_queue(signature, at)
            if listed and signature.state is SignatureState.CONFIRMED and signature.stands_as is not None:
                signature.move(SignatureMove.PUBLISH, at)
                signature.reviewed_at = reviewed_at
            db.session.flush()
    except AlreadySigned:
        return False
    return True
