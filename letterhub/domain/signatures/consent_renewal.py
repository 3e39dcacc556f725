"""Consent renewal: after how many days staff may ask signatories whether they still consent, and how often."""

import datetime as dt

from letterhub.domain.errors import Refused

CONSENT_DAYS = 30
FEWEST_DAYS, MOST_DAYS = 1, 3650
ASKED_PAUSE = dt.timedelta(days=7)
MOST_ASKED = 3
"""Maximum number of renewal requests to one signatory."""


class NotDays(Refused):
    """Raised for a number of days out of range."""

    field = "days"


class NothingToAsk(Refused):
    """Raised when a letter has no signatory to ask now."""


def check_days(days: int) -> None:
    """Raise NotDays unless the number of days is in range."""
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise NotDays(f"Choose a number of days from {FEWEST_DAYS} to {MOST_DAYS}.")


def stale_before(days: int, at: dt.datetime) -> dt.datetime:
    """Return the moment before which consent is older than so many days."""
    return at - dt.timedelta(days=days)


def may_ask(asked_at: list[dt.datetime], at: dt.datetime) -> bool:
    """Return whether a signatory who was asked at these times may be asked again: once a week, three times in all."""
    return len(asked_at) < MOST_ASKED and all(asked <= at - ASKED_PAUSE for asked in asked_at)
