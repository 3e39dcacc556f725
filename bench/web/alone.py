"""An app in a process of its own, without a server: `alone.py ours` answers the requests it reads, and prints their cost.

Reads a list of requests as a line of JSON, and prints the result as another: CPU milliseconds and statements per request, how
long the letter's row was locked, and the last response.
"""

import cProfile
import importlib
import io
import json
import pstats
import sys
import time
from collections import Counter
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, Pool, event

EVENT_COUNTS: Counter[str] = Counter()
HELD_SECONDS: list[float] = []
"""By the clock, for each transaction that changed the letter's row: from that statement until the commit was done."""


def call_app(app: Any, request: dict[str, Any]) -> tuple[str, list[tuple[str, str]], str]:
    """Return status, headers and text of an app's response."""
    response: list[Any] = []
    body = request.get("body", "").encode()
    environ = {
        "REQUEST_METHOD": request.get("method", "POST"), "PATH_INFO": request["path"], "QUERY_STRING": "", "SERVER_NAME": "",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.version": (1, 0), "wsgi.multithread": True,
        "wsgi.multiprocess": True, "wsgi.run_once": False, "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "REMOTE_ADDR": request.get("address", "127.0.0.1"),
        "HTTP_COOKIE": request.get("cookie", ""), "HTTP_SEC_FETCH_SITE": "same-origin",
    }  # fmt: skip
    parts = app(environ, lambda status, head, _error=None: response.extend((status, head)))
    try:
        text = b"".join(parts).decode()
    finally:
        getattr(parts, "close", lambda: None)()
    return response[0], response[1], text


def run(app: Any, requests: list[dict[str, Any]]) -> dict[str, Any]:
    """Handle requests one after the other; return their cost."""
    EVENT_COUNTS.clear()
    HELD_SECONDS.clear()
    started = time.process_time()
    answers = [call_app(app, one) for one in requests]
    taken = time.process_time() - started
    each = {name: many / len(requests) for name, many in EVENT_COUNTS.items()}
    status, head, text = answers[-1]
    return each | {
        "cpu": taken / len(requests) * 1000, "statuses": Counter(one[0][:3] for one in answers),
        "status": status, "head": dict(head), "text": text, "held": median(HELD_SECONDS or [0.0]) * 1000,
    }  # fmt: skip


def _note_lock(connection: Connection, _cursor: Any, statement: str, *_arguments: Any) -> None:
    if "UPDATE letter SET" in statement:
        connection.info["letter_locked"] = time.perf_counter()


def _note_release(_driver: Any, record: Any, *_state: Any) -> None:
    if locked := record.info.pop("letter_locked", None):
        HELD_SECONDS.append(time.perf_counter() - locked)


def main() -> None:
    """Handle lines of requests until the input ends."""
    app = importlib.import_module(sys.argv[1]).app
    event.listen(Engine, "before_cursor_execute", lambda *_: EVENT_COUNTS.update(["statements"]))
    event.listen(Engine, "before_cursor_execute", _note_lock)
    event.listen(Pool, "reset", _note_release)
    for line in sys.stdin:
        job = json.loads(line)
        profile = cProfile.Profile()
        if job.get("profile"):
            profile.enable()
        result = run(app, job["requests"])
        if job.get("profile"):
            profile.disable()
            pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(45)
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
