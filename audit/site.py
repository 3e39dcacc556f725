"""A demo of its own for the audit: served as in production, on a local port, with data that is deleted."""

import http.cookiejar
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from audit.findings import HOME
from letterhub.domain.operations.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

PORT = 18732
SITE = f"http://127.0.0.1:{PORT}"
LETTER = f"{SITE}/letters/keep-every-public-library-open-and-connected"
ROLES = {str(one.role): one.email for one in DEMO_ACCOUNTS}
START_WITHIN = 120  # seconds


@dataclass(frozen=True)
class Session:
    """A visitor's session cookie."""

    name: str
    value: str


@contextmanager
def demo() -> Iterator[str]:
    """Yield the URL of a running demo."""
    data = HOME / "site"
    shutil.rmtree(data, ignore_errors=True)
    with (HOME / "site.log").open("wb") as log:
        command = [sys.executable, "-m", "letterhub.cli", "demo", "--port", str(PORT)]
        environment = os.environ | {"LETTERHUB_DATA_DIR": str(data)}
        with subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process:
            try:
                _wait(process)
                yield SITE
            finally:
                process.send_signal(signal.SIGTERM)


def _wait(process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(SITE, timeout=5).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise RuntimeError(f"the demo did not start: see {HOME / 'site.log'}")


def anonymous_session() -> Session:
    """Return the session of a visitor who opened the sign-in page: CSRF tokens are valid in it alone."""
    return _session_of(_open_sign_in()[0])


def staff_session(role: str) -> Session:
    """Return the session of the demo's member with that role."""
    jar, opener, token = _open_sign_in()
    typed = {"csrf_token": token, "email": ROLES[role], "password": DEMO_PASSWORD}
    opener.open(f"{SITE}/sign-in", urllib.parse.urlencode(typed).encode(), timeout=30).close()
    return _session_of(jar)


def is_signed_in(session: Session) -> bool:
    """Return whether a session is still signed in."""
    request = urllib.request.Request(f"{SITE}/staff/", headers={"Cookie": f"{session.name}={session.value}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return "/staff" in urllib.parse.urlsplit(str(answer.url)).path


def _open_sign_in() -> tuple[http.cookiejar.CookieJar, urllib.request.OpenerDirector, str]:
    """Return a cookie jar, a browser that uses it, and the CSRF token of the sign-in form."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"{SITE}/sign-in", timeout=30).read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token, "the page for signing in has no token"
    return jar, opener, token[1]


def _session_of(jar: http.cookiejar.CookieJar) -> Session:
    return next(Session(one.name, one.value or "") for one in jar if one.name == "letterhub")
