"""Whose turn it is, what a flood is, and how long things are kept: in tables of cases."""

import datetime as dt

import pytest

from letterhub.domain.allowances import LONGEST_TURN, Allowance
from letterhub.domain.retention import months_after
from letterhub.domain.senders import Begun, Sender, is_flood_from_network, is_flood_of_letter, is_too_much_mail, purses_of
from letterhub.domain.stops import whose

NOON = dt.datetime(2022, 1, 5, 17, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(("about_letter", "today", "too_much"), [(1, 1, False), (5, 5, False), (6, 6, True), (1, 21, True)])
def test_a_mailbox_is_asked_five_times_by_a_letter_and_twenty_times_a_day(
    about_letter: int, today: int, too_much: bool
) -> None:
    assert is_too_much_mail(about_letter, today) is too_much


def test_turns_come_at_once_then_one_by_one_and_none_later_than_a_day() -> None:
    allowance, until, turns = Allowance(2, 10 * MINUTE), None, []
    for _ in range(300):
        until, turn = allowance.turn(until, NOON)
        turns.append(turn - NOON)
    assert turns[:4] == [0 * MINUTE, 0 * MINUTE, 10 * MINUTE, 20 * MINUTE]
    assert max(turns) == turns[-1] == LONGEST_TURN


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("127.0.0.1", ""),
        ("10.1.2.3", ""),
        ("::ffff:10.1.2.3", ""),
        ("::ffff:127.0.0.1", ""),
        ("fe80::1%eth0", ""),
        ("fd00::1", ""),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_a_network_is_known_where_it_is_not_our_own_proxys(address: str, network: str) -> None:
    assert Sender(address).network == network


@pytest.mark.parametrize(
    ("reads", "email", "is_reader"),
    [
        ("clara@alliance.example", "Clara+letters@alliance.example", True),
        ("clara@alliance.example", "clare@alliance.example", False),
        ("", "", False),
    ],
)
def test_a_reader_is_known_by_her_mailbox(reads: str, email: str, is_reader: bool) -> None:
    assert Sender(reads=reads).is_reader_of(email) is is_reader


@pytest.mark.parametrize(("email", "purses"), [("c@alliance.example", 2), ("c@gmail.com", 1)])
def test_a_domain_of_anyones_has_no_purse_that_anyone_could_empty(email: str, purses: int) -> None:
    assert len(purses_of(1, "203.0.113.0/24", email).shared) == purses


@pytest.mark.parametrize(
    ("begun", "of_network", "of_letter"),
    [
        (Begun(letter=9, confirmed=0, network=9), False, False),
        (Begun(letter=10, confirmed=0, network=10), True, False),
        (Begun(letter=59, confirmed=0, network=1), False, False),
        (Begun(letter=60, confirmed=19, network=1), False, True),
        (Begun(letter=60, confirmed=20, network=1), False, False),
        (Begun(letter=500, confirmed=300, network=0), False, False),
    ],
)
def test_what_is_a_flood(begun: Begun, of_network: bool, of_letter: bool) -> None:
    assert (is_flood_from_network(begun), is_flood_of_letter(begun)) == (of_network, of_letter)


@pytest.mark.parametrize(
    ("website", "email", "domain"),
    [
        ("https://www.alliance.example", "x@gmail.com", "alliance.example"),
        ("", "x@mail.alliance.example", "alliance.example"),
        ("", "x@gmail.com", ""),
    ],
)
def test_whose_alarm_it_is(website: str, email: str, domain: str) -> None:
    assert whose(website, email) == domain


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2022-01-31", 1, "2022-02-28"), ("2022-12-01", 12, "2023-12-01"), ("2023-03-31", -1, "2023-02-28")],
)
def test_months_end_on_their_last_day(start: str, months: int, end: str) -> None:
    moment = dt.datetime.fromisoformat(start).replace(tzinfo=dt.UTC)
    assert months_after(moment, months).date().isoformat() == end
