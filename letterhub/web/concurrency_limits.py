"""Concurrency limits per process, by kind of request, so that forms of strangers never block readers.

A process has more threads than may work at a time. A request waits here for a free slot before it uses the database. Cached
pages, style sheets and static files need no slot: a thread is always free for them.

See docs/design/caching.md.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from threading import BoundedSemaphore, Lock

from flask import Response, current_app, g, request, session
from werkzeug.exceptions import HTTPException

from letterhub.domain.abuse.rate_limits import network_of
from letterhub.infrastructure.signed_links import ExpiredLink, InvalidLink, Purpose, current_link_signer
from letterhub.web.access import MAX_FORM_BYTES
from letterhub.web.problems import problem
from letterhub.web.request_security import SAFE_METHODS, is_api_request, is_same_origin

SLOT_TIMEOUT = 15.0  # seconds that a request waits for a slot
RETRY_AFTER: Mapping[int, str] = {429: "5", 503: "10"}
MAX_REDISPLAYED_BYTES = 16 * 1024
"""Bytes of a form that is read although it is rejected, so that the page can send it again."""
FORM_MIMETYPE = "application/x-www-form-urlencoded"
HEALTH_BLUEPRINT, ACCOUNT_BLUEPRINTS = (
    "health",
    ("security", "accept_invitation", "passkey_sign_in", "provider_sign_in"),
)
STYLE_SHEET_ENDPOINT = "assets.style_sheet"


class ConcurrencyLimit:
    """Slots for one kind of request: limits for those at work, those waiting, and both together per network."""

    def __init__(self, max_active: int, max_waiting: int, max_per_network: int) -> None:
        self.max_total, self.max_per_network = max_active + max_waiting, max_per_network
        self.slots = BoundedSemaphore(max_active)
        self._networks: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def active_count(self) -> int:
        """Return the number of requests at work or waiting."""
        with self._lock:
            return self._networks.total()

    def admit(self, network: str) -> int:
        """Admit a request to wait for a slot. Returns 0, or the HTTP status with which to reject it at once."""
        with self._lock:
            if self._networks.total() >= self.max_total:
                return 503
            if network and self._networks[network] >= self.max_per_network:
                return 429
            self._networks[network] += 1
            return 0

    def release(self, network: str, *, has_slot: bool) -> None:
        """Remove a request of this network from the count, and release its slot if it has one."""
        if has_slot:
            self.slots.release()
        with self._lock:
            self._networks[network] -= 1
            if not self._networks[network]:
                del self._networks[network]


class ConcurrencyLimits:
    """The concurrency limits of a process. `letterhub serve` starts more threads than have slots together."""

    def __init__(self) -> None:
        self.forms = ConcurrencyLimit(max_active=4, max_waiting=20, max_per_network=8)
        """Forms of strangers. Two of those at work may wait for a DNS server: see DNS_LOOKUPS."""
        self.accounts = ConcurrencyLimit(max_active=4, max_waiting=8, max_per_network=4)
        """Sign-in and new passwords, from browsers in which nobody has signed in before."""
        self.files = ConcurrencyLimit(max_active=2, max_waiting=4, max_per_network=2)
        """Files of strangers, which may take long to arrive."""
        self.health = ConcurrencyLimit(max_active=2, max_waiting=10, max_per_network=4)
        """Health checks, open to anyone: the limit per network keeps one network from blocking another's."""
        self.programs = ConcurrencyLimit(max_active=4, max_waiting=16, max_per_network=8)
        """Requests to the API, which never keep people waiting."""
        self.others = ConcurrencyLimit(max_active=4, max_waiting=60, max_per_network=48)
        """Pages, and forms of staff."""
        self.rejected_form_reads = BoundedSemaphore(8)
        """Limit for reading small forms that are rejected, so that slow ones occupy no more threads."""


THREADS = 164
"""Threads of a process.

24 are for public forms, 12 for sign-in, 6 for files, 12 for health checks, 64 for other requests, 20 for programs, 8 for forms
that are rejected, and 18 are for what needs no slot.
"""


def acquire_slot(limits: ConcurrencyLimits) -> Response | None:
    """Wait for a slot for this request if it needs one. Return None, or the busy page if no slot became free."""
    if request.endpoint == STYLE_SHEET_ENDPOINT:
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = request.max_form_memory_size = getattr(view, "max_body_bytes", MAX_FORM_BYTES)
    if is_api_request():
        g.stranger, limit = True, limits.programs
    else:
        limit = _limit_of_page(limits)
    network = network_of(request.remote_addr)
    if status := limit.admit(network):
        return _busy_response(limits, status)
    g.limit, g.network, g.has_slot = limit, network, False
    if request.mimetype == FORM_MIMETYPE:
        _ = request.form  # read the body before taking a slot: a slow client blocks nobody
    elif limit is limits.programs:
        request.get_data()
    g.has_slot = limit.slots.acquire(timeout=SLOT_TIMEOUT)
    return None if g.has_slot else _busy_response(limits, 503)


def _limit_of_page(limits: ConcurrencyLimits) -> ConcurrencyLimit:
    """Return the limit for a request of a browser, and note whether a stranger sends a form."""
    g.stranger = request.method not in SAFE_METHODS and "_user_id" not in session and not known_device()
    if not g.stranger:
        return limits.health if request.blueprint == HEALTH_BLUEPRINT else limits.others
    if request.mimetype == "multipart/form-data":
        return limits.files
    return limits.accounts if request.blueprint in ACCOUNT_BLUEPRINTS else limits.forms


def _busy_response(limits: ConcurrencyLimits, status: int) -> Response:
    """Return the busy page. For a small form from a page of this site it holds the input, so that a button sends it again."""
    if is_api_request():
        return problem(status, headers={"Retry-After": RETRY_AFTER[status]})
    typed: list[tuple[str, str]] = []
    sends = request.method not in SAFE_METHODS
    is_small_form = (
        request.mimetype == FORM_MIMETYPE and (request.content_length or MAX_REDISPLAYED_BYTES) < MAX_REDISPLAYED_BYTES
    )
    if sends and is_small_form and is_same_origin(request) and limits.rejected_form_reads.acquire(blocking=False):
        try:
            with suppress(HTTPException):
                typed = list(request.form.items(multi=True))
        finally:
            limits.rejected_form_reads.release()
    if any("password" in name for name, _value in typed):
        typed = []
    page = current_app.jinja_env.get_template("errors/busy.html")  # renders without the current user: no database access
    html = page.render(status=status, sends=sends, typed=typed, address=request.full_path.rstrip("?"))
    return Response(html, status, {"Retry-After": RETRY_AFTER[status]}, mimetype="text/html")


def known_device() -> tuple[int, ...]:
    """Return the id in the device cookie, then a hash of each account that signed in there; () without a valid cookie."""
    if not (cookie := request.cookies.get(current_app.config["DEVICE_COOKIE_NAME"])):
        return ()
    try:
        return current_link_signer().open(Purpose.DEVICE, cookie).subject
    except (InvalidLink, ExpiredLink):
        return ()
