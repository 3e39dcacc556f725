"""Warns in the log when every visitor seems to be the proxy: then one network is everybody, for limits and for floods."""

import logging
import threading
import time

from flask import Flask, request

from letterhub.config import Settings
from letterhub.domain.allowances import ip_of

log = logging.getLogger(__name__)

MANY = 100
EVERY = 3600.0  # seconds
MACHINES = frozenset({"health", "figures"})
SENTENCE = (
    "the last %s requests all came from %s, which is no visitor's address but a proxy's: limits count all visitors as one. Let "
    "the proxy send X-Forwarded-For, as in deploy/nginx, and set LETTERHUB_TRUSTED_PROXIES to the number of proxies in front"
)


class ProxyWatch:
    """Counts requests in a row that came from one address of this machine or of a private network."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.address, self.count, self.told_at = "", 0, 0.0

    def see(self, address: str, at: float) -> None:
        """Counts a request; warns once an hour where there were MANY from one such address, and none from elsewhere."""
        found = ip_of(address)
        near = found is not None and (found.is_loopback or found.is_private)
        with self.lock:
            self.count = self.count + 1 if near and address == self.address else int(near)
            self.address = address
            if self.count < MANY or (self.told_at and at - self.told_at < EVERY):
                return
            self.told_at = at
        log.warning(SENTENCE, MANY, address)


def install(app: Flask, settings: Settings) -> None:
    """Watches the visitors of a site that others reach, which have addresses of their own."""
    if not settings.https:
        return
    watch = ProxyWatch()

    def seen() -> None:
        if request.blueprint not in MACHINES:
            watch.see(request.remote_addr or "", time.monotonic())

    app.before_request(seen)
