"""Clock skew: which of the clocks of the site's machines and its database is wrong, and by how much.

See docs/design/monitoring.md.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from letterhub.domain.i18n import _, join_sentences

MAX_CLOCK_SKEW = 20.0  # seconds between two clocks: a two-factor code is valid for 30 seconds


@dataclass(frozen=True, slots=True)
class MachineClock:
    """Clock of a machine: by how many seconds it is ahead of the database's."""

    machine: str
    seconds_ahead: float

    @property
    def is_skewed(self) -> bool:
        """Return whether it differs from the database's by more than the tolerance."""
        return abs(self.seconds_ahead) > MAX_CLOCK_SKEW


class WrongClock(enum.Enum):
    """Clock that is wrong, as far as others are witnesses."""

    THIS_MACHINE = "this machine"
    DATABASE = "database"
    ANOTHER = "another"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ClockSkew:
    """Wrong clock, and by how many seconds it is ahead."""

    which: WrongClock
    seconds_ahead: float

    def __str__(self) -> str:
        seconds = f"{abs(self.seconds_ahead):.0f}"
        difference = (
            _("%(num)s seconds ahead of", num=seconds) if self.seconds_ahead > 0 else _("%(num)s seconds behind", num=seconds)
        )
        match self.which:
            case WrongClock.THIS_MACHINE:
                finding = _(
                    "This machine’s clock is %(by)s the database’s, and other machines agree with the database.", by=difference
                )
            case WrongClock.DATABASE:
                finding = _(
                    "The database’s clock is %(by)s this machine’s, and other machines agree with this one.", by=difference
                )
            case WrongClock.ANOTHER:
                finding = _(
                    "The clock of another machine of this site is %(by)s those of this one and the database.", by=difference
                )
            case WrongClock.UNKNOWN:
                finding = _(
                    "This machine’s clock is %(by)s the database’s, and no other machine tells which is right.", by=difference
                )
        return str(join_sentences([finding, _("Set the wrong clock by NTP: timedatectl set-ntp true.")]))


def find_wrong_clock(own: MachineClock, others: Sequence[MachineClock]) -> ClockSkew | None:
    """Return which clock is wrong, and by how many seconds; None if all agree. `own` is this machine's.

    Clocks of other machines are witnesses: if one of them agrees with the database, this machine's is wrong; if one agrees with
    this machine instead, the database's is.
    """
    witnesses = [clock for clock in others if clock.machine != own.machine]
    if not own.is_skewed:
        offsets = [clock.seconds_ahead for clock in witnesses if clock.is_skewed]
        return ClockSkew(WrongClock.ANOTHER, max(offsets, key=abs)) if offsets else None
    if any(not clock.is_skewed for clock in witnesses):
        return ClockSkew(WrongClock.THIS_MACHINE, own.seconds_ahead)
    if any(abs(clock.seconds_ahead - own.seconds_ahead) <= MAX_CLOCK_SKEW for clock in witnesses):
        return ClockSkew(WrongClock.DATABASE, -own.seconds_ahead)
    return ClockSkew(WrongClock.UNKNOWN, own.seconds_ahead)
