"""R3: a slow, refusing or broken mail server delays no page; emails leave later, once each."""

import datetime as dt
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from letterhub.app import site_context
from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail, send_round
from letterhub.config import MailServer, Settings
from letterhub.domain.mail.outgoing_mail import MailState, SuppressionReason
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.mail import smtp, transport
from letterhub.mail.smtp import Smtp
from letterhub.models import MailSuppression, OutboxMessage
from tests.support import factories
from tests.support.cast import CLARA, SAM
from tests.support.servers.database_copies import SITE
from tests.support.servers.faulty_mail_server import FaultyServer, MailFault, run_faulty_server
from tests.support.servers.worker_process import TIMEOUT, queue_emails, run_worker, unsent_count, wait_until
from tests.support.signing_steps import fill_in
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.shows("R3")

ERRORS = {
    MailFault.SILENT: "didn’t respond within 0 seconds.",
    MailFault.BUSY: "The mail server answered 421: busy",
    MailFault.LATER: "The mail server answered 451: 4.7.1 Greylisted",
    MailFault.FULL: "The mail server answered 452: 4.3.1 No room now",
    MailFault.DROPS_CONNECTION: "closed the connection.",
    MailFault.LOSES_REPLY: "closed the connection.",
}
AWAY = (MailFault.SILENT, MailFault.BUSY)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    """A mail server with faults, and a worker that waits half a second for each of its replies."""
    monkeypatch.setattr(transport, "Smtp", partial(Smtp, patience=0.5))
    with run_faulty_server() as running:
        yield running


@pytest.fixture
def faulty(settings: Settings, server: FaultyServer) -> Settings:
    return replace(settings, mail_server=MailServer("127.0.0.1", server.port, tls=False))


def signed(app: Flask) -> None:
    """Sign as Clara: the page responds, whatever the mail server does."""
    assert fill_in(Visitor(app, SITE), factories.open_letter()).path.endswith("/check-your-email")


def three_sign(app: Flask) -> None:
    letter = factories.open_letter()
    for number in range(3):
        fill_in(Visitor(app, SITE), letter, email=f"n{number}@alliance.example", organization=f"Alliance {number}")


def the_line() -> OutboxMessage:
    end_read_transaction()
    return db.session.scalars(select(OutboxMessage)).one()


def outbox(app: Flask) -> Page:
    """Return the outbox page, as staff see it."""
    sam = Visitor(app, SITE)
    sam.sign_in(SAM)
    return sam.visit("outbox.index", coalition="coalition-for-clean-rivers")


@pytest.mark.parametrize("way", ERRORS)
def test_a_mail_that_was_not_taken_waits_longer_each_time_and_leaves_as_the_same_one(
    app: Flask, faulty: Settings, server: FaultyServer, clock: time_machine.Traveller, way: MailFault
) -> None:
    factories.staff(SAM)
    server.way = way
    signed(app)
    assert server.calls == 0  # no page connects to it
    waits = []
    for _ in range(3):
        assert send_due_mail(faulty) == 0
        line = the_line()
        waits.append(line.due_at - now())
        clock.move_to(line.due_at)
    assert waits[0] < dt.timedelta(minutes=1.3)
    if way in AWAY:  # these say nothing about the email
        assert max(waits) <= dt.timedelta(seconds=12)
    else:
        assert all(long > short * 1.2 for short, long in pairwise(waits))
    assert (line.state, line.attempts, ERRORS[way] in line.error) == (MailState.WAITING, 3, True), line.error
    outbox(app).says(CLARA.email, ERRORS[way])
    server.way = MailFault.WELL
    clock.shift(dt.timedelta(seconds=1))
    assert send_due_mail(faulty) == 1
    assert server.ids == [line.message_id] * (4 if way is MailFault.LOSES_REPLY else 1)
    assert the_line().state is MailState.SENT
    assert send_due_mail(faulty) == 0


@pytest.mark.parametrize(
    ("way", "error", "why"),
    [
        (MailFault.NEVER, "550: 5.1.1 No such mailbox", [SuppressionReason.BOUNCED]),
        (MailFault.REFUSED, "554: 5.7.1 Not wanted", []),
    ],
)
def test_what_is_never_taken_marks_an_address_that_is_none_until_staff_try_again(
    app: Flask, faulty: Settings, server: FaultyServer, way: MailFault, error: str, why: list[SuppressionReason]
) -> None:
    factories.staff(SAM)
    server.way = way
    signed(app)
    assert send_due_mail(faulty) == 0
    assert the_line().state is MailState.FAILED
    assert [stop.reason for stop in db.session.scalars(select(MailSuppression))] == why
    page = outbox(app).says(CLARA.email, error)
    server.way = MailFault.WELL
    page.submit(f"Try again: {CLARA.email}")
    assert send_due_mail(faulty) == 1
    assert server.ids == [the_line().message_id]
    assert db.session.scalars(select(MailSuppression)).all() == []


