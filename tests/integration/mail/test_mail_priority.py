"""Mail priority: confirmations are not delayed by bulk email, and bulk email arrives."""

import datetime as dt
import re
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due, take_next
from letterhub.config import MailServer, Settings
from letterhub.domain.mail.outgoing_mail import MailKind, MailState, Precedence, Trouble
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import Addressed, post, post_each
from letterhub.models import Letter, OutboxLine, Signature
from letterhub.queries.mail.outbox import next_due
from letterhub.queries.operations.readiness import signs_of_life
from tests.support import cast, factories
from tests.support.query_plans import READS_ALL, SORTS, as_many, plans
from tests.support.servers.mail_server import Postbox

HOURS = dt.timedelta(hours=1)


@pytest.fixture
def letter(app: Flask) -> Letter:
    return factories.open_letter()


@pytest.fixture
def signed(letter: Letter) -> list[Signature]:
    """Three signatories."""
    whom = [replace(cast.CLARA, organization=f"Group {number}", email=f"n{number}@group.example") for number in range(3)]
    return [factories.signature(letter, one) for one in whom]


@pytest.fixture
def hiro(letter: Letter) -> Signature:
    """A new signer."""
    return factories.signature(letter, cast.HIRO, SignatureState.PENDING)


def told_to(signed: list[Signature], kind: MailKind = MailKind.RESTORED) -> None:
    """Queue an email to each of them, each a second later than the previous one."""
    of = signed[0].letter_id
    whom = (Addressed(one.id, one.email, now() + dt.timedelta(seconds=place)) for place, one in enumerate(signed))
    post_each(kind, whom, {}, at=now(), coalition_id=1, letter_id=of)
    db.session.commit()


def asked_to_confirm(signature: Signature) -> OutboxLine:
    of = {"letter_id": signature.letter_id, "signature_id": signature.id}
    return factories.kept(post(MailKind.CONFIRM, signature.email, at=now(), coalition_id=1, **of))


def test_who_signs_after_an_outage_gets_her_link_before_everything_that_many_are_told(
    settings: Settings, postbox: Postbox, signed: list[Signature], hiro: Signature, clock: time_machine.Traveller
) -> None:
    told_to(signed)
    away = replace(settings, mail_server=MailServer("127.0.0.1", 1, tls=False))
    assert send_due(away) == 0
    clock.shift(4 * HOURS)
    asked_to_confirm(hiro)
    assert send_due(settings) == 4
    assert [mail.recipients[0] for mail in postbox.mails] == [
        hiro.email,
        "n1@group.example",
        "n2@group.example",
        "n0@group.example",
    ]


def test_what_is_awaited_as_much_leaves_in_the_order_of_its_time(
    settings: Settings, postbox: Postbox, signed: list[Signature], hiro: Signature, clock: time_machine.Traveller
) -> None:
    first = asked_to_confirm(hiro)
    clock.shift(HOURS)
    second = asked_to_confirm(hiro)
    send_due(settings)
    assert [mail.message["Message-ID"] for mail in postbox.mails] == [first.message_id, second.message_id]


def test_what_many_are_told_leaves_while_what_is_awaited_is_put_off(
    settings: Settings, postbox: Postbox, signed: list[Signature], hiro: Signature, clock: time_machine.Traveller
) -> None:
    line = asked_to_confirm(hiro)
    line.postpone(now() + HOURS, "The mail server answered 451: come back", Trouble.LATER)
    told_to(signed)
    clock.shift(dt.timedelta(minutes=1))
    assert send_due(settings) == 3
    assert line.state is MailState.WAITING


@pytest.mark.parametrize("kind", MailKind)
def test_each_kind_either_waits_for_a_confirmation_or_goes_by_its_time(
    letter: Letter, hiro: Signature, clock: time_machine.Traveller, kind: MailKind
) -> None:
    other = factories.kept(post(kind, cast.CLARA.email, at=now(), letter_id=letter.id))
    clock.shift(HOURS)
    line = asked_to_confirm(hiro)
    gives_way = kind in {
        MailKind.REMIND, MailKind.COPY, MailKind.TYPO, MailKind.AGAIN, MailKind.RESTORED, MailKind.STILL, MailKind.INVITE,
    }  # fmt: skip
    assert next_due(now()) == (line.id if gives_way else other.id)


def test_mail_is_late_since_the_oldest_is_due_though_it_gives_way(
    signed: list[Signature], hiro: Signature, clock: time_machine.Traveller
) -> None:
    told_to(signed)
    since = now()
    clock.shift(HOURS)
    asked_to_confirm(hiro)
    assert signs_of_life(now()).late_since == since


@pytest.mark.parametrize("awaited", [True, False])
@pytest.mark.parametrize("due_in", [-HOURS, HOURS])
def test_the_next_of_a_hundred_thousand_mails_is_found_through_the_index(
    signed: list[Signature], hiro: Signature, clock: time_machine.Traveller, awaited: bool, due_in: dt.timedelta
) -> None:
    told_to(signed[:1])
    told = db.session.query(OutboxLine).one()
    line = asked_to_confirm(hiro) if awaited else told
    line.due_at = now() + due_in
    as_many(line, 100_000)
    with plans() as made:
        taken = take_next(now())
    assert (taken is None) == (due_in > dt.timedelta(0) and not awaited)
    assert made[0].count("ix_outbox_waiting") == len(Precedence)
    assert not SORTS.search(made[0])
    assert not READS_ALL.search(made[0])


def test_whether_mail_is_late_is_found_through_the_index(signed: list[Signature]) -> None:
    told_to(signed[:1])
    line = db.session.query(OutboxLine).one()
    line.due_at = now() + HOURS
    as_many(line, 100_000)
    with plans() as made:
        assert signs_of_life(now()).late_since is None
    of_mail = [one for one in made if "outbox" in one]
    assert len(of_mail) == 2
    assert [one for one in of_mail if READS_ALL.search(one) or not re.search("due_at ?<", one)] == []
