"""Rate limits: remaining tries, refill over time, and the keys that share a bucket."""

import datetime as dt
from dataclasses import replace
from ipaddress import ip_address

import pytest

from letterhub.domain.abuse.rate_limits import (
    CLOCK_TOLERANCE,
    CORRECTION_LIMIT,
    PASSWORD_RESET_LIMIT,
    SIGN_IN_LIMITS,
    LimitedAction,
    RateLimit,
    RateLimited,
    SignInAttempt,
    buckets_for,
    format_wait,
    network_of,
    parse_ip,
)
from tests.conftest import NOON

MINUTE = dt.timedelta(minutes=1)
TICK = dt.timedelta.resolution
THREE = RateLimit(3, 10 * MINUTE)
MAX_SKEW = 30 * MINUTE + CLOCK_TOLERANCE


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
    expires_at, allowed = None, []
    for minute in minutes:
        until = THREE.full_at_after(expires_at, NOON + minute * MINUTE)
        allowed.append(until is not None)
        expires_at = until or expires_at
    assert allowed == taken


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
        ("%", ""),
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
    [
        (1, "1 minute"),
        (60, "1 minute"),
        (61, "2 minutes"),
        (300, "5 minutes"),
        (5340, "89 minutes"),
        (5400, "2 hours"),
        (14_400, "4 hours"),
        (14_401, "5 hours"),
        (0, "1 minute"),
    ],
)
def test_a_wait_is_told_in_whole_minutes_or_hours(seconds: int, words: str) -> None:
    assert format_wait(NOON + dt.timedelta(seconds=seconds), NOON) == words


@pytest.mark.parametrize(
    ("limit", "burst", "minutes"),
    [
        (SIGN_IN_LIMITS[LimitedAction.PASSWORD].account_from_network, 10, 5),
        (SIGN_IN_LIMITS[LimitedAction.PASSWORD].network, 30, 1),
        (SIGN_IN_LIMITS[LimitedAction.PASSWORD].account, 50, 10),
        (SIGN_IN_LIMITS[LimitedAction.PASSWORD].device, 10, 5),
        (SIGN_IN_LIMITS[LimitedAction.CODE].account_from_network, 5, 10),
        (SIGN_IN_LIMITS[LimitedAction.CODE].network, 30, 1),
        (SIGN_IN_LIMITS[LimitedAction.CODE].account, 20, 15),
        (SIGN_IN_LIMITS[LimitedAction.CODE].device, 5, 10),
        (SIGN_IN_LIMITS[LimitedAction.RESET].account_from_network, 5, 10),
        (SIGN_IN_LIMITS[LimitedAction.RESET].network, 20, 3),
        (SIGN_IN_LIMITS[LimitedAction.RESET].account, 50, 10),
        (SIGN_IN_LIMITS[LimitedAction.RESET].device, 5, 10),
        (SIGN_IN_LIMITS[LimitedAction.CHOOSE].account_from_network, 10, 5),
        (SIGN_IN_LIMITS[LimitedAction.CHOOSE].network, 30, 1),
        (SIGN_IN_LIMITS[LimitedAction.CHOOSE].account, 50, 10),
        (SIGN_IN_LIMITS[LimitedAction.CHOOSE].device, 10, 5),
        (PASSWORD_RESET_LIMIT, 3, 240),
        (CORRECTION_LIMIT, 5, 12),
    ],
)
def test_so_many_tries_at_once_and_one_more_after_so_many_minutes(limit: RateLimit, burst: int, minutes: int) -> None:
    assert limit == RateLimit(burst, minutes * MINUTE)


@pytest.mark.parametrize(("ahead", "is_ignored"), [(30 * MINUTE, False), (MAX_SKEW, False), (MAX_SKEW + TICK, True)])
def test_a_time_beyond_an_empty_bucket_came_from_a_wrong_clock(ahead: dt.timedelta, is_ignored: bool) -> None:
    assert (THREE.full_at_after(NOON + ahead, NOON) == NOON + 10 * MINUTE) is is_ignored


@pytest.mark.parametrize(
    ("expires_in", "until", "allowed"),
    [(None, 10, 0), (-5, 10, 0), (0, 10, 0), (15, 25, 0), (20, 30, 0), (25, 35, 5), (100_000, 1470, 1440)],
)
def test_a_mail_is_reserved_now_or_with_the_next_token_within_a_day(expires_in: int | None, until: int, allowed: int) -> None:
    expires_at = None if expires_in is None else NOON + expires_in * MINUTE
    assert THREE.reserve(expires_at, NOON) == (NOON + until * MINUTE, NOON + allowed * MINUTE)


@pytest.mark.parametrize("action", SIGN_IN_LIMITS)
def test_each_bucket_has_the_limit_of_its_kind(action: LimitedAction) -> None:
    limits, stranger = SIGN_IN_LIMITS[action], SignInAttempt("olive@rivers.example", "203.0.113.0/24")
    assert {key[1]: limit for key, limit in buckets_for(action, stranger).items()} == {
        "account": limits.account,
        "here": limits.account_from_network,
        "network": limits.network,
    }
    known = replace(stranger, device="7")
    assert buckets_for(action, known) == {(action, "device", "olive@rivers.example", "7"): limits.device}


@pytest.mark.parametrize(("address", "ip"), [("fe80::1%eth0", "fe80::1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("changed", None)])
def test_an_address_is_read_without_its_zone(address: str, ip: str | None) -> None:
    assert parse_ip(address) == (ip and ip_address(ip))


def test_a_refusal_says_its_sentence_and_when_to_try_again() -> None:
    refusal = RateLimited("Try again later.", NOON)
    assert (str(refusal), refusal.field, refusal.allowed_at) == ("Try again later.", "", NOON)
