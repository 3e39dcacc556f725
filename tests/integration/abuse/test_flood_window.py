"""Floods at the edges: forms of an hour ago, and forms from nowhere."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.abuse.submission_limits import FLOOD_WINDOW, NETWORK_FLOOD_THRESHOLD, Sender
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.infrastructure.db import db
from letterhub.models import Letter, SubmissionOrigin
from letterhub.web.access import is_local_request
from tests.support.servers.database_copies import SITE
from tests.support.signing_steps import fill_in, signatures
from tests.support.visitor import Visitor

HERE = "203.0.113.7"
SECOND = dt.timedelta(seconds=1)


def sign(letter: Letter, number: int, network: str = HERE) -> None:
    line = Signatory(f"Alliance {number}", "Nia Example", "Director", website=f"https://a{number}.example", section="national")
    sign_letter(
        letter.id, SigningRequest(line, EmailAddress(f"n{number}@a{number}.example"), 1), at=now(), sender=Sender(network)
    )


@pytest.mark.parametrize(
    ("passed", "flagged"), [(FLOOD_WINDOW - SECOND, True), (FLOOD_WINDOW, False), (FLOOD_WINDOW + SECOND, False)]
)
def test_forms_of_an_hour_ago_are_no_part_of_a_flood(
    letter: Letter, clock: time_machine.Traveller, passed: dt.timedelta, flagged: bool
) -> None:
    sign(letter, 0)
    clock.shift(passed)
    for number in range(1, NETWORK_FLOOD_THRESHOLD + 1):
        sign(letter, number)
    first, *others = signatures()
    assert (first.from_flood, {one.from_flood for one in others}) == (flagged, {True})


def test_forms_from_nowhere_are_no_flood_of_one_network(app: Flask, letter: Letter) -> None:
    for number in range(NETWORK_FLOOD_THRESHOLD + 1):
        visitor = Visitor(app, SITE)
        visitor.client.environ_base.pop("REMOTE_ADDR", None)
        fill_in(visitor, letter, organization=f"Alliance {number}", email=f"n{number}@a{number}.example")
    assert [one.from_flood for one in signatures()] == [False] * (NETWORK_FLOOD_THRESHOLD + 1)
    assert {one.network_hash for one in db.session.query(SubmissionOrigin)} == {""}


def test_a_request_from_nowhere_is_not_local() -> None:
    assert not is_local_request({})
    assert not is_local_request({"REMOTE_ADDR": ""})
    assert is_local_request({"REMOTE_ADDR": "127.0.0.1"})
    assert not is_local_request({"REMOTE_ADDR": "127.0.0.1", "HTTP_VIA": "1.1 proxy"})
