"""The context shared by all parts of the run: the chroot, its units and services, the mailbox, and the table of results."""

import http.client
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from audit.production.chroot import Chroot
from audit.production.people import Page, Visitor
from audit.production.servers import Servers
from audit.production.units import ServiceManager

MAIL_PORT = 2525
CERTIFICATE = "/etc/letsencrypt/live/letters.example.org/fullchain.pem"
LINK = re.compile(r"https?://\S+")


class UnexpectedResult(Exception):
    """Raised when something happened, or did not, against what the documentation says."""


class Mailbox:
    """The mail server of the site: keeps every mail, and can be stopped."""

    def __init__(self) -> None:
        self.mails: list[tuple[float, tuple[str, ...], EmailMessage]] = []
        self._controller: Controller | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - aiosmtpd's
        """Handle one mail."""
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        self.mails.append((time.monotonic(), tuple(envelope.rcpt_tos), message))
        return "250 accepted"

    def open(self) -> None:
        """Start to listen."""
        self._controller = Controller(self, hostname="127.0.0.1", port=MAIL_PORT)
        self._controller.start()

    def close(self) -> None:
        """Stop to listen."""
        if self._controller is not None:
            self._controller.stop()

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails to an address, oldest first."""
        return [message for _, recipients, message in self.mails if address in recipients]

    def link(self, address: str, words: str = "") -> str:
        """Return the link in the newest mail to an address that contains some words."""
        for message in reversed(self.to(address)):
            part = message.get_body(("plain",))
            for found in LINK.findall(part.get_content() if part else ""):
                if words in found:
                    return str(found)
        raise UnexpectedResult(f"no mail to {address} has a link with {words!r}")


@dataclass
class ResultRow:
    """One row of the table."""

    what: str
    meanwhile: str
    afterwards: str
    fine: bool = True


@dataclass
class RunContext:
    """The chroot and all that runs in it."""

    chroot: Chroot
    mailbox: Mailbox
    servers: Servers
    services: ServiceManager
    rows: list[ResultRow] = field(default_factory=list)
    letter: str = ""

    def visitor(self) -> Visitor:
        """Return a new visitor."""
        return Visitor(self.chroot.path(CERTIFICATE))

    def add(self, what: str, meanwhile: str, afterwards: str, *, fine: bool) -> None:
        """Add a row, and print it."""
        meanwhile, afterwards = (" ".join(text.split()) for text in (meanwhile, afterwards))
        self.rows.append(ResultRow(what, meanwhile, afterwards, fine))
        print(f"{'ok ' if fine else 'NO '} {what}: {'; then '.join(filter(None, (meanwhile, afterwards)))}", flush=True)

    def ready(self) -> str:
        """Return the first line of the web process at /readyz, asked on this machine; "no answer" if it is down."""
        return self._word("http://127.0.0.1:8000/readyz")

    def healthy(self) -> bool:
        """Return whether the web process answers."""
        return self._word("http://127.0.0.1:8000/healthz") == "alive"

    @staticmethod
    def _word(address: str) -> str:
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return str(answer.read().decode()).partition("\n")[0].strip()
        except urllib.error.HTTPError as refusal:
            return str(refusal.read().decode()).partition("\n")[0].strip()
        except (OSError, http.client.HTTPException):
            return "no answer"

    def sql(self, database: str, query: str) -> str:
        """Return PostgreSQL's output, a line for each row."""
        words = [
            "runuser",
            "-u",
            "postgres",
            "--",
            "psql",
            "--quiet",
            "--tuples-only",
            "--no-align",
            database,
            "--command",
            query,
        ]
        return self.chroot.run(*words).strip()

    def sign(self, number: int) -> Page:
        """Sign the letter for an organization of that number; return the page that follows."""
        visitor = self.visitor()
        form = visitor.open(f"/letters/{self.letter}/sign")
        if form.status != 200:
            return form
        time.sleep(2.5)  # a form that is sent sooner is shown again
        return form.submit("Send me the link", **signer_fields(number))


def signer_fields(number: int) -> dict[str, object]:
    """Return the form fields of a signer for an organization of that number."""
    first, second = (
        ORGANIZATION_WORDS[number % len(ORGANIZATION_WORDS)],
        ORGANIZATION_WORDS[number // len(ORGANIZATION_WORDS) % len(ORGANIZATION_WORDS)],
    )
    return {
        "organization": f"{first} {second} Alliance", "website": f"https://o{number}.example", "signer_name": "Nia Example",
        "signer_title": "Director", "email": f"nia@o{number}.example", "location": "Springfield, IL", "section": "national",
        "authorized": "y",
    }  # fmt: skip


ORGANIZATION_WORDS = (
    "Maple Harbor Granite Willow Copper Juniper Falcon Meadow Cedar Lantern Orchard Pebble Summit Thistle Violet".split()
)


def wait_until(happened: Callable[[], bool], within: float) -> float | None:
    """Return the seconds until it happened; None if it did not in time."""
    started = time.monotonic()
    while time.monotonic() - started < within:
        if happened():
            return time.monotonic() - started
        time.sleep(0.5)
    return None


def is_listening(port: int) -> bool:
    """Return whether something listens on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def format_duration(took: float | None) -> str:
    """Return a duration in words."""
    return "never" if took is None else f"after {took:.0f} s"


def read_logs(paths: list[Path]) -> str:
    """Return the text of some files."""
    return "".join(path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file())
