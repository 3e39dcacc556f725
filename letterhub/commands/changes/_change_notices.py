"""Shared steps of notices about a substantive change: begun, ended, and what a signatory replies. Callers lock the letter."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import insert, select, update

from letterhub.domain.changes.replies import MIN_NOTICE, REPLY_STATES, ChangeTerms, NoticeState, ReplyState
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import ChangeReply, Letter, Revision, Signature, TextChangeNotice
from letterhub.queries.changes.changes import current_change_id

_UNANSWERED = (ReplyState.WAITING, ReplyState.NOT_CONFIRMED, ReplyState.UNREACHED)


def running_notice(letter_id: int) -> TextChangeNotice | None:
    """Return the notice that runs under a letter, refreshed; None if there is none."""
    query = select(TextChangeNotice).where(
        TextChangeNotice.letter_id == letter_id, TextChangeNotice.state == NoticeState.RUNNING
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def current_notice(letter_id: int) -> TextChangeNotice | None:
    """Return the notice about the change that made a letter's current text, running or not; None if there is none."""
    return db.session.scalar(select(TextChangeNotice).where(TextChangeNotice.revision_id == current_change_id(letter_id)))


def waiting_ids(letter_id: int) -> frozenset[int]:
    """Return the ids of the signatures that a running notice waits for."""
    query = (
        select(ChangeReply.signature_id)
        .join(TextChangeNotice, TextChangeNotice.revision_id == ChangeReply.revision_id)
        .where(TextChangeNotice.letter_id == letter_id, TextChangeNotice.state == NoticeState.RUNNING)
        .where(ChangeReply.state == ReplyState.WAITING)
    )
    return frozenset(db.session.scalars(query))


def end_running_notice(letter_id: int, state: NoticeState, at: dt.datetime) -> None:
    """End the notice that runs under a letter, if there is one, before its deadline: silence then means nothing."""
    if (notice := running_notice(letter_id)) is None:
        return
    waiting = update(ChangeReply).where(ChangeReply.revision_id == notice.revision_id, ChangeReply.state == ReplyState.WAITING)
    db.session.execute(waiting.values(state=ReplyState.ENDED, replied_at=at))
    notice.state, notice.ended_at = state, at
    db.session.flush()


def resume_replaced_notice(letter_id: int, at: dt.datetime) -> Sequence[Signature]:
    """Resume the notice about the change that made the current text, if the one that replaced it was taken back and the
    deadline leaves enough time; return the signatories who are waited for again."""
    notice = current_notice(letter_id)
    if notice is None or notice.state is not NoticeState.REPLACED or notice.deadline_at < at + MIN_NOTICE:
        return []
    query = (
        select(Signature, ChangeReply)
        .join(ChangeReply, ChangeReply.signature_id == Signature.id)
        .where(ChangeReply.revision_id == notice.revision_id, ChangeReply.state == ReplyState.ENDED)
        .where(ChangeReply.replied_at == notice.ended_at, Signature.state == SignatureState.OUTDATED)
        .order_by(Signature.id)
    )
    rows = db.session.execute(query).all()
    for _signature, reply in rows:
        reply.state, reply.replied_at = ReplyState.WAITING, None
    notice.state, notice.ended_at = NoticeState.RUNNING, None
    db.session.flush()
    return [signature for signature, _reply in rows]


def begin_notice(revision: Revision, signatures: Sequence[Signature], terms: ChangeTerms, at: dt.datetime) -> None:
    """Begin the notice about the change that made a revision, and wait for a reply of each of these signatures. An earlier
    notice is replaced."""
    end_running_notice(revision.letter_id, NoticeState.REPLACED, at)
    db.session.add(
        TextChangeNotice(
            revision_id=revision.id, letter_id=revision.letter_id, rule=terms.rule, deadline_at=terms.deadline_at,
            deadline_zone=terms.zone, asked_at=at,
        )
    )  # fmt: skip
    db.session.flush()
    of_letter = select(Revision.id, Revision.number).where(Revision.letter_id == revision.letter_id)
    numbers = {row.id: row.number for row in db.session.execute(of_letter)}
    rows = [
        {
            "revision_id": revision.id, "signature_id": signature.id, "state": ReplyState.WAITING,
            "signed_number": numbers[signature.revision_id],
        }
        for signature in signatures
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(ChangeReply), rows)


def is_reply_awaited(signature: Signature, letter: Letter, at: dt.datetime) -> bool:
    """Return whether a signatory may still reply to a change, which is promised until its deadline, also once the letter is
    closed or delivered."""
    if letter.state not in REPLY_STATES:
        return False
    notice = running_notice(letter.id)
    if notice is None or at > notice.deadline_at:
        return False
    reply = db.session.get(ChangeReply, (notice.revision_id, signature.id), populate_existing=True)
    return reply is not None and reply.state is ReplyState.WAITING


def record_confirmation(signature: Signature, at: dt.datetime) -> None:
    """Record that a signatory confirmed the change that made the current text, also after its deadline."""
    _record_reply(signature, ReplyState.CONFIRMED, _UNANSWERED, at)


def record_objection(signature: Signature, at: dt.datetime) -> None:
    """Record that a signatory who took the name off objected to the change that made the current text, if it was not
    answered.

    Whoever objects before the deadline has objected, even if the worker was first to write that they had not.
    """
    if (notice := current_notice(signature.letter_id)) is None:
        return
    if at <= notice.deadline_at and _record_reply(signature, ReplyState.OBJECTED, (ReplyState.NOT_OBJECTED,), at):
        notice.silent_count -= notice.state is NoticeState.SETTLED
    _record_reply(signature, ReplyState.OBJECTED, (ReplyState.WAITING,), at)


def _record_reply(signature: Signature, state: ReplyState, before: Sequence[ReplyState], at: dt.datetime) -> bool:
    """Record a reply to the current change in place of one of the states `before`; return whether it was in one."""
    reply = update(ChangeReply).where(
        ChangeReply.signature_id == signature.id,
        ChangeReply.revision_id == current_change_id(signature.letter_id),
        ChangeReply.state.in_(before),
    )
    changed = db.session.scalars(reply.values(state=state, replied_at=at).returning(ChangeReply.signature_id))
    return changed.one_or_none() is not None
