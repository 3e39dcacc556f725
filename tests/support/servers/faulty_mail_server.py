"""Mail server with faults: silence, hang-ups, SMTP errors, and accepted emails whose reply gets lost."""

import enum
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailFault(enum.StrEnum):
    """Fault of the server."""

    WELL = "well"
    SILENT = "silent"  # accepts the connection and sends nothing
    BUSY = "busy"  # 421 instead of a greeting
    LATER = "later"  # 451 to the recipient, as greylisting does
    NEVER = "never"  # 550 to the recipient
    FULL = "full"  # 452 to the message
    REFUSED = "refused"  # 554 to the message
    DROPS_CONNECTION = "breaks off"  # hangs up in the middle of the message
    DELAYS_REPLY = "pauses"  # accepts the message, and replies only when told to
    LOSES_REPLY = "forgets"  # accepts the message, and hangs up before it replies
    ONE_PER_CONNECTION = "one each"  # accepts the message, replies, and hangs up
    HANGS_UP_LATE = "one each, late"  # the same, and the client learns of it only once it begins the next message


REPLY_TO_RECIPIENT = {MailFault.LATER: "451 4.7.1 Greylisted", MailFault.NEVER: "550 5.1.1 No such mailbox"}
REPLY_TO_MESSAGE = {MailFault.FULL: "452 4.3.1 No room now", MailFault.REFUSED: "554 5.7.1 Not wanted"}


class FaultyServer(socketserver.ThreadingTCPServer):
    """Mail server with a fault: `way` is the current one, `mails` the messages it accepted, `calls` the number of connections,
    and `commands` the number of times it received each SMTP command.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _SmtpHandler)
        self.way = MailFault.WELL
        self.mails: list[EmailMessage] = []
        self.calls = 0
        self.commands: Counter[str] = Counter()
        self.over, self.may_reply = threading.Event(), threading.Event()

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        return int(self.server_address[1])

    @property
    def ids(self) -> list[str]:
        """Return the Message-IDs of the accepted emails, in order."""
        return [str(mail["Message-ID"]) for mail in self.mails]


class _SmtpHandler(socketserver.StreamRequestHandler):
    server: FaultyServer

    def handle(self) -> None:
        self.server.calls += 1
        took_one = False
        if self.server.way is MailFault.SILENT:
            self.server.over.wait(30)
            return
        self._say("421 busy" if self.server.way is MailFault.BUSY else "220 here")
        while line := self.rfile.readline():
            self.server.commands.update([line.split()[0].decode().upper()])
            match line.split()[0].upper():
                case b"QUIT":
                    self._say("221 bye")
                    return
                case b"MAIL" if took_one and self.server.way is MailFault.HANGS_UP_LATE:
                    return
                case b"RCPT":
                    self._say(REPLY_TO_RECIPIENT.get(self.server.way, "250 yes"))
                case b"DATA":
                    self._say("354 go on")
                    if not self._take():
                        return
                    took_one = True
                case _:
                    self._say("250 yes")

    def _take(self) -> bool:
        """Receive a message; return whether the session continues."""
        if self.server.way is MailFault.DROPS_CONNECTION:
            self.rfile.readline()
            return False
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        refused = REPLY_TO_MESSAGE.get(self.server.way)
        if refused is None:
            self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        if self.server.way is MailFault.LOSES_REPLY:
            return False
        if self.server.way is MailFault.DELAYS_REPLY:
            self.server.may_reply.wait(30)
        self._say(refused or "250 kept")
        return self.server.way is not MailFault.ONE_PER_CONNECTION

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@contextmanager
def run_faulty_server(port: int = 0) -> Iterator[FaultyServer]:
    """Run the server while the block lasts, on a free port or on the one given."""
    with FaultyServer(port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
