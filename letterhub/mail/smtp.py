"""SMTP client: one connection for many mails, and the meaning of the server's replies. See docs/design/mail.md."""

import re
import select
import smtplib
import socket
import ssl
import time
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from types import TracebackType
from typing import Any, Self

from letterhub.config import MailServer
from letterhub.domain.i18n import _
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
    """SMTP connection that records whether the message itself was started: until then, it may be sent over another one; and
    the server's reply to it."""

    data_started = False
    reply = ""

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.data_started = True
        code, text = super().data(msg)
        self.reply = _reply_sentence(code, text)
        return code, text


class _TlsConnection(_Connection, smtplib.SMTP_SSL):
    """SMTP connection over TLS from its start."""


class Smtp:
    """SMTP transport. Connects with the first mail, reconnects if the server hung up, and quits on exit.

    `own_name` is the host name or address that it greets the server with, `patience` how many seconds it waits for a reply.
    """

    def __init__(self, server: MailServer, own_name: str, patience: float = REPLY_TIMEOUT) -> None:
        self.server = server
        self.own_name = f"[{own_name}]" if own_name.replace(".", "").isdigit() else own_name
        self.patience = patience
        self._connection: _Connection | None = None
        self._last_used_at = float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._connection is not None:
            try:
                self._connection.quit()
            except OSError:
                self._connection.close()
            self._connection = None

    def send(self, message: EmailMessage, recipient: str) -> str:
        """Send one mail to one recipient and return the server's reply. Raises MailNotAccepted."""
        last_connection = self._connection
        connection = self.ready()
        connection.data_started = False
        sender = parseaddr(message["From"])[1]
        try:
            connection.sendmail(sender, [recipient], message.as_bytes(policy=SMTP))
        except smtplib.SMTPRecipientsRefused as refused:
            code, text = refused.recipients[recipient]
            failure = MailFailure.NO_MAILBOX if is_no_mailbox(code, _reply_sentence(code, text)) else _failure_of_code(code)
            raise _refusal(failure, code, text) from refused
        except smtplib.SMTPDataError as refused:
            raise _refusal(_failure_of_code(refused.smtp_code), refused.smtp_code, refused.smtp_error) from refused
        except smtplib.SMTPSenderRefused as refused:  # about us rather than about this mail, unless it is about its size
            reply = _reply_sentence(refused.smtp_code, refused.smtp_error)
            is_about_us = refused.smtp_code >= 500 and not is_too_large(refused.smtp_code, reply)
            failure = MailFailure.SERVER if is_about_us else _failure_of_code(refused.smtp_code)
            raise _refusal(failure, refused.smtp_code, refused.smtp_error) from refused
        except OSError as broken:
            hung_up_before = connection is last_connection and not connection.data_started  # unseen by `_is_server_alive`
            if hung_up_before:
                return self.send(message, recipient)
            raise MailNotAccepted(MailFailure.INTERRUPTED, str(self._error_sentence(broken))) from broken
        return connection.reply

    def ready(self) -> _Connection:
        """Return a live connection. Raises MailNotAccepted if no connection can be made."""
        try:
            if self._connection is None or not self._is_server_alive(self._connection):
                self._connection = self._connect()
            self._last_used_at = time.monotonic()
        except OSError as broken:
            self._connection = None
            raise MailNotAccepted(MailFailure.SERVER, str(self._error_sentence(broken))) from broken
        return self._connection

    def _is_server_alive(self, connection: smtplib.SMTP) -> bool:
        """Return whether the server is still there; close the connection if not.

        Soon after a mail it is enough that there is nothing to read, since a server that hung up leaves bytes. Later, the
        server is asked.
        """
        is_recent = time.monotonic() - self._last_used_at < IDLE_BEFORE_NOOP
        if is_recent and connection.sock is not None:
            poll = select.poll()
            poll.register(connection.sock, select.POLLIN)
            has_hung_up = bool(poll.poll(0))
            if not has_hung_up:
                return True
        with suppress(OSError):
            if connection.noop()[0] == 250:
                return True
        connection.close()
        return False

    def _connect(self) -> _Connection:
        """Return a new connection, with TLS from its start if the settings say so, greeted and logged in. Raises OSError."""
        host, port = self.server.host, self.server.port
        if self.server.tls:
            context = ssl.create_default_context()
            connection: _Connection = _TlsConnection(host, port, self.own_name, timeout=self.patience, context=context)
        else:
            connection = _Connection(host, port, self.own_name, timeout=self.patience)
        try:
            self._greet_and_log_in(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _greet_and_log_in(self, connection: smtplib.SMTP) -> None:
        """Say EHLO and log in. TLS is used where offered; a password is never sent without it, except to a server on this
        machine.
        """
        connection.ehlo_or_helo_if_needed()
        may_send_password = self.server.tls or self.server.host in LOOPBACK
        if not may_send_password and connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo_or_helo_if_needed()
            may_send_password = True
        if not self.server.name:
            return
        if not may_send_password:
            raise smtplib.SMTPException(_("offers no TLS, so we didn’t send the password"))
        connection.login(self.server.name, self.server.password)

    def _error_sentence(self, error: OSError) -> Any:
        """Return why the server could not be reached or broke off, as a translatable sentence."""
        place = _("The mail server at %(host)s, port %(port)s", host=self.server.host, port=self.server.port)
        match error:
            case TimeoutError() | smtplib.SMTPServerDisconnected(__context__=TimeoutError()):  # raised by smtplib on a timeout
                return _("%(server)s didn’t respond within %(time)s seconds.", server=place, time=f"{self.patience:.0f}")
            case smtplib.SMTPResponseException():
                return _reply_sentence(error.smtp_code, error.smtp_error)
            case smtplib.SMTPServerDisconnected():
                return _("%(server)s closed the connection.", server=place)
            case smtplib.SMTPNotSupportedError():
                return _(
                    "%(server)s accepts no password. Remove the user name and password from LETTERHUB_MAIL_URL.", server=place
                )
            case smtplib.SMTPException():
                return f"{place} {error}."
            case ssl.SSLCertVerificationError():
                reason = error.verify_message.rstrip(".")
                return _("%(server)s has an untrusted certificate: %(why)s. Nothing was sent.", server=place, why=reason)
            case ssl.SSLError():
                return _(
                    "%(server)s doesn’t use TLS as LETTERHUB_MAIL_URL says: %(why)s. Nothing was sent.",
                    server=place,
                    why=error.reason or error,
                )
            case socket.gaierror():
                return _("%(server)s can’t be found: no host has this name.", server=place)
            case _:
                return _("%(server)s can’t be reached: %(why)s.", server=place, why=error.strerror or error)


def _failure_of_code(code: int) -> MailFailure:
    if code == SERVICE_CLOSING:
        return MailFailure.INTERRUPTED
    return MailFailure.PERMANENT if code >= 500 else MailFailure.TEMPORARY


def _refusal(failure: MailFailure, code: int, text: bytes | str) -> MailNotAccepted:
    reply = _reply_sentence(code, text)
    return MailNotAccepted(failure, reply, too_large=is_too_large(code, reply))


def is_too_large(code: int, reply: str) -> bool:
    """Return whether a refusal is about the size of a mail: by its enhanced code (RFC 3463), or 552 if it has none.

    With another enhanced code, 552 means a full mailbox or unwanted content.
    """
    enhanced_code = ENHANCED_CODE.search(reply)
    if enhanced_code is None:
        return code == SIZE_EXCEEDED
    return code >= 500 and enhanced_code.group() in SIZE_CODES


def is_no_mailbox(code: int, reply: str) -> bool:
    """Return whether a refused recipient means that the mailbox does not exist: by its enhanced code (RFC 3463), or else by the
    code.

    Other refusals are about the sender. A refused text says nothing about the mailbox: a stranger wrote some of it.
    """
    enhanced_code = ENHANCED_CODE.search(reply)
    if enhanced_code is None:
        return code in NO_MAILBOX_CODES
    is_disabled = enhanced_code.group() == MAILBOX_DISABLED
    is_bad_recipient = enhanced_code.group().startswith("5.1.") and enhanced_code.group() not in SENDER_CODES
    return code >= 500 and (is_disabled or is_bad_recipient)


def _reply_sentence(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return str(_("The mail server answered %(code)s: %(words)s", code=code, words=" ".join(text.split())))
