"""Public mailbox of the demo: every mail sent, newest first."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import islice

from letterhub.config import Settings
from letterhub.mail.demo_mailbox import Mailbox

SHOWN = 100


@dataclass(frozen=True, slots=True)
class DeliveredMail:
    """Mail in the demo's mailbox; `attached` has the name and size in bytes of each attachment."""

    key: str
    sender: str
    recipient: str
    subject: str
    at: dt.datetime
    text: str
    html: str
    attached: tuple[tuple[str, int], ...]

    @property
    def rows(self) -> tuple[tuple[str, bool], ...]:
        """Return the lines of its text, each with whether it is nothing but a URL."""
        return tuple((row, row.startswith(("http://", "https://")) and " " not in row) for row in self.text.splitlines())


def delivered_mails(settings: Settings, recipient: str = "") -> tuple[DeliveredMail, ...]:
    """Return the newest mails, or of those whose recipient contains `recipient`."""
    wanted = recipient.casefold()
    with Mailbox(settings.data_dir) as box:
        return tuple(islice((mail for mail in _all(box) if wanted in mail.recipient.casefold()), SHOWN))


def delivered_mail(settings: Settings, key: str) -> DeliveredMail | None:
    """Return one mail; None if there is none with this key."""
    with Mailbox(settings.data_dir) as box:
        try:
            return _mail(key, box.mail(key))
        except KeyError:
            return None


def _all(box: Mailbox) -> Iterator[DeliveredMail]:
    for key, message in box.newest_first():
        yield _mail(key, message)


def _mail(key: str, message: EmailMessage) -> DeliveredMail:
    return DeliveredMail(
        key=key,
        sender=str(message["From"]),
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        at=message["Date"].datetime,
        text=_part(message, "plain"),
        html=_part(message, "html"),
        attached=tuple((str(one.get_filename()), len(one.get_content())) for one in message.iter_attachments()),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
