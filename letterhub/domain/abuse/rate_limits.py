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

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import ngettext

MINUTE = dt.timedelta(minutes=1)
CLOCK_TOLERANCE = MINUTE  # tolerated clock difference between machines
MAX_WAIT = dt.timedelta(days=1)


class LimitedAction(enum.StrEnum):
    """Rate-limited action."""

    PASSWORD = "password"  # noqa: S105
    CODE = "code"
    RESET = "reset"
    CHOOSE = "choose"
    PASSKEY = "passkey"
    PROVIDER = "provider"
    CORRECT = "correct"
    READ_FILE = "read-file"
    COMMENT = "comment"


class RateLimited(UserFacingError):
    """Raised when a rate limit is exceeded. `allowed_at` is when the next attempt is allowed."""

    def __init__(self, sentence: str, allowed_at: dt.datetime) -> None:
        super().__init__(sentence)
        self.allowed_at = allowed_at


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Token bucket: `burst` at once, and one more per `refill_interval`."""

    burst: int
    refill_interval: dt.timedelta

    def full_at_after(self, expires_at: dt.datetime | None, at: dt.datetime) -> dt.datetime | None:
        """Return when the bucket is full again after one more attempt at `at`; None if it is empty, so that none is allowed.

        `expires_at` is the stored time at which it is full again without that attempt, None if it is full. A time later than
        that of an empty bucket was written by a clock that was ahead, and is ignored.
        """
        if expires_at and expires_at - at > self.refill_interval * self.burst + CLOCK_TOLERANCE:
            expires_at = None
        until = max(expires_at or at, at) + self.refill_interval
        return until if until - at <= self.refill_interval * self.burst else None

    def reserve(self, expires_at: dt.datetime | None, at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
        """Take the next token in advance, and return when the bucket is full again after that, and when the attempt may be
        made: now, or when the token arrives, at most a day ahead.

        `expires_at` is when the bucket is full again without that attempt, None if it is full.
        """
        until = min(max(expires_at or at, at), self.last_full_at(at)) + self.refill_interval
        return until, self.reserved_for(until, at)

    def last_full_at(self, at: dt.datetime) -> dt.datetime:
        """Return the latest time at which a bucket counts as full again, so that nobody waits for more than a day."""
        return at + MAX_WAIT + self.refill_interval * (self.burst - 1)

    def reserved_for(self, full_at: dt.datetime, at: dt.datetime) -> dt.datetime:
        """Return when an attempt whose token was taken in advance may be made, in a bucket full again at `full_at` after it."""
        return max(at, full_at - self.refill_interval * self.burst)

    def allowed_at(self, expires_at: dt.datetime) -> dt.datetime:
        """Return when an empty bucket, which is full again at `expires_at`, has its next token."""
        return expires_at - self.refill_interval * (self.burst - 1)


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """Client of a rate-limited action: the account as typed, the network, and `device` if its browser is known to the
    account."""

    account: str
    network: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """Rate limits of one action: for unknown clients by account and network, and for known devices."""

    account_from_network: RateLimit
    network: RateLimit
    account: RateLimit
    device: RateLimit


SIGN_IN_LIMITS: Mapping[LimitedAction, SignInLimits] = {
    LimitedAction.PASSWORD: SignInLimits(
        account_from_network=RateLimit(10, 5 * MINUTE),
        network=RateLimit(30, MINUTE),
        account=RateLimit(50, 10 * MINUTE),
        device=RateLimit(10, 5 * MINUTE),
    ),
    LimitedAction.CODE: SignInLimits(  # six digits, three codes valid at any moment: 100 tries a day find one in ten years
        account_from_network=RateLimit(5, 10 * MINUTE),
        network=RateLimit(30, MINUTE),
        account=RateLimit(20, 15 * MINUTE),
        device=RateLimit(5, 10 * MINUTE),
    ),
    LimitedAction.RESET: SignInLimits(
        account_from_network=RateLimit(5, 10 * MINUTE),
        network=RateLimit(20, 3 * MINUTE),
        account=RateLimit(50, 10 * MINUTE),
        device=RateLimit(5, 10 * MINUTE),
    ),
    LimitedAction.CHOOSE: SignInLimits(  # a new password by the mailed link: each try costs a password hash
        account_from_network=RateLimit(10, 5 * MINUTE),
        network=RateLimit(30, MINUTE),
        account=RateLimit(50, 10 * MINUTE),
        device=RateLimit(10, 5 * MINUTE),
    ),
    LimitedAction.PASSKEY: SignInLimits(
        account_from_network=RateLimit(10, 5 * MINUTE),
        network=RateLimit(30, MINUTE),
        account=RateLimit(50, 10 * MINUTE),
        device=RateLimit(10, 5 * MINUTE),
    ),
    LimitedAction.PROVIDER: SignInLimits(  # each try calls the provider; its account is the state, which is never used twice
        account_from_network=RateLimit(10, 5 * MINUTE),
        network=RateLimit(30, MINUTE),
        account=RateLimit(50, 10 * MINUTE),
        device=RateLimit(10, 5 * MINUTE),
    ),
}
PASSWORD_RESET_LIMIT = RateLimit(3, 240 * MINUTE)
"""Rate limit for password reset emails to one address. A link outlives the wait for the next: one of them always works."""

CORRECTION_LIMIT = RateLimit(5, 12 * MINUTE)
"""Rate limit for corrections of one signature's line: each changes a list about to be frozen and stays in the audit log."""

FILE_READING_LIMIT = RateLimit(20, MINUTE)
"""Rate limit for files that one network has read on check pages, each in a process of its own."""

COMMENT_LIMIT = RateLimit(20, MINUTE)
"""Rate limit for comments on a draft by one link: a meeting of partners fits in, a flood does not."""

BucketKey = tuple[str, ...]


def buckets_for(action: LimitedAction, attempt: SignInAttempt) -> dict[BucketKey, RateLimit]:
    """Return the buckets that an attempt draws on, by key."""
    limits = SIGN_IN_LIMITS[action]
    if attempt.device:
        return {(action, "device", attempt.account, attempt.device): limits.device}
    return {
        (action, "account", attempt.account): limits.account,
        (action, "here", attempt.account, attempt.network): limits.account_from_network,
        (action, "network", attempt.network): limits.network,
    }


def parse_ip(address: str | None) -> IPv4Address | IPv6Address | None:
    """Parse an IP address, without its zone, and as IPv4 if it is mapped into IPv6 ("::ffff:10.0.0.1"); None if invalid."""
    try:
        ip = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip


def network_of(address: str | None) -> str:
    """Return the network of an IP address, such as one household, office or data center customer has; "" if invalid."""
    ip = parse_ip(address)
    if ip is None:
        return ""
    prefix_length = 24 if isinstance(ip, IPv4Address) else 48
    return str(ip_network((ip, prefix_length), strict=False))


def format_wait(allowed_at: dt.datetime, at: dt.datetime) -> str:
    """Return the time from `at` to `allowed_at` as text, rounded up to whole minutes, or hours from 90 minutes on."""
    minutes = max(1, -(-(allowed_at - at) // MINUTE))
    if minutes < 90:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    return ngettext("%(num)s hour", "%(num)s hours", -(-minutes // 60))
