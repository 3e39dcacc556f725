"""Notices about substantive changes: what runs, who replied how, whom the notice reached, and what is due."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select

from letterhub.domain.changes.replies import (
    MIN_NOTICE,
    ChangeTerms,
    NoticeDelivery,
    NoticeState,
    ReplyState,
    SilenceRule,
    reminder_at,
)
from letterhub.domain.mail.outgoing_mail import MailKind, SuppressionReason
from letterhub.infrastructure.db import db
from letterhub.models import ChangeReply, MailSuppression, OutboxMessage, Revision, Signature, TextChangeNotice
from letterhub.queries.signatures.own_signature import confirmed_by_mail_condition


@dataclass(frozen=True, slots=True)
class Change:
    """Substantive change that signatories are asked about: the number of its revision, its terms, and its state.

    `silent_count` is how many did not object, known since the deadline."""

    letter_id: int
    revision_id: int
    number: int
    terms: ChangeTerms
    state: NoticeState
    asked_at: dt.datetime
    silent_count: int

    @property
    def keeps_silent(self) -> bool:
        """Return whether signatories who do not reply stay."""
        return self.terms.rule is SilenceRule.KEEP

    @property
    def is_running(self) -> bool:
        """Return whether it waits for replies."""
        return self.state is NoticeState.RUNNING


@dataclass(frozen=True, slots=True)
class SignatoryReply:
    """Reply of one signatory to the last change that they were asked about."""

    change: Change
    state: ReplyState
    signed_number: int
    noticed_at: dt.datetime | None
    replied_at: dt.datetime | None

    @property
    def is_waiting(self) -> bool:
        """Return whether the rule of its change has not been applied to it yet."""
        return self.change.is_running and self.state is ReplyState.WAITING

    def is_awaited_at(self, at: dt.datetime) -> bool:
        """Return whether the signatory may reply at this moment, before the rule applies."""
        return self.is_waiting and at <= self.change.terms.deadline_at


@dataclass(frozen=True, slots=True)
class ReplyCounts:
    """Counts of the replies to a change."""

    by_state: Mapping[ReplyState, int]

    def __getitem__(self, state: ReplyState | str) -> int:
        return self.by_state.get(ReplyState(state), 0)

    @property
    def total(self) -> int:
        """Number of signatories who were asked."""
        return sum(self.by_state.values())


_CHANGES = select(
    TextChangeNotice.letter_id, TextChangeNotice.revision_id, Revision.number, TextChangeNotice.rule,
    TextChangeNotice.deadline_at, TextChangeNotice.deadline_zone, TextChangeNotice.state, TextChangeNotice.asked_at,
    TextChangeNotice.silent_count,
).join(Revision, Revision.id == TextChangeNotice.revision_id)  # fmt: skip


def _change_from(row: Any) -> Change:
    letter_id, revision_id, number, rule, deadline_at, zone, state, asked_at, silent_count = row[:9]
    return Change(letter_id, revision_id, number, ChangeTerms(rule, deadline_at, zone), state, asked_at, silent_count)


def running_change(letter_id: int) -> Change | None:
    """Return the change that waits for replies under a letter; None if there is none."""
    query = _CHANGES.where(TextChangeNotice.letter_id == letter_id, TextChangeNotice.state == NoticeState.RUNNING)
    row = db.session.execute(query).one_or_none()
    return _change_from(row) if row else None


def current_change_id(letter_id: int) -> ScalarSelect[int]:
    """Build a subquery of the revision of the change that made a letter's current text, or what its last correction or undone
    change left of it; NULL if signatories were not asked about one."""
    newest = select(func.max(Revision.number)).where(Revision.letter_id == letter_id).scalar_subquery()
    counts_from = select(Revision.counts_from).where(Revision.letter_id == letter_id, Revision.number == newest)
    of_text = Revision.letter_id == letter_id, Revision.number == counts_from.scalar_subquery()
    return select(TextChangeNotice.revision_id).join(Revision).where(*of_text).scalar_subquery()


def current_change(letter_id: int) -> Change | None:
    """Return the change that made the text that readers see now; None if signatories were not asked about one."""
    row = db.session.execute(_CHANGES.where(TextChangeNotice.revision_id == current_change_id(letter_id))).one_or_none()
    return _change_from(row) if row else None


def last_change(letter_id: int) -> Change | None:
    """Return the last change that signatories of a letter were asked about, though it was taken back; None if there is none."""
    query = _CHANGES.where(TextChangeNotice.letter_id == letter_id).order_by(TextChangeNotice.revision_id.desc()).limit(1)
    row = db.session.execute(query).one_or_none()
    return _change_from(row) if row else None


def is_settled(letter_id: int, number: int) -> bool:
    """Return whether the rule of the change that made revision `number` was applied."""
    settled = _CHANGES.where(TextChangeNotice.letter_id == letter_id, Revision.number == number)
    return db.session.execute(settled.where(TextChangeNotice.state == NoticeState.SETTLED)).first() is not None


def unopposed_numbers(letter_id: int) -> Mapping[int, int]:
    """Return the number of the last revision that each signatory of a letter did not object to, by the signature's id."""
    query = (
        select(ChangeReply.signature_id, func.max(Revision.number).label("number"))
        .join(Revision, Revision.id == ChangeReply.revision_id)
        .where(Revision.letter_id == letter_id, ChangeReply.state == ReplyState.NOT_OBJECTED)
        .group_by(ChangeReply.signature_id)
    )
    return {row.signature_id: row.number for row in db.session.execute(query)}


