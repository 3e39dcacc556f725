"""Receiver of webhooks on this machine: real HTTP, and a check of each signature in the words of the specification."""

import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Respond = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Received:
    """Request that came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """Id of the message, the same for every attempt."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        """The body as JSON."""
        return json.loads(self.body)

    def is_signed_by(self, secret: str) -> bool:
        """Return whether one of the signatures is that of a secret."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{self.id}.{self.headers['webhook-timestamp']}.{self.body.decode()}"
        expected = base64.b64encode(hmac.new(key, content.encode(), hashlib.sha256).digest()).decode()
        return f"v1,{expected}" in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """Receiver that takes what comes with status 204, unless a test lets it `respond` otherwise."""

    port: int = 0
    respond: Respond = lambda handler: answer(handler, 204)
    received: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Address of the receiver."""
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def types(self) -> list[str]:
        """Types of the events that came in, in their order."""
        return [one.event["type"] for one in self.received]


def answer(handler: BaseHTTPRequestHandler, status: int, text: bytes = b"", **headers: str) -> None:
    """Answer a request with a status, a text and further headers."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    if status != 204:
        handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text)


@contextmanager
def run_receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver while the block lasts."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received(self.path, headers, body))
            receiver.respond(self)

        def log_message(self, *_words: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_request: object) -> None:
            """Say nothing of a client that hung up."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
