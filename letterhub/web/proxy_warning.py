"""Warning in the log when all requests come from a proxy's address: rate limits then treat all visitors as one network."""

import logging
import threading

from letterhub.domain.abuse.rate_limits import parse_ip

log = logging.getLogger(__name__)

WARN_AFTER = 100
WARN_INTERVAL = 3600.0  # seconds
WARNING = (
    "the last %s requests all came from %s, which is no visitor's address but a proxy's: limits count all visitors as one. Let "
    "the proxy send X-Forwarded-For, as in deploy/nginx, and set LETTERHUB_TRUSTED_PROXIES to the number of proxies in front"
)


class ProxyWatch:
    """Counter of consecutive requests from one loopback or private address."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.address, self.count, self.warned_at = "", 0, 0.0

    def record(self, address: str, at: float) -> None:
        """Count a request. Warns once an hour, after WARN_AFTER in a row from one such address."""
        ip = parse_ip(address)
        is_internal = ip is not None and (ip.is_loopback or ip.is_private)
        with self.lock:
            self.count = self.count + 1 if is_internal and address == self.address else int(is_internal)
            self.address = address
            if self.count < WARN_AFTER or (self.warned_at and at - self.warned_at < WARN_INTERVAL):
                return
            self.warned_at = at
        log.warning(WARNING, WARN_AFTER, address)
