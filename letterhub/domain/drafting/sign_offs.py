"""Sign-off of a draft's text by lead organizations: limits, and what an agreement says about the text as it is now.

See docs/design/drafting/sign_off.md.
"""

import datetime as dt
import enum

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

MAX_SIGN_OFFS = 50
"""Lead organizations that are asked to agree to one draft."""
ASK_AGAIN_AFTER = dt.timedelta(days=1)
"""Time after which a lead is asked again about a text that did not change."""

NOT_A_DRAFT = _("This letter is no longer a draft, so its text can’t be agreed to.")
TEXT_CHANGED = _("The text changed while you read it. Please read it again before you agree.")


class CannotAskForSignOff(UserFacingError):
    """Raised for a lead organization that can't be asked, or not now."""


class CannotSignOff(UserFacingError):
    """Raised for an agreement that can't be recorded."""


class SignOffState(enum.StrEnum):
    """State of a lead's agreement to the text as it is now."""

    WAITING = "waiting"
    EARLIER_TEXT = "earlier-text"
    AGREED = "agreed"


def sign_off_state(agreed_sha256: str, sha256: str) -> SignOffState:
    """Return the state of an agreement to the text with the first hash, "" for none, where the text now has the second."""
    if not agreed_sha256:
        return SignOffState.WAITING
    return SignOffState.AGREED if agreed_sha256 == sha256 else SignOffState.EARLIER_TEXT


def can_ask_again(state: SignOffState, asked_sha256: str, asked_at: dt.datetime, sha256: str, at: dt.datetime) -> bool:
    """Return whether a lead may be emailed again: the text changed since the last email, or a day went by."""
    return state is not SignOffState.AGREED and (asked_sha256 != sha256 or at - asked_at >= ASK_AGAIN_AFTER)
