"""How long what is known of people is kept, and what is erased when."""

import calendar
import datetime as dt
import enum

PENDING_FOR = dt.timedelta(days=21)
NETWORK_DAYS = 30
LONGEST_NETWORK_DAYS = 90
CONTACT_MONTHS = 12
LONGEST_CONTACT_MONTHS = 60

REMIND_AFTER = (dt.timedelta(days=2), dt.timedelta(days=7))
"""How old an unconfirmed signature is when it is reminded of: the second time as its first link ends."""


class Erasable(enum.StrEnum):
    """What is erased when its time is over."""

    ENTRIES = "unconfirmed entries"
    NETWORKS = "network data"
    CONTACTS = "contact data"
    INVITATIONS = "invitations"


def months_after(moment: dt.datetime, months: int) -> dt.datetime:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
