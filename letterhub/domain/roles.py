"""What a member of a coalition's staff may do: the roles, and which one contains which."""

import datetime as dt
import enum

from letterhub.domain.refusals import Refused

SIGNED_IN_FOR = dt.timedelta(days=30)
"""How long a browser stays signed in at most."""


class Role(enum.StrEnum):
    """A reviewer decides on names; an organizer also writes letters; an owner also says who is staff."""

    REVIEWER = "reviewer"
    ORGANIZER = "organizer"
    OWNER = "owner"

    def covers(self, needed: "Role") -> bool:
        """Whether a member with this role may do what needs another."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


class RoleChange(enum.Enum):
    """What came of giving a member a role: it was hers, it is from her joining on, or she signs in again with it."""

    NONE = enum.auto()
    WAITS = enum.auto()
    SIGNED_OUT = enum.auto()


class AlreadyOnTeam(Refused):
    """Someone who is invited to a coalition that she works for, or is invited to, already."""

    field = "email"


class AlreadyJoined(Refused):
    """An invitation that was accepted before."""


class NotOnTeam(Refused):
    """Someone who is no longer on the coalition's staff, or whose invitation was taken back."""


class NoSuchAccount(Refused):
    """An address that nobody signs in with. Said to operators alone."""


class SecondStepChanged(Refused):
    """A change of the second step that was begun before the account was what it is now."""


class LastOwner(Refused):
    """A change after which nobody could say who is staff."""


class CoalitionExists(Refused):
    """An address that another coalition of this site has."""


def check_owner_remains(owners: int, before: Role, after: Role | None) -> None:
    """Raises LastOwner where the only one of `owners` would be one no more; `after` is None for who leaves the team."""
    if before is Role.OWNER and after is not Role.OWNER and owners <= 1:
        raise LastOwner("This is the only owner who has joined. Make someone else an owner first.")
