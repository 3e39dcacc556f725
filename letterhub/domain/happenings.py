"""What becomes of a signature, as those are told who stand by it or review it."""

import datetime as dt
import enum


class Happening(enum.StrEnum):
    """What happened to a signature."""

    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    NOT_OURS = "not-ours"
    PUBLISHED = "published"
    DECLINED = "declined"
    RETURNED = "returned"


NOTICES_AN_HOUR = 20
"""Mails an hour that one member of staff gets about such changes; the desk shows all of them."""
NOTICE_WINDOW = dt.timedelta(hours=1)
