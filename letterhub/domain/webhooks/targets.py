"""Targets of webhooks: addresses that staff type, which must not lead into the network of the server.

See docs/design/programs/webhooks.md.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import idna

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

URL_LENGTH = 2000
PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".onion")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SPECIAL = ("2002::/16", "2001::/23", "3fff::/20", "192.88.99.0/24", "192.0.0.0/24", "168.63.129.16/32")
SPECIAL = tuple(map(ipaddress.ip_network, _SPECIAL))
"""Networks of 6to4, Teredo and other protocols, and one for examples, which `ipaddress` of some versions calls global; the last
two have addresses by which clouds tell a machine about itself."""
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
HOST_NAME = re.compile(r"(?=.{1,253}\Z)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\Z")

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class InvalidTarget(UserFacingError):
    """Raised for an address that no webhook may have."""

    field = "url"


@dataclass(frozen=True, slots=True)
class Target:
    """Address of a receiver, split. `host` is a name in ASCII or a number; `path` has the query."""

    url: str
    uses_tls: bool
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """Value of the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.uses_tls else 80) else f"{host}:{self.port}"


def parse_target(url: str, *, allows_loopback: bool = False) -> Target:
    """Return the target of a URL: https, without a password or fragment, at no private name or number. Raises InvalidTarget.

    With `allows_loopback`, this machine may be one, also without TLS. What a name leads to is checked when it is called.
    """
    invalid = InvalidTarget(_("Enter the receiver’s address, such as https://hooks.example.org/letterhub."))
    if len(url) > URL_LENGTH or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        url = _url_in_ascii(url) or ""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as problem:
        raise invalid from problem
    is_host = parse_ip_number(host) is not None or HOST_NAME.match(host)
    if parts.scheme not in ("https", "http") or not is_host or port == 0:
        raise invalid
    if "@" in parts.netloc or parts.fragment:
        raise InvalidTarget(_("Leave out names, passwords and “#” in the address. Every request is signed instead."))
    if not (allows_loopback and is_loopback_name(host)):
        if parts.scheme != "https":
            raise InvalidTarget(_("Use an address that begins with https://."))
        _check_public_name(host)
    uses_tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(url, uses_tls, host, port or (443 if uses_tls else 80), path)


def _url_in_ascii(url: str) -> str | None:
    """Return a URL whose host is an international name with the name in ASCII; None for any other URL beyond ASCII."""
    try:
        parts = urlsplit(url)
        host = idna.encode(parts.hostname or "", uts46=True).decode()
    except ValueError:
        return None
    written = url.replace(parts.netloc, parts.netloc.replace(parts.hostname or "", host), 1)
    is_plain = written.isascii() and written.isprintable() and " " not in written and "\\" not in written
    return written if is_plain and len(written) <= URL_LENGTH and "@" not in parts.netloc else None


def is_loopback_name(host: str) -> bool:
    """Return whether a host is this machine by its usual name or a number."""
    number = parse_ip_number(host)
    return host == "localhost" or (number is not None and number.is_loopback)


def _check_public_name(host: str) -> None:
    """Raise InvalidTarget for a number or name that is certainly not public."""
    number = parse_ip_number(host)
    last = host.rpartition(".")[2]
    is_odd_number = number is None and (last.isdigit() or last.startswith("0x"))
    is_private_name = number is None and ("." not in host or f".{host}".endswith(PRIVATE_SUFFIXES))
    if is_odd_number or is_private_name or (number is not None and not is_public_address(number)):
        raise InvalidTarget(_("This address isn’t on the public internet. Use one that anyone could reach."))


def parse_ip_number(host: str) -> IpAddress | None:
    """Return the address that a host is written as; None for a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def is_public_address(address: IpAddress) -> bool:
    """Return whether an address is on the public internet: not private, loopback, link-local, shared, reserved or multicast.

    An IPv6 address that holds an IPv4 one (mapped, NAT64) counts as that one; those of 6to4 and Teredo are refused.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public_address(address.ipv4_mapped)
        if address in NAT64:
            return is_public_address(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in GLOBAL_UNICAST:
            return False
    is_special = address.is_multicast or address.is_reserved or any(address in network for network in SPECIAL)
    return address.is_global and not is_special
