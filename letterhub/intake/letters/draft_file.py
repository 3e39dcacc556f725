"""A letter from the file that an operator names: a Word document, or a Markdown letter file."""

from pathlib import Path

from letterhub.domain.letters.document import LetterText
from letterhub.domain.letters.letter import (
    misplaced_placeholder_error,
    placeholders_outside_body,
    unknown_placeholder_error,
    unknown_placeholders,
)
from letterhub.intake.errors import FileRefused
from letterhub.intake.letters.letter_file import check_placeholders, read_letter, unknown_placeholder_notes
from letterhub.intake.letters.word_draft import ZIP_SIGNATURE, read_word, unsupported_kind


def read_draft(data: bytes, file: str, folder: Path | None = None) -> tuple[LetterText, tuple[str, ...]]:
    """Return the text of a letter file or a Word document, and notes on what was left out.

    Logos of a letter file are read from `folder` or below. Raises FileRefused.
    """
    if (kind := unsupported_kind(data)) is not None:
        raise FileRefused(file, kind)
    return read_word(data, file) if data.startswith(ZIP_SIGNATURE) else read_letter(data, file, folder)


def check_draft_placeholders(data: bytes, file: str, text: LetterText) -> tuple[str, ...]:
    """Check placeholders as `check_placeholders` does, for a Word document too, which has no lines to name."""
    if not data.startswith(ZIP_SIGNATURE):
        return check_placeholders(text, data, file)
    for part, placeholder in placeholders_outside_body(text):
        raise FileRefused(file, misplaced_placeholder_error(part, placeholder))
    unknown = unknown_placeholders(text.body)
    for placeholder in unknown:
        if placeholder.strip("{} \t\n").isidentifier():
            raise FileRefused(file, unknown_placeholder_error(placeholder))
    return unknown_placeholder_notes(unknown)
