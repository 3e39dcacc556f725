"""Calls to another server that hold nobody up: with limits on time, size and number, and no redirects."""

import json
import threading
from collections.abc import Callable, Mapping
from http.client import HTTPException
from queue import Empty, SimpleQueue
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

T = TypeVar("T")
JsonObject = dict[str, Any]

CALL_SECONDS = 4.0
"""Longest wait for each step of one call: connecting, and the next bytes."""
TOTAL_SECONDS = 8.0
"""Longest time of all calls of one request."""
MAX_BYTES = 512 * 1024
MAX_CALLERS = 2
"""Requests of a process that wait for a server at a time: a slow one holds no more threads."""


class ServerUnavailable(Exception):
    """Raised when a server can't be reached, or answers what can't be used; the message is the end of a sentence."""


class TooManyCallers(Exception):
    """Raised when too many requests wait for the server."""


class _NoRedirect(HTTPRedirectHandler):
    """Handler for which a redirect is an error: it could lead anywhere."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


class BoundedCaller:
    """Caller of one server, or of many that strangers run: `seconds` is the longest time of all calls of one request,
    TOTAL_SECONDS if it is not given; `callers` wait at a time."""

    def __init__(self, seconds: float | None = None, callers: int = MAX_CALLERS) -> None:
        self.seconds = TOTAL_SECONDS if seconds is None else seconds
        self._opener = build_opener(_NoRedirect)
        self._callers = threading.BoundedSemaphore(callers)

    def fetch_json(self, url: str, headers: Mapping[str, str] | None = None, body: str | None = None) -> JsonObject:
        """Return the JSON object at a URL; of a form (`body`), also in an answer that refuses it. Raises ServerUnavailable."""
        data = None if body is None else body.encode()
        request = Request(url, data, {"Accept": "application/json", **(headers or {})})  # noqa: S310 - checked by the caller
        try:
            try:
                with self._opener.open(request, timeout=CALL_SECONDS) as response:
                    content = response.read(MAX_BYTES + 1)
            except HTTPError as error:
                with error:
                    content = error.read(MAX_BYTES + 1)
                if body is None or error.code >= 500:
                    raise ServerUnavailable(f"it answers {error.code}") from error
        except (OSError, HTTPException, ValueError) as problem:
            reason = getattr(problem, "reason", None) or problem
            raise ServerUnavailable(f"it can’t be reached: {str(reason)[:200]}") from problem
        return _parse_object(content)

    def within_time(self, work: Callable[[], T], hang_up: Callable[[], None] = lambda: None) -> T:
        """Run work that calls the server in a thread of its own, and stop waiting for it after the longest time; `hang_up` ends
        its connection then.

        Raises what the work raises, ServerUnavailable and TooManyCallers.
        """
        if not self._callers.acquire(blocking=False):
            raise TooManyCallers
        results: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

        def run() -> None:
            try:
                results.put((work(), None))
            except BaseException as error:  # noqa: BLE001 - raised where the result is awaited
                results.put((None, error))
            finally:
                self._callers.release()

        threading.Thread(target=run, name="bounded-call", daemon=True).start()
        try:
            result, error = results.get(timeout=self.seconds)
        except Empty:
            hang_up()
            raise ServerUnavailable(f"it did not answer within {self.seconds:g} seconds") from None
        if error is not None:
            raise error
        return result  # type: ignore[return-value]


def _parse_object(content: bytes) -> JsonObject:
    """Parse an answer. Raises ServerUnavailable if it is too large, or no JSON object."""
    try:
        found = json.loads(content) if len(content) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ServerUnavailable("its answer is no JSON of a usual size")
    return found
