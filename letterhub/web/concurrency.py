"""Concurrency limits per process, by kind of request, so that forms of strangers never block readers.

A process has more threads than may work at a time. A request waits here for a free slot before it uses the database. Cached
pages and static files need no slot: a thread is always free for them.

See docs/design/caching.md.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from threading import BoundedSemaphore, Lock

from flask import Flask, Response, current_app, g, request, session
from werkzeug.exceptions import HTTPException

from letterhub.domain.abuse.rate_limits import network_of
from letterhub.web.login_rate_limit import known_device
from letterhub.web.security_headers import SAFE_METHODS, is_same_origin, limit_body

SLOT_TIMEOUT = 15.0  # seconds that a request waits for a slot
RETRY_AFTER: Mapping[int, str] = {429: "5", 503: "10"}
MAX_REDISPLAYED_BYTES = 16 * 1024
"""Bytes of a form that is read although it is rejected, so that the page can send it again."""
FORM_MIMETYPE = "application/x-www-form-urlencoded"
HEALTH_BLUEPRINT, ACCOUNT_BLUEPRINTS = "health", ("security", "joining")


class ConcurrencyLimit:
    """Slots for one kind of request: limits for those at work, those waiting, and both together per network."""

    def __init__(self, at_work: int, waiting: int, of_a_network: int) -> None:
        self.most, self.of_a_network = at_work + waiting, of_a_network
        self.places = BoundedSemaphore(at_work)
        self._networks: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def inside(self) -> int:
        """Return the number of requests at work or waiting."""
        with self._lock:
            return self._networks.total()

    def enter(self, network: str) -> int:
        """Admit a request to wait for a slot. Returns 0, or the HTTP status with which to reject it at once."""
        with self._lock:
            if self._networks.total() >= self.most:
                return 503
            if network and self._networks[network] >= self.of_a_network:
                return 429
            self._networks[network] += 1
            return 0

    def leave(self, network: str) -> None:
        """Remove a request of this network from the count."""
        with self._lock:
            self._networks[network] -= 1
            if not self._networks[network]:
                del self._networks[network]


class ConcurrencyLimits:
    """The lanes of a process. `letterhub serve` starts more threads than fit into all lanes together."""

    def __init__(self) -> None:
        self.forms = ConcurrencyLimit(at_work=4, waiting=20, of_a_network=8)
        """Forms of strangers. Two of those at work may wait for a DNS server: see LOOKING."""
        self.accounts = ConcurrencyLimit(at_work=4, waiting=8, of_a_network=4)
        """Sign-in and new passwords, from browsers in which nobody has signed in before."""
        self.files = ConcurrencyLimit(at_work=2, waiting=4, of_a_network=2)
        """Files of strangers, which may take long to arrive."""
        self.health = ConcurrencyLimit(at_work=2, waiting=10, of_a_network=4)
        """Health checks, open to anyone: the limit per network keeps one network from blocking another's."""
        self.others = ConcurrencyLimit(at_work=4, waiting=60, of_a_network=48)
        """Pages, and forms of staff."""
        self.reading_once_more = BoundedSemaphore(8)
        """Limit for reading small forms that are rejected, so that slow ones occupy no more threads."""


THREADS = 144
"""Threads of a process.

24 are for public forms, 12 for sign-in, 6 for files, 12 for health checks, 64 for other requests, 8 for forms that are
rejected, and 18 are for what needs no slot.
"""


def init_app(app: Flask) -> None:
    """Register the hooks that make each request of the app wait for a slot."""
    app.extensions["lanes"] = lanes = ConcurrencyLimits()
    app.before_request(partial(_acquire_slot, lanes))
    app.teardown_request(_release_slot)


def _acquire_slot(lanes: ConcurrencyLimits) -> Response | None:
    limit_body()
    lane, network = _limit_for_request(lanes), network_of(request.remote_addr)
    if status := lane.enter(network):
        return _rejected(lanes, status)
    g.lane, g.network, g.has_place = lane, network, False
    if request.mimetype == FORM_MIMETYPE:
        _ = request.form  # read the body before taking a slot: a slow client blocks nobody
    g.has_place = lane.places.acquire(timeout=SLOT_TIMEOUT)
    return None if g.has_place else _rejected(lanes, 503)


def _limit_for_request(lanes: ConcurrencyLimits) -> ConcurrencyLimit:
    g.stranger = request.method not in SAFE_METHODS and "_user_id" not in session and not known_device()
    if not g.stranger:
        return lanes.health if request.blueprint == HEALTH_BLUEPRINT else lanes.others
    if request.mimetype == "multipart/form-data":
        return lanes.files
    return lanes.accounts if request.blueprint in ACCOUNT_BLUEPRINTS else lanes.forms


def _release_slot(_error: BaseException | None) -> None:
    if (lane := g.pop("lane", None)) is not None:
        if g.has_place:
            lane.places.release()
        lane.leave(g.network)


def _rejected(lanes: ConcurrencyLimits, status: int) -> Response:
    """Return the busy page. For a small form it holds the input, so that a button can send it again."""
    typed: list[tuple[str, str]] = []
    if _can_redisplay() and lanes.reading_once_more.acquire(blocking=False):
        try:
            with suppress(HTTPException):
                typed = list(request.form.items(multi=True))
        finally:
            lanes.reading_once_more.release()
    if any("password" in name for name, _value in typed):
        typed = []
    page = current_app.jinja_env.get_template("errors/busy.html")  # renders without the current user: no database access
    html = page.render(
        status=status, sends=request.method not in SAFE_METHODS, typed=typed, address=request.full_path.rstrip("?")
    )
    return Response(html, status, {"Retry-After": RETRY_AFTER[status]}, mimetype="text/html")


def _can_redisplay() -> bool:
    """Return whether the request is a small form without files from a page of this site."""
    plain = request.mimetype == FORM_MIMETYPE and (request.content_length or MAX_REDISPLAYED_BYTES) < MAX_REDISPLAYED_BYTES
    return request.method not in SAFE_METHODS and plain and is_same_origin(request)
