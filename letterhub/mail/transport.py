"""Choice of mail transport: an SMTP server, or the public mailbox of the demo."""

from email.message import EmailMessage
from types import TracebackType
from typing import Protocol, Self

from letterhub.config import Settings
from letterhub.mail.demo_mailbox import DemoMailbox
from letterhub.mail.smtp import Smtp


class Transport(Protocol):
    """Sends mails one after the other; leaving its `with` block closes the connection."""

    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def send(self, message: EmailMessage) -> None:
        """Send one mail to its one recipient. Raises MailNotAccepted."""


def transport_for(settings: Settings) -> Transport:
    """Return the transport that the settings name: a demo without a mail server gets its mailbox."""
    if settings.mail_server is None:
        return DemoMailbox(settings.data_dir)
    return Smtp(settings.mail_server, settings.host)
