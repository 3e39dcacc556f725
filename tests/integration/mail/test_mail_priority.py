"""Mail priority: confirmations are not delayed by bulk email, and bulk email arrives."""

import datetime as dt
import re
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import claim_next_mail, send_due_mail
from letterhub.config import MailServer, Settings
from letterhub.domain.mail.outgoing_mail import MailFailure, MailKind, MailState, Precedence
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import BulkRecipient, queue_bulk_mail, queue_mail
from letterhub.models import Letter, OutboxMessage, Signature
from letterhub.queries.mail.outbox import next_due_id
from letterhub.queries.operations.health import site_heartbeats
from tests.support import cast, factories
from tests.support.database.query_plans import OUTBOX_SCAN_PATTERN, SORT_PATTERN, copy_outbox_message, record_plans
from tests.support.servers.mail_server import Inbox

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


def queue_email_to_each(signed: list[Signature], kind: MailKind = MailKind.RESTORED) -> None:
    """Queue an email to each of them, each a second later than the previous one."""
    of = signed[0].letter_id
    whom = (BulkRecipient(one.id, one.email, now() + dt.timedelta(seconds=place)) for place, one in enumerate(signed))
    queue_bulk_mail(kind, whom, {}, at=now(), coalition_id=1, letter_id=of)
    db.session.commit()


def asked_to_confirm(signature: Signature) -> OutboxMessage:
    of = {"letter_id": signature.letter_id, "signature_id": signature.id}
    return factories.save(queue_mail(MailKind.CONFIRM, signature.email, at=now(), coalition_id=1, **of))


def test_who_signs_after_an_outage_gets_her_link_before_everything_that_many_are_told(
    settings: Settings, postbox: Inbox, signed: list[Signature], hiro: Signature, clock: time_machine.Traveller
) -> None:
    queue_email_to_each(signed)
    away = replace(settings, mail_server=MailServer("127.0.0.1", 1, tls=False))
    assert send_due_mail(away) == 0
    clock.shift(4 * HOURS)
    asked_to_confirm(hiro)
    assert send_due_mail(settings) == 4
    assert [mail.recipients[0] for mail in postbox.mails] == [
        hiro.email,
        "n1@group.example",
        "n2@group.example",
        "n0@group.example",
    ]


def test_what_is_awaited_as_much_leaves_in_the_order_of_its_time(
    settings: Settings, postbox: Inbox, signed: list[Signature], hiro: Signature, clock: time_machine.Traveller
) -> None:
    first = asked_to_confirm(hiro)
    clock.shift(HOURS)
    second = asked_to_confirm(hiro)
    send_due_mail(settings)
    assert [mail.message["Message-ID"] for mail in postbox.mails] == [first.message_id, second.message_id]


def test_what_many_are_told_leaves_while_what_is_awaited_is_put_off(
    settings: Settings, postbox: Inbox, signed: list[Signature], hiro: Signature, clock: time_machine.Traveller
) -> None:
    line = asked_to_confirm(hiro)
    line.postpone(now() + HOURS, "The mail server answered 451: come back", MailFailure.TEMPORARY)
    queue_email_to_each(signed)
    clock.shift(dt.timedelta(minutes=1))
    assert send_due_mail(settings) == 3
    assert line.state is MailState.WAITING


@pytest.mark.parametrize("kind", MailKind)
def test_each_kind_either_waits_for_a_confirmation_or_goes_by_its_time(
    letter: Letter, hiro: Signature, clock: time_machine.Traveller, kind: MailKind
) -> None:
    other = factories.save(queue_mail(kind, cast.CLARA.email, at=now(), letter_id=letter.id))
    clock.shift(HOURS)
    line = asked_to_confirm(hiro)
    gives_way = kind in {
        MailKind.REMIND, MailKind.COPY, MailKind.TYPO, MailKind.RECONFIRM, MailKind.RESTORED, MailKind.RENEW_CONSENT,
        MailKind.ADDED, MailKind.INVITE, MailKind.DIGEST, MailKind.PUBLISHED, MailKind.DECLINED,
        MailKind.MESSAGE, MailKind.REPLY,
    }  # fmt: skip
    assert next_due_id(now()) == (line.id if gives_way else other.id)


def test_mail_is_late_since_the_oldest_is_due_though_it_gives_way(
    signed: list[Signature], hiro: Signature, clock: time_machine.Traveller
) -> None:
    queue_email_to_each(signed)
    since = now()
    clock.shift(HOURS)
    asked_to_confirm(hiro)
    assert site_heartbeats(now()).mail_late_since == since


@pytest.mark.parametrize("awaited", [True, False])
@pytest.mark.parametrize("due_in", [-HOURS, HOURS])
def test_the_next_of_a_hundred_thousand_mails_is_found_through_the_index(
    signed: list[Signature], hiro: Signature, clock: time_machine.Traveller, awaited: bool, due_in: dt.timedelta
) -> None:
    queue_email_to_each(signed[:1])
    message = db.session.query(OutboxMessage).one()
    line = asked_to_confirm(hiro) if awaited else message
    line.due_at = now() + due_in
    copy_outbox_message(line, 100_000)
    with record_plans() as made:
        taken = claim_next_mail(now())
    assert (taken is None) == (due_in > dt.timedelta(0) and not awaited)
    assert made[0].count("ix_outbox_message_waiting") == len(Precedence)
    assert not SORT_PATTERN.search(made[0])
    assert not OUTBOX_SCAN_PATTERN.search(made[0])


def test_whether_mail_is_late_is_found_through_the_index(signed: list[Signature]) -> None:
    queue_email_to_each(signed[:1])
    line = db.session.query(OutboxMessage).one()
    line.due_at = now() + HOURS
    copy_outbox_message(line, 100_000)
    with record_plans() as made:
        assert site_heartbeats(now()).mail_late_since is None
    of_mail = [one for one in made if "outbox" in one]
    assert len(of_mail) == 2
    assert [one for one in of_mail if OUTBOX_SCAN_PATTERN.search(one) or not re.search("due_at ?<", one)] == []
