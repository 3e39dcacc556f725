"""Limits on how many requests a process works on at once, so that forms of strangers never keep others from reading.

A process has more threads than may work at a time. Each request waits here for a free place, before it asks the database for
anything. Pages that are kept in memory and static files need no place: a thread is always free for them.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from threading import BoundedSemaphore, Lock

from flask import Flask, Response, current_app, g, request, session
from werkzeug.exceptions import HTTPException

from letterhub.domain.allowances import network_of
from letterhub.web.allowances import known_device
from letterhub.web.guard import SAFE, bound_body, sent_from_here

PATIENCE = 15.0  # seconds until a request that got no place is turned away
RETRY_AFTER: Mapping[int, str] = {429: "5", 503: "10"}
SMALL = 16 * 1024
"""Bytes of a form that is read though it is turned away, so that what was typed is shown again."""
FORM = "application/x-www-form-urlencoded"
HEALTH, ACCOUNTS = "health", ("security", "joining")


class Lane:
    """Requests of one kind: so many at work, so many that wait for a place behind them, and so many of both of one network."""

    def __init__(self, at_work: int, waiting: int, of_a_network: int) -> None:
        self.most, self.of_a_network = at_work + waiting, of_a_network
        self.places = BoundedSemaphore(at_work)
        self._networks: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def inside(self) -> int:
        """How many are at work or wait."""
        with self._lock:
            return self._networks.total()

    def enter(self, network: str) -> int:
        """Lets a request in, to wait for a place: 0, or the status with which it is turned away at once."""
        with self._lock:
            if self._networks.total() >= self.most:
                return 503
            if network and self._networks[network] >= self.of_a_network:
                return 429
            self._networks[network] += 1
            return 0

    def leave(self, network: str) -> None:
        """Makes room for another one."""
        with self._lock:
            self._networks[network] -= 1
            if not self._networks[network]:
                del self._networks[network]


class Lanes:
    """The lanes of a process. `letterhub serve` gives it more threads than fit into all of them."""

    def __init__(self) -> None:
        self.forms = Lane(at_work=4, waiting=20, of_a_network=8)
        """What strangers send. Two of those at work may wait for a name server: see LOOKING."""
        self.accounts = Lane(at_work=4, waiting=8, of_a_network=4)
        """Signing in and new passwords, of browsers in which nobody signed in before."""
        self.files = Lane(at_work=2, waiting=4, of_a_network=2)
        """Files that strangers send, which may take long to arrive."""
        self.health = Lane(at_work=2, waiting=10, of_a_network=4)
        """Questions of load balancers, which anyone may ask: few networks cannot keep those of another waiting."""
        self.others = Lane(at_work=4, waiting=60, of_a_network=48)
        """Pages, and what staff send."""
        self.reading_once_more = BoundedSemaphore(8)
        """Small forms that are read though they are turned away: slow ones hold no more threads."""


THREADS = 144
"""Of a process: 24 for forms of strangers, 12 for their passwords, 6 for their files, 12 for health, 64 for other requests, 8
for forms that are turned away, and 18 that no lane takes."""


def install(app: Flask) -> None:
    """Has every request of the app wait for a place."""
    app.extensions["lanes"] = lanes = Lanes()
    app.before_request(partial(_take_place, lanes))
    app.teardown_request(_give_place_back)


def _take_place(lanes: Lanes) -> Response | None:
    bound_body()
    lane, network = _lane(lanes), network_of(request.remote_addr)
    if status := lane.enter(network):
        return _turned_away(lanes, status)
    g.lane, g.network, g.has_place = lane, network, False
    if request.mimetype == FORM:
        _ = request.form  # all of it arrives before a place is taken: a slow sender holds nobody up
    g.has_place = lane.places.acquire(timeout=PATIENCE)
    return None if g.has_place else _turned_away(lanes, 503)


def _lane(lanes: Lanes) -> Lane:
    g.stranger = request.method not in SAFE and "_user_id" not in session and not known_device()
    if not g.stranger:
        return lanes.health if request.blueprint == HEALTH else lanes.others
    if request.mimetype == "multipart/form-data":
        return lanes.files
    return lanes.accounts if request.blueprint in ACCOUNTS else lanes.forms


def _give_place_back(_error: BaseException | None) -> None:
    if (lane := g.pop("lane", None)) is not None:
        if g.has_place:
            lane.places.release()
        lane.leave(g.network)


def _turned_away(lanes: Lanes, status: int) -> Response:
    """A page that says so. Of a small form it holds what was typed, so that a button sends it again."""
    typed: list[tuple[str, str]] = []
    if _may_be_shown_again() and lanes.reading_once_more.acquire(blocking=False):
        try:
            with suppress(HTTPException):
                typed = list(request.form.items(multi=True))
        finally:
            lanes.reading_once_more.release()
    if any("password" in name for name, _value in typed):
        typed = []
    page = current_app.jinja_env.get_template("errors/busy.html")  # who is signed in is asked of nobody now
    html = page.render(status=status, sends=request.method not in SAFE, typed=typed, address=request.full_path.rstrip("?"))
    return Response(html, status, {"Retry-After": RETRY_AFTER[status]}, mimetype="text/html")


def _may_be_shown_again() -> bool:
    """Whether it is a small form without files that one of our own pages sent."""
    plain = request.mimetype == FORM and (request.content_length or SMALL) < SMALL
    return request.method not in SAFE and plain and sent_from_here(request)
