"""Settling of a substantive change at its deadline, in batches: the rule is applied to whoever did not reply.

A batch is one transaction under the letter's lock. What it settled waits no more, so a worker that was killed loses nothing,
and a second one finds nothing to do.
"""

import datetime as dt

from sqlalchemy import select

from letterhub.commands.changes._change_notices import running_notice
from letterhub.commands.signatures._relisting import try_restore
from letterhub.commands.signatures._shared_steps import audit_facts_of_signing, lock_letter
from letterhub.domain.audit.log import WORKER, ReferenceKind
from letterhub.domain.changes.replies import REPLY_STATES, NoticeDelivery, NoticeState, ReplyState, reply_at_deadline
from letterhub.domain.signatures.evidence import Fact, FactKind
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import ChangeReply, Revision, Signature, TextChangeNotice, add_evidence, append_audit_entry
from letterhub.queries.changes.changes import notice_deliveries, reply_counts

BATCH_SIZE = 100


def settle_batch(letter_id: int, at: dt.datetime) -> bool:
    """Settle the next replies of a notice whose deadline has passed, in the caller's transaction; return whether there was
    anything to do."""
    letter, notice = lock_letter(letter_id), running_notice(letter_id)
    if notice is None or notice.deadline_at > at:
        return False
    waiting = select(ChangeReply).where(ChangeReply.revision_id == notice.revision_id, ChangeReply.state == ReplyState.WAITING)
    replies = db.session.scalars(waiting.order_by(ChangeReply.signature_id).limit(BATCH_SIZE).with_for_update()).all()
    if not replies:
        _end(notice, at)
        return True
    ids = [reply.signature_id for reply in replies]
    locked = select(Signature).where(Signature.id.in_(ids)).order_by(Signature.id).with_for_update()
    signatures = {one.id: one for one in db.session.scalars(locked.execution_options(populate_existing=True))}
    deliveries, revision = notice_deliveries(notice.revision_id, ids), db.session.get_one(Revision, notice.revision_id)
    for reply in replies:
        if letter.state not in REPLY_STATES:  # withdrawn: nobody is on it, and nobody comes back by silence
            reply.state, reply.replied_at = ReplyState.ENDED, at
            continue
        _settle(reply, signatures[reply.signature_id], notice, revision, deliveries[reply.signature_id], at)
    return True


def _settle(
    reply: ChangeReply,
    signature: Signature,
    notice: TextChangeNotice,
    revision: Revision,
    delivery: NoticeDelivery,
    at: dt.datetime,
) -> None:
    """Apply the rule to one signatory who did not reply."""
    reply.noticed_at, reply.replied_at = delivery.sent_at, at
    if signature.state is not SignatureState.OUTDATED:
        reply.state = ReplyState.ENDED
        return
    reply.state = reply_at_deadline(notice.rule, delivery, notice.deadline_at)
    if reply.state is not ReplyState.NOT_OBJECTED:
        return
    if not try_restore(signature, at, is_checked=True):
        reply.state = ReplyState.ENDED
        return
    signature.outdated_at = None
    facts = {
        "signed": str(reply.signed_number), "revision": str(revision.number),
        "noticed_at": delivery.sent_at.isoformat() if delivery.sent_at else "", "deadline_at": notice.deadline_at.isoformat(),
    }  # fmt: skip
    add_evidence(db.session(), signature.id, Fact(FactKind.NOT_OBJECTED, WORKER, at, facts=facts))
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(notice.letter_id), WORKER, "did not object", at=at,
        subject=ReferenceKind.SIGNATURE.reference(signature.id),
        after=audit_facts_of_signing(signature, revision.number, revision.sha256),
    )  # fmt: skip


def _end(notice: TextChangeNotice, at: dt.datetime) -> None:
    """End a notice whose replies are all settled, and log how many there are of each."""
    counts = reply_counts(notice.revision_id)
    notice.state, notice.ended_at, notice.silent_count = NoticeState.SETTLED, at, counts[ReplyState.NOT_OBJECTED]
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(notice.letter_id), WORKER, "change settled", at=at,
        after={"rule": str(notice.rule), **{str(state): count for state, count in counts.by_state.items()}},
    )  # fmt: skip
