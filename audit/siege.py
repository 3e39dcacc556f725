"""Flood of a running site: one network sends 525 forms, then 100 organizations sign from networks of their own.

`python -m audit.siege` starts a site of its own with two web processes, a worker and a mail server on this machine, and exits
with 1 unless all 100 organizations have their mail within a minute. LETTERHUB_DATABASE_URL may name an empty database.
"""

import http.client
import itertools
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from audit.findings import HOME
from letterhub.app import create_app
from letterhub.cli.demo import LETTER
from letterhub.clock import now
from letterhub.commands.operations.demo import load_demo
from letterhub.commands.operations.migrate import migrate_to_newest
from letterhub.config import demo_environment, parse_settings
from letterhub.paths import ROOT
from tests.support.servers.mail_server import Inbox, run_mail_server

FORMS, ORGANIZATIONS = 525, 100
ATTACKER = "203.0.113.7"
THREADS = 8
MAIL_WITHIN = 60  # seconds
FILL_SECONDS = 2.2  # seconds between opening and sending a form
START_WITHIN = 120  # seconds
PATH = f"/letters/{LETTER}/sign"


@dataclass(frozen=True)
class OpenForm:
    """A form as shown: its form token, the CSRF token and the cookie of its session."""

    stamp: str
    token: str
    cookie: str


@dataclass(frozen=True)
class Siege:
    """The site: its port, and the mail that was sent."""

    port: int
    postbox: Inbox

    def ask(self, method: str, path: str, address: str, body: str = "", cookie: str = "") -> tuple[int, str, str]:
        """Return status, cookie and text of a response to a client address."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        head = {"X-Forwarded-For": address, "Content-Type": "application/x-www-form-urlencoded"}
        head |= {"Cookie": cookie} if cookie else {}
        connection.request(method, path, body or None, head)
        answer = connection.getresponse()
        new_cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        text = answer.read().decode()
        connection.close()
        return answer.status, new_cookie or cookie, text

    def form(self, address: str) -> OpenForm:
        """Open the form."""
        _status, cookie, text = self.ask("GET", PATH, address)
        return OpenForm(_value(text, "form_token"), _value(text, "csrf_token"), cookie)

    def send(self, form: OpenForm, address: str, name: str, email: str) -> tuple[int, str]:
        """Send the form for an organization; return the status and the session's cookie."""
        typed = {
            "csrf_token": form.token, "form_token": form.stamp, "organization": name, "website": "https://www.example.org",
            "signer_name": "Nia Example", "signer_title": "Director", "email": email, "location": "Springfield, IL",
            "section": "national", "kind": "organization", "authorized": "y", "revision": "1",
        }  # fmt: skip
        status, cookie, _text = self.ask("POST", PATH, address, urlencode(typed), form.cookie)
        return status, cookie


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return found[1] if found else ""


def main() -> int:
    """Return 0 if every organization has its mail in time."""
    with run_mail_server() as postbox, _site(postbox) as port, ThreadPoolExecutor(THREADS) as pool:
        siege = Siege(port, postbox)
        answers = _flood(siege, pool)
        print(
            f"{FORMS} forms from {ATTACKER}: " + ", ".join(f"{count} × {status}" for status, count in sorted(answers.items()))
        )
        print(f"the same stamp sent 20 times more with other words: {_reuse_token(siege)}")
        time.sleep(5)
        print(f"mails that the network had sent by then: {len(postbox.mails)}")
        waits = _sign_organizations(siege, pool)
    in_time = [wait for wait in waits if wait is not None and wait <= MAIL_WITHIN]
    print(f"{len(in_time)} of {ORGANIZATIONS} organizations had their own mail within {MAIL_WITHIN} s of asking", end="")
    print(f": median {statistics.median(in_time):.1f} s, longest {max(in_time):.1f} s" if in_time else "")
    return 0 if len(in_time) == ORGANIZATIONS else 1


