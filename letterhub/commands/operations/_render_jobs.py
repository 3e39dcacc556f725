"""Steps shared by all render jobs: claim under a lease, report progress, release, retry, give up. See docs/design/jobs.md."""

import datetime as dt
import time
from collections.abc import Callable
from typing import TypeVar

from letterhub.clock import now
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Job, LongJob
from letterhub.rendering.pdf.client import DEFAULT_LIMITS
from letterhub.rendering.subprocesses import RenderingInterrupted

LEASE = dt.timedelta(seconds=DEFAULT_LIMITS.wall_seconds + 60)  # the PDF worker may be silent until its last second
MOST_ATTEMPTS = 3
RETRY_DELAY = dt.timedelta(seconds=15)  # before the next attempt: a passing fault, such as a full disk, may be over
PROGRESS_INTERVAL = 0.5  # seconds
ATTEMPTS_EXHAUSTED = _(
    "Preparing this failed %(times)s times. Try again later. If it fails again, tell whoever runs this site: "
    "the reason is in its log.",
    times=MOST_ATTEMPTS,
)
INTERRUPTED = _("Preparing this was interrupted %(times)s times. Try again later.", times=MOST_ATTEMPTS)

ProgressCallback = Callable[[float], None]
JobType = TypeVar("JobType", bound=Job)
Result = TypeVar("Result")


def lock_due_job(table: type[JobType], job_id: int, at: dt.datetime) -> JobType | None:
    """Return the job, locked; None if it is not due or gone."""
    job = db.session.get(table, job_id, with_for_update=True)
    return job if job and job.is_due(at) else None


def claim_job(job: Job, at: dt.datetime) -> bool:
    """Claim a due job under a lease; return False if it was interrupted too often and has failed."""
    if job.attempts >= MOST_ATTEMPTS:
        job.fail(INTERRUPTED, at)
        return False
    job.start_attempt(at + LEASE)
    return True


def lock_running_job(table: type[JobType], job_id: int) -> JobType | None:
    """Return a running job, locked; None once it is finished, released or gone."""
    job = db.session.get(table, job_id, with_for_update=True)
    return job if job and job.state is JobState.RUNNING else None


def run_attempt(table: type[Job], job_id: int, render: Callable[[], Result]) -> Result | None:
    """Return the rendered result; None if the job failed for good, or was released because the worker is shutting down.

    Any other error ends the attempt and is raised, for the queue to log and count.
    """
    try:
        return render()
    except UserFacingError as refusal:
        _fail_job(table, job_id, str(refusal), now())
    except RenderingInterrupted:
        _release_job(table, job_id)
    except Exception:
        _end_attempt(table, job_id, now())
        raise
    return None


def progress_reporter(table: type[LongJob], job_id: int) -> ProgressCallback:
    """Return a callback that stores the progress, at most every half second."""
    last = time.monotonic()

    def report(share: float) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_INTERVAL:
            last = time.monotonic()
            _store_progress(table, job_id, int(share * 100), now())

    return report


@one_transaction
def _store_progress(table: type[LongJob], job_id: int, percent: int, at: dt.datetime) -> None:
    if job := lock_running_job(table, job_id):
        job.report_progress(percent, at + LEASE)


@one_transaction
def _release_job(table: type[Job], job_id: int) -> None:
    if job := lock_running_job(table, job_id):
        job.release_lease()


@one_transaction
def _end_attempt(table: type[Job], job_id: int, at: dt.datetime) -> None:
    """Schedule the next attempt of a job after an error, or fail it if this was the last one."""
    job = lock_running_job(table, job_id)
    if job and job.attempts < MOST_ATTEMPTS:
        job.retry_at(at + RETRY_DELAY)
    elif job:
        job.fail(ATTEMPTS_EXHAUSTED, at)


@one_transaction
def _fail_job(table: type[Job], job_id: int, sentence: str, at: dt.datetime) -> None:
    if job := lock_running_job(table, job_id):
        job.fail(sentence, at)
