"""Error tracking and tracing, both off by default. A logged error goes to a Sentry-compatible server, without personal data.

Its event is made of parts that are known to be free of it, not cleaned of it: the error's type, its place in the code, the
route. The library's own integrations, which send requests, variables and user data, stay off. See docs/design/monitoring.md.
"""

import datetime as dt
import logging
import secrets
import traceback
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from letterhub.infrastructure.monitoring import OUR_LOGGER, causes_of, code_path, describe_error, log_context
from letterhub.infrastructure.tracing import TRACING, is_tracing_installed

log = logging.getLogger(__name__)

LIBRARY = "sentry_sdk"
FACTS = frozenset({"request", "method", "route", "job"})
"""Facts of a request or job that an event has: its number, method and route, or the job's name."""
FIELDS = frozenset(
    {"event_id", "timestamp", "level", "platform", "logger", "release", "environment", "tags", "exception", "sdk"}
)
"""Fields of an event that leave; the library adds others."""


def is_error_tracking_installed() -> bool:
    """Return whether the library is installed."""
    return find_spec(LIBRARY) is not None


class ErrorTracker(logging.Handler):
    """Log handler that sends records with an error to the server, in a thread of its own."""

    def __init__(self, dsn: str, environment: str) -> None:
        super().__init__(logging.ERROR)
        self.client = import_module(LIBRARY).Client(
            dsn=dsn, environment=environment, release=f"letterhub@{version('letterhub')}", server_name="",
            default_integrations=False, auto_enabling_integrations=False, include_local_variables=False,
            include_source_context=False, max_breadcrumbs=0, auto_session_tracking=False, send_client_reports=False,
            enable_logs=False, before_send=_only_known_fields,
        )  # fmt: skip

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record's error. What fails here is no concern of whoever logged it."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None or getattr(record, "is_reported", False):  # a record may pass two of our handlers
            return
        record.is_reported = True
        try:
            self.client.capture_event(error_event(error, record.name, record.created))
        except Exception:  # noqa: BLE001
            self.handleError(record)

    def flush(self) -> None:
        """Wait until all has been sent, two seconds at most."""
        self.client.flush(timeout=2)


def error_event(error: BaseException, logger: str, created: float) -> dict[str, Any]:
    """Return the event of an error and its causes: types, descriptions without user input, and places in the code."""
    chain = [*reversed(causes_of(error)), error]  # the server expects the oldest first
    return {
        "event_id": secrets.token_hex(16),
        "timestamp": dt.datetime.fromtimestamp(created, dt.UTC).isoformat(),
        "level": "error",
        "platform": "python",
        "logger": logger,
        "tags": {name: str(value) for name, value in log_context().items() if name in FACTS and value},
        "exception": {"values": [_exception(one) for one in chain]},
    }


def _exception(error: BaseException) -> Mapping[str, Any]:
    calls = traceback.extract_tb(error.__traceback__)
    frames = [
        {
            "filename": code_path(call.filename), "function": call.name, "lineno": call.lineno,
            "in_app": "site-packages" not in call.filename,
        }
        for call in calls
    ]  # fmt: skip
    return {"type": type(error).__name__, "value": describe_error(error), "stacktrace": {"frames": frames}}


def _only_known_fields(event: dict[str, Any], _hint: object) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name in FIELDS}


def start_error_tracking(dsn: str, environment: str) -> ErrorTracker:
    """Send the errors of this process that are logged from now on, ours and the libraries'."""
    tracker = ErrorTracker(dsn, environment)
    for name in (OUR_LOGGER, None):  # ours does not pass its records on to the root
        logging.getLogger(name).addHandler(tracker)
    return tracker


def start_telemetry(sentry_dsn: str, otlp_endpoint: str, site: str) -> None:
    """Start what is set, "" for nothing, in this process. A site whose libraries are missing runs without, and says so."""
    for name, library, is_installed in telemetry_extras(sentry_dsn, otlp_endpoint):
        if not is_installed:
            log.warning("%s is set, but %s is not installed: nothing is sent", name, library)
    if sentry_dsn and is_error_tracking_installed():
        start_error_tracking(sentry_dsn, site)
    if otlp_endpoint and is_tracing_installed():
        TRACING.start(otlp_endpoint, site)


def telemetry_extras(sentry_dsn: str, otlp_endpoint: str) -> list[tuple[str, str, bool]]:
    """Return each setting that is set, the extra that it needs, and whether its libraries are installed."""
    extras = (
        (sentry_dsn, "LETTERHUB_SENTRY_DSN", "letterhub[sentry]", is_error_tracking_installed),
        (otlp_endpoint, "LETTERHUB_OTLP_ENDPOINT", "letterhub[otel]", is_tracing_installed),
    )
    return [(name, extra, is_installed()) for value, name, extra, is_installed in extras if value]
