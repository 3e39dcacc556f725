"""POST requests to addresses that staff typed: to public addresses only, with limits on time and size, and no redirects.

A name is resolved once, each address is checked, and the connection goes to one of those that were checked: another answer of
the DNS a moment later changes nothing. TLS is verified for the name. A proxy of the environment is not used.
See docs/design/programs/webhooks.md.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse

from letterhub.domain.webhooks.deliveries import ANSWER_BYTES
from letterhub.domain.webhooks.targets import Target, is_public_address, parse_ip_number
from letterhub.infrastructure.bounded_http import BoundedCaller, ServerUnavailable

STEP_SECONDS = 5.0
"""Longest wait for connecting, and for the next bytes."""
TOTAL_SECONDS = 10.0
BODY_SECONDS = 2.0
"""Longest time of reading the answer's text, once its status is known."""
MAX_CALLERS = 4
MAX_ADDRESSES = 3
"""Addresses of a name that are tried."""

Resolver = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status of an answer, and the first bytes of its text."""

    status: int
    content: bytes


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a name, in the order in which they are to be tried. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_kind, address in found))


class PublicCaller:
    """Caller of public addresses; with `allows_loopback`, of this machine as well."""

    def __init__(
        self, *, allows_loopback: bool = False, resolver: Resolver | None = None, seconds: float = TOTAL_SECONDS
    ) -> None:
        self._allows_loopback = allows_loopback
        self._resolve = resolver or resolve
        self._caller = BoundedCaller(seconds, MAX_CALLERS)

    def post(self, target: Target, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Send a POST request, and return the answer, whatever its status. Raises ServerUnavailable, TooManyCallers."""
        call = _Call()
        return self._caller.within_time(lambda: self._post(call, target, headers, body), call.hang_up)

    def _post(self, call: "_Call", target: Target, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Send a POST to an address that was checked, so that another answer of DNS in between changes nothing."""
        try:
            addresses = self._checked_addresses(target)
            call.connect(target, addresses)
            connection = HTTPConnection(target.host, target.port)
            connection.sock = call.socket
            connection.request("POST", target.path, body, {"Host": target.host_header, "Connection": "close", **headers})
            with connection.getresponse() as response:
                call.wait_for(BODY_SECONDS)
                return HttpAnswer(response.status, _beginning(response))
        except (OSError, HTTPException, ValueError) as problem:
            raise ServerUnavailable(f"it can’t be reached: {_reason(problem)}") from problem
        finally:
            call.close()

    def _checked_addresses(self, target: Target) -> Sequence[str]:
        """Return the addresses of a target's host. Raises OSError, and ServerUnavailable if one of them is not public."""
        addresses = self._resolve(target.host, target.port)
        for address in addresses:
            number = parse_ip_number(address)
            is_own = self._allows_loopback and number is not None and number.is_loopback
            if number is None or not (is_own or is_public_address(number)):
                raise ServerUnavailable(f"{target.host} leads to {address}, which isn’t on the public internet")
        if not addresses:
            raise OSError(f"{target.host} has no address")
        return addresses[:MAX_ADDRESSES]


class _Call:
    """Connection to a server, which another thread may hang up at any time."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._is_hung_up = False

    def connect(self, target: Target, addresses: Sequence[str]) -> None:
        """Connect to the first of the addresses that takes a connection, with TLS for the target's name. Raises OSError."""
        for address in addresses:
            try:
                self._hold(socket.create_connection((address, target.port), STEP_SECONDS))
                break
            except OSError:
                if address == addresses[-1] or self._is_hung_up:
                    raise
        if target.uses_tls and self.socket is not None:
            context = ssl.create_default_context()
            tls = context.wrap_socket(self.socket, server_hostname=target.host, do_handshake_on_connect=False)
            self._hold(tls)
            tls.do_handshake()

    def _hold(self, connected: socket.socket) -> None:
        with self._lock:
            self.socket = connected
            if self._is_hung_up:
                connected.close()
                raise OSError("it took too long")

    def wait_for(self, seconds: float) -> None:
        """Set the longest wait for the next bytes."""
        if self.socket is not None:
            self.socket.settimeout(seconds)

    def hang_up(self) -> None:
        """End the connection, and with it whatever waits for bytes."""
        with self._lock:
            self._is_hung_up = True
            if self.socket is not None:
                with suppress(OSError):
                    socket.socket.shutdown(self.socket, socket.SHUT_RDWR)  # past TLS, which would wait for the other side

    def close(self) -> None:
        """Close the connection."""
        if self.socket is not None:
            self.socket.close()


def _beginning(response: HTTPResponse) -> bytes:
    """Return the first bytes of an answer's text; less if they don't come in time: the status says all that counts."""
    content, until = b"", time.monotonic() + BODY_SECONDS
    with suppress(OSError, HTTPException, ValueError):
        while len(content) < ANSWER_BYTES and time.monotonic() < until:
            if not (more := response.read1(ANSWER_BYTES - len(content))):
                break
            content += more
    return content[:ANSWER_BYTES]


def _reason(problem: Exception) -> str:
    """Return what went wrong, in the words of the operating system or the TLS library."""
    return str(getattr(problem, "verify_message", "") or getattr(problem, "strerror", "") or problem)[:200]
