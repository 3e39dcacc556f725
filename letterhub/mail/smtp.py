"""SMTP client: one connection for many mails, and the meaning of the server's replies. See docs/design/mail.md."""

import re
import select
import smtplib
import socket
import ssl
import time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from types import TracebackType
from typing import Any, Self

from flask_babel import gettext as _

from letterhub.config import MailServer
from letterhub.domain.mail.outgoing_mail import MailFailure, MailNotAccepted
from letterhub.setting_parsers import LOOPBACK

REPLY_TIMEOUT = 20.0  # seconds for each of the server's replies; a mail takes fewer than ten of them
IDLE_BEFORE_NOOP = 5.0  # seconds without traffic after which the connection is checked with NOOP
SIZE_EXCEEDED = 552
SERVICE_CLOSING = 421  # the server closes the connection
ENHANCED_CODE = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
SIZE_CODES = ("5.2.3", "5.3.4")
NO_MAILBOX_CODES, MAILBOX_DISABLED = (550, 551, 553), "5.2.1"
SENDER_CODES = ("5.1.7", "5.1.8", "5.1.9")


class _Connection(smtplib.SMTP):
    """SMTP connection that records whether the message itself was started: until then, it may be sent over another one."""

    data_started = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.data_started = True
        return super().data(msg)


class _TlsConnection(_Connection, smtplib.SMTP_SSL):
    """SMTP connection over TLS from its start."""


class Smtp:
    """SMTP transport. Connects with the first mail, reconnects if the server hung up, and quits on exit."""

    def __init__(self, server: MailServer, own_name: str, patience: float = REPLY_TIMEOUT) -> None:
        self.server = server
        self.own_name = f"[{own_name}]" if own_name.replace(".", "").isdigit() else own_name
        self.patience = patience
        self._connection: _Connection | None = None
        self._spoken = float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._connection is not None:
            _hang_up(self._connection)
            self._connection = None

    def send(self, message: EmailMessage) -> None:
        """Send one mail to its one recipient. Raises MailNotAccepted."""
        used = self._connection
        connection = self.ready()
        connection.data_started = False
        sender, recipient = parseaddr(message["From"])[1], str(message["To"])
        try:
            connection.sendmail(sender, [recipient], message.as_bytes(policy=SMTP))
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = refused.recipients[recipient]
            trouble = MailFailure.NO_MAILBOX if is_no_mailbox(code, _reply_sentence(code, words)) else _trouble_of_code(code)
            raise _not_sent(trouble, code, words) from refused
        except smtplib.SMTPDataError as refused:
            raise _not_sent(_trouble_of_code(refused.smtp_code), refused.smtp_code, refused.smtp_error) from refused
        except smtplib.SMTPSenderRefused as refused:  # about us rather than about this mail, unless it is about its size
            told = _reply_sentence(refused.smtp_code, refused.smtp_error)
            about_us = refused.smtp_code >= 500 and not is_too_large(refused.smtp_code, told)
            raise _not_sent(
                MailFailure.SERVER if about_us else _trouble_of_code(refused.smtp_code), refused.smtp_code, refused.smtp_error
            ) from refused
        except OSError as broken:
            if connection is used and not connection.data_started:  # it hung up after the mail before, unseen by `_listens`
                return self.send(message)
            raise MailNotAccepted(MailFailure.INTERRUPTED, str(self._told(broken))) from broken

    def ready(self) -> _Connection:
        """Return a live connection. Raises MailNotAccepted if there is none to be had."""
        try:
            if self._connection is None or not self._listens(self._connection):
                self._connection = self._connected()
            self._spoken = time.monotonic()
        except OSError as broken:
            self._connection = None
            raise MailNotAccepted(MailFailure.SERVER, str(self._told(broken))) from broken
        return self._connection

    def _listens(self, connection: smtplib.SMTP) -> bool:
        """Return whether the server is still there. One that hung up leaves bytes to read, which is cheap to check."""
        if time.monotonic() - self._spoken < IDLE_BEFORE_NOOP and not _has_unread_data(connection):
            return True
        return _answers_noop(connection)

    def _connected(self) -> _Connection:
        host, port = self.server.host, self.server.port
        if self.server.tls:
            context = ssl.create_default_context()
            connection: _Connection = _TlsConnection(host, port, self.own_name, timeout=self.patience, context=context)
        else:
            connection = _Connection(host, port, self.own_name, timeout=self.patience)
        try:
            self._introduce(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _introduce(self, connection: smtplib.SMTP) -> None:
        """Say EHLO and log in. TLS is used where offered; a password is never sent without it, except to a server on this
        machine.
        """
        connection.ehlo_or_helo_if_needed()
        local = self.server.host in LOOPBACK
        safe = self.server.tls or local
        if not safe and connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo_or_helo_if_needed()
            safe = True
        if not self.server.name:
            return
        if not safe:
            raise smtplib.SMTPException(_("offers no TLS, so we didn’t send the password"))
        connection.login(self.server.name, self.server.password)

    def _told(self, broken: OSError) -> Any:
        place = _("The mail server at %(host)s, port %(port)s", host=self.server.host, port=self.server.port)
        match broken:
            case TimeoutError() | smtplib.SMTPServerDisconnected(__context__=TimeoutError()):  # raised by smtplib on a timeout
                return _("%(server)s didn’t respond within %(time)s seconds.", server=place, time=f"{self.patience:.0f}")
            case smtplib.SMTPResponseException():
                return _reply_sentence(broken.smtp_code, broken.smtp_error)
            case smtplib.SMTPServerDisconnected():
                return _("%(server)s closed the connection.", server=place)
            case smtplib.SMTPNotSupportedError():
                return _(
                    "%(server)s accepts no password. Remove the user name and password from LETTERHUB_MAIL_URL.", server=place
                )
            case smtplib.SMTPException():
                return f"{place} {broken}."
            case ssl.SSLCertVerificationError():
                told = broken.verify_message.rstrip(".")
                return _("%(server)s has an untrusted certificate: %(why)s. Nothing was sent.", server=place, why=told)
            case ssl.SSLError():
                return _(
                    "%(server)s doesn’t use TLS as LETTERHUB_MAIL_URL says: %(why)s. Nothing was sent.",
                    server=place,
                    why=broken.reason or broken,
                )
            case socket.gaierror():
                return _("%(server)s can’t be found: no host has this name.", server=place)
            case _:
                return _("%(server)s can’t be reached: %(why)s.", server=place, why=broken.strerror or broken)


def _has_unread_data(connection: smtplib.SMTP) -> bool:
    poll = select.poll()
    if connection.sock is None:
        return True
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))


