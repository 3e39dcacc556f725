"""Secret links to pages of a letter: which pages they open, what they allow, how long one works, how many a letter has, and
their tokens."""

import datetime as dt
import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError

LABEL_LENGTH = 120


class LinkKind(enum.StrEnum):
    """Page that a secret link opens."""

    PROGRESS = "progress"
    PRESS = "press"
    DRAFT = "draft"


class LinkPermission(enum.StrEnum):
    """Right that the holder of a link has on its page."""

    READ = "read"
    COMMENT = "comment"
    SUGGEST = "suggest"


class TooManyLinks(UserFacingError):
    """Raised when as many links of a letter work as it may have."""

    field = "label"


class LinkLifetime(enum.StrEnum):
    """Lifetime of a link."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    UNTIL_REVOKED = "until-revoked"


DAYS_BY_LIFETIME: Mapping[LinkLifetime, int] = {
    LinkLifetime.WEEK: 7,
    LinkLifetime.MONTH: 30,
    LinkLifetime.QUARTER: 90,
    LinkLifetime.YEAR: 365,
}


@dataclass(frozen=True, slots=True)
class LinkRules:
    """Rules for links of a kind: how many of a letter work at once, and the lifetimes and permissions that staff choose from,
    the usual one first."""

    most: int
    lifetimes: tuple[LinkLifetime, ...]
    permissions: tuple[LinkPermission, ...] = (LinkPermission.READ,)


LINK_RULES: Mapping[LinkKind, LinkRules] = {
    LinkKind.PROGRESS: LinkRules(20, (LinkLifetime.QUARTER, LinkLifetime.MONTH, LinkLifetime.YEAR, LinkLifetime.UNTIL_REVOKED)),
    LinkKind.PRESS: LinkRules(100, (LinkLifetime.QUARTER, LinkLifetime.WEEK, LinkLifetime.MONTH)),
    LinkKind.DRAFT: LinkRules(
        50,
        (LinkLifetime.MONTH, LinkLifetime.WEEK, LinkLifetime.QUARTER),
        (LinkPermission.COMMENT, LinkPermission.SUGGEST, LinkPermission.READ),
    ),
}


def link_expires_at(lifetime: LinkLifetime, at: dt.datetime) -> dt.datetime | None:
    """Return when a link that is made at a moment expires; None for one that works until it is revoked."""
    days = DAYS_BY_LIFETIME.get(lifetime)
    return at + dt.timedelta(days=days) if days else None


def token_hash(token: str) -> str:
    """Return the hash under which a link's token is stored: the token is random and long, so that nobody finds it by trying."""
    return hashlib.sha256(token.encode()).hexdigest()
