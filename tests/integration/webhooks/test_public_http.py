"""Requests to addresses that strangers name: no private address, no other than was checked, and bounded time and bytes."""

import socket
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from letterhub.domain.webhooks.targets import Target
from letterhub.infrastructure import public_http
from letterhub.infrastructure.bounded_http import ServerUnavailable
from letterhub.infrastructure.public_http import HttpAnswer, PublicCaller
from tests.support.servers.certificate_authority import CertificateAuthority
from tests.support.servers.webhook_receiver import Receiver, run_receiver

pytestmark = pytest.mark.shows("S21")
HOST = "hooks.example.org"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with run_receiver() as receiver:
        yield receiver


def post(receiver: Receiver, host: str = HOST, *, uses_tls: bool = False, seconds: float = 5, **how: object) -> HttpAnswer:
    """Send a request to a receiver under a name, as it is resolved by `resolver`."""
    caller = PublicCaller(**{"allows_loopback": True, "seconds": seconds, "resolver": lambda *_name: ["127.0.0.1"], **how})
    target = Target("", uses_tls=uses_tls, host=host, port=receiver.port, path="/hook")
    return caller.post(target, {"webhook-id": "msg_1"}, b"{}")


@pytest.mark.parametrize(
    "address", ["10.0.0.7", "169.254.169.254", "100.64.0.1", "::ffff:10.0.0.7", "64:ff9b::a00:7", "fe80::1%eth0", "fd00::1"]
)
def test_a_name_that_leads_to_a_private_address_is_not_called(receiver: Receiver, address: str) -> None:
    for answers in ([address], ["8.8.8.8", address]):
        with pytest.raises(ServerUnavailable, match="isn’t on the public internet"):
            post(receiver, resolver=lambda *_name, found=answers: found)
    assert receiver.received == []


def test_this_machine_is_not_called_unless_a_setting_says_so(receiver: Receiver) -> None:
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0"):
        with pytest.raises(ServerUnavailable, match="isn’t on the public internet"):
            post(receiver, resolver=lambda *_name, found=address: [found], allows_loopback=False)
    assert receiver.received == []
    assert post(receiver).status == 204


def test_a_name_is_resolved_once_and_the_checked_address_called(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the first answer is harmless, each further one would lead elsewhere."""
    answers, looked_up, look_up = iter([["127.0.0.1"], ["10.0.0.7"]]), [], socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **how: looked_up.append(host) or look_up(host, *more, **how))
    assert post(receiver, resolver=lambda *_name: next(answers)).status == 204
    assert receiver.received[0].headers["host"] == f"{HOST}:{receiver.port}"
    assert next(answers) == ["10.0.0.7"]
    assert looked_up == ["127.0.0.1"]


def test_tls_is_verified_for_the_name_and_not_for_the_address(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = CertificateAuthority(tmp_path_factory.mktemp("authority"))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    with run_receiver(authority.server(HOST)) as receiver:
        assert post(receiver, uses_tls=True).status == 204
        for other in ("other.example.org", "127.0.0.1"):
            with pytest.raises(ServerUnavailable, match="certificate is not valid for"):
                post(receiver, other, uses_tls=True)
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(ServerUnavailable, match=r"can’t be reached: .*(certificate|issuer)"):
            post(receiver, uses_tls=True)
        assert len(receiver.received) == 1
    with run_receiver() as plain, pytest.raises(ServerUnavailable, match="can’t be reached"):
        post(plain, uses_tls=True)


def drip(handler: BaseHTTPRequestHandler, beginning: bytes) -> None:
    """Send a beginning, then a byte at a time until the client hangs up; fail if it doesn't within ten seconds."""
    handler.wfile.write(beginning)
    for _moment in range(200):
        time.sleep(0.05)
        handler.wfile.write(b"a")
    raise AssertionError("nobody hung up")


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 100 Continue\r\n"])
def test_an_answer_that_never_begins_is_given_up(receiver: Receiver, beginning: bytes) -> None:
    hung_up = []

    def respond(handler: BaseHTTPRequestHandler) -> None:
        try:
            drip(handler, beginning)
        except OSError:
            hung_up.append(time.monotonic())

    receiver.respond = respond
    started = time.monotonic()
    with pytest.raises(ServerUnavailable, match=r"did not answer within 0\.3 seconds"):
        post(receiver, seconds=0.3)
    assert time.monotonic() - started < 2
    while not hung_up:
        assert time.monotonic() - started < 5, "the connection stays open"
        time.sleep(0.02)


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Send an answer without an end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        handler.wfile.write(b"1000\r\n" + b"a" * 0x1000 + b"\r\n")


def broken(handler: BaseHTTPRequestHandler) -> None:
    """Send an answer whose text is cut off."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz")


def slow(handler: BaseHTTPRequestHandler) -> None:
    """Send a status, and a text a byte at a time."""
    drip(handler, b"HTTP/1.1 200 OK\r\n\r\n")


@pytest.mark.parametrize(("respond", "content"), [(endless, b"a" * 2048), (broken, b"hello"), (slow, b"a")])
def test_the_status_counts_though_the_text_is_endless_slow_or_broken(
    receiver: Receiver, respond: Callable[[BaseHTTPRequestHandler], None], content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_http, "BODY_SECONDS", 0.2)
    receiver.respond = respond
    found = post(receiver)
    assert found.status == 200
    assert found.content.startswith(content)
    assert len(found.content) <= 2048


@pytest.mark.parametrize(
    "beginning", [b"nonsense\r\n\r\n", b"HTTP/1.1 999999 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: " + b"a" * 100_000, b""]
)
def test_what_is_no_http_is_a_failure(receiver: Receiver, beginning: bytes) -> None:
    receiver.respond = lambda handler: handler.wfile.write(beginning) and None
    with pytest.raises(ServerUnavailable, match="can’t be reached"):
        post(receiver)


def test_a_proxy_of_the_environment_is_not_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(receiver).status == 204


def test_another_address_of_the_name_is_tried_if_the_first_takes_no_connection(receiver: Receiver) -> None:
    assert post(receiver, resolver=lambda *_name: ["127.0.0.9", "127.0.0.1"]).status == 204


def test_a_slow_resolver_is_given_up(receiver: Receiver) -> None:
    with pytest.raises(ServerUnavailable, match=r"did not answer within 0\.1 seconds"):
        post(receiver, seconds=0.1, resolver=lambda *_name: time.sleep(0.5) or [])
