"""What staff may say of an organization: that it is known, that two are one or two, whose chapter it is."""

from dataclasses import dataclass

from letterhub.domain.refusals import Refused


class NotInDirectory(Refused):
    """An organization that is not in the coalition's directory, or was merged into another one meanwhile."""


class CannotMerge(Refused):
    """Two that cannot become one."""


class NotMerged(Refused):
    """An organization that stands by itself: there is nothing to take it out of."""


class VouchNeedsReason(Refused):
    """Staff who vouch without saying how they know."""

    field = "why"


class NotItsParent(Refused):
    """An organization that cannot be the parent, because it is below."""


@dataclass(frozen=True, slots=True)
class Described:
    """What staff write of an organization."""

    name: str
    other_names: tuple[str, ...]
    scope: str
    country: str
    domains: tuple[str, ...] = ()


def check_vouching(why: str) -> None:
    """Raises VouchNeedsReason."""
    if not why.strip():
        raise VouchNeedsReason("Say in a few words how you know: a call, a visit, a letterhead. It stays in the record.")


def check_merging(into: int, other: int) -> None:
    """Raises CannotMerge where the two are one row."""
    if into == other:
        raise CannotMerge("These are already one organization. There is nothing to merge.")
