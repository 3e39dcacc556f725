"""Bulk decline of names by where they came from, and its undo. See docs/design/abuse.md."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from letterhub.commands.abuse._blocklist import add_to_blocklist, remove_declines_from_blocklist
from letterhub.commands.mail._mail_holds import hold_mail, release_mail
from letterhub.commands.signatures._notifications import notify_second_persons
from letterhub.commands.signatures._place_assignment import return_to_queue
from letterhub.commands.signatures._shared_steps import lock_letter
from letterhub.domain.abuse.blocklist import BlockReason
from letterhub.domain.abuse.bulk_decline import HOUR, AlreadyUndone, ExpectedMatches, MatchesChanged, SubmissionPattern
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.signatures.review import SignatureEvent
from letterhub.domain.signatures.signing import AlreadySigned
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import BlocklistEntry, BulkDecline, BulkDeclineItem, Signature, append_audit_entry
from letterhub.queries.abuse.submission_sources import signatures_to_decline


@dataclass(frozen=True, slots=True)
class UndoneBulkDecline:
    """Result of an undo: `restored_count` names restored; of them `outdated_count` wait for their signatories under a changed
    text, `emailed_count` were mailed, and `denied_count` wait for staff because their organization denied them meanwhile.
    """

    restored_count: int
    outdated_count: int = 0
    emailed_count: int = 0
    denied_count: int = 0


@one_transaction
def decline_in_bulk(
    letter_id: int, pattern: SubmissionPattern, expected: ExpectedMatches, reason: str, *, actor: str, at: dt.datetime
) -> int:
    """Decline all names that match a pattern and were shown; return how many. Raises MatchesChanged if their number changed."""
    letter = lock_letter(letter_id)
    statement = signatures_to_decline(letter_id, pattern, expected).order_by(Signature.id).with_for_update(of=Signature)
    signatures = db.session.scalars(statement).all()
    if pattern.is_empty or len(signatures) != expected.count:
        raise MatchesChanged(
            _("The names changed after this page was shown, so nothing was declined. Please review them again.")
        )
    bulk_decline = BulkDecline(
        letter_id=letter_id, network_hash=pattern.network, mail_domain=pattern.domain, since=pattern.hour,
        until=pattern.hour + HOUR if pattern.hour else None, reason=reason, count=len(signatures), actor=actor, at=at,
    )  # fmt: skip
    db.session.add(bulk_decline)
    db.session.flush()
    for signature in signatures:
        db.session.add(
            BulkDeclineItem(bulk_decline_id=bulk_decline.id, signature_id=signature.id, state_before=signature.state)
        )
        signature.move(SignatureMove.DECLINE, at)
        signature.decline_reason = reason
    add_to_blocklist(signatures, BlockReason.DECLINED, at)
    hold_mail(_declined_ids(bulk_decline.id), at)
    notify_second_persons(letter, _declined_ids(bulk_decline.id), SignatureEvent.DECLINED, at)
    facts = {"count": bulk_decline.count, "reason": reason, "pattern": ", ".join(pattern.as_facts().values())}
    append_audit_entry(
        db.session(),
        ReferenceKind.LETTER.reference(letter_id),
        actor,
        "bulk declined",
        at=at,
        subject=ReferenceKind.BULK_DECLINE.reference(bulk_decline.id),
        after=facts,
    )
    return bulk_decline.count


@one_transaction
def undo_bulk_decline(letter_id: int, bulk_decline_id: int, *, actor: str, at: dt.datetime) -> UndoneBulkDecline:
    """Restore the names of a bulk decline to their earlier states, except those changed since. Raises AlreadyUndone.

    Mails held back are released. A person whose mailbox has another signature in force stays declined, as does one that staff
    returned and declined individually. A name whose text changed in substance waits for its signatory, who is asked by mail;
    one that its organization denied waits for staff.
    """
    letter = lock_letter(letter_id)
    bulk_decline = db.session.get(BulkDecline, bulk_decline_id, with_for_update=True)
    if bulk_decline is None or bulk_decline.letter_id != letter_id or bulk_decline.restored_at is not None:
        raise AlreadyUndone(_("This has already been undone."))
    bulk_decline.restored_at = at
    declined_ids = _declined_ids(bulk_decline_id)
    was_listed = BulkDeclineItem.state_before == SignatureState.PUBLISHED
    listed_ids = frozenset(db.session.scalars(declined_ids.where(was_listed)))
    publishable_ids = listed_ids - _denied_later_ids(bulk_decline)
    unchanged = (Signature.state == SignatureState.DECLINED, Signature.contact_erased_at.is_(None))
    still_declined = select(Signature).where(Signature.id.in_(declined_ids), *unchanged, Signature.ended_at == bulk_decline.at)
    restored = [
        signature
        for signature in db.session.scalars(still_declined.order_by(Signature.id).with_for_update()).all()
        if _try_restore(signature, listed=signature.id in publishable_ids, at=at)
    ]
    remove_declines_from_blocklist(BlocklistEntry.signature_id.in_(declined_ids), BlocklistEntry.blocked_at == bulk_decline.at)
    emailed_ids = release_mail(letter, restored, declined_ids, at)
    outdated = sum(1 for signature in restored if signature.state is SignatureState.OUTDATED)
    in_queue = [signature for signature in restored if signature.state is SignatureState.CONFIRMED]
    unlisted = [signature for signature in in_queue if signature.id in listed_ids]
    _audit_undo(bulk_decline, len(restored), unlisted, actor, at)
    return UndoneBulkDecline(len(restored), outdated, len(emailed_ids), len(unlisted))


def _audit_undo(bulk_decline: BulkDecline, count: int, unlisted: Sequence[Signature], actor: str, at: dt.datetime) -> None:
    """Log the undo, and individually each name that was listed and now waits for review, as its organization denied it."""
    chain, subject = (
        ReferenceKind.LETTER.reference(bulk_decline.letter_id),
        ReferenceKind.BULK_DECLINE.reference(bulk_decline.id),
    )
    append_audit_entry(db.session(), chain, actor, "bulk decline undone", at=at, subject=subject, after={"count": count})
    before, after = {"state": str(SignatureState.DECLINED)}, {"state": str(SignatureState.CONFIRMED)}
    for signature in unlisted:
        signature_reference = ReferenceKind.SIGNATURE.reference(signature.id)
        append_audit_entry(
            db.session(), chain, actor, "returned", at=at, subject=signature_reference, before=before, after=after
        )


def _declined_ids(bulk_decline_id: int) -> Select[int]:
    """Return a subquery of the bulk decline's signature ids: there may be more than fit into bound parameters."""
    return select(BulkDeclineItem.signature_id).where(BulkDeclineItem.bulk_decline_id == bulk_decline_id)


