"""Metrics of job durations and failures, and the job's name as context of log lines."""

import functools
import time
from collections.abc import Callable

from letterhub.infrastructure.logs import set_log_context
from letterhub.infrastructure.metrics import JOB_FAULTS, JOB_SECONDS

UNTIMED_JOBS = frozenset({"show_life"})


def time_job(name: str, work: Callable[..., None]) -> Callable[..., None]:
    """Wrap a job's work to time and count it under a name."""

    @functools.wraps(work)
    def timed_work(*arguments: object) -> None:
        set_log_context(job=name)
        started = time.monotonic()
        try:
            work(*arguments)
        except Exception:
            if name not in UNTIMED_JOBS:
                JOB_FAULTS.labels(name).inc()
            raise
        finally:
            if name not in UNTIMED_JOBS:
                JOB_SECONDS.labels(name).observe(time.monotonic() - started)

    return timed_work