def _answers_noop(connection: smtplib.SMTP) -> bool:
    try:
        if connection.noop()[0] == 250:
            return True
    except OSError:
        pass
    connection.close()
    return False


def _hang_up(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except OSError:
        connection.close()


def _trouble_of_code(code: int) -> MailFailure:
    if code == SERVICE_CLOSING:
        return MailFailure.INTERRUPTED
    return MailFailure.NEVER if code >= 500 else MailFailure.LATER


def _not_sent(trouble: MailFailure, code: int, words: bytes | str) -> MailNotAccepted:
    told = _reply_sentence(code, words)
    return MailNotAccepted(trouble, told, too_large=is_too_large(code, told))


def is_too_large(code: int, told: str) -> bool:
    """Return whether a refusal is about the size of a mail: by its enhanced code (RFC 3463), or 552 if it has none.

    With another enhanced code, 552 means a full mailbox or unwanted content.
    """
    why = ENHANCED_CODE.search(told)
    return code >= 500 and why.group() in SIZE_CODES if why else code == SIZE_EXCEEDED


def is_no_mailbox(code: int, told: str) -> bool:
    """Return whether a refused recipient means that the mailbox does not exist: by its enhanced code (RFC 3463), or else by the
    code.

    Other refusals are about the sender. A refused text says nothing about the mailbox: a stranger wrote some of it.
    """
    why = ENHANCED_CODE.search(told)
    if why is None:
        return code in NO_MAILBOX_CODES
    return code >= 500 and (
        why.group() == MAILBOX_DISABLED or (why.group().startswith("5.1.") and why.group() not in SENDER_CODES)
    )


def _reply_sentence(code: int, words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return str(_("The mail server answered %(code)s: %(words)s", code=code, words=" ".join(said.split())))
