"""Rules for the directory of organizations: vouching, merging, and parents."""

from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _


class NotInDirectory(UserFacingError):
    """Raised for an organization that is not in the coalition's directory, or was merged into another one."""


class CannotMerge(UserFacingError):
    """Raised when two organizations cannot be merged."""


class NotMerged(UserFacingError):
    """Raised when an organization to be split off was not merged."""


class VouchReasonMissing(UserFacingError):
    """Raised when staff vouch without a reason."""

    field = "why"


class InvalidParent(UserFacingError):
    """Raised when the new parent is a descendant of the organization."""


@dataclass(frozen=True, slots=True)
class OrganizationUpdate:
    """Description of an organization, as staff edit it."""

    name: str
    other_names: tuple[str, ...]
    section: str
    country: str
    domains: tuple[str, ...] = ()


def check_vouch_reason(why: str) -> None:
    """Raise VouchReasonMissing if the reason is empty."""
    if not why.strip():
        raise VouchReasonMissing(
            _("Say in a few words how you know: a call, a visit, a letterhead. It stays in the audit log.")
        )


def check_merge(into: int, other: int) -> None:
    """Raise CannotMerge if the two are one row."""
    if into == other:
        raise CannotMerge(_("These are already one organization. There is nothing to merge."))
