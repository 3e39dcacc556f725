"""Retention periods of personal data. See docs/design/security.md."""

import calendar
import datetime as dt
import enum

UNCONFIRMED_RETENTION = dt.timedelta(days=21)
NETWORK_DAYS = 30
MAX_NETWORK_DAYS = 90
CONTACT_MONTHS = 12
MAX_CONTACT_MONTHS = 60

REMINDER_AGES = (dt.timedelta(days=2), dt.timedelta(days=7))
"""Ages of an unconfirmed signature at which reminders are sent; the second is when its first link expires."""


UNUSED_CONTACTS = "unused contacts"
"""Name of contacts that are erased because nobody used them, which belong to no letter."""


class ErasableData(enum.StrEnum):
    """Kind of data that is erased when its retention period ends."""

    ENTRIES = "unconfirmed entries"
    NETWORKS = "network data"
    CONTACTS = "contact data"
    INVITATIONS = "invitations"
    COPY_ADDRESSES = "addresses of copies"
    LINKS = "secret links"
    SIGN_OFFS = "sign-off requests"
    SIGN_OFF_EMAILS = "sign-off emails"
    WORD_SUGGESTIONS = "suggestions from Word files"
    WORD_COMMENTS = "comments from Word files"


def add_months(moment: dt.datetime, months: int) -> dt.datetime:
    """Add months to a moment; the day is limited to the last of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
