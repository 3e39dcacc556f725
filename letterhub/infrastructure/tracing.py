"""Tracing by OpenTelemetry, off by default: spans of requests, commands and jobs, without personal data.

A span has a route, never an address; the name of a command or job; a status and the type of an error. No library is
instrumented, as that would record addresses, statements and headers. See docs/design/monitoring.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

LIBRARIES = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


class Tracing:
    """Tracing of this process; without a `tracer`, it is off, and there are no spans."""

    def __init__(self) -> None:
        self.tracer: Any = None
        self._provider: Any = None

    def start(self, endpoint: str, site: str) -> None:
        """Send the spans that begin from now on to a collector, in a thread of its own."""
        api, sdk, export, otlp, resources = (
            import_module(f"opentelemetry.{name}")
            for name in ("trace", "sdk.trace", "sdk.trace.export", "exporter.otlp.proto.http.trace_exporter", "sdk.resources")
        )
        facts = {"service.name": "letterhub", "service.version": version("letterhub"), "service.namespace": site}
        self._provider = sdk.TracerProvider(resource=resources.Resource(facts), shutdown_on_exit=True)
        exporter = otlp.OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(export.BatchSpanProcessor(exporter))
        self.tracer = self._provider.get_tracer("letterhub", version("letterhub"))
        self._error = api.Status(api.StatusCode.ERROR)

    @contextmanager
    def span(self, name: str, **attributes: Any) -> Iterator[Any]:
        """Run a block in a span of the tracer, which there must be; underscores in names of attributes become dots."""
        dotted = {key.replace("_", "."): value for key, value in attributes.items()}
        options = {"record_exception": False, "set_status_on_exception": False}  # both would send the error's text
        with self.tracer.start_as_current_span(name, attributes=dotted, **options) as span:
            try:
                yield span
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(self._error)
                raise

    def flush(self) -> None:
        """Wait until all spans have been sent, two seconds at most."""
        if self._provider is not None:
            self._provider.force_flush(2000)

    def stop(self) -> None:
        """Send what is left, and end tracing."""
        if self._provider is not None:
            self._provider.shutdown()
        self.tracer = self._provider = None


TRACING = Tracing()


def is_tracing_installed() -> bool:
    """Return whether the libraries are installed."""
    try:
        return all(find_spec(name) is not None for name in LIBRARIES)
    except ModuleNotFoundError:  # of a parent package
        return False
