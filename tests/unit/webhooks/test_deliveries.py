"""Backoff of deliveries and receivers."""

import datetime as dt

from letterhub.domain.webhooks.deliveries import GIVE_UP_AFTER, next_attempt_at, rest_until

NOON = dt.datetime(2022, 1, 5, 17, 0, tzinfo=dt.UTC)


def test_a_delivery_is_tried_for_three_days_ever_more_seldom() -> None:
    at, waits = NOON, []
    while (due_at := next_attempt_at(NOON, len(waits) + 1, at, 0.5)) is not None:
        waits.append(due_at - at)
        at = due_at
    seconds = [wait.total_seconds() for wait in waits]
    assert seconds[:8] == [10, 30, 90, 270, 810, 2430, 7290, 21600]
    assert set(seconds[8:]) == {21600}
    assert len(waits) == 18
    assert GIVE_UP_AFTER - dt.timedelta(hours=6) < at - NOON <= GIVE_UP_AFTER


def test_waits_vary_so_that_receivers_are_not_hit_at_once() -> None:
    first, last = (next_attempt_at(NOON, 2, NOON, chance) for chance in (0.0, 1.0))
    assert (first, last) == (NOON + dt.timedelta(seconds=24), NOON + dt.timedelta(seconds=36))


def test_a_receiver_that_fails_rests_up_to_an_hour() -> None:
    rests = [(rest_until(failures, NOON) - NOON).total_seconds() for failures in (1, 2, 3, 6, 7, 50, 100_000)]
    assert rests == [10, 30, 90, 2430, 3600, 3600, 3600]
