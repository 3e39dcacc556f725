"""Public mailbox of the demo: every mail sent, newest first."""

import datetime as dt
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import islice

from letterhub.config import Settings
from letterhub.mail.transport import DemoMailbox

MAX_SHOWN = 100


@dataclass(frozen=True, slots=True)
class DemoMail:
    """Mail in the demo's mailbox; `attachments` has the name and size in bytes of each attachment."""

    key: str
    sender: str
    recipient: str
    subject: str
    at: dt.datetime
    text: str
    html: str
    attachments: tuple[tuple[str, int], ...]

    @property
    def text_lines(self) -> tuple[tuple[str, bool], ...]:
        """Return the lines of its text, each with a flag for a line that is only a URL."""
        return tuple((row, row.startswith(("http://", "https://")) and " " not in row) for row in self.text.splitlines())


def demo_mails(settings: Settings, recipient: str = "") -> tuple[DemoMail, ...]:
    """Return the newest mails to recipients that contain `recipient`, in any case; "" finds all. At most MAX_SHOWN."""
    search = recipient.casefold()
    with DemoMailbox(settings.data_dir) as box:
        mails = (_demo_mail(key, message) for key, message in box.newest_first())
        return tuple(islice((mail for mail in mails if search in mail.recipient.casefold()), MAX_SHOWN))


def demo_mail(settings: Settings, key: str) -> DemoMail | None:
    """Return one mail; None if there is none with this key."""
    with DemoMailbox(settings.data_dir) as box:
        try:
            return _demo_mail(key, box.mail(key))
        except KeyError:
            return None


def _demo_mail(key: str, message: EmailMessage) -> DemoMail:
    return DemoMail(
        key=key,
        sender=str(message["From"]),
        recipient=str(message["Delivered-To"] or message["To"]),
        subject=str(message["Subject"]),
        at=message["Date"].datetime,
        text=_body_text(message, "plain"),
        html=_body_text(message, "html"),
        attachments=tuple(
            (str(attachment.get_filename()), len(attachment.get_content())) for attachment in message.iter_attachments()
        ),
    )


def _body_text(message: EmailMessage, kind: str) -> str:
    """Return the text of a mail's "plain" or "html" part; "" if it has none."""
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
