"""Consent of a signatory as it was shown when signing, and after how many days staff may ask to renew it."""

import datetime as dt
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _


@dataclass(frozen=True, slots=True)
class ShownConsent:
    """Consent that a page showed to a signer: the printed line (name, detail), and the labels of checkbox and button.

    `language` is that of the page, as a code such as "en".
    """

    printed: tuple[str, str]
    box: str
    button: str
    language: str


DEFAULT_CONSENT_DAYS = 30
MIN_CONSENT_DAYS, MAX_CONSENT_DAYS = 1, 3650
MIN_RENEWAL_INTERVAL = dt.timedelta(days=7)
MAX_RENEWAL_REQUESTS = 3
"""Maximum number of renewal requests to one signatory."""


class InvalidDays(UserFacingError):
    """Raised for a number of days out of range."""

    field = "days"


class NobodyToAsk(UserFacingError):
    """Raised when a letter has no signatory to ask now."""


def check_days(days: int) -> None:
    """Raise InvalidDays unless the number of days is in range."""
    if not MIN_CONSENT_DAYS <= days <= MAX_CONSENT_DAYS:
        raise InvalidDays(
            _("Choose a number of days from %(least)s to %(most)s.", least=MIN_CONSENT_DAYS, most=MAX_CONSENT_DAYS)
        )


def stale_before(days: int, at: dt.datetime) -> dt.datetime:
    """Return the moment before which consent is older than so many days."""
    return at - dt.timedelta(days=days)


def can_ask_again(asked_at: list[dt.datetime], at: dt.datetime) -> bool:
    """Return whether a signatory who was asked at these times may be asked again: once a week, three times in all."""
    return len(asked_at) < MAX_RENEWAL_REQUESTS and all(requested_at <= at - MIN_RENEWAL_INTERVAL for requested_at in asked_at)
