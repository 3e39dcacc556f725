"""Notices to staff: what a member hears of, when, and at which hour. See docs/design/notices.md."""

import datetime as dt
import enum
from collections.abc import Mapping
from zoneinfo import ZoneInfo


class NoticeTopic(enum.StrEnum):
    """Topic of a notice."""

    SIGNATURES = "signatures"
    WAITING = "waiting"
    CHANGES = "changes"
    BOUNCES = "bounces"
    ALERTS = "alerts"
    DEADLINE_TOMORROW = "deadline-tomorrow"
    DEADLINE_PASSED = "deadline-passed"
    EDITION_READY = "edition-ready"
    REPLY = "reply"


class NoticeFrequency(enum.StrEnum):
    """Timing of a topic's email to a member: at once, in the daily digest, or never."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    NEVER = "never"


NoticeChoices = Mapping[NoticeTopic, NoticeFrequency]

DEFAULT_CHOICES: NoticeChoices = {
    NoticeTopic.SIGNATURES: NoticeFrequency.DAILY,
    NoticeTopic.WAITING: NoticeFrequency.DAILY,
    NoticeTopic.CHANGES: NoticeFrequency.AT_ONCE,
    NoticeTopic.BOUNCES: NoticeFrequency.DAILY,
    NoticeTopic.ALERTS: NoticeFrequency.AT_ONCE,
    NoticeTopic.DEADLINE_TOMORROW: NoticeFrequency.AT_ONCE,
    NoticeTopic.DEADLINE_PASSED: NoticeFrequency.AT_ONCE,
    NoticeTopic.EDITION_READY: NoticeFrequency.DAILY,
    NoticeTopic.REPLY: NoticeFrequency.AT_ONCE,
}
NO_NOTICES: NoticeChoices = dict.fromkeys(NoticeTopic, NoticeFrequency.NEVER)
DEFAULT_HOUR = 9
BUNDLE_INTERVAL = dt.timedelta(minutes=10)
"""Least time between two notices at once to one member: what happens meanwhile waits for the next, which tells all of it."""
SETTLING_TIME = dt.timedelta(seconds=30)
"""Age of what is told: a transaction is stamped as it begins, and others see it only once it ends."""


def topics_chosen(choices: NoticeChoices, frequency: NoticeFrequency) -> frozenset[NoticeTopic]:
    """Return the topics that a member hears of in this way."""
    return frozenset(topic for topic, chosen in choices.items() if chosen is frequency)


def parse_choices(stored: Mapping[str, str]) -> NoticeChoices:
    """Return stored choices. A topic that was added since has its default, or none for a member who ended all notices."""
    has_ended = bool(stored) and set(stored.values()) == {NoticeFrequency.NEVER}
    choices = NO_NOTICES if has_ended else DEFAULT_CHOICES
    return {topic: NoticeFrequency(stored[topic]) if topic in stored else choices[topic] for topic in NoticeTopic}


def next_digest_at(hour: int, zone: str, after: dt.datetime) -> dt.datetime:
    """Return the first time after a moment at which clocks in a zone show this full hour; where clocks skip it, just after."""
    local = after.astimezone(ZoneInfo(zone))
    day = local.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    while (due_at := day.astimezone(dt.UTC)) <= after:
        day = day + dt.timedelta(days=1)
    return due_at
