"""Ports for servers of tests."""

import socket


def free_port() -> int:
    """Return a port of 127.0.0.1 that no program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