def _denied_later_ids(bulk_decline: BulkDecline) -> frozenset[int]:
    """Return the ids of the declined signatures that their organization denied after the bulk decline.

    An organization that was asked can still answer then. Compares ids, assigned under the letter's lock: timestamps come from
    the clocks of several machines.
    """
    own_entries = (
        BlocklistEntry.signature_id.in_(_declined_ids(bulk_decline.id)),
        BlocklistEntry.reason == BlockReason.DECLINED,
        BlocklistEntry.blocked_at == bulk_decline.at,
    )
    last_own_id = select(func.coalesce(func.max(BlocklistEntry.id), 0)).where(*own_entries).scalar_subquery()
    statement = select(BlocklistEntry.signature_id).where(
        BlocklistEntry.letter_id == bulk_decline.letter_id,
        BlocklistEntry.reason == BlockReason.DENIED,
        BlocklistEntry.id > last_own_id,
    )
    return frozenset(db.session.scalars(statement))


def _try_restore(signature: Signature, *, listed: bool, at: dt.datetime) -> bool:
    """Restore a declined name; return False if its person's mailbox has another signature in force, so that it stays declined.

    A `listed` one returns to the list, unless its text changed or its place is taken; any other one to the queue.
    """
    reviewed_at = signature.reviewed_at
    try:
        with db.session.begin_nested():
            return_to_queue(signature, at)
            if listed and signature.state is SignatureState.CONFIRMED and signature.place_key is not None:
                signature.move(SignatureMove.PUBLISH, at)
                signature.reviewed_at = reviewed_at
            db.session.flush()
    except AlreadySigned:
        return False
    return True
