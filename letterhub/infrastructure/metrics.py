"""In-process metrics: requests, commands, user-facing errors and jobs, flushed to the database at intervals.

Each process adds its increments to shared rows. So any process on any machine can report the metrics of the whole site, and
those of an ended process are kept.

See docs/design/monitoring.md.
"""

import json
import threading
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
REQUESTS = Counter("letterhub_requests", "Requests that were answered.", ["endpoint", "status"], registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "letterhub_request_seconds", "How long an answer took.", ["endpoint"], registry=REGISTRY,
    buckets=(0.005, 0.025, 0.1, 0.5, 2.5, 10),
)  # fmt: skip
COMMANDS = Counter("letterhub_commands", "What was done: done, refused or fault.", ["command", "outcome"], registry=REGISTRY)
ERROR_PAGES = Counter("letterhub_refusals", "What was refused, by reason.", ["reason"], registry=REGISTRY)
JOB_SECONDS = Histogram(
    "letterhub_job_seconds", "How long a job took.", ["job"], registry=REGISTRY, buckets=(0.1, 1, 5, 30, 120, 600)
)
JOB_FAULTS = Counter("letterhub_job_faults", "Jobs that ended in a fault.", ["job"], registry=REGISTRY)

UNCOUNTED_COMMANDS = frozenset({"add_metric_counts", "record_heartbeat"})
"""Commands of the metrics and heartbeats, which would count themselves forever."""

Series = tuple[str, str]
"""Name of a metric, and its labels as JSON."""


def count_command(command: str, outcome: str) -> None:
    """Count a finished command."""
    if command not in UNCOUNTED_COMMANDS:
        COMMANDS.labels(command, outcome).inc()


def count_error_page(error: Exception) -> None:
    """Count a user-facing error by its class, only once however often it is re-raised."""
    if not getattr(error, "is_counted", False):
        error.is_counted = True  # type: ignore[attr-defined]
        ERROR_PAGES.labels(type(error).__name__).inc()


class UnflushedMetrics:
    """Increments that are not flushed yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.handed_over: dict[Series, float] = {}

    def pending(self) -> dict[Series, float]:
        """Return the increase of each metric. New ones are included at zero too: an empty histogram bucket must exist."""
        increases = {series: value - self.handed_over.get(series, 0.0) for series, value in _current_values().items()}
        return {series: increase for series, increase in increases.items() if increase or series not in self.handed_over}

    def mark_flushed(self, increases: Mapping[Series, float]) -> None:
        """Mark these increments as flushed."""
        for series, value in increases.items():
            self.handed_over[series] = self.handed_over.get(series, 0.0) + value


UNFLUSHED = UnflushedMetrics()


def _current_values() -> dict[Series, float]:
    """Return the value of each metric since this process began."""
    return {
        (sample.name, json.dumps(sample.labels, sort_keys=True)): sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if not sample.name.endswith("_created")
    }
