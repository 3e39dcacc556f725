"""A pattern by which many names are declined at once, and what of it the one who decides has seen."""

import datetime as dt
from dataclasses import dataclass

from letterhub.domain.refusals import Refused
from letterhub.domain.states import SignatureState

HOUR = dt.timedelta(hours=1)
SWEPT = (SignatureState.PENDING, SignatureState.CONFIRMED)
LOOKED_BACK = 24


@dataclass(frozen=True, slots=True)
class Pattern:
    """Where forms came from: a network by its fingerprint, a mail domain, an hour by its begin, or several of them at once."""

    network: str = ""
    domain: str = ""
    hour: dt.datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it tells nothing apart."""
        return not (self.network or self.domain or self.hour)

    def as_facts(self) -> dict[str, str]:
        """As the record keeps it: of a network the beginning of its fingerprint."""
        told = {"network": self.network[:8], "domain": self.domain, "hour": self.hour.isoformat() if self.hour else ""}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page showed before it ran: how many names, the newest of them, and whether published ones are among them."""

    count: int
    newest: int
    published: bool = False

    @property
    def states(self) -> tuple[SignatureState, ...]:
        """The states of the names that are declined."""
        return (*SWEPT, SignatureState.PUBLISHED) if self.published else SWEPT


class PatternMovedOn(Refused):
    """Other names fit the pattern than the page showed."""


class RestoredAlready(Refused):
    """A sweep that was taken back."""
