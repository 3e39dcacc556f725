"""Writing at once on the sheet: who counts as present, how long steps are stored, and errors."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

PRESENT_FOR = dt.timedelta(seconds=45)
"""Time after its last request for which a page counts as open."""
TYPING_FOR = dt.timedelta(seconds=8)
ENDS_AFTER = dt.timedelta(minutes=10)
"""Time after the last request for which a session goes on; a page that comes back later opens the text again."""
FOLDED_AFTER = dt.timedelta(minutes=10)
"""Age from which steps are no longer stored, once their text is the draft's."""
CLIENT_LENGTH = 40


class SessionEnded(UserFacingError):
    """Raised where the session that a page writes in is over: it opens the text again."""

    def __init__(self) -> None:
        super().__init__(_("This text was opened anew in the meantime."))


class StepsMissed(Exception):
    """Raised where others sent steps first: the page gets these, and sends its own again."""


@dataclass(frozen=True, slots=True)
class SentSteps:
    """Steps that a page sends, none to say that it is there, with its selection; `version` is that of its document."""

    key: str
    client: str
    version: int
    steps: list[Any]
    anchor: int
    head: int
