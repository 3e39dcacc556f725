"""Review of names: publish, decline, return to the queue, and correct."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from letterhub.commands.abuse._blocklist import add_to_blocklist, remove_declines_from_blocklist
from letterhub.commands.mail._mail_holds import release_mail
from letterhub.commands.signatures._notifications import email_decision, notify_second_persons
from letterhub.commands.signatures._place_assignment import claim_place, is_place_free, return_to_queue
from letterhub.commands.signatures._shared_steps import is_place_conflict
from letterhub.domain.abuse.blocklist import BlockReason
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import LetterText, Signatory, SignatoryKind
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.line_fields import STAFF_FIELDS
from letterhub.domain.signatures.review import (
    Decision,
    PlaceTaken,
    SignatureEvent,
    check_correction,
    check_decision,
    check_line_version,
)
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import (
    BlocklistEntry,
    Letter,
    Signature,
    append_audit_entry,
    delete_reviews,
    find_or_create_organization,
    record_review,
)
from letterhub.queries.audit.log import last_editors
from letterhub.queries.letters.revisions import newest_revision_if_any
from letterhub.rendering.letter.signatory_list import line

CorrectableFields = dict[str, str | bool]

EVENT_BY_MOVE = {  # the audit log names each action like its event
    SignatureMove.PUBLISH: SignatureEvent.PUBLISHED,
    SignatureMove.DECLINE: SignatureEvent.DECLINED,
    SignatureMove.RETURN: SignatureEvent.RETURNED,
}


@dataclass(frozen=True, slots=True)
class ReviewSelection:
    """Names that a decision is about, by whom and when.

    `expected_versions` has the version hash of each line as the reviewer saw it: a changed line is neither published nor
    declined.
    """

    coalition_id: int
    letter_id: int
    signature_ids: tuple[int, ...]
    actor: str
    at: dt.datetime
    expected_versions: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """Result of a decision: the names changed with their new states, and an error sentence for each that was not.

    `emailed_count` is how many signatories are mailed to confirm a changed text.
    """

    changed_ids: tuple[int, ...]
    names: tuple[str, ...]
    errors: tuple[str, ...]
    states: tuple[SignatureState, ...]
    emailed_count: int


@one_transaction
def publish_signatures(selection: ReviewSelection) -> ReviewOutcome:
    """Publish confirmed names."""
    return _decide(selection, Decision(SignatureMove.PUBLISH, SignatureState.CONFIRMED))


@one_transaction
def decline_signatures(
    selection: ReviewSelection,
    reason: str,
    expected_state: SignatureState = SignatureState.CONFIRMED,
    explanation: str = "",
) -> ReviewOutcome:
    """Decline names that wait for review, or published ones if `expected_state` says so.

    The `reason` is for the audit log, the `explanation` for the signatories.
    """
    return _decide(selection, Decision(SignatureMove.DECLINE, expected_state, reason), explanation)


@one_transaction
def return_signatures(selection: ReviewSelection, expected_state: SignatureState) -> ReviewOutcome:
    """Take back the publishing or declining of names: each returns to the queue.

    Where the text has changed meanwhile, it waits for its signatory instead, who is asked to confirm the text. Mail that was
    held back is sent.
    """
    return _decide(selection, Decision(SignatureMove.RETURN, expected_state))


@one_transaction
def correct_printed_line(selection: ReviewSelection, correction: Signatory, expected_version: str) -> bool:
    """Correct the one selected name, in the fields that staff edit (STAFF_FIELDS); return whether its signatory is mailed.

    A name keeps the place it holds; one that waits takes its new name's place if that is free. Raises PlaceTaken,
    SignatureChanged, CannotCorrect.
    """
    (signature,) = _lock_selection(selection)
    check_correction(signature.signatory.name, signature.state, signature.signatory, expected_version, signature.answers)
    revision = newest_revision_if_any(selection.letter_id)
    text = revision.text if revision else LetterText(title="", body="")
    before, printed_before = _correctable_fields(signature), line(signature.signatory, text)
    _flush_change(signature, lambda: _apply_correction(signature, correction, selection.at))
    after, printed_after = _correctable_fields(signature), line(signature.signatory, text)
    if signature.state is SignatureState.PUBLISHED:
        record_review(db.session(), signature, selection.coalition_id, selection.actor, selection.at)
    _audit_correction(signature, selection, before, after)
    is_emailed = printed_before != printed_after and signature.source is Source.FORM and bool(signature.email)
    if is_emailed:
        lines = {"before": printed_before, "after": printed_after}
        queue_mail(
            MailKind.CORRECTED, signature.email, {key: [shown.name.text, shown.detail.text] for key, shown in lines.items()},
            at=selection.at, coalition_id=selection.coalition_id, letter_id=selection.letter_id, signature_id=signature.id,
        )  # fmt: skip
    if printed_before != printed_after:
        letter = db.session.get_one(Letter, selection.letter_id)
        notify_second_persons(letter, [signature.id], SignatureEvent.CORRECTED, selection.at)
    return is_emailed


def _audit_correction(
    signature: Signature, selection: ReviewSelection, before: CorrectableFields, after: CorrectableFields
) -> None:
    changed = [field for field in after if after[field] != before[field]]
    if changed:
        chain, subject = ReferenceKind.LETTER.reference(selection.letter_id), ReferenceKind.SIGNATURE.reference(signature.id)
        old_values, new_values = {field: before[field] for field in changed}, {field: after[field] for field in changed}
        append_audit_entry(
            db.session(),
            chain,
            selection.actor,
            "corrected",
            at=selection.at,
            subject=subject,
            before=old_values,
            after=new_values,
        )


def _decide(selection: ReviewSelection, decision: Decision, explanation: str = "") -> ReviewOutcome:
    """Apply a decision to each selected name that it is possible for; the outcome has an error sentence for each other one."""
    changed, errors = [], []
    signatures = _lock_selection(selection)
    editors = last_editors(
        selection.letter_id, [signature.id for signature in signatures if signature.state is not decision.expected_state]
    )
    for signature in signatures:
        try:
            check_decision(signature.signatory.name, signature.state, decision, editors.get(signature.id, ""))
            if decision.move is not SignatureMove.RETURN:  # a returned name is reviewed again anyway
                check_line_version(signature.signatory, selection.expected_versions.get(signature.id, ""), signature.answers)
            _move(signature, decision, selection)
            changed.append(signature)
        except UserFacingError as refusal:
            errors.append(str(refusal))
    changed_ids, emailed_count = [signature.id for signature in changed], 0
    if changed:
        letter = db.session.get_one(Letter, selection.letter_id)
        notify_second_persons(letter, changed_ids, EVENT_BY_MOVE[decision.move], selection.at)
        email_decision(letter, changed, decision.move, explanation, selection.at)
        if decision.move is SignatureMove.RETURN:
            returned_ids = select(Signature.id).where(Signature.id.in_(changed_ids))
            emailed_count = len(release_mail(letter, changed, returned_ids, selection.at))
    names, states = tuple(signature.signatory.name for signature in changed), tuple(signature.state for signature in changed)
    return ReviewOutcome(tuple(changed_ids), names, tuple(errors), states, emailed_count)


def _lock_selection(selection: ReviewSelection) -> Sequence[Signature]:
    """Return the names, locked after their letter and in id order, to avoid deadlocks."""
    db.session.get_one(Letter, selection.letter_id, with_for_update=True)
    return db.session.scalars(
        select(Signature)
        .join(Letter)
        .where(
            Letter.id == selection.letter_id,
            Letter.coalition_id == selection.coalition_id,
            Signature.id.in_(selection.signature_ids),
        )
        .order_by(Signature.id)
        .with_for_update(of=Signature)
    ).all()


def _move(signature: Signature, decision: Decision, selection: ReviewSelection) -> None:
    """Apply a decision to one name, and log it. Raises PlaceTaken and MoveNotAllowed."""
    before = signature.state
    reason = {"reason": decision.reason} if decision.reason else {}
    _flush_change(signature, lambda: _apply_decision(signature, decision, selection.at))
    if decision.move is SignatureMove.PUBLISH:
        record_review(db.session(), signature, selection.coalition_id, selection.actor, selection.at)
    else:
        delete_reviews(db.session(), [signature.id])
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(selection.letter_id), selection.actor, str(EVENT_BY_MOVE[decision.move]),
        at=selection.at,
        subject=ReferenceKind.SIGNATURE.reference(signature.id), before={"state": before}, after={"state": signature.state,
        **reason},
    )  # fmt: skip


def _apply_decision(signature: Signature, decision: Decision, at: dt.datetime) -> None:
    """Move a name as decided; a declined one goes on the blocklist, and a returned one leaves it."""
    if decision.move is SignatureMove.RETURN:
        return_to_queue(signature, at)
        remove_declines_from_blocklist(BlocklistEntry.signature_id == signature.id)
        return
    if decision.move is SignatureMove.PUBLISH:
        claim_place(signature)
        signature.reviewed_at = at
    signature.move(decision.move, at)
    signature.decline_reason = decision.reason
    if decision.move is SignatureMove.DECLINE:
        add_to_blocklist([signature], BlockReason.DECLINED, at)


def _flush_change(signature: Signature, change: Callable[[], None]) -> None:
    """Apply a change and flush it: the unique constraint decides whether the name's place is free. Raises PlaceTaken."""
    name = signature.signatory.name
    try:
        with db.session.begin_nested():
            change()
            db.session.flush()
    except IntegrityError as error:
        if not is_place_conflict(error):
            raise
        raise PlaceTaken(_("%(name)s is already on this letter. Decline the other signature first.", name=name)) from error


def _correctable_fields(signature: Signature) -> CorrectableFields:
    """Return the values of the fields that a correction may change, by key."""
    return {field.key: getattr(signature, field.column) for field in STAFF_FIELDS}


def _apply_correction(signature: Signature, correction: Signatory, at: dt.datetime) -> None:
    """Take over the staff's fields of a correction, and update the name's place and organization."""
    held_place = signature.place_key is not None
    line = replace(signature.signatory, **{one.key: getattr(correction, one.key) for one in STAFF_FIELDS})
    signature.set_staff_line(line)
    if held_place or is_place_free(signature):
        signature.take_place()
    if signature.kind is SignatoryKind.ORGANIZATION:
        coalition_id = db.session.get_one(Letter, signature.letter_id).coalition_id
        signature.organization_id, _new = find_or_create_organization(
            db.session(), coalition_id, correction.organization, signature.website, at
        )
