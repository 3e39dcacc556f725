"""Forms of the load tests as HTTP requests: a browser's, as a proxy passes them on, two at most from each network."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from filling import SLUG
from ours import SECRET

from letterhub.infrastructure.signed_links import LinkSigner, Purpose

NETWORKS = 250


def send(job: dict[str, Any]) -> dict[str, Any]:
    """Run a job of the load generator in a process of its own, and return its result."""
    command = [sys.executable, Path(__file__).with_name("load.py")]
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, check=True, timeout=120)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def post(path: str, form: dict[str, str], run: int = 0, number: int = 0) -> str:
    """Return a form that a page of the site sent, from one of the networks of a run."""
    body = urlencode(form)
    headers = f"Sec-Fetch-Site: same-origin\r\nX-Forwarded-For: 203.{run % NETWORKS}.{number % NETWORKS}.7\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded"
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}{kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}"


def sign_forms(run: int, count: int) -> list[str]:
    """Return so many forms that sign, each with a token of its own that is old enough, other ones in each run."""
    links, started = LinkSigner((SECRET,)), time.time_ns()
    stamps = [links.token(Purpose.FORM, 1, started + number) for number in range(count)]
    time.sleep(2.5)
    form = {
        "signer_name": "Nia Example", "signer_title": "Director", "location": "Springfield, IL", "section": "national",
        "authorized": "y", "revision": "1",
    }  # fmt: skip
    hosts = [f"c{run}x{number}.example" for number in range(count)]
    return [
        post(
            f"/letters/{SLUG}/sign",
            form
            | {"organization": f"Council {run} {number}", "website": f"https://{host}", "email": f"n@{host}"}
            | {"form_token": stamp},
            run,
            number,
        )
        for number, (host, stamp) in enumerate(zip(hosts, stamps, strict=True))
    ]


def confirmations(run: int, tokens: list[str]) -> list[str]:
    """Return forms that confirm by the links with these tokens."""
    form = {"choice": "", "authorized": "y", "revision": "1"}
    return [post(f"/confirm/{token}", form, run, number) for number, token in enumerate(tokens)]
