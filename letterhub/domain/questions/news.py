"""Consent to news of a coalition: what its letter's form offers, and what a signatory agreed to, kept as evidence."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

TEXT_LENGTH = 300


class NewsTextChanged(UserFacingError):
    """Raised when the consent text was changed in the meantime."""

    field = "text"


@dataclass(frozen=True, slots=True)
class NewsOffer:
    """Offer of news on a letter's form: the words beside the box, and the number of their version, counted from 1."""

    text: str
    version: int


@dataclass(frozen=True, slots=True)
class NewsConsent:
    """Consent of a signatory to news: the words that they agreed to, their version, and when.

    `ended_at` is when it was withdrawn, None while it stands, and `ended_by` by whom: "signatory", or a member of staff.
    """

    text: str
    version: int
    agreed_at: dt.datetime
    ended_at: dt.datetime | None = None
    ended_by: str = ""

    def to_facts(self) -> dict[str, Any]:
        """Return the consent as plain values."""
        ended_at = self.ended_at.isoformat() if self.ended_at else None
        return asdict(self) | {"agreed_at": self.agreed_at.isoformat(), "ended_at": ended_at}

    def end(self, by: str, at: dt.datetime) -> "NewsConsent":
        """Return the consent as withdrawn; one that is withdrawn already stays as it is."""
        return self if self.ended_at else replace(self, ended_at=at, ended_by=by)


def news_consent_from(facts: Mapping[str, Any] | None) -> NewsConsent | None:
    """Return the consent that a signature keeps as plain values; None for none."""
    if facts is None:
        return None
    ended_at = dt.datetime.fromisoformat(facts["ended_at"]) if facts["ended_at"] else None
    agreed_at = dt.datetime.fromisoformat(facts["agreed_at"])
    return NewsConsent(facts["text"], facts["version"], agreed_at, ended_at, facts["ended_by"])


def suggested_text(coalition: str) -> str:
    """Return words for the box that offers news of a coalition."""
    return _("Send me news from %(coalition)s. I can end this at any time.", coalition=coalition)
