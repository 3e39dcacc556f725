"""Secret links to a letter's progress page: how long one works, and how many a letter has."""

import datetime as dt
import enum

from letterhub.domain.errors import UserFacingError

LABEL_LENGTH = 100
MAX_LINKS = 20


class TooManyProgressLinks(UserFacingError):
    """Raised for a link beyond those that a letter may have."""

    field = "label"


class LinkLifetime(enum.StrEnum):
    """Lifetime of a link."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ALWAYS = "always"


DAYS_BY_LIFETIME = {LinkLifetime.MONTH: 30, LinkLifetime.QUARTER: 90, LinkLifetime.YEAR: 365}


def link_expires_at(lifetime: LinkLifetime, at: dt.datetime) -> dt.datetime | None:
    """Return when a link that is made at a moment expires; None for never."""
    days = DAYS_BY_LIFETIME.get(lifetime)
    return at + dt.timedelta(days=days) if days else None
