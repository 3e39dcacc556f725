"""Monitoring of this process: log lines without personal data, and metrics of requests, commands, errors and jobs.

Error messages may hold user input. So a line has the error's type and place in the code, and the message only of errors about
code. Any other text is stripped of what looks like an email address or a token.

Each process adds its increments to shared rows. So any process on any machine can report the metrics of the whole site, and
those of an ended process are kept.

See docs/design/monitoring.md.
"""

import datetime as dt
import json
import logging
import logging.config
import re
import sys
import threading
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

from letterhub.paths import CODE

FORMATS = ("text", "json")
OUR_LOGGER = "letterhub"
SERVER_LOGGER = "_granian"
MAX_FRAMES = 12
LAST_FRAMES = 3
PROJECT_PREFIX = f"{CODE}/"

ADDRESS = re.compile(r"[^\s<>\"'(),;:=/]+@[^\s<>\"'(),;:/]+")
TOKEN = re.compile(r"[\w-]+\.[\w-]{5,}\.[\w-]{20,}|[\w-]{32,}")
CODE_ERRORS = (AttributeError, ImportError, NameError, NotImplementedError, RuntimeError)

_context: ContextVar[Mapping[str, Any]] = ContextVar("about", default={})  # noqa: B039 - never changed in place


def set_log_context(**facts: Any) -> None:
    """Set the facts of every following log line of this request or job, replacing earlier ones."""
    _context.set(facts)


def log_context() -> Mapping[str, Any]:
    """Return the facts of this request or job that stand in its log lines."""
    return _context.get()


def describe_error(error: BaseException) -> str:
    """Describe an error without user input: its type, a database's error code, and the message if it is about code."""
    name = type(error).__name__
    driver_error = getattr(error, "orig", None) or error
    code = getattr(driver_error, "sqlstate", None) or getattr(driver_error, "sqlite_errorname", None)
    if code:
        return f"{name} ({code})"
    if isinstance(error, OSError):
        return f"{name}: {error.strerror}" if error.strerror else name
    is_about_code = isinstance(error, CODE_ERRORS) or type(error).__module__.startswith("jinja2")
    return f"{name}: {redact(str(error))}" if is_about_code else name


def redact(text: str) -> str:
    """Replace what looks like an email address or a token."""
    return TOKEN.sub("(token)", ADDRESS.sub("(address)", text))


class LineFormatter(logging.Formatter):
    """Formatter for one line per record: JSON with a field for each fact, or text for people."""

    def __init__(self, form: str = "text") -> None:
        super().__init__()
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line: its time, level, logger and message, the facts of the present request or job, and of an
        error its description, its causes and its place in the code."""
        facts: dict[str, Any] = {**_context.get(), **getattr(record, "facts", {})}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            facts |= {
                "error": describe_error(error),
                "after": [describe_error(cause) for cause in causes_of(error)],
                "at": _traceback_places(error),
            }
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        message = redact(record.getMessage())
        if self.form == "json":
            line = {"time": at.isoformat(timespec="milliseconds"), "level": record.levelname.lower(), "logger": record.name}
            return json.dumps(line | {"message": message} | facts, ensure_ascii=False, default=str)
        text = "  ".join(f"{name}={_format_value(value)}" for name, value in facts.items() if value not in ("", []))
        return f"{at:%Y-%m-%d %H:%M:%S} {record.levelname} {record.name}: {message}  {text}".rstrip()


def _format_value(value: Any) -> str:
    return " < ".join(reversed(value)) if isinstance(value, list) else str(value)


def causes_of(error: BaseException) -> list[BaseException]:
    """Return the errors that led to an error, the nearest first, MAX_FRAMES at most."""
    chain: list[BaseException] = []
    while (earlier := error.__cause__ or error.__context__) is not None and earlier not in chain and len(chain) < MAX_FRAMES:
        chain.append(earlier)
        error = earlier
    return chain


def _traceback_places(error: BaseException) -> list[str]:
    """Return the calls of an error's traceback as "path:line function", the innermost last: the last LAST_FRAMES of any code,
    and before them the last MAX_FRAMES outside of packages."""
    calls = traceback.extract_tb(error.__traceback__)
    own_calls = [call for call in calls[:-LAST_FRAMES] if "site-packages" not in call.filename]
    return [
        f"{code_path(call.filename)}:{call.lineno} {call.name}" for call in (*own_calls[-MAX_FRAMES:], *calls[-LAST_FRAMES:])
    ]


def code_path(file: str) -> str:
    """Return the path of a file of code from the folder that it is imported from."""
    return file.rpartition("site-packages/")[2].removeprefix(PROJECT_PREFIX)


def format_or_default(form: str) -> str:
    """Return the format: as configured, otherwise text on a terminal and JSON elsewhere."""
    return form or ("text" if sys.stderr.isatty() else "json")


def log_config(form: str) -> dict[str, Any]:
    """Return the logging configuration of a process, for `logging.config` and the server."""
    handlers = {"handlers": ["lines"], "propagate": False, "level": "INFO"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": LineFormatter, "form": format_or_default(form)}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "loggers": {OUR_LOGGER: handlers, SERVER_LOGGER: handlers},
        "root": {"handlers": ["lines"], "level": "WARNING"},
    }


def configure_logging(form: str) -> None:
    """Configure logging of this process to standard error."""
    logging.config.dictConfig(log_config(form))


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
        """Return by how much each metric has grown since the last flush.

        Those that have not grown are left out, except new ones: an empty histogram bucket must exist.
        """
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
