"""Signed, single-purpose, expiring links: nothing secret is stored, and a link opens only what it was made for."""

import datetime as dt
import enum
import hashlib
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer

from letterhub.clock import now
from letterhub.domain.refusals import Refused


class Purpose(enum.StrEnum):
    """What a link is for: a link for one purpose opens no page of another."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    AGAIN = "again"
    STILL = "still"
    ANSWER = "answer"
    INVITED = "invited"
    JOIN = "join"
    DEVICE = "device"
    READER = "reader"
    FORM = "form"


LIFETIMES = {
    Purpose.CONFIRM: dt.timedelta(days=7),
    Purpose.MANAGE: dt.timedelta(days=3650),
    Purpose.AGAIN: dt.timedelta(days=30),
    Purpose.STILL: dt.timedelta(days=30),
    Purpose.ANSWER: dt.timedelta(days=30),
    Purpose.INVITED: dt.timedelta(days=60),
    Purpose.JOIN: dt.timedelta(days=14),
    Purpose.DEVICE: dt.timedelta(days=180),
    Purpose.READER: dt.timedelta(days=1),
    Purpose.FORM: dt.timedelta(days=2),
}


class BrokenLink(Refused):
    """A link that we did not make, or not for this page."""


class ExpiredLink(Refused):
    """A link of ours that is too old. `subject` is what it was made for, so that a new one can be mailed."""

    def __init__(self, sentence: str, subject: tuple[int, ...]) -> None:
        super().__init__(sentence)
        self.subject = subject


@dataclass(frozen=True, slots=True)
class LinkSigner:
    """Makes and reads links with the first of its keys; the others keep old links alive."""

    keys: tuple[str, ...]

    def token(self, purpose: Purpose, *subject: int) -> str:
        """A token for one purpose and one subject, such as a signature's and its revision's number."""
        return self._serializer(purpose).dumps(list(subject))

    def subject(self, purpose: Purpose, token: str) -> tuple[int, ...]:
        """What a token was made for. Raises BrokenLink, or ExpiredLink past the purpose's lifetime."""
        return self._read(purpose, token)[0]

    def made_at(self, purpose: Purpose, token: str) -> dt.datetime:
        """When a token was made, to the second. Raises BrokenLink and ExpiredLink."""
        return self._read(purpose, token)[1]

    def _read(self, purpose: Purpose, token: str) -> tuple[tuple[int, ...], dt.datetime]:
        try:
            given, made_at = self._serializer(purpose).loads(token, return_timestamp=True)
        except BadData as bad:
            raise BrokenLink("This link is not complete. Copy the whole of it from the mail, or ask for a new one.") from bad
        subject = tuple(int(part) for part in given)
        if now() - made_at > LIFETIMES[purpose]:  # one of a time to come is ours too: the clock stepped back
            raise ExpiredLink("This link is too old.", subject)
        return subject, made_at

    def _serializer(self, purpose: Purpose) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            list(reversed(self.keys)),
            salt=f"letterhub.link.{purpose}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
