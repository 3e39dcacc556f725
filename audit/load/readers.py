"""Reader process: requests each page at a fixed interval over a new connection, without waiting for earlier responses.

Reads a job as JSON from its standard input; prints the latencies of each page, in seconds.
"""

import asyncio
import json
import sys
import time
from typing import Any

from audit.load.client import RESPONSE_TIMEOUT, Connection, get


async def read_all(job: dict[str, Any]) -> dict[str, list[float]]:
    """Return the latencies by page; a page whose status is not 200 counts as the whole timeout."""
    took: dict[str, list[float]] = {path: [] for path in job["pages"]}
    async with asyncio.TaskGroup() as group:
        for number in range(int(job["seconds"] / job["every"])):
            for path in job["pages"]:
                group.create_task(_read(job, path, number * job["every"], took[path]))
    return took


async def _read(job: dict[str, Any], path: str, after: float, took: list[float]) -> None:
    await asyncio.sleep(after)
    connection, started = Connection(job["port"], job["tls"]), time.monotonic()
    try:
        answer = await connection.send(get(job["port"], path))
        took.append(time.monotonic() - started if answer.status == 200 else RESPONSE_TIMEOUT)
    except (OSError, EOFError, TimeoutError):
        took.append(RESPONSE_TIMEOUT)
    finally:
        connection.close()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(read_all(json.load(sys.stdin)))))
