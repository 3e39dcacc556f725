"""Messages in the coalition's own words to all signatories of a letter: at most one a day, and who gets none."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError


class LeftOut(enum.StrEnum):
    """Reason why a signatory gets no message."""

    NO_ADDRESS = "no-address"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    DISOWNED = "disowned"
    SAME_MAILBOX = "same-mailbox"
    AWAITING_REVIEW = "awaiting-review"
    OUTDATED = "outdated"
    WITHDRAWN = "withdrawn"


class CannotSend(UserFacingError):
    """Raised when a message cannot be sent now."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Signatories who get an email, as id and address of their signatures, and how many are left out, by reason."""

    addresses: tuple[tuple[int, str], ...]
    left_out: Mapping[LeftOut, int]
