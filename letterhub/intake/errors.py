"""Refusals of files: one sentence that names the file, the line and the column."""

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _


class FileRefused(UserFacingError):
    """Raised when a file cannot be read as it is.

    The sentence opens with the place: "names.csv, line 3, column “Title”: …".
    """

    def __init__(self, file: str, sentence: str, *, line: int = 0, column: str = "") -> None:
        place = file
        if column:
            place = _("%(file)s, line %(line)s, column “%(column)s”", file=file, line=line, column=column)
        elif line:
            place = _("%(file)s, line %(line)s", file=file, line=line)
        super().__init__(_("%(place)s: %(sentence)s", place=place, sentence=sentence))
