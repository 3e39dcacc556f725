"""Scheduled work runs once an hour, although the scheduler of every worker asks for it."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from huey import Huey

from letterhub.clock import now
from letterhub.commands.operations.scheduled_runs import claim_scheduled_run
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from letterhub.jobs import tasks
from letterhub.jobs.runner import create_queue
from letterhub.jobs.tasks import WorkerTasks

HOURLY, EVERY_MINUTE = 9, 4
WORKERS = 3


@pytest.fixture
def run_counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The number of runs of each task."""
    run_counts: Counter[str] = Counter()

    def counted(name: str) -> object:
        def run(*_facts: object) -> tuple[()]:
            run_counts[name] += 1
            return ()

        return run

    for name in (
        "due_erasures",
        "silent_site_parts",
        "letters_to_remind",
        "reindex_organizations",
        "letters_of_another_alphabet",
        "purge_uploads",
        "purge_rate_limits",
        "purge_previews",
        "reseal_webhook_secrets",
    ):
        monkeypatch.setattr(tasks, name, counted(name))
    for name in ("purge_reports", "queue_notices", "queue_digests"):
        monkeypatch.setattr(tasks, name, lambda _at: None)
    monkeypatch.setattr(tasks, "reminders_due", lambda _at: ())
    return run_counts


@pytest.fixture
def workers(app: Flask, settings: Settings) -> Iterator[list[Huey]]:
    """The queues of several workers, each with the scheduled tasks."""
    queues = [create_queue(settings) for _ in range(WORKERS)]
    for queue in queues:
        WorkerTasks(app, queue, going=lambda: True, threads=2)
    yield queues
    for queue in queues:
        queue.storage.close()


def enqueue_an_hour(workers: list[Huey]) -> int:
    """Let each scheduler enqueue what is due at each minute of an hour; return the number of tasks."""
    hour = now().replace(minute=0)
    for minute in range(60):
        for queue in workers:
            for task in queue.read_periodic(hour + dt.timedelta(minutes=minute)):
                queue.enqueue(task)
    return int(workers[0].pending_count())


def work(queue: Huey) -> None:
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
    queue.storage.close()  # each thread has its own


def test_the_clock_of_each_worker_asks_and_one_of_them_does_it(
    app: Flask, workers: list[Huey], run_counts: Counter[str]
) -> None:
    db.session.remove()
    assert enqueue_an_hour(workers) == (HOURLY + 60 * EVERY_MINUTE) * WORKERS
    threads = [threading.Thread(target=work, args=(queue,)) for queue in workers]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert workers[0].pending_count() == 0
    assert (len(run_counts), set(run_counts.values())) == (HOURLY, {1})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_next_hour_has_work_of_its_own_and_so_has_one_before(app: Flask, clock: time_machine.Traveller) -> None:
    assert [
        claim_scheduled_run("remind", now()),
        claim_scheduled_run("remind", now()),
        claim_scheduled_run("forget", now()),
    ] == [True, False, True]
    clock.shift(dt.timedelta(minutes=59))
    assert not claim_scheduled_run("remind", now())
    clock.shift(dt.timedelta(minutes=1))
    assert claim_scheduled_run("remind", now())
    clock.shift(dt.timedelta(days=-400))  # a clock that was ahead is corrected
    assert [claim_scheduled_run("remind", now()), claim_scheduled_run("remind", now())] == [True, False]


def test_of_those_that_take_on_the_same_at_once_one_does_it(app: Flask) -> None:
    db.session.remove()
    took: list[bool] = []

    def take() -> None:
        with app.app_context():
            took.append(claim_scheduled_run("remind", now()))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert sorted(took) == [False] * 7 + [True]
