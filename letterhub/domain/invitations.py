"""When staff may invite an organization to sign a letter, and how its invitation stands."""

import enum

from letterhub.domain.refusals import Refused
from letterhub.domain.states import STANDING, SignatureState

MOST_AT_ONCE = 500


class CannotInvite(Refused):
    """An organization or a mailbox that is not invited now."""

    field = "email"


class Came(enum.StrEnum):
    """What came of an invitation."""

    WAITING = "waiting"
    BEGUN = "begun"
    SIGNED = "signed"
    DECLINED = "declined"


def came_of(state: SignatureState | None, *, declined: bool) -> Came:
    """What came of an invitation whose form led to a signature in that state, None where it led to none."""
    if state in STANDING:
        return Came.SIGNED
    if declined:
        return Came.DECLINED
    return Came.BEGUN if state is SignatureState.PENDING else Came.WAITING
