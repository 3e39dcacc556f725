"""Metrics of job durations and failures, and the job's name as context of log lines."""

import functools
import time
from collections.abc import Callable

from letterhub.infrastructure.logs import tell_about
from letterhub.infrastructure.metrics import JOB_FAULTS, JOB_SECONDS

UNTIMED = frozenset({"show_life"})


def timed(name: str, work: Callable[..., None]) -> Callable[..., None]:
    """Wrap a job's work to time and count it under a name."""

    @functools.wraps(work)
    def done(*about: object) -> None:
        tell_about(job=name)
        begun = time.monotonic()
        try:
            work(*about)
        except Exception:
            if name not in UNTIMED:
                JOB_FAULTS.labels(name).inc()
            raise
        finally:
            if name not in UNTIMED:
                JOB_SECONDS.labels(name).observe(time.monotonic() - begun)

    return done
