"""Notices to staff when a worker is killed, has a clock that is ahead, or is one of many: once each, and none forgotten."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail import notices as commands
from letterhub.commands.mail.notices import queue_notices
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import Letter, OutboxMessage
from letterhub.queries.mail.notice_items import Span
from tests.integration.mail.test_notices import MINUTE, letter_with_notices, withdraw
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox


@pytest.fixture
def letter(app: Flask, clock: time_machine.Traveller) -> Letter:
    return letter_with_notices(clock)


def test_a_worker_that_is_killed_midway_tells_everyone_once(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.staff(cast.OTTO, of=None)
    withdraw(letter, "Alliance 1")
    clock.shift(MINUTE)
    calls = []

    def break_down(*arguments: object, **named: object) -> OutboxMessage:
        calls.append(arguments)
        if len(calls) == 2:
            raise SystemExit
        return queue_mail(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(commands, "queue_mail", break_down)
    with pytest.raises(SystemExit):
        queue_notices(now())
    monkeypatch.undo()
    assert db.session.query(OutboxMessage).filter_by(kind=MailKind.NOTICE).count() == 0
    assert queue_notices(now()) == 2
    send_due_mail(settings)
    assert [len(postbox.to(member.email)) for member in (cast.SAM, cast.OTTO)] == [1, 1]


def test_a_clock_that_was_ahead_stops_no_notices(letter: Letter, clock: time_machine.Traveller) -> None:
    queue_notices(now() + dt.timedelta(days=30))
    withdraw(letter, "Alliance 1")
    clock.shift(MINUTE)
    queue_notices(now())
    withdraw(letter, "Alliance 2")
    clock.shift(MINUTE)
    assert queue_notices(now()) == 1


def test_of_workers_in_the_same_minute_one_reads_the_tables(
    letter: Letter, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = []

    def read(span: Span, topics: object) -> tuple[()]:
        spans.append(span)
        return ()

    monkeypatch.setattr(commands, "notice_items", read)
    for _minute in range(2):
        for _worker in range(10):
            queue_notices(now())
            clock.shift(dt.timedelta(seconds=1))
        clock.shift(dt.timedelta(seconds=50))
    first, second = spans
    assert first.until == second.since
