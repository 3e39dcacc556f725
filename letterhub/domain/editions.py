"""What may be frozen, what an edition is called on paper, and how far its files are."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from letterhub.domain.refusals import Refused
from letterhub.domain.states import LetterState

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Figures and letters that nobody mistakes for one another on paper or by telephone."""


class Format(enum.StrEnum):
    """What an edition is drawn as."""

    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    CSV = "csv"
    XLSX = "xlsx"
    TXT = "txt"
    COMMENT = "comment"  # plain text, short enough for a comment box
    JSON = "json"  # the manifest: names every other file by its hash, so it is made last


MEDIA_TYPES: Mapping[Format, str] = {
    Format.HTML: "text/html",
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.TXT: "text/plain",
    Format.COMMENT: "text/plain",
    Format.JSON: "application/json",
}
ENDINGS: Mapping[Format, str] = {Format.COMMENT: "-comment.txt", Format.JSON: "-manifest.json"}


class JobState(enum.StrEnum):
    """How far the drawing of a file has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nobody works on it any more."""
        return self in (JobState.DONE, JobState.FAILED)


SIGNED_BY = "+"
"""Stands in what is kept of a file's tools before the mark of the certificate that signed it."""


@dataclass(frozen=True, slots=True)
class FileMark:
    """What tells one file of an edition from every other: its name, `size` in bytes and SHA-256; and if it is signed."""

    form: Format
    name: str
    size: int
    sha256: str
    signed: bool = False


class NothingToFreeze(Refused):
    """A letter of which no edition can be made now."""


class ListChanged(Refused):
    """A letter that is not as it was shown before it was to be frozen."""


class NoSuchEdition(Refused):
    """An edition, or a file of one, that is not there."""


class DrawnOtherwise(Refused):
    """A kept file that is not what would be drawn now."""


class NotFailed(Refused):
    """A file that was not given up: there is nothing to try again."""


def check_freezable(state: LetterState) -> None:
    """Raises NothingToFreeze unless a letter in this state can become an edition."""
    if state is LetterState.DRAFT:
        raise NothingToFreeze("Open the letter first: an edition is made of a text that organizations signed.")
    if state is LetterState.WITHDRAWN:
        raise NothingToFreeze("This letter was withdrawn. No edition is made of it any more.")


def check_not_empty(count: int) -> None:
    """Raises NothingToFreeze for a list without a name."""
    if not count:
        raise NothingToFreeze("No name is published yet: an edition would have an empty list.")


def check_unchanged(shown: str, now_is: str) -> None:
    """Raises ListChanged unless the letter has the fingerprint that was shown."""
    if shown != now_is:
        raise ListChanged("The letter or its list changed while you were looking. Look at it as it is now, then freeze it.")


def public_id(choose: Callable[[str], str]) -> str:
    """An edition's printed id, such as "7KQ2-M3TX-9RWB": 60 bits where `choose` picks by chance, as `secrets.choice` does."""
    return "-".join("".join(choose(ALPHABET) for _ in range(4)) for _ in range(3))


def file_name(slug: str, number: int, form: Format) -> str:
    """What a file of an edition is called when it is kept: "clean-rivers-edition-2.pdf"."""
    return f"{slug}-edition-{number}{ENDINGS.get(form, f'.{form}')}"


def as_printed(typed: str) -> str:
    """An edition's id as it is printed, however it was typed: "7kq2m3tx 9rwb" is "7KQ2-M3TX-9RWB"."""
    letters = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
