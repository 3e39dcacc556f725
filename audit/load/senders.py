"""Sender process: sends forms over so many connections, each with one request at a time.

Reads a job as JSON from its standard input; prints the count of each status, and latencies.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from audit.load.client import Connection, quantile


async def send_all(job: dict[str, Any]) -> dict[str, Any]:
    """Send the requests in turn from all connections until the time is over, starting over at the end."""
    statuses: Counter[str] = Counter()
    took: list[float] = []
    requests = cycle([one.encode() for one in job["requests"]])
    until = time.monotonic() + job["seconds"]
    connections = (Connection(job["port"], job["tls"]) for _ in range(job["connections"]))
    await asyncio.gather(*(_send(one, requests, until, job["pause"], statuses, took) for one in connections))
    return {"statuses": statuses, "a_second": len(took) / job["seconds"], "p50": quantile(took, 0.5)}


async def _send(
    connection: Connection, requests: Iterator[bytes], until: float, pause: float, statuses: Counter[str], took: list[float]
) -> None:
    while (started := time.monotonic()) < until:
        try:
            answer = await connection.send(next(requests))
        except (OSError, EOFError, TimeoutError) as trouble:
            statuses[type(trouble).__name__] += 1
        else:
            statuses[str(answer.status)] += 1
            took.append(time.monotonic() - started)
        await asyncio.sleep(pause)
    connection.close()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(send_all(json.load(sys.stdin)))))
