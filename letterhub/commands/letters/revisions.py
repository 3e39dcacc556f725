"""Revisions of an open letter's text: replaced before anyone signs, corrected or changed later, and changes undone.

Signing and revising both lock the letter first, so that each signature is for the text before or the text after.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from letterhub.commands.changes._change_notices import begin_notice, end_running_notice, resume_replaced_notice, waiting_ids
from letterhub.commands.letters._shared_steps import add_revision, check_text_editable, check_version, lock_letter_and_draft
from letterhub.commands.signatures._relisting import try_restore
from letterhub.commands.signatures._shared_steps import current_revision, email_signatories
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.changes.replies import NoticeState, check_deadline
from letterhub.domain.editions.deliveries import bulk_mail_delay
from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import LetterNotReady, TextIsLocked, trim_text
from letterhub.domain.letters.opening_rules import missing_requirements
from letterhub.domain.letters.revisions import (
    ChangeKind,
    SameText,
    TextChange,
    TextIsSigned,
    check_change_description,
    check_revert,
    check_still_current,
)
from letterhub.domain.letters.serialization import fingerprint, text_from_facts, text_to_facts
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import ACTIVE_STATES, CONFIRMED_STATES, LetterState, SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Draft, Letter, OutboxMessage, Revision, Signature, append_audit_entry
from letterhub.queries.changes.changes import is_settled, unopposed_numbers
from letterhub.queries.letters.revisions import is_blocked_by_review, signature_counts
from letterhub.queries.signatures.own_signature import confirmed_by_mail_condition

AUDIT_ACTIONS = {
    ChangeKind.UNSIGNED: "revised",
    ChangeKind.TYPO: "typo corrected",
    ChangeKind.SUBSTANCE: "text changed",
    ChangeKind.REVERTED: "change taken back",
}
UNSIGNED_CHANGE = TextChange(ChangeKind.UNSIGNED, "")


@one_transaction
def publish_unsigned_text(letter_id: int, version: int, *, actor: str, staff_id: int, at: dt.datetime) -> int:
    """Publish the changed draft of an open letter that nobody has signed; return the revision number.

    Raises TextIsLocked, TextIsSigned, DraftConflict and LetterNotReady. An unchanged text makes no new revision.
    """
    letter, draft = lock_letter_and_draft(letter_id)
    last, content = _revision_and_content(letter, draft, version, at)
    if last.sha256 == fingerprint(content):
        return last.number
    if signature_counts(letter_id).has_signatures:
        raise TextIsSigned(
            _("Someone has signed this letter in the meantime. Choose what kind of change this is, and enter the reason.")
        )
    revision = add_revision(last, content, UNSIGNED_CHANGE, base=last, staff_id=staff_id, at=at)
    _append_audit_entry(revision, last, actor, 0)
    return revision.number


@one_transaction
def publish_text_change(
    letter_id: int, version: int, expected_revision: int, change: TextChange, *, actor: str, staff_id: int, at: dt.datetime
) -> int:
    """Publish the changed draft of a signed letter, and mail its signatories; return the revision number.

    A typo keeps all signatures, and is mailed to those who confirmed from their mailbox; a substantive change asks everyone
    by a deadline, under the rule of its terms. `expected_revision` is the number of the revision the draft was compared with.
    Raises ChangeNotDescribed, InvalidDeadline, RevisionConflict, SameText, TextIsLocked, DraftConflict, LetterNotReady.
    """
    letter, draft = lock_letter_and_draft(letter_id)
    last, content = _revision_and_content(letter, draft, version, at)
    check_still_current(expected_revision, last.number)
    if last.sha256 == fingerprint(content):
        raise SameText(_("Readers already see this text, so there is nothing to publish."))
    check_change_description(change)
    ask = _publish_substance if change.kind is ChangeKind.SUBSTANCE else _publish_typo
    revision, count = ask(letter, last, content, change, staff_id, at)
    _append_audit_entry(revision, last, actor, count, change)
    return revision.number


def _publish_substance(
    letter: Letter, last: Revision, content: dict[str, object], change: TextChange, staff_id: int, at: dt.datetime
) -> tuple[Revision, int]:
    """Publish a substantive change: signatures in force are outdated, and wait for a reply with those that waited already.
    Return the revision, and how many signatories are emailed."""
    assert change.terms is not None  # checked by check_change_description
    signatures, waiting = _lock_in_states(letter.id, *CONFIRMED_STATES), waiting_ids(letter.id)
    asked = [one for one in signatures if one.state in ACTIVE_STATES or one.id in waiting]
    reachable = sum(bool(one.email) for one in signatures)
    check_deadline(change.terms.deadline_at, at, at + bulk_mail_delay(max(reachable - 1, 0), reachable))
    for signature in signatures:
        if signature.state in ACTIVE_STATES:
            signature.move(SignatureMove.OUTDATE, at)
    listed_count = sum(signature.published_at is not None for signature in signatures)
    revision = add_revision(last, content, change, base=last, asked_again=listed_count, staff_id=staff_id, at=at)
    begin_notice(revision, asked, change.terms, at)
    email_signatories(MailKind.RECONFIRM, signatures, letter, {}, at)
    return revision, len(signatures)


def _publish_typo(
    letter: Letter, last: Revision, content: dict[str, object], change: TextChange, staff_id: int, at: dt.datetime
) -> tuple[Revision, int]:
    """Publish a corrected typo, and tell whoever confirmed from their mailbox. Return the revision, and how many signatures
    stay."""
    signatures = _lock_in_states(letter.id, *ACTIVE_STATES)
    revision = add_revision(last, content, change, base=last, asked_again=0, staff_id=staff_id, at=at)
    by_mail = select(Signature.id).where(Signature.letter_id == letter.id, confirmed_by_mail_condition())
    confirmed_ids = frozenset(db.session.scalars(by_mail))
    confirmed = [signature for signature in signatures if signature.id in confirmed_ids]
    email_signatories(MailKind.TYPO, confirmed, letter, {"revision_id": revision.id}, at)
    return revision, len(signatures)


@one_transaction
def undo_text_change(letter_id: int, expected_revision: int, *, actor: str, staff_id: int, at: dt.datetime) -> int:
    """Undo the last substantive change, while no reviewed name has confirmed it: the earlier text and its signatures return.

    Those who signed the changed text are asked to confirm again. The history keeps both: the earlier text returns as a new
    revision with the same hash. `expected_revision` is the number of the revision that was shown. Return the new number; raises
    RevisionConflict and CannotRevertChange.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    if letter.takes_late_names:
        check_text_editable(letter)
    last = current_revision(letter_id)
    check_still_current(expected_revision, last.number)
    changed = _revision_by_number(letter_id, last.counts_from)
    check_revert(
        letter.state, changed.change, is_blocked_by_review(letter_id, changed.number),
        is_settled=is_settled(letter_id, changed.number),
    )  # fmt: skip
    earlier = _revision_by_number(letter_id, changed.number - 1)
    change = TextChange(ChangeKind.REVERTED, "")
    revision = add_revision(last, earlier.content, change, base=earlier, staff_id=staff_id, at=at)
    end_running_notice(letter_id, NoticeState.TAKEN_BACK, at)
    outdated = _outdate_since(letter_id, changed.number, at)
    restored = _restore(letter_id, earlier.counts_from, changed, at)
    asked = {signature.id: signature for signature in (*outdated, *resume_replaced_notice(letter_id, at))}
    email_signatories(MailKind.RECONFIRM, list(asked.values()), letter, {}, at)
    reconfirmations = select(OutboxMessage.signature_id).where(
        OutboxMessage.letter_id == letter_id,
        OutboxMessage.kind == MailKind.RECONFIRM,
        OutboxMessage.created_at >= changed.created_at,
        OutboxMessage.attempts > 0,
    )
    emailed_ids = frozenset(db.session.scalars(reconfirmations))
    email_signatories(MailKind.RESTORED, [signature for signature in restored if signature.id in emailed_ids], letter, {}, at)
    _append_audit_entry(revision, last, actor, len(restored))
    return revision.number


