"""Local mail server that keeps the emails it receives."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class ReceivedEmail:
    """Received email: sender, recipients, message, whether the connection was encrypted, and the bytes as they came."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    over_tls: bool = False
    login: str = ""
    raw: bytes = b""

    @property
    def text(self) -> str:
        """Return the plain text part."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """Return the HTML part."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return cast("str", part.get_content()).replace("\r\n", "\n") if part else ""


class Inbox:
    """The emails received since the test began.

    `answer` is the server's reply to the next messages, `reply_to_recipient` its reply to their recipients.
    """

    ACCEPTED = "250 kept"

    def __init__(self) -> None:
        self.port = 0
        self.empty()

    def empty(self) -> None:
        """Delete all emails and accept new ones again."""
        self.mails: list[ReceivedEmail] = []
        self.answer = self.reply_to_recipient = self.ACCEPTED

    def to(self, address: str) -> list[ReceivedEmail]:
        """Return the emails to one address, oldest first."""
        return [mail for mail in self.mails if address in mail.recipients]

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        """Handle a recipient of an email; called by the server."""
        if self.reply_to_recipient == self.ACCEPTED:
            envelope.rcpt_tos.append(address)
        return self.reply_to_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Handle an email; called by the server."""
        if self.answer == self.ACCEPTED:
            message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
            over_tls = server.transport.get_extra_info("cipher") is not None
            login = str(session.auth_data or "")
            raw = envelope.original_content or b""
            recipients = tuple(envelope.rcpt_tos)
            self.mails.append(ReceivedEmail(envelope.mail_from or "", recipients, message, over_tls, login, raw))
        return self.answer


@contextmanager
def run_mail_server(host: str = "127.0.0.1", **options: Any) -> Iterator[Inbox]:
    """Run a mail server on a free port while the block lasts; `options` are those of aiosmtpd."""
    postbox = Inbox()
    controller = _Controller(postbox, hostname=host, port=0, **options)
    controller.start()
    try:
        postbox.port = controller.port
        yield postbox
    finally:
        controller.stop()


class _Controller(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # the free port that 0 was resolved to
        super()._trigger_server()
