"""How old a consent may be before staff ask whether it still holds, and how often they may ask."""

import datetime as dt

from letterhub.domain.refusals import Refused

CONSENT_DAYS = 30
FEWEST_DAYS, MOST_DAYS = 1, 3650
ASKED_PAUSE = dt.timedelta(days=7)
MOST_ASKED = 3
"""How often one signatory is asked in all: who never answers is not to be wearied."""


class NotDays(Refused):
    """A number of days that makes no sense."""

    field = "days"


class NothingToAsk(Refused):
    """A letter under which nobody is to be asked now."""


def check_days(days: int) -> None:
    """Raises NotDays unless consent may be that many days old."""
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise NotDays(f"Choose a number of days from {FEWEST_DAYS} to {MOST_DAYS}.")


def stale_before(days: int, at: dt.datetime) -> dt.datetime:
    """Consent given before this moment is older than so many days."""
    return at - dt.timedelta(days=days)


def may_ask(asked_at: list[dt.datetime], at: dt.datetime) -> bool:
    """Whether a signatory who was asked at these moments may be asked once more: not within a week, and three times in all."""
    return len(asked_at) < MOST_ASKED and all(asked <= at - ASKED_PAUSE for asked in asked_at)
