"""Rate limits for sign-in attempts, as token buckets.

An attempt from an unknown browser draws on three buckets: one for the account from this network, one for the network, one for
the account from anywhere. A browser that has signed in to the account before, or chose its password by the mailed link, has a
bucket of its own: strangers cannot lock its user out by emptying the others.

See docs/design/abuse.md.
"""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from letterhub.domain.errors import Refused

MINUTE = dt.timedelta(minutes=1)
APART = MINUTE  # tolerated clock difference between machines
LONGEST_WAIT = dt.timedelta(days=1)


class LimitedAct(enum.StrEnum):
    """Rate-limited action."""

    PASSWORD = "password"  # noqa: S105
    CODE = "code"
    RESET = "reset"
    CHOOSE = "choose"
    CORRECT = "correct"


class TooOften(Refused):
    """Raised when a rate limit is exceeded. `free_at` is when the next attempt is allowed."""

    def __init__(self, sentence: str, free_at: dt.datetime) -> None:
        super().__init__(sentence)
        self.free_at = free_at


@dataclass(frozen=True, slots=True)
class Allowance:
    """Token bucket: `tries` at once, and one more per `every`."""

    tries: int
    every: dt.timedelta

    def spent(self, spent_until: dt.datetime | None, at: dt.datetime) -> dt.datetime | None:
        """Return when the bucket is full again after one more attempt; None if no attempt is left.

        A stored time beyond an empty bucket was written by a clock that was ahead; it is ignored.
        """
        if spent_until and spent_until - at > self.every * self.tries + APART:
            spent_until = None
        until = max(spent_until or at, at) + self.every
        return until if until - at <= self.every * self.tries else None

    def reserve(self, spent_until: dt.datetime | None, at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """Return when the bucket is full again after one more attempt, and when that attempt may be made: now, or when the
        next token arrives, at most a day ahead."""
        last = at + LONGEST_WAIT + self.every * (self.tries - 1)
        until = min(max(spent_until or at, at), last) + self.every
        return until, max(at, until - self.every * self.tries)

    def free_at(self, spent_until: dt.datetime) -> dt.datetime:
        """Return when an empty bucket has its next token."""
        return spent_until - self.every * (self.tries - 1)


@dataclass(frozen=True, slots=True)
class Caller:
    """Client of a rate-limited action: the account as typed, the network, and `device` if its browser is known to the
    account."""

    account: str
    network: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class Allowances:
    """Rate limits of one action: for unknown clients by account and network, and for known devices."""

    here: Allowance
    network: Allowance
    account: Allowance
    device: Allowance


SIGNING_IN: Mapping[LimitedAct, Allowances] = {
    LimitedAct.PASSWORD: Allowances(
        here=Allowance(10, 5 * MINUTE),
        network=Allowance(30, MINUTE),
        account=Allowance(50, 10 * MINUTE),
        device=Allowance(10, 5 * MINUTE),
    ),
    LimitedAct.CODE: Allowances(  # six digits, three codes valid at any moment: 100 tries a day find one in ten years
        here=Allowance(5, 10 * MINUTE),
        network=Allowance(30, MINUTE),
        account=Allowance(20, 15 * MINUTE),
        device=Allowance(5, 10 * MINUTE),
    ),
    LimitedAct.RESET: Allowances(
        here=Allowance(5, 10 * MINUTE),
        network=Allowance(20, 3 * MINUTE),
        account=Allowance(50, 10 * MINUTE),
        device=Allowance(5, 10 * MINUTE),
    ),
    LimitedAct.CHOOSE: Allowances(  # a new password by the mailed link: each try costs a password hash
        here=Allowance(10, 5 * MINUTE),
        network=Allowance(30, MINUTE),
        account=Allowance(50, 10 * MINUTE),
        device=Allowance(10, 5 * MINUTE),
    ),
}
RESETS = Allowance(3, 240 * MINUTE)
"""Rate limit for password reset emails to one address. A link outlives the wait for the next: one of them always works."""

CORRECTIONS = Allowance(5, 12 * MINUTE)
"""Rate limit for corrections of one signature's line: each changes a list about to be frozen and stays in the audit log."""

Purse = tuple[str, ...]


def purses_of(act: LimitedAct, caller: Caller) -> dict[Purse, Allowance]:
    """Return the buckets that an attempt draws on, by key."""
    allowed = SIGNING_IN[act]
    if caller.device:
        return {(act, "device", caller.account, caller.device): allowed.device}
    return {
        (act, "account", caller.account): allowed.account,
        (act, "here", caller.account, caller.network): allowed.here,
        (act, "network", caller.network): allowed.network,
    }


def ip_of(address: str | None) -> IPv4Address | IPv6Address | None:
    """Parse an IP address, without its zone, and as IPv4 if it is mapped into IPv6 ("::ffff:10.0.0.1"); None if invalid."""
    try:
        known = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    return getattr(known, "ipv4_mapped", None) or known


def network_of(address: str | None) -> str:
    """Return the network of an IP address, such as one household, office or data center customer has; "" if invalid."""
    known = ip_of(address)
    if known is None:
        return ""
    return str(ip_network((known, 24 if isinstance(known, IPv4Address) else 48), strict=False))


def wait_in_words(free_at: dt.datetime, at: dt.datetime) -> str:
    """Format the wait until then, in whole minutes or hours."""
    minutes = max(1, -(-(free_at - at) // MINUTE))
    if minutes < 90:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"{-(-minutes // 60)} hours"
