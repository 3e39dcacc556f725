"""Mail server with faults: silence, hang-ups, SMTP errors, and accepted emails whose reply gets lost."""

import enum
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Way(enum.StrEnum):
    """Fault of the server."""

    WELL = "well"
    SILENT = "silent"  # accepts the connection and sends nothing
    BUSY = "busy"  # 421 instead of a greeting
    LATER = "later"  # 451 to the recipient, as greylisting does
    NEVER = "never"  # 550 to the recipient
    FULL = "full"  # 452 to the message
    REFUSED = "refused"  # 554 to the message
    BREAKS_OFF = "breaks off"  # hangs up in the middle of the message
    PAUSES = "pauses"  # accepts the message, and replies only when told to
    FORGETS = "forgets"  # accepts the message, and hangs up before it replies
    ONE_EACH = "one each"  # accepts the message, replies, and hangs up


TO_RECIPIENT = {Way.LATER: "451 4.7.1 Greylisted", Way.NEVER: "550 5.1.1 No such mailbox"}
TO_MESSAGE = {Way.FULL: "452 4.3.1 No room now", Way.REFUSED: "554 5.7.1 Not wanted"}


class FaultyServer(socketserver.ThreadingTCPServer):
    """Mail server with a fault: `way` is the current one, `mails` the messages it accepted, `calls` the number of connections,
    and `said` the number of times it received each SMTP command.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.way = Way.WELL
        self.mails: list[EmailMessage] = []
        self.calls = 0
        self.said: Counter[str] = Counter()
        self.over, self.go_on = threading.Event(), threading.Event()

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        return int(self.server_address[1])

    @property
    def ids(self) -> list[str]:
        """Return the Message-IDs of the accepted emails, in order."""
        return [str(mail["Message-ID"]) for mail in self.mails]


class _Conversation(socketserver.StreamRequestHandler):
    server: FaultyServer

    def handle(self) -> None:
        self.server.calls += 1
        if self.server.way is Way.SILENT:
            self.server.over.wait(30)
            return
        self._say("421 busy" if self.server.way is Way.BUSY else "220 here")
        while line := self.rfile.readline():
            self.server.said.update([line.split()[0].decode().upper()])
            match line.split()[0].upper():
                case b"QUIT":
                    self._say("221 bye")
                    return
                case b"RCPT":
                    self._say(TO_RECIPIENT.get(self.server.way, "250 yes"))
                case b"DATA":
                    self._say("354 go on")
                    if not self._take():
                        return
                case _:
                    self._say("250 yes")

    def _take(self) -> bool:
        """Receive a message; return whether the session continues."""
        if self.server.way is Way.BREAKS_OFF:
            self.rfile.readline()
            return False
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        refused = TO_MESSAGE.get(self.server.way)
        if refused is None:
            self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        if self.server.way is Way.FORGETS:
            return False
        if self.server.way is Way.PAUSES:
            self.server.go_on.wait(30)
        self._say(refused or "250 kept")
        return self.server.way is not Way.ONE_EACH

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


@contextmanager
def faulty_server(port: int = 0) -> Iterator[FaultyServer]:
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
