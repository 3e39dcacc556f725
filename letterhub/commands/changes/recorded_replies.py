"""Replies to a substantive change that staff record for a signatory who told them outside of this site."""

import datetime as dt

from letterhub.commands.changes._change_notices import current_notice, record_confirmation, record_objection
from letterhub.commands.signatures._evidence import store_document
from letterhub.commands.signatures._notifications import notify_second_persons
from letterhub.commands.signatures._place_assignment import reassign_corrected_place
from letterhub.commands.signatures._relisting import relist_confirmed
from letterhub.commands.signatures._shared_steps import (
    audit_facts_of_signing,
    cancel_emails,
    current_revision,
    email_signatory,
    lock_signature,
)
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.changes.recorded_replies import (
    CannotRecordReply,
    InvalidReplyDay,
    RecordedReply,
    ReplyAnswer,
    check_reply_day,
    is_in_time,
    is_recordable,
)
from letterhub.domain.changes.replies import ChangeTerms, ReplyState
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.evidence import Fact, FactKind
from letterhub.domain.signatures.review import SignatureEvent
from letterhub.domain.signatures.signing import may_confirm
from letterhub.domain.states import SignatureMove
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import ChangeReply, Letter, Signature, add_evidence, append_audit_entry, end_quotes
from letterhub.queries.signatures.own_signature import is_confirmed_by_mail

FACT_KINDS = {ReplyAnswer.YES: FactKind.CHANGE_CONFIRMED, ReplyAnswer.OBJECTION: FactKind.CHANGE_OBJECTED}
ACTIONS = {ReplyAnswer.YES: "confirmation recorded", ReplyAnswer.OBJECTION: "objection recorded"}


@one_transaction
def record_change_reply(
    signature_id: int, reply: RecordedReply, *, revision: int, staff_id: int, actor: str, at: dt.datetime
) -> None:
    """Record what a signatory replied to the last change, with its evidence; `revision` is the number of the text that staff
    saw. With a yes the name returns as if the signatory had confirmed, with an objection it is withdrawn.

    A reply of the deadline's day or before counts as one in time, whenever it is entered; a later yes counts while the
    signatory could still confirm. Raises CannotRecordReply and InvalidReplyDay.
    """
    letter, signature = lock_signature(signature_id)
    notice = current_notice(letter.id)
    before = db.session.get(ChangeReply, (notice.revision_id, signature.id), populate_existing=True) if notice else None
    if notice is None or not is_recordable(letter.state, signature.state, before.state if before else None):
        raise CannotRecordReply(_("This signatory has replied meanwhile, or isn’t asked anymore."))
    current, state_before = current_revision(letter.id), signature.state
    if revision != current.number:
        raise CannotRecordReply(_("The text changed while you had this page open. Check that they replied to this version."))
    terms = ChangeTerms(notice.rule, notice.deadline_at, notice.deadline_zone)
    check_reply_day(reply.replied_on, notice.asked_at, terms, at)
    if reply.answer is ReplyAnswer.OBJECTION:
        record_objection(signature, min(at, notice.deadline_at) if is_in_time(reply.replied_on, terms) else at)
        signature.move(SignatureMove.WITHDRAW, at)
        end_quotes(db.session(), signature.id, at)
        cancel_emails(signature, at)
        notify_second_persons(letter, [signature.id], SignatureEvent.WITHDRAWN, at)
    else:
        _confirm(letter, signature, before, is_timely=is_in_time(reply.replied_on, terms), revision_id=current.id, at=at)
    facts = reply.facts(current.number, signature.email)
    add_evidence(db.session(), signature.id, Fact(FACT_KINDS[reply.answer], actor, at, facts=facts))
    store_document(signature.id, reply.note, reply.file, staff_id, at)
    _email(letter, signature, reply.answer, at)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter.id), actor, ACTIONS[reply.answer], at=at,
        subject=ReferenceKind.SIGNATURE.reference(signature.id), before={"state": str(state_before)},
        after={**audit_facts_of_signing(signature, current.number, current.sha256), **facts},
    )  # fmt: skip


def _confirm(
    letter: Letter, signature: Signature, reply: ChangeReply | None, *, is_timely: bool, revision_id: int, at: dt.datetime
) -> None:
    """Confirm a signature under the current text. Raises CannotRecordReply, and InvalidReplyDay for a yes that is too late."""
    if reply is not None and reply.state is ReplyState.NOT_OBJECTED:
        raise CannotRecordReply(_("This signatory didn’t object, so the name is on the letter already."))
    if not is_timely and not may_confirm(letter.signing_period, signature.created_at, at):
        raise InvalidReplyDay(_("This day is after the deadline, and the letter takes no more confirmations."))
    listed_at = signature.published_at
    signature.revision_id, signature.translation_id = revision_id, None  # no page of ours was read
    signature.move(SignatureMove.CONFIRM, at)
    reassign_corrected_place(signature, new=False, at=at)
    record_confirmation(signature, at)
    relist_confirmed(signature, letter, listed_at, at, is_new=False)


def _email(letter: Letter, signature: Signature, answer: ReplyAnswer, at: dt.datetime) -> None:
    """Email the signatory what was recorded, with the means to contradict it."""
    if not signature.email:
        return
    if answer is ReplyAnswer.OBJECTION:
        email_signatory(MailKind.WITHDRAWN, signature, letter, at)
    else:
        kind = MailKind.SIGNED if is_confirmed_by_mail(signature.id) else MailKind.ADDED
        email_signatory(kind, signature, letter, at)
