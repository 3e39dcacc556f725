"""How often something may be tried: what guessing costs, and why nobody can use up what belongs to someone else.

An allowance is a purse: so many tries at once, and one more after each interval. Whoever comes without a sign that she was
here before draws on three purses: one for the account as asked for from her network, one for her network, one for the
account from wherever. A browser in which someone signed in to the account before, or chose its password by the mailed
link, draws on a purse of its own instead: strangers may empty the others, and she still gets in.
"""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from letterhub.domain.refusals import Refused

MINUTE = dt.timedelta(minutes=1)
APART = MINUTE  # what the clocks of several machines may differ by
LONGEST_WAIT = dt.timedelta(days=1)


class LimitedAct(enum.StrEnum):
    """What may be tried so and so often."""

    PASSWORD = "password"  # noqa: S105
    CODE = "code"
    RESET = "reset"
    CHOOSE = "choose"
    CORRECT = "correct"


class TooOften(Refused):
    """An allowance is spent. `free_at` is when one more try comes back."""

    def __init__(self, sentence: str, free_at: dt.datetime) -> None:
        super().__init__(sentence)
        self.free_at = free_at


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many tries at once, and one more `every` so often."""

    tries: int
    every: dt.timedelta

    def spent(self, spent_until: dt.datetime | None, at: dt.datetime) -> dt.datetime | None:
        """When everything will have come back after one more try; None where no try is left.

        A purse is never emptier than empty: one that says so was written by a clock that was ahead, and counts for nothing.
        """
        if spent_until and spent_until - at > self.every * self.tries + APART:
            spent_until = None
        until = max(spent_until or at, at) + self.every
        return until if until - at <= self.every * self.tries else None

    def reserve(self, spent_until: dt.datetime | None, at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """When everything will have come back after one more try, and when that try may be made: at once if one is left, else
        when one comes back, in a day at most.
        """
        last = at + LONGEST_WAIT + self.every * (self.tries - 1)
        until = min(max(spent_until or at, at), last) + self.every
        return until, max(at, until - self.every * self.tries)

    def free_at(self, spent_until: dt.datetime) -> dt.datetime:
        """When a purse from which nothing was left has one try again."""
        return spent_until - self.every * (self.tries - 1)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who tries: for which account, as it was typed, and from which network; `device` where its browser is known there."""

    account: str
    network: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class Allowances:
    """What may be spent on one act by those who are unknown, by account and network, and by a known device."""

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
    LimitedAct.CODE: Allowances(  # six digits, of which three are right at any moment: a hundred a day find one in ten years
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
    LimitedAct.CHOOSE: Allowances(  # a new password, by the mailed link: each costs a hash
        here=Allowance(10, 5 * MINUTE),
        network=Allowance(30, MINUTE),
        account=Allowance(50, 10 * MINUTE),
        device=Allowance(10, 5 * MINUTE),
    ),
}
RESETS = Allowance(3, 240 * MINUTE)
"""Mails with a link to a new password, to one address. Its link outlives the wait for the next: one of them always works."""

CORRECTIONS = Allowance(5, 12 * MINUTE)
"""Of one signature's line: each changes what staff are about to freeze, and is kept in the record for ever."""

Purse = tuple[str, ...]


def purses_of(act: LimitedAct, caller: Caller) -> dict[Purse, Allowance]:
    """The purses that a try draws on, each by the words that tell it from all others."""
    allowed = SIGNING_IN[act]
    if caller.device:
        return {(act, "device", caller.account, caller.device): allowed.device}
    return {
        (act, "account", caller.account): allowed.account,
        (act, "here", caller.account, caller.network): allowed.here,
        (act, "network", caller.network): allowed.network,
    }


def ip_of(address: str | None) -> IPv4Address | IPv6Address | None:
    """An IP address, without its zone, and as IPv4 where IPv6 only carries it ("::ffff:10.0.0.1"); None for what is none."""
    try:
        known = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    return getattr(known, "ipv4_mapped", None) or known


def network_of(address: str | None) -> str:
    """The network of an IP address: what one household, office or lodger of a data center has; "" for what is no address."""
    known = ip_of(address)
    if known is None:
        return ""
    return str(ip_network((known, 24 if isinstance(known, IPv4Address) else 48), strict=False))


def wait_in_words(free_at: dt.datetime, at: dt.datetime) -> str:
    """How long that is, in whole minutes or hours."""
    minutes = max(1, -(-(free_at - at) // MINUTE))
    if minutes < 90:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"{-(-minutes // 60)} hours"