def test_an_outage_of_the_server_costs_no_mail_its_place_and_all_leave_once_it_answers(
    app: Flask, faulty: Settings, server: FaultyServer, clock: time_machine.Traveller
) -> None:
    server.way = MailFault.BUSY
    three_sign(app)
    for _ in range(30):
        clock.shift(dt.timedelta(seconds=10))
        done = send_round(faulty)
        assert (done.sent, done.abandoned, "421" in done.server_error or done.postponed == 0) == (0, 0, True)
    server.way = MailFault.LATER  # it is back, with greylisting: the first delay is as short as ever
    clock.shift(dt.timedelta(seconds=12))
    assert send_due_mail(faulty) == 0
    end_read_transaction()
    assert max(db.session.scalars(select(OutboxMessage.due_at))) - now() < dt.timedelta(minutes=1.3)
    server.way = MailFault.WELL
    clock.shift(dt.timedelta(minutes=1.3))
    assert send_due_mail(faulty) == 3


def test_a_server_that_breaks_off_each_mail_is_left_alone_after_two(app: Flask, faulty: Settings, server: FaultyServer) -> None:
    server.way = MailFault.DROPS_CONNECTION
    three_sign(app)
    done = send_round(faulty)
    assert (done.sent, done.postponed, "closed the connection" in done.server_error) == (0, 2, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_sends_what_waited_soon_after_the_server_is_back_and_logs_how_many(settings: Settings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with run_faulty_server() as gone:
        port = gone.port
    having = replace(settings, mail_server=MailServer("127.0.0.1", port, tls=False))
    with site_context(having), run_worker(having, log) as worker:  # by the clock that the worker has, too
        ids = queue_emails(factories.signature(factories.open_letter(deadline_at=None)).id, 4)
        wait_until(lambda: "the mail server takes no mail: " in log.read_text())
        time.sleep(4)
        with run_faulty_server(port) as server:
            back_at = time.monotonic()
            wait_until(lambda: unsent_count() == 0)
            assert time.monotonic() - back_at < 25
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(TIMEOUT) == 0
            assert sorted(server.ids) == sorted(ids)
    log_text = log.read_text()
    assert log_text.count("the mail server takes no mail: ") == log_text.count("the mail server takes mail again, after ") == 1
    assert "the worker is at work with 2 threads, its queue in a file in " in log_text
    assert re.search(r"mail: \d sent, 0 put off, 0 ended unsent", log_text)
    assert "the worker has stopped; emails sent: 4" in log_text
    assert CLARA.email not in log_text


def test_one_mail_that_the_server_hangs_up_on_holds_up_no_other(
    app: Flask, faulty: Settings, server: FaultyServer, clock: time_machine.Traveller
) -> None:
    server.way = MailFault.DROPS_CONNECTION
    three_sign(app)
    assert send_due_mail(faulty) == 0
    server.way = MailFault.WELL
    assert send_due_mail(faulty) == 1
    clock.shift(dt.timedelta(seconds=12))
    assert send_due_mail(faulty) == 2
    assert len(set(server.ids)) == 3


def test_one_mail_after_the_other_costs_no_question_whether_the_server_listens(
    app: Flask, faulty: Settings, server: FaultyServer
) -> None:
    three_sign(app)
    assert send_due_mail(faulty) == 3
    assert (server.calls, server.commands["NOOP"], server.commands["MAIL"]) == (1, 0, 3)


def test_a_server_that_was_not_spoken_to_for_a_while_is_asked(
    app: Flask, faulty: Settings, server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "IDLE_BEFORE_NOOP", 0.0)
    three_sign(app)
    assert send_due_mail(faulty) == 3
    assert (server.calls, server.commands["NOOP"]) == (1, 2)


@pytest.mark.parametrize("way", [MailFault.ONE_PER_CONNECTION, MailFault.HANGS_UP_LATE])
def test_a_server_that_hangs_up_after_each_mail_is_called_again_for_the_next(
    app: Flask, faulty: Settings, server: FaultyServer, way: MailFault
) -> None:
    server.way = way
    three_sign(app)
    assert send_due_mail(faulty) == 3
    assert (server.calls, len(set(server.ids))) == (3, 3)
