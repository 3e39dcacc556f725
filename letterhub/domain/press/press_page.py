"""Press page of a letter: its parts, its embargo, and the announcement that is drafted from the letter's data.

See docs/design/press.md.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

MAX_HEADLINE, MAX_STATEMENT, MAX_FACT, MAX_ANNOUNCEMENT = 200, 20_000, 300, 2_000  # characters
CONTACT_COUNT = 3


class PressPageChanged(UserFacingError):
    """Raised when someone else changed the press page in the meantime."""


class CannotRelease(UserFacingError):
    """Raised for a press page that cannot be released, or not at this hour."""

    field = "day"


@dataclass(frozen=True, slots=True)
class PressContact:
    """Person whom journalists may ask."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PressWords:
    """Words of a press page. `statement` and `announcement` are Markdown; `facts` are sentences."""

    headline: str
    statement: str
    facts: tuple[str, ...] = ()
    contacts: tuple[PressContact, ...] = ()
    announcement: str = ""


def is_released(release_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Return whether a press page is public at a moment."""
    return release_at is not None and release_at <= at


def announcement_draft(title: str, addressees: Sequence[str], counts: str, date: str, link: str) -> str:
    """Return what coalitions publish on the day, as Markdown; `counts` are words such as “152 organizations”."""
    recipients = ", ".join(addressees)
    if len(addressees) > 1:
        recipients = _("%(first)s and %(last)s", first=", ".join(addressees[:-1]), last=addressees[-1])
    values = {"title": title, "counts": counts, "date": date, "link": link, "recipients": recipients}
    if recipients:
        return _(
            "On %(date)s, a coalition of %(counts)s delivered a letter to %(recipients)s, “%(title)s”. "
            "[Read the full letter here](%(link)s).",
            **values,
        )
    return _(
        "On %(date)s, a coalition of %(counts)s published an open letter, “%(title)s”. [Read the full letter here](%(link)s).",
        **values,
    )
