"""Emails pass SPF, DKIM and DMARC at who receives them, if the mail server signs them and the DNS has the records."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.states import SignatureState
from letterhub.mail import dns as sender_dns
from letterhub.mail.outbox import queue_mail
from letterhub.mail.transport import mail_operator
from tests.support import factories
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.dns_server import run_dns_server
from tests.support.servers.mail_server import Inbox, ReceivedEmail
from tests.support.servers.mail_signatures import dkim_domain, dkim_record, dkim_sign, dmarc_passes, spf_passes

DOMAIN, SELECTOR, SERVER = "letters.example.org", "main", "192.0.2.25"
LookUp = Callable[[str], Sequence[str]]


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def look_up(key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch) -> Iterator[LookUp]:
    """Return the TXT records of a name as the commands look them up, in a DNS on loopback with those that a site needs."""
    records = {
        DOMAIN: [f"v=spf1 ip4:{SERVER} -all"],
        f"_dmarc.{DOMAIN}": ["v=DMARC1; p=reject; aspf=s; adkim=s"],
        f"{SELECTOR}._domainkey.{DOMAIN}": [dkim_record(key)],
    }
    with run_dns_server(records) as resolver:
        monkeypatch.setattr(sender_dns, "system_resolver", lambda: resolver)
        yield sender_dns.txt_records


@pytest.fixture
def emails(app: Flask, settings: Settings, postbox: Inbox, look_up: LookUp) -> list[ReceivedEmail]:
    """Return emails of each way to send: from the outbox, with names beyond ASCII, to the operator, and as a test."""
    letter = factories.open_letter(replace(factories.TEXT, title="Ríos limpios para Ångström"))
    signature = factories.signature(letter, state=SignatureState.PENDING)
    for kind in (MailKind.CONFIRM, MailKind.REMIND):
        factories.save(queue_mail(kind, signature.email, {}, at=now(), letter_id=letter.id, signature_id=signature.id))
    send_due_mail(settings)
    assert mail_operator(settings, "the backup failed", ["Zu wenig Platz für „backup“.", "x" * 2_000], now()) == ""
    assert run_letterhub(settings, "mail", "test", "iris@example.org", "--dkim", SELECTOR).exit_code == 0
    assert len(postbox.mails) >= 3
    return postbox.mails


def test_each_email_passes_when_the_mail_server_signs_it(
    emails: list[ReceivedEmail], key: rsa.RSAPrivateKey, look_up: LookUp
) -> None:
    for mail in emails:
        signed = dkim_sign(mail.raw, key, DOMAIN, SELECTOR)
        assert dkim_domain(signed, look_up) == DOMAIN
        assert spf_passes(mail.sender, SERVER, look_up)
        assert dmarc_passes(signed, mail.sender, SERVER, look_up)
        assert dmarc_passes(signed, "list@elsewhere.example", "198.51.100.7", look_up), "forwarded: DKIM alone is enough"
        assert dmarc_passes(mail.raw, mail.sender, SERVER, look_up), "unsigned: SPF alone is enough"


def test_no_server_on_the_way_has_a_reason_to_rewrite_an_email(emails: list[ReceivedEmail]) -> None:
    for mail in emails:
        assert mail.raw.isascii()
        assert b"\n" not in mail.raw.replace(b"\r\n", b"")
        assert max(map(len, mail.raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("change", [(b"\r\n\r\n", b"\r\n\r\nPay here. "), (b"Subject: ", b"Subject: Urgent: ")])
def test_an_email_that_was_changed_or_comes_from_elsewhere_fails(
    emails: list[ReceivedEmail], key: rsa.RSAPrivateKey, look_up: LookUp, change: tuple[bytes, bytes]
) -> None:
    for mail in emails:
        changed = dkim_sign(mail.raw, key, DOMAIN, SELECTOR).replace(*change, 1)
        assert dkim_domain(changed, look_up) == ""
        assert not spf_passes(mail.sender, "198.51.100.7", look_up)
        assert not dmarc_passes(changed, mail.sender, "198.51.100.7", look_up)