def _flood(siege: Siege, pool: ThreadPoolExecutor) -> Counter[int]:
    """Send five forms for each organization, in the name of others, and some more."""
    forms = list(pool.map(siege.form, itertools.repeat(ATTACKER, FORMS)))
    time.sleep(FILL_SECONDS)
    names = [f"Crane Society {number}" for number in range(FORMS)]
    emails = [_office_address(number % ORGANIZATIONS) for number in range(FORMS)]
    return Counter(status for status, _ in pool.map(siege.send, forms, itertools.repeat(ATTACKER), names, emails))


def _reuse_token(siege: Siege) -> dict[int, int]:
    form = siege.form("192.0.2.7")
    time.sleep(FILL_SECONDS)
    siege.send(form, "192.0.2.7", "Heron House", "heron@heron.example")
    again = [siege.send(form, "192.0.2.7", f"Heron House {one}", "heron@heron.example")[0] for one in range(20)]
    return dict(Counter(again))


def _sign_organizations(siege: Siege, pool: ThreadPoolExecutor) -> list[float | None]:
    """Return the seconds that each organization waits for its mail; None if none came."""
    homes = [f"198.51.{number}.7" for number in range(ORGANIZATIONS)]
    forms = list(pool.map(siege.form, homes))
    time.sleep(FILL_SECONDS)

    def asks(number: int) -> float:
        status, cookie = siege.send(forms[number], homes[number], _name(number), _office_address(number))
        assert status == 303, f"{_name(number)} was answered {status}"
        asked_at = time.monotonic()
        page = siege.ask("GET", f"/letters/{LETTER}/check-your-email", homes[number], cookie=cookie)[2]
        assert "for an email with a link" in page, "the page tells of a wait"
        return asked_at

    responses = list(pool.map(asks, range(ORGANIZATIONS)))
    arrived: dict[int, float] = {}
    while len(arrived) < ORGANIZATIONS and time.monotonic() < max(responses) + MAIL_WITHIN + 5:
        for number in set(range(ORGANIZATIONS)) - arrived.keys():
            if any(_name(number) in " ".join(mail.text.split()) for mail in siege.postbox.to(_office_address(number))):
                arrived[number] = time.monotonic()
        time.sleep(0.2)
    return [arrived[number] - responses[number] if number in arrived else None for number in range(ORGANIZATIONS)]


def _office_address(number: int) -> str:
    return f"office@a{number}.example"


def _name(number: int) -> str:
    return f"Alliance of Rivers {number} of its own"


@contextmanager
def _site(postbox: Inbox) -> Iterator[int]:
    """Yield the port of a site with its worker."""
    data = HOME / "siege"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    environment = os.environ | {"LETTERHUB_DATA_DIR": str(data)}
    environment |= {
        name: value for name, value in demo_environment(f"http://127.0.0.1:{port}").items() if name not in environment
    }
    environment |= {"LETTERHUB_MAIL_URL": f"smtp://127.0.0.1:{postbox.port}", "LETTERHUB_TRUSTED_PROXIES": "1"}
    app = create_app(parse_settings(environment))
    with app.app_context():
        migrate_to_newest()
        load_demo(ROOT / "demo", now())
    with (HOME / "siege.log").open("wb") as log:
        parts = [
            subprocess.Popen([sys.executable, "-m", "letterhub.cli", *words], env=environment, stdout=log, stderr=log)
            for words in (("serve", "--port", str(port), "--workers", "2"), ("worker",))
        ]
        try:
            _wait(port, parts)
            yield port
        finally:
            for part in parts:
                part.terminate()
            for part in parts:
                part.wait(20)


def _wait(port: int, parts: Sequence["subprocess.Popen[bytes]"]) -> None:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and all(part.poll() is None for part in parts):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise RuntimeError(f"the site did not start: see {HOME / 'siege.log'}")


if __name__ == "__main__":
    sys.exit(main())