def _revision_and_content(letter: Letter, draft: Draft, version: int, at: dt.datetime) -> tuple[Revision, dict[str, object]]:
    """Return the revision that readers see, and the draft's text as the content of the next one.

    Raises TextIsLocked, DraftConflict and LetterNotReady.
    """
    check_text_editable(letter)
    check_version(draft, version)
    if letter.state is not LetterState.OPEN:
        raise TextIsLocked(_("This letter is not open yet. Readers will see its text when it opens."))
    text = trim_text(text_from_facts(draft.text))
    if missing := missing_requirements(text, None, at):
        raise LetterNotReady(missing)
    return current_revision(letter.id), text_to_facts(text)


def _lock_in_states(letter_id: int, *states: SignatureState) -> Sequence[Signature]:
    """Return a letter's signatures in these states, locked in the usual order."""
    statement = select(Signature).where(Signature.letter_id == letter_id, Signature.state.in_(states))
    return db.session.scalars(statement.order_by(Signature.id).with_for_update()).all()


def _outdate_since(letter_id: int, number: int, at: dt.datetime) -> Sequence[Signature]:
    """Outdate the signatures in force of the revision with this number and later ones; return them."""
    numbers = _revision_numbers(letter_id)
    signatures = [
        signature for signature in _lock_in_states(letter_id, *ACTIVE_STATES) if numbers[signature.revision_id] >= number
    ]
    for signature in signatures:
        signature.move(SignatureMove.OUTDATE, at)
    db.session.flush()
    return signatures


