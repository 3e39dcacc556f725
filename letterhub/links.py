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

EPOCH, MICROSECOND = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.timedelta(microseconds=1)
CLOCKS_DIFFER = dt.timedelta(minutes=5)
"""By how much the clocks of two machines, or of one that was set, may make a link older than what it opens."""


class BrokenLink(Refused):
    """A link that we did not make, or not for this page."""


class ExpiredLink(Refused):
    """A link of ours that is too old. `opened` is what it was made for, so that a new one can be mailed."""

    def __init__(self, sentence: str, opened: "Opened") -> None:
        super().__init__(sentence)
        self.opened = opened


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link was made for: its subject, such as a signature's and its revision's number, and when it was made.

    `since` tells since when there had been what the first number names; None where its maker did not say so.
    """

    subject: tuple[int, ...]
    made_at: dt.datetime
    since: dt.datetime | None = None

    def check_meant(self, since: dt.datetime) -> None:
        """Raises BrokenLink unless what there is since that moment is what the link was made for.

        A database that goes back to a backup gives numbers out again: a link made meanwhile would open what is another's.
        """
        if self.since != since if self.since else self.made_at + CLOCKS_DIFFER < since:
            raise BrokenLink("This link no longer works. Use our latest email, or ask the coalition for a new link.")


@dataclass(frozen=True, slots=True)
class LinkSigner:
    """Makes and reads links with the first of its keys; the others keep old links alive."""

    keys: tuple[str, ...]

    def token(self, purpose: Purpose, *subject: int, since: dt.datetime | None = None) -> str:
        """A token for one purpose and one subject, which is there `since` that moment."""
        numbers = list(subject)
        return self._serializer(purpose).dumps([numbers, (since - EPOCH) // MICROSECOND] if since else numbers)

    def opened(self, purpose: Purpose, token: str) -> Opened:
        """What a token was made for. Raises BrokenLink, or ExpiredLink past the purpose's lifetime."""
        try:
            given, made_at = self._serializer(purpose).loads(token, return_timestamp=True)
        except BadData as bad:
            raise BrokenLink("This link is incomplete. Copy all of it from the email, or ask for a new one.") from bad
        numbers, since = given if isinstance(given[0], list) else (given, None)
        opened = Opened(tuple(numbers), made_at, None if since is None else EPOCH + since * MICROSECOND)
        if now() - made_at > LIFETIMES[purpose]:  # one of a time to come is ours too: the clock stepped back
            raise ExpiredLink("This link has expired.", opened)
        return opened

    def _serializer(self, purpose: Purpose) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            list(reversed(self.keys)),
            salt=f"letterhub.link.{purpose}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
