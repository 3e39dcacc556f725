"""Deadlines of substantive changes: the rule applied once they pass, one reminder before, and extensions by staff."""

import datetime as dt

from sqlalchemy import select

from letterhub.commands.changes._change_notices import running_notice
from letterhub.commands.changes._settling import settle_batch
from letterhub.commands.signatures._shared_steps import email_signatories, lock_letter
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.changes.replies import NotRunning, ReplyState, check_extension, reminder_at
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import LetterState, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import ChangeReply, Signature, append_audit_entry


@one_transaction
def settle_due_change(letter_id: int, at: dt.datetime) -> bool:
    """Settle a batch of the replies to a change whose deadline has passed; return whether there may be more."""
    return settle_batch(letter_id, at)


@one_transaction
def remind_of_change(letter_id: int, at: dt.datetime) -> int:
    """Email a reminder to whoever has not replied to a change whose deadline is near; return how many. Once for a deadline."""
    letter, notice = lock_letter(letter_id), running_notice(letter_id)
    if notice is None or notice.reminded_at is not None or letter.state not in (LetterState.OPEN, LetterState.CLOSED):
        return 0
    if not reminder_at(notice.asked_at, notice.deadline_at) <= at < notice.deadline_at:
        return 0
    notice.reminded_at = at
    waiting = (
        select(Signature)
        .join(ChangeReply, ChangeReply.signature_id == Signature.id)
        .where(ChangeReply.revision_id == notice.revision_id, ChangeReply.state == ReplyState.WAITING)
        .where(Signature.state == SignatureState.OUTDATED, Signature.email != "")
        .order_by(Signature.id)
    )
    signatures = db.session.scalars(waiting).all()
    email_signatories(MailKind.RECONFIRM, signatures, letter, {"is_reminder": True}, at)
    return len(signatures)


@one_transaction
def extend_deadline(letter_id: int, deadline_at: dt.datetime, *, actor: str, at: dt.datetime) -> None:
    """Move the deadline of the change that waits for replies to a later time; those who wait are reminded once before it.

    Raises NotRunning and InvalidDeadline.
    """
    lock_letter(letter_id)
    if (notice := running_notice(letter_id)) is None:
        raise NotRunning(_("No change is waiting for replies."))
    check_extension(notice.state, notice.deadline_at, deadline_at, at)
    before, notice.deadline_at, notice.reminded_at = notice.deadline_at, deadline_at, None
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "reply deadline extended", at=at,
        before={"deadline_at": before.isoformat()}, after={"deadline_at": deadline_at.isoformat()},
    )  # fmt: skip