def _restore(letter_id: int, counts_from: int, changed: Revision, at: dt.datetime) -> Sequence[Signature]:
    """Restore the signatures that counted from revision `counts_from` up to the change to their earlier states: those of these
    revisions, and earlier ones that stayed without an objection. Return those restored.

    Signatures that hold their place come first. Of several for one place, the one with the best proof is listed.
    """
    numbers, unopposed = _revision_numbers(letter_id), unopposed_numbers(letter_id)
    outdated = _lock_in_states(letter_id, SignatureState.OUTDATED)
    candidates = [
        signature
        for signature in outdated
        if counts_from <= max(numbers[signature.revision_id], unopposed.get(signature.id, 0)) < changed.number
    ]
    restored = []
    for signature in sorted(candidates, key=lambda signature: (signature.place_key is None, signature.id)):
        if try_restore(signature, at):
            restored.append(signature)
            if signature.outdated_at == changed.created_at:
                signature.outdated_at = None
    return restored


def _revision_numbers(letter_id: int) -> Mapping[int, int]:
    """Return the number of each revision of a letter, by id."""
    return {
        revision.id: revision.number for revision in db.session.scalars(select(Revision).where(Revision.letter_id == letter_id))
    }


def _revision_by_number(letter_id: int, number: int) -> Revision:
    return db.session.scalars(select(Revision).where(Revision.letter_id == letter_id, Revision.number == number)).one()


def _append_audit_entry(
    revision: Revision, last: Revision, actor: str, signature_count: int, change: TextChange | None = None
) -> None:
    """Log which text replaced which, why, how many signatures it affected, and what signatories were asked."""
    before = {"revision": last.number, "sha256": last.sha256}
    facts = {"revision": revision.number, "sha256": revision.sha256, "reason": revision.reason, "signatures": signature_count}
    if change is not None and change.terms is not None:
        facts |= {"rule": str(change.terms.rule), "deadline_at": change.terms.deadline_at.isoformat()}
    after = {name: value for name, value in facts.items() if value}
    chain, action = ReferenceKind.LETTER.reference(revision.letter_id), AUDIT_ACTIONS[revision.change]
    append_audit_entry(db.session(), chain, actor, action, at=revision.created_at, before=before, after=after)
