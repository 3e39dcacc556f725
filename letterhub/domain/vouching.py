"""When a member of staff may answer for a name."""

from letterhub.domain.refusals import Refused


class CannotVouch(Refused):
    """A name that nobody needs to answer for, or somebody does already."""
