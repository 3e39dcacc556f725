"""Secret links to a draft: how long one works, and how many a letter has. See docs/design/drafting/partners.md."""

import datetime as dt
import enum
import hashlib

from letterhub.domain.errors import UserFacingError

LABEL_LENGTH = 100
MAX_DRAFT_LINKS = 50
"""Links of a letter that work at a time."""


class TooManyDraftLinks(UserFacingError):
    """Raised when as many links to a draft work as there may be."""

    field = "label"


class DraftLinkLifetime(enum.StrEnum):
    """Lifetime of a link to a draft. There is none without an end."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


LIFETIME_BY_NAME = {
    DraftLinkLifetime.WEEK: dt.timedelta(days=7),
    DraftLinkLifetime.MONTH: dt.timedelta(days=30),
    DraftLinkLifetime.QUARTER: dt.timedelta(days=90),
}


def draft_token_hash(token: str) -> str:
    """Return the hash under which a link's token is stored: the token is random and long, so that nobody finds it by trying."""
    return hashlib.sha256(token.encode()).hexdigest()
