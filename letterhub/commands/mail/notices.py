"""Notices to staff: queued at once and in daily digests by the worker, chosen and ended by their members.

Each command locks the one row of progress first, so that workers tell nothing twice. See docs/design/notices.md.
"""

import datetime as dt
from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from letterhub.commands.webhooks._timed_events import queue_timed_events
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.notices import (
    BUNDLE_INTERVAL,
    DEFAULT_CHOICES,
    DEFAULT_HOUR,
    NO_NOTICES,
    SETTLING_TIME,
    NoticeChoices,
    NoticeFrequency,
    NoticeTopic,
    topics_chosen,
)
from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import Membership, NoticeProgress, NoticeSettings, OutboxMessage, Staff
from letterhub.queries.mail.notice_items import Span, notice_items
from letterhub.queries.mail.notices import default_zone

BATCH_SIZE = 200
MIN_SPAN = dt.timedelta(seconds=30)
"""Least time that is told of at once: of all workers, whose clocks start this in the same minute, one reads the tables."""
MAX_CLOCK_DIFFERENCE = dt.timedelta(minutes=1)  # between machines


@one_transaction
def queue_notices(at: dt.datetime) -> int:
    """Queue what happened since the last run for members who hear of it at once, and for webhooks what no command did; return
    how many notices wait for members."""
    until, progress = at - SETTLING_TIME, _lock_progress(at)
    if progress.notified_until > at + MAX_CLOCK_DIFFERENCE:  # written by a clock that was ahead
        progress.notified_until = until
    if until - progress.notified_until < MIN_SPAN:
        return 0
    span = Span(progress.notified_until, until)
    progress.notified_until = until
    queue_timed_events(span, at)
    topics_by_coalition = defaultdict(set)
    for item in notice_items(span, tuple(NoticeTopic)):
        topics_by_coalition[item.coalition_id].add(item.topic)
    count = 0
    for coalition_id, topics in sorted(topics_by_coalition.items()):
        for membership_id, email, chosen in _members(coalition_id):
            choices = chosen.topics if chosen else DEFAULT_CHOICES
            if topics & topics_chosen(choices, NoticeFrequency.AT_ONCE):
                _queue_or_extend(membership_id, email, coalition_id, span, at)
                count += 1
    return count


@one_transaction
def queue_digests(at: dt.datetime) -> int:
    """Queue a batch of the digests that are due; return how many were looked at. Callers repeat it until it returns 0.

    A member with nothing to hear of gets none. Members who joined since the last run get their settings.
    """
    _lock_progress(at)
    _add_missing_settings(at)
    until = at - SETTLING_TIME
    due = (
        select(NoticeSettings, Membership.coalition_id, Staff.email)
        .join(Membership, Membership.id == NoticeSettings.membership_id)
        .join(Staff, Staff.id == Membership.staff_id)
        .where(NoticeSettings.digest_at <= at, Membership.joined_at.is_not(None), Staff.active)
        .order_by(NoticeSettings.digest_at)
        .limit(BATCH_SIZE)
    )
    rows = db.session.execute(due).all()
    has_items: dict[tuple[object, ...], bool] = {}  # members of one coalition mostly ask the same
    for settings, coalition_id, email in rows:
        topics, span = topics_chosen(settings.topics, NoticeFrequency.DAILY), Span(settings.digest_since, until)
        asked = (coalition_id, span, topics)
        if asked not in has_items:
            has_items[asked] = bool(notice_items(span, topics, coalition_id))
        if has_items[asked]:
            facts = _facts(settings.membership_id, span)
            queue_mail(MailKind.DIGEST, email, facts, at=at, coalition_id=coalition_id)
        settings.finish_digest(until, at)
    return len(rows)


@one_transaction
def choose_notices(staff_id: int, membership_id: int, choices: NoticeChoices, hour: int, zone: str, at: dt.datetime) -> None:
    """Store what a member hears of, when, and the hour of the digest in a time zone."""
    settings = _lock_settings(membership_id, staff_id, at)
    settings.set_choices(choices, hour, zone, at)


