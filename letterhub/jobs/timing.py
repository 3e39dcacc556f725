"""Counts how long each job of a worker takes and how many fail, and has the log say which job a line is about."""

import time

from huey import Huey
from huey.api import Task
from huey.signals import SIGNAL_COMPLETE, SIGNAL_ERROR, SIGNAL_EXECUTING, SIGNAL_INTERRUPTED

from letterhub.counting import JOB_FAULTS, JOB_SECONDS
from letterhub.logs import tell_about

UNTIMED = frozenset({"show_life"})


def time_jobs(huey: Huey) -> None:
    """Times every task of a queue from now on."""
    begun: dict[str, float] = {}

    def started(_signal: str, task: Task) -> None:
        tell_about(job=task.name)
        begun[task.id] = time.monotonic()

    def ended(signal: str, task: Task, *_fault: object) -> None:
        seconds = time.monotonic() - begun.pop(task.id, time.monotonic())
        if task.name not in UNTIMED:
            JOB_SECONDS.labels(task.name).observe(seconds)
            if signal == SIGNAL_ERROR:
                JOB_FAULTS.labels(task.name).inc()

    huey.signal(SIGNAL_EXECUTING)(started)
    huey.signal(SIGNAL_COMPLETE, SIGNAL_ERROR, SIGNAL_INTERRUPTED)(ended)
