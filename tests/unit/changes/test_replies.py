"""Substantive changes: what silence means at the deadline, which deadlines are allowed, and when the reminder is due."""

import datetime as dt
from dataclasses import replace

import pytest

from letterhub.domain.changes.replies import (
    InvalidDeadline,
    NoticeDelivery,
    NoticeState,
    NotRunning,
    ReplyState,
    SilenceRule,
    UnreachedReason,
    check_deadline,
    check_extension,
    reminder_at,
    reply_at_deadline,
    unreached_reason,
)

UNREACHED = ReplyState.UNREACHED
KEEP, CONFIRM = SilenceRule.KEEP, SilenceRule.CONFIRM
MONDAY = dt.datetime(2022, 1, 3, 15, tzinfo=dt.UTC)
FRIDAY_NOON = dt.datetime(2022, 1, 7, 17, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ARRIVED = NoticeDelivery(has_address=True, is_proven_mailbox=True, is_undeliverable=False, sent_at=MONDAY)


@pytest.mark.parametrize(
    ("delivery", "reason", "silent", "confirm_only"),
    [
        (ARRIVED, None, ReplyState.NOT_OBJECTED, ReplyState.NOT_CONFIRMED),
        (replace(ARRIVED, sent_at=FRIDAY_NOON - 12 * HOUR), None, ReplyState.NOT_OBJECTED, ReplyState.NOT_CONFIRMED),
        (
            replace(ARRIVED, sent_at=FRIDAY_NOON - 11 * HOUR),
            UnreachedReason.TOO_LATE,
            UNREACHED,
            UNREACHED,
        ),
        (replace(ARRIVED, sent_at=None), UnreachedReason.NOT_SENT, UNREACHED, UNREACHED),
        (replace(ARRIVED, is_undeliverable=True), UnreachedReason.BOUNCED, UNREACHED, UNREACHED),
        (
            replace(ARRIVED, is_proven_mailbox=False),
            UnreachedReason.UNCONFIRMED_MAILBOX,
            UNREACHED,
            UNREACHED,
        ),
        (
            NoticeDelivery(has_address=False, is_proven_mailbox=False, is_undeliverable=False, sent_at=None),
            UnreachedReason.NO_ADDRESS,
            UNREACHED,
            UNREACHED,
        ),
    ],
)
def test_silence_counts_only_after_a_notice_that_arrived_in_time(
    delivery: NoticeDelivery, reason: UnreachedReason | None, silent: ReplyState, confirm_only: ReplyState
) -> None:
    assert unreached_reason(delivery, FRIDAY_NOON) is reason
    assert reply_at_deadline(KEEP, delivery, FRIDAY_NOON) is silent
    assert reply_at_deadline(CONFIRM, delivery, FRIDAY_NOON) is confirm_only


@pytest.mark.parametrize(
    ("hours", "last_email", "is_allowed"),
    [(11, 0, False), (12, 0, True), (19, 0, True), (19, 8, False), (20, 8, True), (28 * 24, 0, True), (28 * 24 + 1, 0, False)],
)
def test_a_deadline_leaves_everyone_twelve_hours_and_comes_within_four_weeks(
    hours: int, last_email: int, is_allowed: bool
) -> None:
    terms = (MONDAY + hours * HOUR, MONDAY, MONDAY + last_email * HOUR)
    if is_allowed:
        check_deadline(*terms)
        return
    with pytest.raises(InvalidDeadline) as refusal:
        check_deadline(*terms)
    assert refusal.value.field == "deadline_date"


@pytest.mark.parametrize(
    ("state", "at", "to", "refusal"),
    [
        (NoticeState.RUNNING, MONDAY, FRIDAY_NOON + HOUR, None),
        (NoticeState.RUNNING, MONDAY, FRIDAY_NOON, InvalidDeadline),
        (NoticeState.RUNNING, MONDAY, FRIDAY_NOON - HOUR, InvalidDeadline),
        (NoticeState.RUNNING, MONDAY, MONDAY + dt.timedelta(days=29), InvalidDeadline),
        (NoticeState.RUNNING, FRIDAY_NOON, FRIDAY_NOON + HOUR, NotRunning),
        (NoticeState.SETTLED, MONDAY, FRIDAY_NOON + HOUR, NotRunning),
        (NoticeState.REPLACED, MONDAY, FRIDAY_NOON + HOUR, NotRunning),
        (NoticeState.TAKEN_BACK, MONDAY, FRIDAY_NOON + HOUR, NotRunning),
    ],
)
def test_a_deadline_moves_to_a_later_time_only_while_it_has_not_passed(
    state: NoticeState, at: dt.datetime, to: dt.datetime, refusal: type[Exception] | None
) -> None:
    if refusal is None:
        check_extension(state, FRIDAY_NOON, to, at)
        return
    with pytest.raises(refusal):
        check_extension(state, FRIDAY_NOON, to, at)


@pytest.mark.parametrize(("hours_to_reply", "hours_before"), [(19, 9.5), (48, 24), (96, 24), (12, 6)])
def test_the_reminder_comes_a_day_before_the_deadline_or_halfway(hours_to_reply: float, hours_before: float) -> None:
    assert reminder_at(FRIDAY_NOON - hours_to_reply * HOUR, FRIDAY_NOON) == FRIDAY_NOON - hours_before * HOUR
