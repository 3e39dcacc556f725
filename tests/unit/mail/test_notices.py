"""Digests: their time, and which news they hold."""

import datetime as dt

import pytest

from letterhub.domain.mail.notices import (
    DEFAULT_CHOICES,
    NO_NOTICES,
    NoticeFrequency,
    NoticeTopic,
    next_digest_at,
    parse_choices,
    topics_chosen,
)


@pytest.mark.parametrize(
    ("hour", "zone", "after", "due"),
    [
        (9, "America/New_York", "2022-01-05T13:59", "2022-01-05T14:00"),
        (9, "America/New_York", "2022-01-05T14:00", "2022-01-06T14:00"),
        (9, "Asia/Kolkata", "2022-01-05T03:29", "2022-01-05T03:30"),
        (0, "UTC", "2022-12-31T23:59", "2023-01-01T00:00"),
        (9, "America/New_York", "2022-03-12T14:00", "2022-03-13T13:00"),  # summer time begins
        (2, "America/New_York", "2022-03-12T08:00", "2022-03-13T07:00"),  # at an hour that clocks skip
        (1, "America/New_York", "2022-11-05T06:00", "2022-11-06T05:00"),  # at an hour that comes twice: the first
        (1, "America/New_York", "2022-11-06T05:00", "2022-11-07T06:00"),
    ],
)
def test_a_digest_leaves_when_clocks_in_its_zone_show_its_hour(hour: int, zone: str, after: str, due: str) -> None:
    moment = dt.datetime.fromisoformat(f"{after}+00:00")
    assert next_digest_at(hour, zone, moment) == dt.datetime.fromisoformat(f"{due}+00:00")


def test_every_topic_has_a_default_and_a_stored_choice_without_a_new_topic_gets_it() -> None:
    assert set(DEFAULT_CHOICES) == set(NoticeTopic)
    assert parse_choices({}) == DEFAULT_CHOICES
    assert parse_choices({"changes": "never", "waiting": "daily"})[NoticeTopic.CHANGES] is NoticeFrequency.NEVER
    assert parse_choices({"changes": "never", "waiting": "daily"})[NoticeTopic.ALERTS] is NoticeFrequency.AT_ONCE
    assert topics_chosen(NO_NOTICES, NoticeFrequency.NEVER) == set(NoticeTopic)


def test_a_new_topic_is_not_told_to_a_member_who_ended_all_notices() -> None:
    assert parse_choices({"changes": "never", "alerts": "never"}) == NO_NOTICES
