"""What a member of a coalition's staff may do: the roles, and which one contains which."""

import enum


class Role(enum.StrEnum):
    """A reviewer decides on names; an organizer also writes letters; an owner also says who is staff."""

    REVIEWER = "reviewer"
    ORGANIZER = "organizer"
    OWNER = "owner"

    def covers(self, needed: "Role") -> bool:
        """Whether a member with this role may do what needs another."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)
