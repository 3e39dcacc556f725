"""HTTP client on plain connections, cheap enough to share two cores with the site under test."""

import asyncio
import re
import ssl
from dataclasses import dataclass
from urllib.parse import urlencode

CONTENT_LENGTH = re.compile(rb"^content-length: (\d+)", re.IGNORECASE | re.MULTILINE)
CONNECTION_CLOSE = re.compile(rb"^connection: close", re.IGNORECASE | re.MULTILINE)
FORM = "Content-Type: application/x-www-form-urlencoded"
UNVERIFIED_TLS = ssl.create_default_context()
UNVERIFIED_TLS.check_hostname, UNVERIFIED_TLS.verify_mode = False, ssl.CERT_NONE  # the certificate is one of this run
RESPONSE_TIMEOUT = 30.0  # seconds until a request times out


@dataclass(frozen=True, slots=True)
class ClientResponse:
    """Status, headers and body of a response."""

    status: int
    head: bytes
    body: bytes


class Connection:
    """One connection to the site, reopened if the other side closed it."""

    def __init__(self, port: int, tls: bool) -> None:
        self.port, self.tls = port, UNVERIFIED_TLS if tls else None
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes) -> ClientResponse:
        """Send a request and return the whole response. Raises OSError, EOFError and TimeoutError."""
        try:
            async with asyncio.timeout(RESPONSE_TIMEOUT):
                return await self._sent(request)
        except (OSError, EOFError, TimeoutError):
            self.close()
            raise

    async def _sent(self, request: bytes) -> ClientResponse:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20, ssl=self.tls)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = CONTENT_LENGTH.search(head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        if CONNECTION_CLOSE.search(head):
            self.close()
        return ClientResponse(int(head.split(b" ", 2)[1]), head, body)

    def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None


def get(port: int, path: str, address: str = "203.0.113.7") -> bytes:
    """Return a GET request from a client address, as the proxy in front reports it."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Forwarded-For: {address}\r\n\r\n".encode()


def post(port: int, path: str, form: dict[str, str], address: str, cookie: str = "") -> bytes:
    """Return a POST request with a form from a client address, as the proxy in front reports it."""
    body = urlencode(form).encode()
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"X-Forwarded-For: {address}", FORM]
    lines += [f"Content-Length: {len(body)}", *([f"Cookie: {cookie}"] if cookie else ())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def quantile(took: list[float], part: float) -> float:
    """Return a quantile of the values; 0 if there are none."""
    return sorted(took)[min(int(len(took) * part), len(took) - 1)] if took else 0.0
