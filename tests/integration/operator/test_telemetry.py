"""Error tracking and tracing send what a developer needs, and no personal data: read from the bytes that a server received."""

import gzip
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli
import pytest
from flask import Flask
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as otlp

from letterhub.cli import check
from letterhub.config import Settings
from letterhub.infrastructure import telemetry
from letterhub.infrastructure.monitoring import OUR_LOGGER
from letterhub.infrastructure.telemetry import ErrorTracker, start_error_tracking, start_telemetry
from letterhub.infrastructure.tracing import TRACING
from letterhub.web.staff.accounts import accept_invitation, team
from tests.support import factories
from tests.support.cast import COALITION, OLIVE
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor

PERSONAL = (
    "nadia", "meadows", OLIVE.email, OLIVE.name, OLIVE.password, COALITION, "coalition-for-clean-rivers", "127.0.0.1",
    "203.0.113.9",
)  # fmt: skip


class Receiver:
    """Server on this machine that keeps the path, the headers and the body of every request, unpacked."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(self.headers["Content-Encoding"] or "", bytes)
                body = unpack(body)
                receiver.requests.append((self.path, str(self.headers), body))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def bodies(self, path: str) -> list[bytes]:
        """Return what was sent to this path."""
        return [body for where, _, body in self.requests if where == path]

    def says_nothing_personal(self) -> None:
        """Fail if anything that was sent names a person, an address, an organization, a cookie or a secret."""
        for where, headers, body in self.requests:
            sent_headers = headers.replace(self.address, "")
            text = f"{where}\n{sent_headers}\n{body.decode('utf-8', 'replace')}".casefold()
            assert [word for word in PERSONAL if word.casefold() in text] == [], text


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def tracker(receiver: Receiver) -> Iterator[ErrorTracker]:
    """Error tracking that is on."""
    tracker = start_error_tracking(f"http://public@{receiver.address}/1", "letters.example.org")
    yield tracker
    for name in (OUR_LOGGER, None):
        logging.getLogger(name).removeHandler(tracker)
    tracker.client.close()


@pytest.fixture
def tracing(receiver: Receiver) -> Iterator[None]:
    """Tracing that is on."""
    TRACING.start(f"http://{receiver.address}", "letters.example.org")
    yield
    TRACING.stop()


def fail(*arguments: Any, **_named: Any) -> None:
    """Fail as code does that repeats what was typed."""
    address = "nadia@meadows.example"
    try:
        raise KeyError(f"{address} is missing")
    except KeyError as cause:
        raise ValueError(f"Nadia of {COALITION} at {address}: {arguments}") from cause


def break_the_site(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send a form, and open a mailed link, which both fail."""
    factories.staff(OLIVE)
    monkeypatch.setattr(team, "invite_staff", fail)
    monkeypatch.setattr(accept_invitation, "invitation_of", fail)
    visitor = Visitor(app, SITE)
    visitor.sign_in(OLIVE)
    page = visitor.visit("team.index", coalition="coalition-for-clean-rivers")
    page.submit("Send invitation", status=500, email="nadia@meadows.example", role="owner")
    token = app.extensions["links"].token("join", 1, 1)
    headers = {"X-Forwarded-For": "203.0.113.9", "User-Agent": "Meadows/1.0", "Referer": "https://meadows.example/nadia"}
    assert visitor.ask(f"/join/{token}?name=nadia", headers=headers).status_code == 500


@pytest.mark.shows("S7")
def test_an_error_is_reported_by_its_place_without_personal_data(
    app: Flask, receiver: Receiver, tracker: ErrorTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_the_site(app, monkeypatch)
    tracker.flush()
    events = [json.loads(body.splitlines()[2]) for body in receiver.bodies("/api/1/envelope/")]
    assert [event["tags"]["route"] for event in events] == ["/staff/<coalition>/team", "/join/<token>"]
    event = events[0]
    cause, error = event["exception"]["values"]
    assert (cause["type"], error["type"], error["value"]) == ("KeyError", "ValueError", "ValueError")
    places = [(frame["filename"], frame["function"], frame["in_app"]) for frame in error["stacktrace"]["frames"]]
    assert ("letterhub/web/staff/accounts/team.py", "invite", True) in places
    assert set(event) <= telemetry.FIELDS
    assert (event["environment"], event["tags"]["method"]) == ("letters.example.org", "POST")
    assert event["release"].startswith("letterhub@")
    receiver.says_nothing_personal()


@pytest.mark.usefixtures("tracing")
def test_spans_tell_routes_commands_and_the_type_of_an_error_alone(
    app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_the_site(app, monkeypatch)
    TRACING.flush()
    requests = [otlp.ExportTraceServiceRequest.FromString(body) for body in receiver.bodies("/v1/traces")]
    scopes = [scope for request in requests for resource in request.resource_spans for scope in resource.scope_spans]
    spans = {span.name: span for scope in scopes for span in scope.spans}
    failed = {one.key: one.value for one in spans["GET /join/<token>"].attributes}
    assert failed["http.route"].string_value == "/join/<token>"
    assert failed["http.response.status_code"].int_value == 500
    signing_in = spans["POST /sign-in"]
    assert spans["begin_session"].parent_span_id == signing_in.span_id
    assert not any(span.events for span in spans.values())
    receiver.says_nothing_personal()


@pytest.mark.usefixtures("tracing")
def test_a_failed_command_is_marked_by_the_type_of_its_error(receiver: Receiver) -> None:
    with pytest.raises(ValueError, match="Nadia"), TRACING.span("invite_staff"):
        fail()
    TRACING.flush()
    [body] = receiver.bodies("/v1/traces")
    [span] = otlp.ExportTraceServiceRequest.FromString(body).resource_spans[0].scope_spans[0].spans
    assert [(one.key, one.value.string_value) for one in span.attributes] == [("error.type", "ValueError")]
    assert (span.status.code, span.status.message) == (2, "")
    receiver.says_nothing_personal()


def test_a_receiver_that_is_away_harms_no_request(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    tracker = start_error_tracking("http://public@127.0.0.1:9/1", "letters.example.org")
    try:
        break_the_site(app, monkeypatch)
    finally:
        for name in (OUR_LOGGER, None):
            logging.getLogger(name).removeHandler(tracker)
        tracker.client.close(timeout=0.1)


def test_nothing_is_sent_unless_it_is_set(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    before = list(logging.getLogger(OUR_LOGGER).handlers)
    start_telemetry("", "", "letters.example.org")
    assert (logging.getLogger(OUR_LOGGER).handlers, TRACING.tracer, receiver.requests) == (before, None, [])


def test_check_says_what_is_on_and_whether_its_libraries_are_missing(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = {"LETTERHUB_SENTRY_DSN": "https://key@errors.example.org/1", "LETTERHUB_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
    monkeypatch.setattr(check, "CHECKS", {"Telemetry": check.CHECKS["Telemetry"]})
    ended = run_letterhub(settings, "check", **on)
    assert "on by LETTERHUB_SENTRY_DSN and LETTERHUB_OTLP_ENDPOINT" in ended.output, ended.output
    monkeypatch.setattr(telemetry, "is_error_tracking_installed", lambda: False)
    ended = run_letterhub(settings, "check", **on)
    assert (ended.exit_code, "letterhub[sentry] is not installed" in ended.output) == (1, True)
