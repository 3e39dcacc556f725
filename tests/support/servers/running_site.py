"""The app behind a real HTTP server on a local port."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler


class ClosingHandler(WSGIRequestHandler):
    """Server that closes connections on which a client sends no request."""

    timeout = 10


@contextmanager
def running_site(app: Flask, listener: socket.socket) -> Iterator[None]:
    """Serve the app on a bound socket as long as the context lasts."""
    host, port = listener.getsockname()
    server = ThreadedWSGIServer(host, port, app, ClosingHandler, fd=listener.fileno())
    server.daemon_threads = False  # waits for its last response, and leaves no database connection behind
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
