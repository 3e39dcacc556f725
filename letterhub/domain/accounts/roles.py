"""Roles of a coalition's staff, and the rules for changing them."""

import datetime as dt
import enum

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

SESSION_LIFETIME = dt.timedelta(days=30)
"""Maximum lifetime of a login session."""


class Role(enum.StrEnum):
    """Role of a member: a reviewer decides on signatures; an organizer also writes letters; an owner also manages the team."""

    REVIEWER = "reviewer"
    ORGANIZER = "organizer"
    OWNER = "owner"

    def covers(self, needed: "Role") -> bool:
        """Return whether a member with this role may do what needs the role `needed`: each role may do all that lower ones
        may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


class RoleChange(enum.Enum):
    """Result of assigning a role: no change, effective when the member joins, or effective after signing in again."""

    NONE = enum.auto()
    WAITS = enum.auto()
    SIGNED_OUT = enum.auto()


class AlreadyOnTeam(UserFacingError):
    """Raised when the person is on the coalition's staff, or invited to it, already."""

    field = "email"


class AlreadyJoined(UserFacingError):
    """Raised when an invitation was accepted before."""


class NotOnTeam(UserFacingError):
    """Raised when a member has left the staff, or their invitation was withdrawn."""


class NoSuchAccount(UserFacingError):
    """Raised when no account has an email address. Shown to operators only."""


class TwoFactorChanged(UserFacingError):
    """Raised when two-factor settings are changed from a page that is older than the account's current state."""


class LastOwner(UserFacingError):
    """Raised when a change would leave the coalition without an owner."""


class CoalitionExists(UserFacingError):
    """Raised when another coalition of this site has the slug, or had it before."""

    field = "slug"


def check_owner_remains(owners: int, before: Role, after: Role | None) -> None:
    """Raise LastOwner if a member's role changes from `before` to `after` and the coalition, with so many `owners` now, would
    have none left. `after` is None for a member who leaves."""
    if before is Role.OWNER and after is not Role.OWNER and owners <= 1:
        raise LastOwner(_("This is the only owner who has joined. Make someone else an owner first."))
