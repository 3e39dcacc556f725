"""A letter's draft from a Word document, the clipboard, or a file that an operator names; other kinds of files are refused.

The DOCX parser is imported on first use: most processes never need it.
"""

import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path, PurePath
from typing import Any

from letterhub.domain.drafting.word_file import WordFile
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.opening_rules import (
    misplaced_placeholder_error,
    placeholders_outside_body,
    unknown_placeholder_error,
    unknown_placeholders,
)
from letterhub.domain.line_validation import MAX_LINE_LENGTH, normalize_line
from letterhub.intake.errors import FileRefused
from letterhub.intake.letters.letter_file import check_placeholders, read_letter, unknown_placeholder_notes
from letterhub.intake.letters.letter_parts import place_parts, subject_of

_OLD_WORD_FILE = _(
    "this is a Word document of the old kind (.doc), or one with a password. In Word, choose File, Save As, “Word "
    "Document (.docx)”, and choose that file."
)
_PICTURE = _("this is a picture. Choose a Word document (.docx).")
_FILE_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", _OLD_WORD_FILE),
    (
        b"{\\rtf",
        _(
            "this is a rich text file (.rtf). Open it in Word, choose File, Save As, “Word Document "
            "(.docx)”, and choose that file."
        ),
    ),
    (b"%PDF", _("this is a PDF, which no longer knows its paragraphs. Choose the document it was made from, saved as .docx.")),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"RIFF", _PICTURE),
)
_ARCHIVE_CONTENTS = (
    (
        b"opendocument.text",
        _("this is an OpenDocument text (.odt). In LibreOffice, choose File, Save As, “Word (.docx)”, and choose that file."),
    ),
    (b"opendocument.", _("this is an OpenDocument file, but not a text. Choose a Word document (.docx).")),
    (b"Index/Document.iwa", _("this is a Pages document. In Pages, choose File, Export To, Word, and choose that file.")),
    (b"xl/", _("this is a spreadsheet. Choose a Word document (.docx).")),
    (b"ppt/", _("this is a presentation. Choose a Word document (.docx).")),
)
ZIP_SIGNATURE = b"PK\x03\x04"
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<\?xml)", re.IGNORECASE)


def read_word_draft(data: bytes, file: str, title: str = "") -> tuple[LetterText, tuple[str, ...]]:
    """Return the text of a Word document, under `title` if given, and notes on what was left out. Raises FileRefused."""
    _require_word(data, file)
    return read_word(data, file, title)


def read_returned_copy(data: bytes, file: str) -> WordFile:
    """Return a draft's Word copy that comes back; imports the parser on first use. Raises FileRefused."""
    _require_word(data, file)
    returned: WordFile = _word_module("returned_word").read_returned_word(data, file)
    return returned


def _require_word(data: bytes, file: str) -> None:
    kind = unsupported_kind(data)
    if not data:
        kind = _("this is an empty file. Choose a Word document (.docx).")
    elif kind is None and not data.startswith(ZIP_SIGNATURE):
        kind = _("this is not a Word document (.docx). You can paste plain text into the field “Text” on the next page.")
    if kind is not None:
        raise FileRefused(file, kind)


def read_word(data: bytes, file: str, title: str = "") -> tuple[LetterText, tuple[str, ...]]:
    """Return the text of a Word document, with its letterhead and layout marks; imports the parser on first use.

    Without a title it is called by its subject, or by its file.
    """
    text, notes = _word_module("word_document").read_word(data, file, title)
    if text.title:
        return text, notes
    if subject := subject_of(text):
        return replace(text, title=subject), (
            _("We found no title, so we used the subject: “%(title)s”.", title=subject),
            *notes,
        )
    title = normalize_line(PurePath(file.replace("\\", "/")).stem)[:MAX_LINE_LENGTH]
    return replace(text, title=title), (_("We found no title, so we used the file name: “%(title)s”.", title=title), *notes)


def markdown_of_html(html: str, first_note: int) -> tuple[str, tuple[str, ...]]:
    """Return pasted HTML as Markdown, its notes numbered from `first_note` on, and notes on what was left out.

    Raises HtmlRefused.
    """
    markdown: tuple[str, tuple[str, ...]] = _word_module("pasted_html").markdown_of_html(html, first_note)
    return markdown


def _word_module(module: str) -> Any:
    return import_module(f"letterhub.intake.documents.{module}")


def unsupported_kind(data: bytes) -> str | None:
    """Return a sentence on the kind of a file, and what to do instead, if it is neither Word nor text; else None."""
    advice = next((sentence for beginning, sentence in _FILE_SIGNATURES if data.startswith(beginning)), None)
    if advice is None and _HTML.match(data):
        return _("this is a web page. Open it in Word, choose File, Save As, “Word Document (.docx)”, and choose that file.")
    if advice is not None or not data.startswith(ZIP_SIGNATURE):
        return advice
    if b"[Content_Types].xml" in data and b"word/" in data:
        return None
    return next(
        (sentence for part, sentence in _ARCHIVE_CONTENTS if part in data),
        _("this is an archive of files. Choose a Word document (.docx)."),
    )


def read_draft(data: bytes, file: str, folder: Path | None = None) -> tuple[LetterText, tuple[str, ...]]:
    """Return the text of a letter file or a Word document, and notes on what was left out.

    Those parts of a Word document that are certain are in their fields. Logos of a letter file are read from `folder` or below.
    Raises FileRefused.
    """
    if (kind := unsupported_kind(data)) is not None:
        raise FileRefused(file, kind)
    if not data.startswith(ZIP_SIGNATURE):
        return read_letter(data, file, folder)
    draft, notes = read_word(data, file)
    text, names, remarks = place_parts(draft)
    found = (_("We found: %(parts)s.", parts=", ".join(names)),) if names else ()
    return text, (*found, *remarks, *notes)


def check_draft_placeholders(data: bytes, file: str, text: LetterText) -> tuple[str, ...]:
    """Return notes on unknown placeholders, as `check_placeholders` does, for a Word document too, which has no lines to name.

    Raises FileRefused.
    """
    if not data.startswith(ZIP_SIGNATURE):
        return check_placeholders(text, data, file)
    for part, placeholder in placeholders_outside_body(text):
        raise FileRefused(file, misplaced_placeholder_error(part, placeholder))
    unknown = unknown_placeholders(text.body)
    for placeholder in unknown:
        if placeholder.strip("{} \t\n").isidentifier():
            raise FileRefused(file, unknown_placeholder_error(placeholder))
    return unknown_placeholder_notes(unknown)
