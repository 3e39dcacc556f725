"""Rate limits: remaining tries, refill over time, and the keys that share a bucket."""

import datetime as dt

import pytest

from letterhub.domain.abuse.rate_limits import LimitedAction, RateLimit, SignInAttempt, buckets_for, format_wait, network_of
from tests.conftest import NOON

MINUTE = dt.timedelta(minutes=1)
THREE = RateLimit(3, 10 * MINUTE)


@pytest.mark.parametrize(
    ("minutes", "taken"),
    [
        ([0, 0, 0], [True, True, True]),
        ([0, 0, 0, 0], [True, True, True, False]),
        ([0, 0, 0, 9, 10, 11], [True, True, True, False, True, False]),
        ([0, 0, 0, 20, 20, 20], [True, True, True, True, True, False]),
        ([0, 0, 0, 0, 0, 10], [True, True, True, False, False, True]),  # a refused try costs nothing
        ([0, 10, 20, 30, 40], [True] * 5),
        ([0, 500, 500, 500, 500], [True, True, True, True, False]),  # a bucket never exceeds its capacity
    ],
)
def test_so_many_at_once_and_one_more_after_each_interval(minutes: list[int], taken: list[bool]) -> None:
    expires_at, seen = None, []
    for minute in minutes:
        until = THREE.full_at_after(expires_at, NOON + minute * MINUTE)
        seen.append(until is not None)
        expires_at = until or expires_at
    assert seen == taken


@pytest.mark.parametrize("tries", [1, 3, 10])
def test_the_moment_that_is_told_is_the_first_that_works(tries: int) -> None:
    allowance, expires_at = RateLimit(tries, 7 * MINUTE), NOON
    while until := allowance.full_at_after(expires_at, NOON):
        expires_at = until
    allowed_at = allowance.allowed_at(expires_at)
    assert allowance.full_at_after(expires_at, allowed_at) is not None
    assert allowance.full_at_after(expires_at, allowed_at - dt.timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.250", "203.0.113.0/24"),
        ("203.0.114.7", "203.0.114.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::1", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        (None, ""),
        ("unix:", ""),
    ],
)
def test_a_network_is_what_one_household_or_office_has(address: str | None, network: str) -> None:
    assert network_of(address) == network


def test_strangers_and_a_known_browser_share_no_purse() -> None:
    stranger = SignInAttempt("olive@rivers.example", "203.0.113.0/24")
    known = SignInAttempt("olive@rivers.example", "203.0.113.0/24", device="7")
    for act in (LimitedAction.PASSWORD, LimitedAction.CODE):
        assert not buckets_for(act, stranger).keys() & buckets_for(act, known).keys()
        assert len(buckets_for(act, stranger)) == 3
    assert not buckets_for(LimitedAction.PASSWORD, stranger).keys() & buckets_for(LimitedAction.CODE, stranger).keys()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 minute"), (60, "1 minute"), (61, "2 minutes"), (300, "5 minutes"), (5400, "2 hours"), (14_400, "4 hours")],
)
def test_a_wait_is_told_in_whole_minutes_or_hours(seconds: int, words: str) -> None:
    assert format_wait(NOON + dt.timedelta(seconds=seconds), NOON) == words
