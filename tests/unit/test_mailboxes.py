"""Whose mailbox an address is."""

import pytest

from letterhub.domain.mailboxes import NO_SLIPS, is_disposable, is_free_mail, likely_meant, mailbox_of


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "yahoo.fr", "yahoo.co.uk", "hotmail.co.uk", "outlook.fr", "gmx.at", "posteo.de", "comcast.net", "att.net"],
)
def test_anyone_can_have_a_mailbox_there(domain: str) -> None:
    assert is_free_mail(domain)


@pytest.mark.parametrize("domain", ["alliance.example", "yahooligans.example", "example.org", ""])
def test_an_organization_has_its_mailboxes_to_itself(domain: str) -> None:
    assert not is_free_mail(domain)
    assert not is_disposable(domain)


@pytest.mark.parametrize("host", ["mailinator.com", "guerrillamail.com", "Mailinator.COM.", "any.mailinator.com"])
def test_a_mailbox_there_is_made_to_be_thrown_away(host: str) -> None:
    assert is_disposable(host)


@pytest.mark.shows("S9")
@pytest.mark.parametrize(
    ("email", "mailbox"),
    [
        ("Clara@Alliance.example", "clara@alliance.example"),
        ("clara+rivers@alliance.example", "clara@alliance.example"),
        ("+clara@alliance.example", "+clara@alliance.example"),
        ("c.la.ra+1@googlemail.com", "clara@gmail.com"),
        ("c.la.ra@alliance.example", "c.la.ra@alliance.example"),
    ],
)
def test_the_spellings_of_one_mailbox_are_one(email: str, mailbox: str) -> None:
    assert mailbox_of(email) == mailbox


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("GMAIL.CON", "gmail.com"),
        ("hotmail.co", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("aliance.example", "alliance.example"),
        ("alliance.exmaple", "alliance.example"),
        *((host, "") for host in ("gmail.com", "mail.com", "ymail.com", "hotmail.ca", "yahoo.fr", "alliance.org", "")),
        *((host, "") for host in ("alliance.example", "mail.alliance.example", "example.org")),
    ],
)
def test_one_slip_of_the_keys_is_asked_about(host: str, meant: str) -> None:
    assert likely_meant(host, "alliance.example") == meant


def test_short_hosts_are_other_peoples() -> None:
    assert likely_meant("ab.org", "ac.org") == ""
    assert likely_meant("gmail.com", "") == ""


def test_hosts_that_look_like_a_slip_and_are_none_are_known() -> None:
    assert set(NO_SLIPS) == {"email.com", "mail.com", "ymail.com"}
