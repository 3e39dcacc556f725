"""Load generator in a process of its own: keeps connections busy, for so many seconds or requests.

Reads one job as JSON from its standard input and prints the result: count of responses by status, and latencies.
"""

import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

RESPONSE_TIMEOUT = 20.0  # seconds without any response


class Connection:
    """One connection that sends a request, waits for the whole response, and repeats."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=RESPONSE_TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked_at, self.got, self.length = 0.0, bytearray(), -1

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self.got, self.length, self.asked_at = bytearray(), -1, time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Receive what has arrived; return whether the response is complete."""
        some = self.socket.recv(1 << 18)
        if not some:
            raise ConnectionError("the server closed a connection")
        self.got += some
        if self.length < 0 and (end := self.got.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.got[:end]).lower()
            content_length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0].strip()
            self.length = end + 4 + int(content_length or 0)
        return 0 <= self.length <= len(self.got)


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Run a job: `requests` are cycled as long as time allows, or each is sent once if the job says so."""
    texts = [one.encode() for one in job["requests"]]
    requests: Iterator[bytes] = iter(texts) if job["once"] else cycle(texts)
    selector, open_connections = selectors.DefaultSelector(), 0
    statuses: Counter[str] = Counter()
    took: list[float] = []
    started = time.perf_counter()
    until = started + job["seconds"]
    for request in islice(requests, job["clients"]):
        connection = Connection(job["port"])
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(request)
        open_connections += 1
    while open_connections:
        ready = selector.select(RESPONSE_TIMEOUT)
        if not ready:
            raise TimeoutError("the server does not answer any more")
        for key, _ in ready:
            connection = key.data
            if not connection.read():
                continue
            took.append(time.perf_counter() - connection.asked_at)
            statuses[connection.got[9:12].decode()] += 1
            following = next(requests, None) if time.perf_counter() < until else None
            if following is None:
                selector.unregister(connection.socket)
                connection.socket.close()
                open_connections -= 1
            else:
                connection.ask(following)
    seconds = time.perf_counter() - started
    took.sort()
    p50, p99 = (took[min(int(len(took) * part), len(took) - 1)] * 1000 for part in (0.5, 0.99))
    return {"count": len(took), "a_second": len(took) / seconds, "p50": p50, "p99": p99, "statuses": statuses}


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
