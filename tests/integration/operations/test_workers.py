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
from letterhub.commands.mail.send import send_due, settle_failure, settle_sent, take_next
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import Trouble
from letterhub.infrastructure.db import db
from letterhub.models import OutboxLine
from tests.support import factories
from tests.support.servers.mail_server import Postbox
from tests.support.servers.worker_process import PATIENCE, arrived, five_minutes_pass, posted, unsent, wait_for, working


@pytest.fixture
def post_mails(app: Flask) -> Callable[[int], set[str]]:
    """Queue so many emails, all due now; return their Message-IDs."""
    signature = factories.signature(factories.open_letter())
    return partial(posted, signature.id)


@pytest.mark.shows("R2")
def test_workers_at_once_send_each_mail_once(
    app: Flask, settings: Settings, postbox: Postbox, post_mails: Callable[[int], set[str]]
) -> None:
    posted = post_mails(40)

    def work() -> None:
        with app.app_context():
            send_due(settings)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(PATIENCE)
    assert arrived(postbox) == dict.fromkeys(posted, 1)


def test_a_lease_keeps_others_away_until_it_runs_out(
    post_mails: Callable[[int], set[str]], clock: time_machine.Traveller
) -> None:
    post_mails(1)
    first = take_next(now())
    assert first is not None
    assert take_next(now()) is None
    clock.shift(dt.timedelta(minutes=4))
    assert take_next(now()) is None
    clock.shift(dt.timedelta(minutes=2))
    second = take_next(now())
    assert second is not None
    assert (second.line_id, second.attempt) == (first.line_id, 2)


def test_a_worker_that_lost_its_lease_cannot_undo_what_another_did(
    post_mails: Callable[[int], set[str]], clock: time_machine.Traveller
) -> None:
    post_mails(1)
    slow = take_next(now())
    clock.shift(dt.timedelta(minutes=6))
    quick = take_next(now())
    assert slow is not None
    assert quick is not None
    settle_failure(slow, Trouble.NEVER, "too late", now())
    settle_sent(quick, now())
    settle_failure(slow, Trouble.NEVER, "too late", now())
    line = db.session.get_one(OutboxLine, quick.line_id)
    assert (line.sent_at, line.failed_at, line.error) == (now(), None, "")


def test_a_worker_sends_within_seconds_and_ends_in_peace(
    settings: Settings, postbox: Postbox, post_mails: Callable[[int], set[str]]
) -> None:
    with working(settings) as worker:
        posted = post_mails(1)
        wait_for(lambda: len(postbox.mails) == 1)
        begun = time.monotonic()
        posted |= post_mails(1)
        wait_for(lambda: len(postbox.mails) == 2)
        assert time.monotonic() - begun < 5
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
    assert arrived(postbox) == dict.fromkeys(posted, 1)


@pytest.mark.shows("R2")
def test_a_worker_killed_in_the_middle_of_200_mails_loses_none(
    settings: Settings, postbox: Postbox, post_mails: Callable[[int], set[str]]
) -> None:
    posted = post_mails(200)
    with working(settings) as worker:
        wait_for(lambda: len(postbox.mails) >= 50)
        os.kill(worker.pid, signal.SIGKILL)
    assert len(postbox.mails) < 200
    five_minutes_pass()
    with working(settings):
        wait_for(lambda: unsent() == 0)
    assert set(arrived(postbox)) == posted
    assert max(arrived(postbox).values()) <= 2
