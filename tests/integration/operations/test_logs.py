"""The log says what changed and what failed, each with its request's ID, and has no personal data (S7)."""

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.config import Settings
from letterhub.infrastructure.db import db, one_transaction
from letterhub.infrastructure.monitoring import LineFormatter
from letterhub.models import Letter, Staff
from letterhub.web import request_hooks
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import confirm_link, fill_in, manage_link, newest_link, only_signature
from tests.support.visitor import Visitor


class Log:
    """Records written, as a process formats them."""

    def __init__(self, stream: io.StringIO) -> None:
        self.stream = stream

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """The log, with a threshold for slow pages that no busy machine reaches."""
    monkeypatch.setattr(request_hooks, "SLOW_SECONDS", 3600.0)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter("json"))
    root, ours = logging.getLogger(), logging.getLogger("letterhub")
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    try:
        yield Log(stream)
    finally:
        root.removeHandler(handler)
        ours.setLevel(before)


@pytest.mark.shows("S7")
def test_s7_from_signing_to_withdrawing_the_log_holds_no_address_no_name_and_no_token(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, log: Log
) -> None:
    fill_in(visitor, letter)
    confirm = newest_link(settings, postbox)
    visitor.open(confirm).submit("Sign for our organization", authorized=True)
    manage = manage_link(only_signature())
    visitor.open(manage).submit("Save the correction", signer_title="President")
    visitor.open(manage).submit("Withdraw the signature", sure=True)
    visitor.open(f"{manage}/nothing-here", status=404)
    requests = [(line["method"], line["route"], line["status"]) for line in log.lines]
    assert requests == [
        ("POST", "/letters/<slug>/sign", 303),
        ("POST", "/confirm/<token>", 303),
        ("POST", "/signatures/<token>", 303),
        ("POST", "/signatures/<token>", 303),
        ("GET", "", 404),
    ]
    typed = (*cast.CLARA.form.values(), "President", "127.0.0.1", letter.slug, "clara@", "alliance.example")
    tokens = [link.split("/")[2] for link in (confirm, manage)]
    assert [secret for secret in (*typed, *tokens) if secret in log.text and secret not in ("national",)] == []


@pytest.mark.shows("S7")
def test_s7_faults_on_secret_pages_tell_where_and_not_whose(app: Flask, visitor: Visitor, letter: Letter, log: Log) -> None:
    signature = factories.signature(letter)
    factories.staff(cast.OLIVE)

    @one_transaction
    def twice(token: str) -> str:
        facts = {"fs_uniquifier": "x", "created_at": now(), "name": cast.OLIVE.name}
        db.session.execute(insert(Staff).values(email=cast.OLIVE.email, active=True, **facts))
        return token

    app.view_functions["confirmation.submit"] = twice
    link = confirm_link(signature)
    page = visitor.open(link, status=500, method="POST")
    fault = log.lines[0]
    assert (fault["message"], fault["route"]) == ("a request failed", "/confirm/<token>")
    assert fault["error"] in ("IntegrityError (23505)", "IntegrityError (SQLITE_CONSTRAINT_UNIQUE)")
    assert [
        place
        for place in fault["at"]
        if place.startswith("tests/integration/operations/test_logs.py:") and place.endswith(" twice")
    ]
    page.says(f"include the number {fault['request']}")
    assert [secret for secret in (cast.OLIVE.email, cast.OLIVE.name, link[9:]) if secret in log.text] == []


def test_pages_that_are_asked_for_and_given_are_not_worth_a_line(visitor: Visitor, letter: Letter, log: Log) -> None:
    visitor.open(f"/letters/{letter.slug}")
    visitor.open("/no-such-page", status=404)
    assert [(line["status"], line["endpoint"]) for line in log.lines] == [(404, "")]


def test_each_answer_has_a_number_of_its_own(visitor: Visitor, letter: Letter) -> None:
    ids = {visitor.ask("/", headers={"X-Request-ID": "from-a-stranger-1"}).headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch(r"[0-9a-f]{16}", number) for number in ids)
    assert visitor.ask("/", headers={"Host": "evil.example"}).headers["X-Request-ID"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("given", "taken"),
    [("0123abcd-4567", True), ("short", False), ("x" * 65, False), ("a b c d e f g h", False),
     ("clara@alliance.example", False), ('"}{"level":"x"', False), ("é" * 10, False), ("-starts-with-it", False)],
)  # fmt: skip
def test_a_trusted_proxys_number_is_taken_in_a_safe_shape_alone(
    app: Flask, settings: Settings, log: Log, given: str, taken: bool
) -> None:
    behind = create_app(replace(settings, trusted_proxies=1))
    with behind.app_context():
        answer = Visitor(behind, SITE).ask("/no-such-page", headers={"X-Request-ID": given})
    db.session.remove()
    number = answer.headers["X-Request-ID"]
    assert (number == given) is taken
    assert log.lines[-1]["request"] == number
