"""Events in a signature's life, as used in notices to seconders and staff."""

import datetime as dt
import enum


class SignatureEvent(enum.StrEnum):
    """Kind of event of a signature."""

    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    NOT_OURS = "not-ours"
    PUBLISHED = "published"
    DECLINED = "declined"
    RETURNED = "returned"


NOTICES_PER_HOUR = 20
"""Maximum notice emails per hour to one member of staff; the dashboard lists all events."""
NOTICE_WINDOW = dt.timedelta(hours=1)
