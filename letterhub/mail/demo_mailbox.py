"""Public mailbox of the demo: each sent mail as a file in a folder."""

import mailbox
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path
from types import TracebackType
from typing import Self


class DemoMailbox:
    """Maildir below the data folder, safe for concurrent writers and readers."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = mailbox.Maildir(data_dir / "mailbox", factory=None, create=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._folder.close()

    def send(self, message: EmailMessage) -> None:
        """Store one mail."""
        self._folder.add(message.as_bytes(policy=SMTP))

    def newest_first(self) -> Iterator[tuple[str, EmailMessage]]:
        """Yield each mail with its key, newest first: file names begin with the second of arrival."""
        for key in sorted(self._folder.keys(), key=_arrival_key, reverse=True):
            yield key, self._read(key)

    def mail(self, key: str) -> EmailMessage:
        """Return one mail. Raises KeyError if there is none with this key."""
        return self._read(key)

    def _read(self, key: str) -> EmailMessage:
        return BytesParser(EmailMessage, policy=SMTP).parsebytes(self._folder.get_bytes(key))


def _arrival_key(key: str) -> tuple[float, str]:
    """Return the sort key of a Maildir file name, "seconds.M<microseconds>P<process>Q<count>.host"."""
    seconds, _, rest = key.partition(".")
    micro = rest.removeprefix("M").partition("P")[0]
    return float(f"{seconds}.{micro:0>6}"), key
