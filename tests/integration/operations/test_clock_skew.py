"""The system clock goes back: due times and leases from the future are repaired, and nothing is lost."""

import datetime as dt

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.editions.file_jobs import render_edition_file
from letterhub.commands.mail.send import claim_next_mail, send_due_mail
from letterhub.commands.operations.clock_skew_repair import repair_clock_skew
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.sign import sign_letter
from letterhub.config import Settings
from letterhub.domain.abuse.rate_limits import SIGN_IN_LIMITS, LimitedAction
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import LinkSigner, Purpose
from letterhub.models import EditionFile, OutboxMessage
from letterhub.queries.operations.health import audit_log_problems
from tests.support import editions, factories
from tests.support.audit_backfill import backfill_audit_log
from tests.support.cast import OLIVE
from tests.support.servers.database_copies import SECRET_KEY, SITE
from tests.support.servers.mail_server import Inbox
from tests.support.servers.worker_process import queue_emails, unsent_count
from tests.support.signing_steps import confirm_link
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("R2")

BACK = -dt.timedelta(days=1)


def line() -> OutboxMessage:
    end_read_transaction()
    return db.session.scalars(select(OutboxMessage)).one()


def test_a_mail_leaves_by_the_new_time(app: Flask, settings: Settings, postbox: Inbox, clock: time_machine.Traveller) -> None:
    queue_emails(factories.signature(factories.open_letter()).id, 1)
    clock.shift(BACK)
    assert send_due_mail(settings) == 0
    repair_clock_skew(now())
    assert send_due_mail(settings) == 1


def test_what_a_lost_worker_had_is_taken_up_by_the_new_time(app: Flask, clock: time_machine.Traveller) -> None:
    letter = factories.open_letter()
    queue_emails(factories.signature(letter).id, 1)
    editions.freeze_unrendered(letter)
    file = db.session.scalars(select(EditionFile).where(EditionFile.format == FileFormat.CSV)).one()
    file.start_attempt(now() + dt.timedelta(minutes=6))
    db.session.commit()
    number = file.id
    assert claim_next_mail(now()) is not None
    clock.shift(BACK)
    repair_clock_skew(now())
    assert claim_next_mail(now()) is not None
    assert render_edition_file(number)
    end_read_transaction()
    assert db.session.get_one(EditionFile, number).state is JobState.DONE


def test_a_mail_that_waits_for_its_turn_keeps_its_turn(app: Flask, clock: time_machine.Traveller) -> None:
    queue_emails(factories.signature(factories.open_letter()).id, 1)
    line().due_at += dt.timedelta(hours=2)
    db.session.commit()
    clock.shift(BACK)
    repair_clock_skew(now())
    assert line().due_at == now() + dt.timedelta(hours=2)
    repair_clock_skew(now())
    assert line().due_at == now() + dt.timedelta(hours=2)


def test_a_lease_that_runs_and_a_mail_that_was_put_off_are_left_alone(app: Flask, clock: time_machine.Traveller) -> None:
    queue_emails(factories.signature(factories.open_letter()).id, 1)
    assert claim_next_mail(now()) is not None
    before = (line().due_at, line().lease_until)
    clock.shift(-dt.timedelta(seconds=20))  # clocks of machines differ
    repair_clock_skew(now())
    assert (line().due_at, line().lease_until) == before
    assert unsent_count() == 1


@pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.FORM])
def test_a_link_that_was_made_before_opens(clock: time_machine.Traveller, purpose: Purpose) -> None:
    links = LinkSigner((SECRET_KEY,))
    token = links.token(purpose, 7, 1)
    clock.shift(BACK)
    assert links.open(purpose, token).subject == (7, 1)


def test_who_began_to_sign_before_confirms_after(app: Flask, clock: time_machine.Traveller) -> None:
    letter = factories.open_letter(deadline_at=None)
    signature = factories.signature(letter, state=SignatureState.PENDING)
    link = confirm_link(signature)
    clock.shift(BACK)
    page = Visitor(app, SITE).open(link)
    assert page.response.status_code == 200
    confirm_signature(signature.id, revision=1, at=now())
    end_read_transaction()
    assert db.session.get_one(type(signature), signature.id).state is SignatureState.CONFIRMED


def test_the_record_stays_one_chain(app: Flask, clock: time_machine.Traveller) -> None:
    letter = factories.open_letter(deadline_at=None)
    backfill_audit_log()
    for number in range(3):
        request = SigningRequest(
            Signatory(f"Alliance {number}", "Nia Example", "Director"), EmailAddress(f"n{number}@one.example"), 1
        )
        confirm_signature(sign_letter(letter.id, request, at=now()), revision=1, at=now())
        clock.shift(BACK)
    assert audit_log_problems() == {}


def test_nobody_is_shut_out_for_the_time_that_was(app: Flask, clock: time_machine.Traveller) -> None:
    factories.staff(OLIVE)
    allowed = SIGN_IN_LIMITS[LimitedAction.PASSWORD].account_from_network
    visitor = Visitor(app, SITE)
    for _ in range(allowed.burst - 1):
        visitor.open("/sign-in").submit("Sign in", email=OLIVE.email, password="a guess")
    clock.shift(BACK)
    clock.shift(allowed.refill_interval * 2)  # the interval that refills two tries refills them by the new time
    visitor.sign_in(OLIVE)
