"""The demo's mailbox: every mail the app sent, as files in a folder, for everyone to read."""

import mailbox
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path
from types import TracebackType
from typing import Self


class Mailbox:
    """A Maildir below the data folder. Two processes may write at once; a reader never sees half a mail."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = mailbox.Maildir(data_dir / "mailbox", factory=None, create=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._folder.close()

    def send(self, message: EmailMessage) -> None:
        """Puts one mail into the box."""
        self._folder.add(message.as_bytes(policy=SMTP))

    def newest_first(self) -> Iterator[tuple[str, EmailMessage]]:
        """Every mail with its key: file names begin with the second in which the mail came."""
        for key in sorted(self._folder.keys(), key=_arrival, reverse=True):
            yield key, self._read(key)

    def mail(self, key: str) -> EmailMessage:
        """One mail; raises KeyError where none has this key."""
        return self._read(key)

    def _read(self, key: str) -> EmailMessage:
        return BytesParser(EmailMessage, policy=SMTP).parsebytes(self._folder.get_bytes(key))


def _arrival(key: str) -> tuple[float, str]:
    """Maildir writes "seconds.M<microseconds>P<process>Q<count>.host"."""
    seconds, _, rest = key.partition(".")
    micro = rest.removeprefix("M").partition("P")[0]
    return float(f"{seconds}.{micro:0>6}"), key
