"""Steps shared by all render jobs: claim under a lease, report progress, release, retry, give up. See docs/design/jobs.md."""

import datetime as dt
import time
from collections.abc import Callable
from typing import TypeVar

from letterhub.clock import now
from letterhub.domain.editions.edition import JobState
from letterhub.domain.errors import Refused
from letterhub.domain.number_words import in_words
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Job, LongJob
from letterhub.rendering.pdf.client import USUAL
from letterhub.rendering.subprocesses import BrokenOff

LEASE = dt.timedelta(seconds=USUAL.wall_seconds) + dt.timedelta(minutes=1)  # the PDF worker may be silent until its last second
MOST_ATTEMPTS = 3
AFTER_A_FAULT = dt.timedelta(seconds=15)  # before the next attempt: a passing fault, such as a full disk, may be over
BETWEEN_REPORTS = 0.5  # seconds
FAULTY = (
    f"The program failed {in_words(MOST_ATTEMPTS)} times while it prepared this. Try again later. If it fails again, tell "
    "whoever runs this site: the reason is in its log."
)

Progress = Callable[[float], None]
One = TypeVar("One", bound=Job)
Made = TypeVar("Made")


def due_job(table: type[One], job_id: int, at: dt.datetime) -> One | None:
    """Return the job, locked; None if it is not due or gone."""
    job = db.session.get(table, job_id, with_for_update=True)
    return job if job and job.is_due(at) else None


def begun(job: Job, at: dt.datetime, name: str) -> bool:
    """Claim a due job under a lease; return False if it was interrupted too often and has failed. `name` is for its error."""
    if job.attempts >= MOST_ATTEMPTS:
        job.fail(f"Preparing {name} was interrupted {in_words(MOST_ATTEMPTS)} times.", at)
        return False
    job.begin(at + LEASE)
    return True


def in_hand(table: type[One], job_id: int) -> One | None:
    """Return a running job, locked; None once it is finished, released or gone."""
    job = db.session.get(table, job_id, with_for_update=True)
    return job if job and job.state is JobState.RUNNING else None


def attempted(table: type[Job], job_id: int, draw: Callable[[], Made]) -> Made | None:
    """Return the rendered result; None if the job failed for good, or was released because the worker is shutting down.

    Any other error ends the attempt and is raised, for the queue to log and count.
    """
    try:
        return draw()
    except Refused as refusal:
        _give_up(table, job_id, str(refusal), now())
    except BrokenOff:
        _give_back(table, job_id)
    except Exception:
        _end_try(table, job_id, now())
        raise
    return None


def reporter(table: type[LongJob], job_id: int) -> Progress:
    """Return a callback that stores the progress, at most every half second."""
    last = time.monotonic()

    def report(share: float) -> None:
        nonlocal last
        if time.monotonic() - last >= BETWEEN_REPORTS:
            last = time.monotonic()
            _report(table, job_id, int(share * 100), now())

    return report


@one_transaction
def _report(table: type[LongJob], job_id: int, percent: int, at: dt.datetime) -> None:
    if job := in_hand(table, job_id):
        job.come_to(percent, at + LEASE)


@one_transaction
def _give_back(table: type[Job], job_id: int) -> None:
    if job := in_hand(table, job_id):
        job.give_back()


@one_transaction
def _end_try(table: type[Job], job_id: int, at: dt.datetime) -> None:
    """Schedule the next attempt of a job after an error, or fail it if this was the last one."""
    job = in_hand(table, job_id)
    if job and job.attempts < MOST_ATTEMPTS:
        job.rest(at + AFTER_A_FAULT)
    elif job:
        job.fail(FAULTY, at)


@one_transaction
def _give_up(table: type[Job], job_id: int, sentence: str, at: dt.datetime) -> None:
    if job := in_hand(table, job_id):
        job.fail(sentence, at)
