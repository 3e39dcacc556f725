"""Review of names: publish, decline, return to the queue, and correct."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from letterhub.commands.abuse._blocklist import forget_decline, turn_away
from letterhub.commands.mail._requeue import mail_back
from letterhub.commands.signatures._notifications import tell_seconders
from letterhub.commands.signatures._places import back_to_queue, claim_place, is_free
from letterhub.commands.signatures._steps import is_of_a_place
from letterhub.domain.abuse.blocklist import Turned
from letterhub.domain.audit.references import Reference
from letterhub.domain.errors import Refused
from letterhub.domain.letters.document import Kind, LetterText
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.happenings import Happening
from letterhub.domain.signatures.review import Correction, Decision, StandsAlready, check_correction, check_decision, check_seen
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import post
from letterhub.models import (
    Letter,
    Revision,
    Signature,
    TurnedAway,
    forget_reviews,
    keep_review,
    organization_named,
    remember,
)
from letterhub.queries.signatures.review import last_by
from letterhub.rendering.letter.view import Line, line

Facts = dict[str, str | bool]

HAPPENINGS = {
    SignatureMove.PUBLISH: Happening.PUBLISHED,
    SignatureMove.DECLINE: Happening.DECLINED,
    SignatureMove.RETURN: Happening.RETURNED,
}
ACTIONS = {
    SignatureMove.PUBLISH: "published",
    SignatureMove.DECLINE: "declined",
    SignatureMove.RETURN: "returned",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Names that a decision is about, by whom and when.

    `marks` has the version hash of each line as the reviewer saw it: a changed line is neither published nor declined.
    """

    coalition_id: int
    letter_id: int
    signature_ids: tuple[int, ...]
    actor: str
    at: dt.datetime
    marks: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of a decision: the names changed with their new states, and an error sentence for each that was not.

    `asked` is how many signatories are mailed to confirm a changed text.
    """

    done: tuple[int, ...]
    names: tuple[str, ...]
    refused: tuple[str, ...]
    states: tuple[SignatureState, ...]
    asked: int


@one_transaction
def publish_names(chosen: Chosen) -> Outcome:
    """Publish confirmed names."""
    return _decide(chosen, Decision(SignatureMove.PUBLISH, SignatureState.CONFIRMED))


@one_transaction
def decline_names(chosen: Chosen, reason: str, seen: SignatureState = SignatureState.CONFIRMED) -> Outcome:
    """Decline names that wait for review, or published ones if `seen` says so."""
    return _decide(chosen, Decision(SignatureMove.DECLINE, seen, reason))


@one_transaction
def return_names(chosen: Chosen, seen: SignatureState) -> Outcome:
    """Return published or declined names to the queue, or to waiting for their signatories, who get the mail held back, or are
    asked to confirm the changed text.
    """
    return _decide(chosen, Decision(SignatureMove.RETURN, seen))


@one_transaction
def correct_name(chosen: Chosen, correction: Correction, seen: str) -> bool:
    """Correct how a name prints, if `seen` is still its version hash; return whether its signatory is mailed.

    A name keeps the place it holds; one that waits takes its new name's place if that is free. Raises StandsAlready,
    ChangedMeanwhile, NotCorrectedNow.
    """
    (signature,) = _rows_of(chosen)
    check_correction(signature.signatory.name, signature.state, signature.signatory, seen)
    text = _current_text(chosen.letter_id)
    before, printed_before = _facts_of(signature), line(signature.signatory, text)
    _change(signature, lambda: _apply(signature, correction, chosen.at))
    after, printed_after = _facts_of(signature), line(signature.signatory, text)
    if signature.state is SignatureState.PUBLISHED:
        keep_review(db.session(), signature, chosen.coalition_id, chosen.actor, chosen.at)
    _remember_correction(signature, chosen, before, after)
    told = printed_before != printed_after and signature.source is Source.FORM and bool(signature.email)
    if told:
        _tell(signature, chosen, printed_before, printed_after)
    if printed_before != printed_after:
        letter = db.session.get_one(Letter, chosen.letter_id)
        tell_seconders(letter, [signature.id], Happening.CORRECTED, chosen.at)
    return told


def _current_text(letter_id: int) -> LetterText:
    newest = select(Revision).where(Revision.letter_id == letter_id).order_by(Revision.number.desc()).limit(1)
    return db.session.scalars(newest).one().text


def _remember_correction(signature: Signature, chosen: Chosen, before: Facts, after: Facts) -> None:
    changed = [field for field in after if after[field] != before[field]]
    if changed:
        chain, subject = Reference.LETTER.to(chosen.letter_id), Reference.SIGNATURE.to(signature.id)
        was, has = {field: before[field] for field in changed}, {field: after[field] for field in changed}
        remember(db.session(), chain, chosen.actor, "corrected", at=chosen.at, subject=subject, before=was, after=has)


def _tell(signature: Signature, chosen: Chosen, before: Line, after: Line) -> None:
    facts = {"before": [before.name.text, before.detail.text], "after": [after.name.text, after.detail.text]}
    post(
        MailKind.CORRECTED, signature.email, facts, at=chosen.at,
        coalition_id=chosen.coalition_id, letter_id=chosen.letter_id, signature_id=signature.id,
    )  # fmt: skip


def _decide(chosen: Chosen, decision: Decision) -> Outcome:
    done, refused = [], []
    signatures = _rows_of(chosen)
    others = last_by(chosen.letter_id, [one.id for one in signatures if one.state is not decision.seen])
    for signature in signatures:
        try:
            check_decision(signature.signatory.name, signature.state, decision, others.get(signature.id, ""))
            if decision.move is not SignatureMove.RETURN:  # a returned name is reviewed again anyway
                check_seen(signature.signatory, chosen.marks.get(signature.id, ""))
            _move(signature, decision, chosen)
            done.append(signature)
        except Refused as refusal:
            refused.append(str(refusal))
    if done:
        letter = db.session.get_one(Letter, chosen.letter_id)
        tell_seconders(letter, [one.id for one in done], HAPPENINGS[decision.move], chosen.at)
    asked = _mailed_back(chosen, done) if decision.move is SignatureMove.RETURN else 0
    names, states = tuple(one.signatory.name for one in done), tuple(one.state for one in done)
    return Outcome(tuple(one.id for one in done), names, tuple(refused), states, asked)


def _mailed_back(chosen: Chosen, back: Sequence[Signature]) -> int:
    letter, numbers = db.session.get_one(Letter, chosen.letter_id), [one.id for one in back]
    return len(mail_back(letter, back, select(Signature.id).where(Signature.id.in_(numbers)), chosen.at))


def _rows_of(chosen: Chosen) -> Sequence[Signature]:
    """Return the names, locked after their letter and in id order, to avoid deadlocks."""
    db.session.get_one(Letter, chosen.letter_id, with_for_update={"key_share": True})
    return db.session.scalars(
        select(Signature)
        .join(Letter)
        .where(
            Letter.id == chosen.letter_id, Letter.coalition_id == chosen.coalition_id, Signature.id.in_(chosen.signature_ids)
        )
        .order_by(Signature.id)
        .with_for_update(of=Signature)
    ).all()


def _move(signature: Signature, decision: Decision, chosen: Chosen) -> None:
    before = signature.state
    reason = {"reason": decision.reason} if decision.reason else {}
    _change(signature, lambda: _decided(signature, decision, chosen.at))
    if decision.move is SignatureMove.PUBLISH:
        keep_review(db.session(), signature, chosen.coalition_id, chosen.actor, chosen.at)
    else:
        forget_reviews(db.session(), [signature.id])
    remember(
        db.session(), Reference.LETTER.to(chosen.letter_id), chosen.actor, ACTIONS[decision.move], at=chosen.at,
        subject=Reference.SIGNATURE.to(signature.id), before={"state": before}, after={"state": signature.state, **reason},
    )  # fmt: skip


def _decided(signature: Signature, decision: Decision, at: dt.datetime) -> None:
    if decision.move is SignatureMove.RETURN:
        back_to_queue(signature, at)
        forget_decline(TurnedAway.signature_id == signature.id)
        return
    if decision.move is SignatureMove.PUBLISH:
        claim_place(signature)
        signature.reviewed_at = at
    signature.move(decision.move, at)
    signature.decline_reason = decision.reason
    if decision.move is SignatureMove.DECLINE:
        turn_away([signature], Turned.DECLINED, at)


def _change(signature: Signature, change: Callable[[], None]) -> None:
    """Apply a change and flush it: the unique constraint decides whether the name's place is free. Raises StandsAlready."""
    name = signature.signatory.name
    try:
        with db.session.begin_nested():
            change()
            db.session.flush()
    except IntegrityError as taken:
        if not is_of_a_place(taken):
            raise
        raise StandsAlready(f"{name} is already on this letter. Decline the other one first.") from taken


def _facts_of(signature: Signature) -> Facts:
    """Return the fields that a correction may change."""
    return {
        "organization": signature.organization_name,
        "signer_name": signature.signer_name,
        "signer_title": signature.signer_title,
        "location": signature.location,
        "affiliation": signature.affiliation,
        "section": signature.scope,
        "sort_name": signature.sort_name,
        "lead": signature.lead,
    }


def _apply(signature: Signature, correction: Correction, at: dt.datetime) -> None:
    held = signature.stands_as is not None
    signature.take(
        replace(
            signature.signatory,
            organization=correction.organization,
            signer_name=correction.signer_name,
            signer_title=correction.signer_title,
            location=correction.location,
            affiliation=correction.affiliation,
            section=correction.section,
        )
    )
    signature.sort_name, signature.lead = correction.sort_name, correction.lead
    signature.settle()
    if held or is_free(signature):
        signature.hold_place()
    if signature.kind is Kind.ORGANIZATION:
        coalition_id = db.session.get_one(Letter, signature.letter_id).coalition_id
        signature.organization_id, _new = organization_named(
            db.session(), coalition_id, correction.organization, signature.website, at
        )
