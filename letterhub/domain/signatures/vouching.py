"""Vouching: a member of staff answers for a signature."""

from letterhub.domain.errors import Refused


class CannotVouch(Refused):
    """Raised when a signature needs no vouch, or has one already."""
