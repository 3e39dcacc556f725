"""Check that a port of this machine is free, as the server itself would share one that is in use."""

import errno
import socket


def port_problem(host: str, port: int) -> str:
    """Return why a port cannot be listened on, as a sentence; "" if it can."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            return f"Something else is already listening on port {port}."
        return f"Cannot listen on {host}, port {port}: {problem.strerror or problem}."
    return ""


def alternative_port(port: int) -> int:
    """Return another unprivileged port to try."""
    return port + 10 if 1024 <= port + 10 <= 65535 else 8010
