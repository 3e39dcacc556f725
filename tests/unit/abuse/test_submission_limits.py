"""Delays of confirmation emails, detection of floods, and retention periods."""

import datetime as dt
import itertools

import pytest

from letterhub.domain.abuse.rate_limits import MAX_WAIT, RateLimit
from letterhub.domain.abuse.submission_limits import (
    DOMAIN_LIMIT,
    LETTER_LIMIT,
    NETWORK_LIMIT,
    LetterForms,
    PastMail,
    Sender,
    is_flood_from_network,
    is_flood_of_letter,
    mailbox_may_be_mailed_at,
    network_may_mail_at,
    shared_buckets,
)
from letterhub.domain.mail.email_addresses import EmailAddress, own_domain
from letterhub.domain.operations.retention import add_months

NOON = dt.datetime(2022, 1, 5, 17, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
NUMBERS = itertools.count()


def mails(count: int, *, hours_ago: float = 1, letter: int = 1, own: bool = True, waits: bool = False) -> list[PastMail]:
    """Return so many emails to one mailbox, a minute apart."""
    left = NOON - hours_ago * 60 * MINUTE
    return [
        PastMail(
            next(NUMBERS), letter, own, same_address=True, waits=waits, asked_at=left - one * MINUTE, at=left - one * MINUTE
        )
        for one in range(count)
    ]


@pytest.mark.parametrize(
    ("before", "hours"),
    [
        ([], 0),
        (mails(4), 0),
        (mails(5, hours_ago=24), 0),
        (mails(3) + mails(2, hours_ago=3), 21),  # once the fifth newest is a day old
        (mails(300, own=False), 0),  # other networks delay nobody
        (mails(300, own=False, waits=True), 0),
        (mails(4, letter=2) + mails(4, letter=3), 0),
        (mails(4, letter=2) + mails(4, letter=3) + mails(2, letter=4), 23),
        (mails(4) + mails(1, hours_ago=-2, waits=True), 23),  # an email of its own that is still queued counts
    ],
)
def test_a_network_has_a_mailbox_mailed_five_times_a_day_about_a_letter_and_ten_times_in_all(
    before: list[PastMail], hours: int
) -> None:
    waits = network_may_mail_at(before, 1, NOON) - NOON
    assert round(waits / (60 * MINUTE)) == hours


@pytest.mark.parametrize(
    ("before", "hours"),
    [
        ([], 0),
        (mails(19), 0),
        (mails(300, waits=True), 0),  # an unsent email does not count
        (mails(300, letter=2), 0),  # the first of a day about a letter is never delayed
        (mails(1) + mails(19, letter=2, own=False), 23),
        (mails(20, own=False), 23),
        (mails(300, hours_ago=25), 0),
    ],
)
def test_a_mailbox_gets_twenty_mails_of_strangers_a_day_and_the_first_about_a_letter(
    before: list[PastMail], hours: int
) -> None:
    assert round((mailbox_may_be_mailed_at(before, 1, NOON) - NOON) / (60 * MINUTE)) == hours


@pytest.mark.shows("S24")
def test_s24_one_network_alone_never_uses_up_what_networks_share() -> None:
    for shared in (LETTER_LIMIT, DOMAIN_LIMIT):
        assert shared.burst > NETWORK_LIMIT.burst
        assert shared.refill_interval < NETWORK_LIMIT.refill_interval


def test_mail_leaves_at_once_then_one_by_one_and_none_later_than_a_day() -> None:
    limit, until, waits = RateLimit(2, 10 * MINUTE), None, []
    for _ in range(300):
        until, free = limit.reserve(until, NOON)
        waits.append(free - NOON)
    assert waits[:4] == [0 * MINUTE, 0 * MINUTE, 10 * MINUTE, 20 * MINUTE]
    assert max(waits) == waits[-1] == MAX_WAIT


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
    assert Sender(reads=EmailAddress(reads) if reads else None).is_reader_of(EmailAddress(email)) is is_reader


@pytest.mark.parametrize(("email", "buckets"), [("c@alliance.example", 2), ("c@gmail.com", 1)])
def test_a_domain_of_anyones_has_no_limit_that_anyone_could_use_up(email: str, buckets: int) -> None:
    assert len(shared_buckets(1, EmailAddress(email))) == buckets


@pytest.mark.parametrize(
    ("forms", "is_flood"),
    [
        (LetterForms(59, 0), False),
        (LetterForms(60, 19), True),
        (LetterForms(60, 20), False),
        (LetterForms(61, 20), True),
        (LetterForms(500, 300), False),
    ],
)
def test_what_is_a_flood_of_a_letter(forms: LetterForms, is_flood: bool) -> None:
    assert is_flood_of_letter(forms) is is_flood


@pytest.mark.parametrize(("last_hour", "is_flood"), [(0, False), (9, False), (10, True)])
def test_what_is_a_flood_from_a_network(last_hour: int, is_flood: bool) -> None:
    assert is_flood_from_network(last_hour) is is_flood


@pytest.mark.shows("S28")
@pytest.mark.parametrize(
    ("email", "domain"),
    [("x@mail.alliance.example", "alliance.example"), ("x@gmail.com", ""), ("x@mailinator.com", ""), ("", "")],
)
def test_an_alert_is_of_the_domain_whose_mail_was_read(email: str, domain: str) -> None:
    assert own_domain(email) == domain


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2022-01-31", 1, "2022-02-28"), ("2022-12-01", 12, "2023-12-01"), ("2023-03-31", -1, "2023-02-28")],
)
def test_months_end_on_their_last_day(start: str, months: int, end: str) -> None:
    moment = dt.datetime.fromisoformat(start).replace(tzinfo=dt.UTC)
    assert add_months(moment, months).date().isoformat() == end
