"""Replies of a letter's recipients: recorded, corrected, retracted, and mailed to its signatories once.

See docs/design/press.md.
"""

import datetime as dt
import hashlib
from typing import Any

from sqlalchemy import select, update

from letterhub.domain.abuse.submission_limits import make_idempotency_key
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.editions.deliveries import bulk_mail_delay
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.press.replies import ReplyChanged, ReplyFacts, ReplyRefused, check_reply
from letterhub.domain.signatures.signing import utc_to_local
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import BulkRecipient, queue_bulk_mail
from letterhub.models import Letter, OutboxMessage, Reply, append_audit_entry
from letterhub.queries.mail.outbox import WAITING_CONDITION
from letterhub.queries.press.recipients import signatories_to_email


@one_transaction
def record_reply(letter_id: int, facts: ReplyFacts, *, staff_id: int, actor: str, at: dt.datetime) -> None:
    """Record a reply, which stands under the letter at once. A form sent twice records one. Raises ReplyRefused."""
    letter = _lock_letter(letter_id)
    if letter.state is LetterState.DRAFT:
        raise ReplyRefused(_("Open the letter first. A draft has no recipient yet."))
    key = make_idempotency_key(facts.form_token, letter_id)
    if key and db.session.scalar(select(Reply.id).where(Reply.idempotency_key == key)):
        return
    check_reply(facts, utc_to_local(at, letter.deadline_zone)[0], has_file=facts.file is not None)
    reply = Reply(letter_id=letter_id, recorded_at=at, recorded_by_id=staff_id, idempotency_key=key)
    _set_facts(reply, facts)
    db.session.add(reply)
    _append_audit_entry(reply, "reply recorded", actor, at, after=_audit_facts(reply))


@one_transaction
def correct_reply(
    letter_id: int, reply_id: int, facts: ReplyFacts, expected_version: int, *, actor: str, at: dt.datetime
) -> None:
    """Correct a reply. No email goes out again. Raises ReplyRefused, and ReplyChanged if someone else changed it meanwhile."""
    letter, reply = _lock_letter(letter_id), _reply_of(letter_id, reply_id)
    if reply.version != expected_version:
        raise ReplyChanged(_("Someone else changed this reply. Yours is below: save again to replace theirs."))
    has_file = facts.file is not None or (bool(reply.file_name) and not facts.removes_file)
    check_reply(facts, utc_to_local(at, letter.deadline_zone)[0], has_file=has_file)
    before = _audit_facts(reply)
    _set_facts(reply, facts)
    after = _audit_facts(reply)
    if before != after:
        reply.version += 1
        _append_audit_entry(reply, "reply corrected", actor, at, before=before, after=after)


@one_transaction
def retract_reply(letter_id: int, reply_id: int, reason: str, *, actor: str, at: dt.datetime) -> None:
    """Take a reply off the letter; its unsent emails are canceled. Raises ReplyRefused."""
    _lock_letter(letter_id)
    reply = _reply_of(letter_id, reply_id)
    reply.retracted_at, reply.retract_reason = at, reason
    of_reply = OutboxMessage.parameters["reply_id"].as_integer() == reply_id
    values = {"cancelled_at": at, "lease_until": None, "error": _("Not sent: the reply was retracted.")}
    waiting = update(OutboxMessage).where(WAITING_CONDITION, OutboxMessage.letter_id == letter_id, of_reply)
    is_reply = OutboxMessage.kind == MailKind.REPLY
    db.session.execute(waiting.where(is_reply).values(values), execution_options={"synchronize_session": False})
    _append_audit_entry(reply, "reply retracted", actor, at, after={"reason": reason})


@one_transaction
def email_reply(letter_id: int, reply_id: int, *, actor: str, at: dt.datetime) -> int:
    """Email a reply to everyone on the letter now, each mailbox once; return how many. Who signs later gets none.

    The letter is locked, so that of two who do it at once, the second is refused. Raises ReplyRefused.
    """
    letter, reply = _lock_letter(letter_id), _reply_of(letter_id, reply_id)
    if reply.mailed_at is not None:
        raise ReplyRefused(_("This reply was already emailed to the signatories. It is sent once."))
    addresses = signatories_to_email(letter_id).addresses
    if not addresses:
        raise ReplyRefused(_("Nobody would get this email."))
    reply.mailed_at, reply.mailed_count = at, len(addresses)
    paced = (
        BulkRecipient(signature_id, email, at + bulk_mail_delay(place, len(addresses)))
        for place, (signature_id, email) in enumerate(addresses)
    )
    parameters = {"reply_id": reply.id}
    queue_bulk_mail(MailKind.REPLY, paced, parameters, at=at, coalition_id=letter.coalition_id, letter_id=letter_id)
    _append_audit_entry(reply, "reply emailed", actor, at, after={"count": len(addresses)})
    return len(addresses)


def _lock_letter(letter_id: int) -> Letter:
    return db.session.get_one(Letter, letter_id, with_for_update=True)


def _reply_of(letter_id: int, reply_id: int) -> Reply:
    """Return a reply of a letter. Raises ReplyRefused if there is none, or it was retracted."""
    reply = db.session.scalar(select(Reply).where(Reply.id == reply_id, Reply.letter_id == letter_id))
    if reply is None or reply.retracted_at is not None:
        raise ReplyRefused(_("This reply was retracted."))
    return reply


def _set_facts(reply: Reply, facts: ReplyFacts) -> None:
    reply.sender, reply.received_on, reply.text = facts.sender, facts.received_on, facts.text
    if facts.file is not None:
        reply.file_name, reply.content, reply.file_size = facts.file.name, facts.file.content, len(facts.file.content)
        reply.sha256 = hashlib.sha256(facts.file.content).hexdigest()
    elif facts.removes_file:
        reply.file_name, reply.content, reply.file_size, reply.sha256 = "", None, 0, ""


def _audit_facts(reply: Reply) -> dict[str, Any]:
    """Return a reply's facts for the audit log: of text and file, the fingerprints."""
    return {
        "sender": reply.sender, "received_on": reply.received_on.isoformat(), "file": reply.file_name,
        "text_sha256": hashlib.sha256(reply.text.encode()).hexdigest() if reply.text else "", "sha256": reply.sha256,
    }  # fmt: skip


def _append_audit_entry(
    reply: Reply, action: str, actor: str, at: dt.datetime, *, after: dict[str, Any], before: dict[str, Any] | None = None
) -> None:
    chain, after = ReferenceKind.LETTER.reference(reply.letter_id), {"name": reply.sender, **after}
    append_audit_entry(db.session(), chain, actor, action, at=at, before=before or {}, after=after)
