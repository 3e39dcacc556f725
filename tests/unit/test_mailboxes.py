"""Whose mailbox an address is."""

import pytest

from letterhub.domain.mailboxes import is_disposable, is_free_mail, mailbox_of


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
