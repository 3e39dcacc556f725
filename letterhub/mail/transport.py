"""Mail transports: an SMTP server or the public mailbox of the demo; and mail to the operator, sent past the outbox."""

import datetime as dt
import logging
import mailbox
import platform
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import make_msgid
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from letterhub.config import Settings
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailNotAccepted
from letterhub.infrastructure.monitoring import redact
from letterhub.mail.messages import header_text
from letterhub.mail.smtp import Smtp

log = logging.getLogger(__name__)


class DemoMailbox:
    """Maildir below the data folder, safe for concurrent writers and readers."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = mailbox.Maildir(data_dir / "mailbox", factory=None, create=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._folder.close()

    def send(self, message: EmailMessage, recipient: str) -> str:
        """Store one mail. Whom it was delivered to is said where its headers don't name them alone."""
        if recipient != str(message["To"]):
            message["Delivered-To"] = recipient
        self._folder.add(message.as_bytes(policy=SMTP))
        return str(_("The demo’s mailbox has it."))

    def newest_first(self) -> Iterator[tuple[str, EmailMessage]]:
        """Yield each mail with its key, newest first: file names begin with the second of arrival."""
        for key in sorted(self._folder.keys(), key=_arrival_key, reverse=True):
            yield key, self.mail(key)

    def mail(self, key: str) -> EmailMessage:
        """Return one mail. Raises KeyError if there is none with this key."""
        return BytesParser(EmailMessage, policy=SMTP).parsebytes(self._folder.get_bytes(key))


def _arrival_key(key: str) -> tuple[float, str]:
    """Return the sort key of a Maildir file name, "seconds.M<microseconds>P<process>Q<count>.host"."""
    seconds, _, rest = key.partition(".")
    micro = rest.removeprefix("M").partition("P")[0]
    return float(f"{seconds}.{micro:0>6}"), key


class Transport(Protocol):
    """Sends mails one after the other; leaving its `with` block closes the connection."""

    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def send(self, message: EmailMessage, recipient: str) -> str:
        """Send one mail to one recipient and return the server's reply. Raises MailNotAccepted."""


def transport_for(settings: Settings) -> Transport:
    """Return the transport that the settings name: a demo without a mail server gets its mailbox."""
    if settings.mail_server is None:
        return DemoMailbox(settings.data_dir)
    return Smtp(settings.mail_server, settings.host)


def send_at_once(settings: Settings, recipient: str, subject: str, text: str, at: dt.datetime) -> str:
    """Send one mail past the outbox and return the server's reply. Raises MailNotAccepted."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = settings.mail_from, recipient
    message["Subject"] = header_text(f"Letterhub at {settings.host}: {subject}")
    message["Date"], message["Message-ID"] = at, make_msgid(domain=settings.host or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    with transport_for(settings) as transport:
        return transport.send(message, recipient)


def mail_operator(settings: Settings, subject: str, sentences: Sequence[str], at: dt.datetime) -> str:
    """Mail what failed. Return an error sentence if that could not be sent; "" if it was, or there is no operator to mail."""
    if not settings.operator_email:
        return ""
    problems = "\n\n".join(redact(header_text(sentence)) for sentence in sentences)
    site_facts = f"Machine: {platform.node()}\nSite: {settings.public_url}\nTime: {at:%Y-%m-%d %H:%M} UTC"
    footer = _(
        "You received this email because LETTERHUB_OPERATOR_EMAIL is set to your address. docs/operations.md says what to do."
    )
    try:
        send_at_once(settings, settings.operator_email, subject, f"{problems}\n\n{site_facts}\n\n{footer}\n", at)
    except MailNotAccepted as trouble:
        log.error("the operator could not be mailed: %s", trouble)
        return _("The operator could not be emailed: %(problem)s", problem=str(trouble))
    return ""