def changes_by_number(letter_id: int) -> Mapping[int, tuple[Change, ReplyCounts]]:
    """Return all changes that signatories of a letter were asked about, with their replies, by the revision's number."""
    query = (
        _CHANGES.add_columns(ChangeReply.state.label("reply"), func.count(ChangeReply.state))
        .outerjoin(ChangeReply, ChangeReply.revision_id == TextChangeNotice.revision_id)
        .where(TextChangeNotice.letter_id == letter_id)
        .group_by(*_CHANGES.selected_columns, ChangeReply.state)
    )
    found: dict[int, tuple[Change, dict[ReplyState, int]]] = {}
    for *columns, reply, replies in db.session.execute(query):
        change = _change_from(columns)
        _, by_state = found.setdefault(change.number, (change, {}))
        if reply:
            by_state[reply] = replies
    return {number: (change, ReplyCounts(by_state)) for number, (change, by_state) in found.items()}


def reply_counts(revision_id: int) -> ReplyCounts:
    """Return how many replies to a change there are of each state."""
    counts = select(ChangeReply.state, func.count().label("replies")).where(ChangeReply.revision_id == revision_id)
    return ReplyCounts({row.state: row.replies for row in db.session.execute(counts.group_by(ChangeReply.state))})


_REPLIES = (
    _CHANGES.join(ChangeReply, ChangeReply.revision_id == TextChangeNotice.revision_id)
    .add_columns(
        ChangeReply.signature_id, ChangeReply.state.label("reply"), ChangeReply.signed_number, ChangeReply.noticed_at,
        ChangeReply.replied_at,
    )
    .order_by(TextChangeNotice.revision_id)
)  # fmt: skip


def _replies_by_signature(*conditions: ColumnElement[bool]) -> Mapping[int, SignatoryReply]:
    """Return the replies that meet all conditions by the signature's id, the last one of each."""
    return {
        row.signature_id: SignatoryReply(_change_from(row), row.reply, row.signed_number, row.noticed_at, row.replied_at)
        for row in db.session.execute(_REPLIES.where(*conditions))
    }


def last_replies(signature_ids: Collection[int]) -> Mapping[int, SignatoryReply]:
    """Return the last reply of each signature that was asked about a change, by the signature's id. Of changes that were taken
    back there is none."""
    is_current = TextChangeNotice.state != NoticeState.TAKEN_BACK
    return _replies_by_signature(ChangeReply.signature_id.in_(signature_ids), is_current)


def replies_to(change: Change, signature_ids: Collection[int]) -> Mapping[int, SignatoryReply]:
    """Return the reply of each of these signatures to one change, by the signature's id."""
    of_change = ChangeReply.revision_id == change.revision_id
    return _replies_by_signature(of_change, ChangeReply.signature_id.in_(signature_ids))


def last_reply(signature_id: int) -> SignatoryReply | None:
    """Return the reply of a signatory to the last change that they were asked about; None if they never were."""
    return last_replies([signature_id]).get(signature_id)


