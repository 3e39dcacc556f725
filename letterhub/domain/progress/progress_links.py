"""Secret links to a letter's progress page: their tokens, how long one works, and how many a letter has."""

import datetime as dt
import enum
import hashlib

from letterhub.domain.errors import UserFacingError

LABEL_LENGTH = 100
MAX_PROGRESS_LINKS = 20


class TooManyProgressLinks(UserFacingError):
    """Raised when as many links of a letter work as it may have."""

    field = "label"


class LinkLifetime(enum.StrEnum):
    """Lifetime of a link."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    UNTIL_REVOKED = "until-revoked"


DAYS_BY_LIFETIME = {LinkLifetime.MONTH: 30, LinkLifetime.QUARTER: 90, LinkLifetime.YEAR: 365}


def link_expires_at(lifetime: LinkLifetime, at: dt.datetime) -> dt.datetime | None:
    """Return when a link that is made at a moment expires; None for one that works until it is revoked."""
    days = DAYS_BY_LIFETIME.get(lifetime)
    return at + dt.timedelta(days=days) if days else None


def progress_token_hash(token: str) -> str:
    """Return the hash under which a link's token is stored: the token is random and long, so that nobody finds it by trying."""
    return hashlib.sha256(token.encode()).hexdigest()
