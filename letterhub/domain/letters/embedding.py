"""Websites that may show a coalition's letters in a frame, and what stands between them and a Content-Security-Policy."""

import re
from urllib.parse import SplitResult, urlsplit

import idna

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

MAX_SITES = 30
MAX_SITE_LENGTH = 300
_DEFAULT_PORTS = {"https": 443, "http": 80}
_LOOPBACK = ("localhost", "127.0.0.1")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")


class InvalidSite(UserFacingError):
    """Raised when a line names no website that could show a letter."""

    field = "sites"


def parse_sites(typed: str) -> tuple[str, ...]:
    """Return the origins of websites typed one per line, such as "https://example.org" for "example.org/blog", each once.

    Raises InvalidSite.
    """
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if len(lines) > MAX_SITES:
        raise InvalidSite(_("The list can have %(most)s websites. Remove some.", most=MAX_SITES))
    return tuple(dict.fromkeys(map(_parse_site, lines)))


def _parse_site(line: str) -> str:
    """Return the origin of a website: it can be no other part of a policy, as its host has letters, digits, dots and hyphens
    only. Raises InvalidSite."""
    shown = line[:60]
    not_a_site = InvalidSite(_("“%(line)s” is not a website address. Enter one like https://www.example.org.", line=shown))
    if "*" in line:
        raise InvalidSite(_("“%(line)s” stands for many websites. Enter each one by its full address.", line=shown))
    try:
        parts = urlsplit(line if "://" in line else f"https://{line}")
        port, host = parts.port, _ascii_host(parts)
    except ValueError as error:  # of the port, the brackets, or the host name
        raise not_a_site from error
    if len(line) > MAX_SITE_LENGTH or parts.scheme not in _DEFAULT_PORTS or "@" in parts.netloc or port == 0:
        raise not_a_site
    if host not in _LOOPBACK and not _HOST.fullmatch(host):
        raise not_a_site
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise InvalidSite(_("“%(line)s” must start with https://, so that nobody can change the page on its way.", line=shown))
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, _DEFAULT_PORTS[parts.scheme]) else "")


def _ascii_host(parts: SplitResult) -> str:
    """Return the host of a URL in lower-case ASCII (IDNA). Raises ValueError."""
    host = parts.hostname or ""
    return host.rstrip(".") if host.isascii() else idna.encode(host, uts46=True).decode().rstrip(".")
