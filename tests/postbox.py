"""A mail server on this machine that keeps what it is given, as the real one would have received it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: who gave it, to whom it was handed over, the message, and whether nobody could read along on the way."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    over_tls: bool = False
    login: str = ""

    @property
    def text(self) -> str:
        """What a reader without HTML sees."""
        part = self.message.get_body(("plain",))
        return cast("str", part.get_content()).replace("\r\n", "\n") if part else ""


class Postbox:
    """The mails that arrived since the test began. `answer` is what the server says to the next ones,
    `answer_to_recipient` what it says before, when it hears for whom they are."""

    ACCEPTED = "250 kept"

    def __init__(self) -> None:
        self.port = 0
        self.empty()

    def empty(self) -> None:
        """Forgets all mails and says yes again."""
        self.mails: list[Mail] = []
        self.answer = self.answer_to_recipient = self.ACCEPTED

    def to(self, address: str) -> list[Mail]:
        """The mails to one address, oldest first."""
        return [mail for mail in self.mails if address in mail.recipients]

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        """Called by the server for each recipient of a mail."""
        if self.answer_to_recipient == self.ACCEPTED:
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Called by the server for each mail."""
        if self.answer == self.ACCEPTED:
            message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
            over_tls = server.transport.get_extra_info("cipher") is not None
            login = str(session.auth_data or "")
            self.mails.append(Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), message, over_tls, login))
        return self.answer


@contextmanager
def open_postbox(host: str = "127.0.0.1", **options: Any) -> Iterator[Postbox]:
    """A postbox that listens on a free port for as long as the block lasts; `options` are those of aiosmtpd."""
    postbox = Postbox()
    controller = _Controller(postbox, hostname=host, port=0, **options)
    controller.start()
    try:
        postbox.port = controller.port
        yield postbox
    finally:
        controller.stop()


class _Controller(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # the free one that port 0 stood for
        super()._trigger_server()
