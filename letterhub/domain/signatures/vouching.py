"""Vouching: a member of staff answers for a signature."""

from letterhub.domain.errors import UserFacingError


class CannotVouch(UserFacingError):
    """Raised when a signature needs no vouch, or has one already."""