@dataclass(frozen=True, slots=True)
class ReplyChoice:
    """Choice that a signatory has until the deadline of a change, as emails and pages say it.

    `stays` says that the signature stays without a reply: under the rule, and if its mailbox is proven.
    """

    signed_number: int
    number: int
    deadline_at: dt.datetime
    zone: str
    stays: bool


def reply_choice(reply: SignatoryReply | None, at: dt.datetime, *, is_proven_mailbox: bool) -> ReplyChoice | None:
    """Return the choice that a signatory has; None if nothing is asked, or no longer."""
    if reply is None or not reply.is_awaited_at(at):
        return None
    change = reply.change
    stays = change.keeps_silent and is_proven_mailbox
    return ReplyChoice(reply.signed_number, change.number, change.terms.deadline_at, change.terms.zone, stays)


def notice_deliveries(revision_id: int, signature_ids: Collection[int]) -> Mapping[int, NoticeDelivery]:
    """Return what is known of the notice about a change to each of these signatories, by the signature's id."""
    sent = select(func.min(OutboxMessage.sent_at)).where(*_notices_to(Signature.id, _asked_at(revision_id)))
    columns = (
        Signature.id, (Signature.email != "").label("has_address"), confirmed_by_mail_condition().label("is_proven"),
        _is_undeliverable(_asked_at(revision_id)).label("is_undeliverable"), sent.scalar_subquery().label("sent_at"),
    )  # fmt: skip
    rows = db.session.execute(select(*columns).where(Signature.id.in_(signature_ids)))
    return {
        row.id: NoticeDelivery(bool(row.has_address), bool(row.is_proven), bool(row.is_undeliverable), row.sent_at)
        for row in rows
    }


def was_noticed(change: Change) -> ColumnElement[bool]:
    """Build the SQL condition that the notice about a change reached a signatory in time, as
    `domain.changes.replies.unreached_reason` says."""
    in_time = OutboxMessage.sent_at <= change.terms.deadline_at - MIN_NOTICE
    return and_(
        Signature.email != "", confirmed_by_mail_condition(), ~_is_undeliverable(change.asked_at),
        exists().where(*_notices_to(Signature.id, change.asked_at), in_time),
    )  # fmt: skip


def _asked_at(revision_id: int) -> Any:
    return select(TextChangeNotice.asked_at).where(TextChangeNotice.revision_id == revision_id).scalar_subquery()


def _notices_to(signature_id: Any, asked_at: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the emails about the change to a signatory."""
    return (
        OutboxMessage.signature_id == signature_id,
        OutboxMessage.kind == MailKind.RECONFIRM,
        OutboxMessage.created_at >= asked_at,
    )


def _is_undeliverable(asked_at: Any) -> ColumnElement[bool]:
    """Return the condition that a server said that the mailbox does not exist, or refused the notice for good."""
    has_bounced = exists().where(
        MailSuppression.signature_id == Signature.id, MailSuppression.reason == SuppressionReason.BOUNCED
    )
    was_refused = exists().where(*_notices_to(Signature.id, asked_at), OutboxMessage.failed_at.is_not(None))
    return has_bounced | was_refused


def changes_due(at: dt.datetime) -> tuple[int, ...]:
    """Return the ids of letters whose change has passed its deadline, the earliest first."""
    due = select(TextChangeNotice.letter_id).where(
        TextChangeNotice.state == NoticeState.RUNNING, TextChangeNotice.deadline_at <= at
    )
    return tuple(db.session.scalars(due.order_by(TextChangeNotice.deadline_at, TextChangeNotice.letter_id)))


def changes_to_remind(at: dt.datetime) -> tuple[int, ...]:
    """Return the ids of letters whose signatories are to be reminded now to reply to a change."""
    query = select(TextChangeNotice.letter_id, TextChangeNotice.asked_at, TextChangeNotice.deadline_at).where(
        TextChangeNotice.state == NoticeState.RUNNING, TextChangeNotice.reminded_at.is_(None), TextChangeNotice.deadline_at > at
    )
    return tuple(row.letter_id for row in db.session.execute(query) if reminder_at(row.asked_at, row.deadline_at) <= at)
