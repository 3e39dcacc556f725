"""Refusals of files: one sentence that names the file, the line and the column."""

from letterhub.domain.errors import UserFacingError


class FileRefused(UserFacingError):
    """Raised when a file cannot be read as it is.

    The sentence opens with the place: "names.csv, line 3, column “Title”: …".
    """

    def __init__(self, file: str, sentence: str, *, line: int = 0, column: str = "") -> None:
        place = [file]
        if line:
            place.append(f"line {line}")
        if column:
            place.append(f"column “{column}”")
        super().__init__(f"{', '.join(place)}: {sentence}")
