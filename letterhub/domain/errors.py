"""Base class of user-facing errors."""


class UserFacingError(Exception):
    """Base of errors for the user. `str(error)` is a sentence for the person who asked, in their language.

    `field` names the form field that the sentence belongs beside, "" for the whole form.
    """

    field = ""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field or type(self).field


def first_error_line(error: object) -> str:
    """Return the first line of an exception's message; its class name if there is none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


class LostRace(Exception):
    """Raised by a command if what it read was changed before it could write: it is run again, on fresh rows."""
