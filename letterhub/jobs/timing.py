"""Counts how long each job of a worker takes and how many fail, and has the log say which job a line is about."""

import functools
import time
from collections.abc import Callable

from letterhub.counting import JOB_FAULTS, JOB_SECONDS
from letterhub.logs import tell_about

UNTIMED = frozenset({"show_life"})


def timed(name: str, work: Callable[..., None]) -> Callable[..., None]:
    """The same work, timed and counted under a name from now on."""

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
