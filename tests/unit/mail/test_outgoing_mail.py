"""Retries of an email, values allowed in headers, and valid recipient addresses."""

import datetime as dt

import pytest

from letterhub.domain.mail.outgoing_mail import CannotMail, MailFailure, next_attempt_at
from letterhub.mail.messages import collapse_blank_lines, header_text
from letterhub.mail.outbox import normalized_address
from letterhub.mail.smtp import is_no_mailbox

NOON = dt.datetime(2022, 1, 5, 12, 0, tzinfo=dt.UTC)
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("trouble", "deferrals", "wait"),
    [
        (MailFailure.TEMPORARY, 0, MINUTE),
        (MailFailure.TEMPORARY, 1, 2 * MINUTE),
        (MailFailure.TEMPORARY, 4, 16 * MINUTE),
        (MailFailure.TEMPORARY, 40, 6 * HOUR),
        (MailFailure.INTERRUPTED, 0, 10 * SECOND),
        (MailFailure.INTERRUPTED, 1, 20 * SECOND),
        (MailFailure.INTERRUPTED, 4000, 5 * MINUTE),
        (MailFailure.SERVER, 0, 10 * SECOND),
        (
            MailFailure.SERVER,
            7,
            10 * SECOND,
        ),  # an unavailable server says nothing about the email, however often it was deferred
    ],
)
def test_waits_double_up_to_a_limit(trouble: MailFailure, deferrals: int, wait: dt.timedelta) -> None:
    assert next_attempt_at(trouble, NOON, deferrals, NOON, chance=0.5) == NOON + wait


def test_what_failed_together_does_not_come_back_together() -> None:
    waits = [next_attempt_at(MailFailure.TEMPORARY, NOON, 0, NOON, chance) for chance in (0.0, 1.0)]
    assert waits == [NOON + dt.timedelta(seconds=48), NOON + dt.timedelta(seconds=72)]


@pytest.mark.parametrize(
    ("trouble", "at"),
    [(MailFailure.PERMANENT, NOON), (MailFailure.TEMPORARY, NOON + 3 * DAY), (MailFailure.SERVER, NOON + 4 * DAY)],
)
def test_a_mail_is_given_up_when_the_server_never_takes_it_or_after_three_days(trouble: MailFailure, at: dt.datetime) -> None:
    assert next_attempt_at(trouble, NOON, 1, at, chance=0.5) is None


@pytest.mark.shows("S5")
@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("Clean\r\nBcc: all@example.org", "Clean Bcc: all@example.org"),
        ("Clean\u2028rivers\u2029now", "Clean rivers now"),
        ("Clean\0rivers\x1b[31m\x85", "Clean rivers [31m"),
        ("  Clean\trivers \n", "Clean rivers"),
        ("例示市民会議 “é”", "例示市民会議 “é”"),
    ],
)
def test_a_header_is_one_line(given: str, line: str) -> None:
    assert header_text(given) == line


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("clara@alliance.example", "clara@alliance.example"),
        ("Clara.Example+letters@Alliance.Example", "Clara.Example+letters@alliance.example"),
        ("clara@bücher.example", "clara@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_written_as_mail_servers_write_it(given: str, written: str) -> None:
    assert normalized_address(given) == written


@pytest.mark.shows("S5")
@pytest.mark.parametrize(
    "given",
    [
        "",
        "clara",
        "clara@",
        "clara@alliance.example\r\nBcc: all@example.org",
        "clara@alliance.example\nBcc: all@example.org",
        "clara@alliance.example\0",
        "clara\u2028@alliance.example",
        "clara@alliance.example, all@example.org",
        "clara@alliance.example;all@example.org",
        "Clara <clara@alliance.example>",
        "<clara@alliance.example>",
        "clara@alliance.example> NOTIFY=SUCCESS",
        "кларa@alliance.example",
        "clara@[127.0.0.1]",
        "a" * 250 + "@alliance.example",
    ],
)
def test_what_is_not_one_plain_address_is_refused(given: str) -> None:
    with pytest.raises(CannotMail, match="We can’t send email"):
        normalized_address(given)


def test_text_has_one_empty_line_at_a_time_and_its_paragraphs_are_whole() -> None:
    paragraph = " ".join(["word"] * 100)
    assert collapse_blank_lines(f"\n\n{paragraph}  \n\n\n\n    indented\n\n") == f"{paragraph}\n\n    indented\n"


@pytest.mark.parametrize(
    ("code", "reply", "none"),
    [
        (550, "550: 5.1.1 No such mailbox", True),
        (550, "550: No such user here", True),
        (553, "553: mailbox name not allowed", True),
        (556, "556: 5.1.10 Domain does not accept mail", True),
        (550, "550: 5.2.1 The account is disabled", True),
        (550, "550: 5.7.1 Your server is on a list", False),
        (550, "550: 5.1.8 Bad sender", False),
        (552, "552: 5.2.2 Mailbox full", False),
        (554, "554: Not wanted", False),
        (450, "450: 4.1.1 Not now", False),
    ],
)
def test_a_server_says_that_there_is_no_such_mailbox(code: int, reply: str, none: bool) -> None:
    assert is_no_mailbox(code, f"The mail server answered {reply}") is none


@pytest.mark.parametrize("trouble", [MailFailure.PERMANENT, MailFailure.NO_MAILBOX])
def test_what_is_never_taken_is_not_tried_again(trouble: MailFailure) -> None:
    assert next_attempt_at(trouble, NOON, 1, NOON, chance=0.5) is None
