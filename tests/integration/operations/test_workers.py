"""Several workers, and killed workers: every email is sent, none is lost, each keeps its Message-ID."""

import datetime as dt
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import claim_next_mail, record_failure, record_sent, send_due_mail
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import MailFailure
from letterhub.infrastructure.db import db
from letterhub.models import OutboxMessage
from tests.support import factories
from tests.support.servers.mail_server import Inbox
from tests.support.servers.worker_process import (
    TIMEOUT,
    count_by_message_id,
    expire_leases,
    queue_emails,
    run_worker,
    unsent_count,
    wait_until,
)


@pytest.fixture
def post_mails(app: Flask) -> Callable[[int], set[str]]:
    """Queue so many emails, all due now; return their Message-IDs."""
    signature = factories.signature(factories.open_letter())
    return partial(queue_emails, signature.id)


@pytest.mark.shows("R2")
def test_workers_at_once_send_each_mail_once(
    app: Flask, settings: Settings, postbox: Inbox, post_mails: Callable[[int], set[str]]
) -> None:
    queue_emails = post_mails(40)

    def work() -> None:
        with app.app_context():
            send_due_mail(settings)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(TIMEOUT)
    assert count_by_message_id(postbox) == dict.fromkeys(queue_emails, 1)


def test_a_lease_keeps_others_away_until_it_runs_out(
    post_mails: Callable[[int], set[str]], clock: time_machine.Traveller
) -> None:
    post_mails(1)
    first = claim_next_mail(now())
    assert first is not None
    assert claim_next_mail(now()) is None
    clock.shift(dt.timedelta(minutes=4))
    assert claim_next_mail(now()) is None
    clock.shift(dt.timedelta(minutes=2))
    second = claim_next_mail(now())
    assert second is not None
    assert (second.outbox_message_id, second.attempt) == (first.outbox_message_id, 2)


def test_a_worker_that_lost_its_lease_cannot_undo_what_another_did(
    post_mails: Callable[[int], set[str]], clock: time_machine.Traveller
) -> None:
    post_mails(1)
    slow = claim_next_mail(now())
    clock.shift(dt.timedelta(minutes=6))
    quick = claim_next_mail(now())
    assert slow is not None
    assert quick is not None
    record_failure(slow, MailFailure.PERMANENT, "too late", now())
    record_sent(quick, now())
    record_failure(slow, MailFailure.PERMANENT, "too late", now())
    line = db.session.get_one(OutboxMessage, quick.outbox_message_id)
    assert (line.sent_at, line.failed_at, line.error) == (now(), None, "")


def test_a_worker_sends_within_seconds_and_ends_in_peace(
    settings: Settings, postbox: Inbox, post_mails: Callable[[int], set[str]]
) -> None:
    with run_worker(settings) as worker:
        queue_emails = post_mails(1)
        wait_until(lambda: len(postbox.mails) == 1)
        started = time.monotonic()
        queue_emails |= post_mails(1)
        wait_until(lambda: len(postbox.mails) == 2)
        assert time.monotonic() - started < 5
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(TIMEOUT) == 0
    assert count_by_message_id(postbox) == dict.fromkeys(queue_emails, 1)


@pytest.mark.shows("R2")
def test_a_worker_killed_in_the_middle_of_200_mails_loses_none(
    settings: Settings, postbox: Inbox, post_mails: Callable[[int], set[str]]
) -> None:
    queue_emails = post_mails(200)
    with run_worker(settings) as worker:
        wait_until(lambda: len(postbox.mails) >= 50)
        os.kill(worker.pid, signal.SIGKILL)
    assert len(postbox.mails) < 200
    expire_leases()
    with run_worker(settings):
        wait_until(lambda: unsent_count() == 0)
    assert set(count_by_message_id(postbox)) == queue_emails
    assert max(count_by_message_id(postbox).values()) <= 2
