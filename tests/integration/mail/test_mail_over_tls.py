"""Email over TLS with a password: from the start (smtps) or by STARTTLS; never to a server with a wrong certificate."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import MailServer, Settings
from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import OutboxMessage
from letterhub.queries.operations.health import mail_server_problem
from tests.support import factories
from tests.support.cast import CLARA
from tests.support.servers.certificate_authority import LONG_AGO, CertificateAuthority
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.mail_server import Inbox, run_mail_server

REMOTE_HOST = "127.0.0.2"  # this machine under an address that the app does not know as local, so that it demands TLS
NAME, PASSWORD = "letters", "p-w-for-tests"

Open = Callable[..., tuple[Settings, Inbox]]


def accepts_login(_server: object, _session: object, _envelope: object, _mechanism: str, given: LoginPassword) -> AuthResult:
    """Return whether the mail server accepts these credentials."""
    right = (given.login, given.password) == (NAME.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False, auth_data=given.login.decode() if right else None)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: CertificateAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this machine trust the certificate authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))


@pytest.fixture
def line(app: Flask) -> OutboxMessage:
    signature = factories.signature(factories.open_letter(), state=SignatureState.PENDING)
    made = queue_mail(MailKind.CONFIRM, CLARA.email, at=now(), letter_id=signature.letter_id, signature_id=signature.id)
    stored: OutboxMessage = factories.save(made)
    return stored


@pytest.fixture
def served(settings: Settings, authority: CertificateAuthority) -> Iterator[Open]:
    """Run a mail server of the kind `way`; yield the settings that lead to it and its received emails."""
    with ExitStack() as servers:

        def opened(
            way: str, certified: str = REMOTE_HOST, until: dt.datetime | None = None, **login: str
        ) -> tuple[Settings, Inbox]:
            context = authority.server(certified, **({"until": until} if until else {}))
            postbox = servers.enter_context(run_mail_server(REMOTE_HOST, **options(way, context)))
            server = MailServer(REMOTE_HOST, postbox.port, way == "smtps", **({"name": NAME, "password": PASSWORD} | login))
            return replace(settings, mail_server=server), postbox

        yield opened


def options(way: str, context: Any) -> dict[str, Any]:
    """Return aiosmtpd's options for this kind of server."""
    return {
        "smtps": {"ssl_context": context, "authenticator": accepts_login, "auth_require_tls": False},  # TLS, unseen by aiosmtpd
        "starttls": {"tls_context": context, "require_starttls": True, "authenticator": accepts_login, "auth_required": True},
        "plain": {},
    }[way]


def state_of(line: OutboxMessage) -> tuple[MailState, str]:
    db.session.refresh(line)
    return line.state, line.error


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("way", ["smtps", "starttls"])
def test_mail_leaves_over_tls_with_a_password(served: Open, line: OutboxMessage, way: str) -> None:
    settings, postbox = served(way)
    assert send_due_mail(settings) == 1
    [mail] = postbox.mails
    assert (mail.over_tls, mail.login, mail.recipients) == (True, NAME, (CLARA.email,))
    assert state_of(line) == (MailState.SENT, "")
    assert mail_server_problem(settings) == ""


def server_with_wrong_certificate(served: Open, kind: str, way: str) -> tuple[Settings, Inbox, str]:
    """Yield a server with a wrong certificate, and the reason why it is wrong."""
    if kind == "name":
        return *served(way, certified="127.0.0.3"), f"IP address mismatch, certificate is not valid for '{REMOTE_HOST}'"
    if kind == "expired":
        return *served(way, until=LONG_AGO), "certificate has expired"
    return *served(way), "unable to get local issuer certificate"


@pytest.mark.parametrize("way", ["smtps", "starttls"])
@pytest.mark.parametrize("kind", ["name", "expired", "unknown"])
def test_a_wrong_certificate_gets_neither_password_nor_mail(
    served: Open, line: OutboxMessage, request: pytest.FixtureRequest, kind: str, way: str
) -> None:
    if kind != "unknown":
        request.getfixturevalue("trusted")
    settings, postbox, problem = server_with_wrong_certificate(served, kind, way)
    assert send_due_mail(settings) == 0
    server = f"The mail server at {REMOTE_HOST}, port {postbox.port}"
    sentence = f"{server} has an untrusted certificate: {problem}. Nothing was sent."
    assert state_of(line) == (MailState.WAITING, sentence)
    assert postbox.mails == []
    assert mail_server_problem(settings) == sentence


def test_the_operators_check_tells_a_wrong_certificate(app: Flask, served: Open) -> None:
    settings, postbox = served("smtps")
    checked = run_letterhub(settings, "check")
    place = f"The mail server at {REMOTE_HOST}, port {postbox.port}"
    assert f"NO  Mail server: {place} has an untrusted certificate: unable to get local" in checked.stdout
    assert checked.exit_code == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("way", ["smtps", "starttls"])
def test_a_wrong_password_is_told_in_the_servers_words(served: Open, line: OutboxMessage, way: str) -> None:
    settings, _postbox = served(way, password="wrong")
    assert send_due_mail(settings) == 0
    assert state_of(line) == (MailState.WAITING, "The mail server answered 535: 5.7.8 Authentication credentials invalid")


def test_a_password_is_not_sent_in_the_open(served: Open, line: OutboxMessage) -> None:
    settings, postbox = served("plain")
    assert send_due_mail(settings) == 0
    place = f"The mail server at {REMOTE_HOST}, port {postbox.port}"
    assert state_of(line) == (MailState.WAITING, f"{place} offers no TLS, so we didn’t send the password.")


def test_a_server_without_tls_is_told_from_one_that_is_away(served: Open, line: OutboxMessage) -> None:
    settings, postbox = served("plain")
    assert settings.mail_server is not None
    assert send_due_mail(replace(settings, mail_server=replace(settings.mail_server, tls=True))) == 0
    place = f"The mail server at {REMOTE_HOST}, port {postbox.port}"
    sentence = f"{place} doesn’t use TLS as LETTERHUB_MAIL_URL says: WRONG_VERSION_NUMBER. Nothing was sent."
    assert state_of(line) == (MailState.WAITING, sentence)


def test_a_server_on_this_machine_that_takes_no_passwords_says_so(settings: Settings, line: OutboxMessage) -> None:
    server = settings.mail_server
    assert server is not None
    asking = replace(settings, mail_server=replace(server, name=NAME, password=PASSWORD))
    assert send_due_mail(asking) == 0
    place = f"The mail server at 127.0.0.1, port {server.port}"
    sentence = f"{place} accepts no password. Remove the user name and password from LETTERHUB_MAIL_URL."
    assert state_of(line) == (MailState.WAITING, sentence)
