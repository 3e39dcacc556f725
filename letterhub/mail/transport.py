"""How a mail is handed over: to a mail server, or in the demo into a mailbox that everyone may read."""

from email.message import EmailMessage
from types import TracebackType
from typing import Protocol, Self

from letterhub.config import Settings
from letterhub.mail.mailbox import Mailbox
from letterhub.mail.smtp import Smtp


class Transport(Protocol):
    """Takes one mail after the other; leaving its block ends the conversation."""

    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def send(self, message: EmailMessage) -> None:
        """Hands over one mail to its one recipient; raises NotSent."""


def transport_of(settings: Settings) -> Transport:
    """The transport that the settings ask for: a demo without a mail server has its mailbox."""
    if settings.mail_server is None:
        return Mailbox(settings.data_dir)
    return Smtp(settings.mail_server, settings.host)
