"""Bulk decline: the pattern that selects signatures, and the version of the list that staff saw.

See docs/design/signatures.md.
"""

import datetime as dt
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.states import SignatureState

HOUR = dt.timedelta(hours=1)
DECLINABLE_STATES = (SignatureState.PENDING, SignatureState.CONFIRMED)
LOOKBACK_HOURS = 24


@dataclass(frozen=True, slots=True)
class SubmissionPattern:
    """Origin filter for submissions: a hashed network, a mail domain, an hour by its start, or several of them."""

    network: str = ""
    domain: str = ""
    hour: dt.datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether it has no condition."""
        return not (self.network or self.domain or self.hour)

    def as_facts(self) -> dict[str, str]:
        """Return its conditions by name for the audit log, with only the beginning of the network's hash."""
        conditions = {"network": self.network[:8], "domain": self.domain, "hour": self.hour.isoformat() if self.hour else ""}
        return {name: value for name, value in conditions.items() if value}


@dataclass(frozen=True, slots=True)
class ExpectedMatches:
    """Version of the list that the page showed: its count, the newest id, and whether published signatures are included."""

    count: int
    newest: int
    published: bool = False

    @property
    def states(self) -> tuple[SignatureState, ...]:
        """States of the signatures that are declined."""
        return (*DECLINABLE_STATES, SignatureState.PUBLISHED) if self.published else DECLINABLE_STATES


class MatchesChanged(UserFacingError):
    """Raised when the pattern selects other signatures than the page showed."""


class AlreadyUndone(UserFacingError):
    """Raised when a bulk decline was undone already."""