@one_transaction
def end_notices(staff_id: int, membership_id: int, at: dt.datetime) -> None:
    """End all notices of a coalition to a member."""
    settings = _lock_settings(membership_id, staff_id, at)
    settings.set_choices(NO_NOTICES, settings.digest_hour, settings.digest_zone, at)


def _lock_progress(at: dt.datetime) -> NoticeProgress:
    """Return the row of progress, locked. On a new site nothing before its first run is told."""
    if (progress := db.session.get(NoticeProgress, 1, with_for_update=True)) is not None:
        return progress
    try:
        with db.session.begin_nested():
            progress = NoticeProgress(id=1, notified_until=at - SETTLING_TIME)
            db.session.add(progress)
            db.session.flush()
    except IntegrityError:
        return db.session.get_one(NoticeProgress, 1, with_for_update=True)
    return progress


def _members(coalition_id: int) -> list[tuple[int, str, NoticeSettings | None]]:
    """Return the members of a coalition's team with their address and settings."""
    query = (
        select(Membership.id, Staff.email, NoticeSettings)
        .join(Staff, Staff.id == Membership.staff_id)
        .outerjoin(NoticeSettings, NoticeSettings.membership_id == Membership.id)
        .where(Membership.coalition_id == coalition_id, Membership.joined_at.is_not(None), Staff.active)
        .order_by(Membership.id)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query).all()]


def _queue_or_extend(membership_id: int, email: str, coalition_id: int, span: Span, at: dt.datetime) -> None:
    """Have a notice tell a span: the one that still waits for this member, or a new one, some minutes after the last."""
    query = (
        select(OutboxMessage)
        .where(
            OutboxMessage.canonical_recipient == EmailAddress(email).canonical, OutboxMessage.kind == MailKind.NOTICE,
            OutboxMessage.coalition_id == coalition_id,
        )
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
        .limit(1)
        .with_for_update()
    )  # fmt: skip
    last = db.session.scalar(query)
    if last is not None and last.state is MailState.WAITING and last.lease_until is None:
        last.parameters = {**last.parameters, "until": span.until.isoformat()}
        return
    message = queue_mail(MailKind.NOTICE, email, _facts(membership_id, span), at=at, coalition_id=coalition_id)
    if last is not None:
        message.due_at = max(at, (last.sent_at or last.due_at) + BUNDLE_INTERVAL)


def _facts(membership_id: int, span: Span) -> dict[str, object]:
    return {"membership_id": membership_id, "since": span.since.isoformat(), "until": span.until.isoformat()}


def _add_missing_settings(at: dt.datetime) -> None:
    """Add the settings of members who have none; their first digest tells what happens from now on."""
    missing = (
        select(Membership)
        .outerjoin(NoticeSettings, NoticeSettings.membership_id == Membership.id)
        .where(Membership.joined_at.is_not(None), NoticeSettings.membership_id.is_(None))
    )
    for member in db.session.scalars(missing.order_by(Membership.id)).all():
        db.session.add(_default_settings(member, at))
    db.session.flush()


def _default_settings(member: Membership, at: dt.datetime) -> NoticeSettings:
    """Return the settings of a member who chose nothing yet."""
    zone = default_zone(member.coalition_id)
    settings = NoticeSettings(membership_id=member.id, choices={}, digest_zone=zone, digest_since=at - SETTLING_TIME)
    settings.set_choices(DEFAULT_CHOICES, DEFAULT_HOUR, zone, at)
    return settings


def _lock_settings(membership_id: int, staff_id: int, at: dt.datetime) -> NoticeSettings:
    """Return a member's settings, which nobody else may change meanwhile. Raises NoResultFound if they left the team."""
    _lock_progress(at)
    member = db.session.scalars(select(Membership).where(Membership.id == membership_id, Membership.staff_id == staff_id)).one()
    if (settings := db.session.get(NoticeSettings, membership_id)) is None:
        settings = _default_settings(member, at)
        db.session.add(settings)
    return settings
