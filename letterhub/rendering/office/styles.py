"""Styles of a letter's paragraphs for word processors, with names for people who edit it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from letterhub.domain.letters.letter_document import LetterText, Theme, Typeface

TEXT_SIZE = 11.0  # points
TEXT_COLOR = "1A1A1A"
LINK_COLOR = "1F3A5F"


@dataclass(frozen=True, slots=True)
class StyleFormat:
    """Formatting of a style: size and spaces in points; `indent` from where lines begin."""

    size: float = TEXT_SIZE
    bold: bool = False
    italic: bool = False
    before: float = 0
    after: float = 8
    indent: float = 0
    line: float = 1.15
    centered: bool = False
    together: bool = False


STYLES = {
    "Normal": StyleFormat(),
    "Body Text": StyleFormat(),
    "Title": StyleFormat(18, bold=True, before=6, after=14, line=1.0),
    "Heading 1": StyleFormat(13, bold=True, before=10, after=10, together=True),
    "Heading 2": StyleFormat(13, bold=True, before=16, after=6, together=True),
    "Heading 3": StyleFormat(11.5, bold=True, before=12, after=4, together=True),
    "Heading 4": StyleFormat(11, bold=True, italic=True, before=10, after=4, together=True),
    "List Paragraph": StyleFormat(after=5),
    "List Continue": StyleFormat(after=5, indent=18),
    "Quote": StyleFormat(italic=True, indent=24),
    "Header": StyleFormat(9, after=0),
    "Footer": StyleFormat(9, after=0, line=1.0, centered=True),
    "Sender": StyleFormat(14, bold=True, after=2, centered=True),
    "Sender Lines": StyleFormat(9.5, after=20, centered=True),
    "Date": StyleFormat(after=14),
    "Addressee": StyleFormat(after=12, together=True),
    "Closing": StyleFormat(before=6, after=20),
    "Signatory": StyleFormat(10.5, after=6, line=1.05, together=True),
    "Copies": StyleFormat(10, before=16),
    "Code": StyleFormat(9.5),
    "Ornament": StyleFormat(centered=True),
    "Table Text": StyleFormat(10, after=2),
    "Table End": StyleFormat(4, after=4),
    "footnote text": StyleFormat(9, after=2, line=1.0),
}


LATER_STYLES = {
    "Signature Space": StyleFormat(10.5, before=10, after=3),
    "Figure": StyleFormat(before=6, after=4, line=1.0, centered=True),
    "Caption": StyleFormat(9.5, after=10, line=1.05, centered=True, together=True),
}
"""Styles that files have since layout 2."""


def letter_styles(text: LetterText, layout: int) -> Iterator[tuple[str, StyleFormat]]:
    """Yield each style with its name; since layout 2 text has the size of the letter's."""
    for name, style_format in (STYLES | (LATER_STYLES if layout > 1 else {})).items():
        is_text = style_format.size == TEXT_SIZE and layout > 1
        yield name, replace(style_format, size=float(text.size)) if is_text else style_format


def is_sans(text: LetterText) -> bool:
    """Return whether a letter's typeface has no serifs."""
    return text.face is Typeface.SANS or (text.theme is Theme.MODERN and text.face is Typeface.THEME)
