"""Comparison of two versions of a letter's text, part by part, for an edit conflict."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from letterhub.domain.letters.drafts import TextBase, changed_parts, merge_texts
from letterhub.domain.letters.letter_document import Addressee, Letterhead, LetterText
from letterhub.domain.letters.pictures import Picture

PART_LABELS = {
    "title": _l("Title"),
    "letterhead": _l("Letterhead"),
    "date": _l("Date"),
    "date_words": _l("Date in words"),
    "via": _l("Sent via"),
    "addressees": _l("Addressees"),
    "re": _l("Re:"),
    "salutation": _l("Salutation"),
    "body": _l("Text"),
    "notes": _l("Notes on paper"),
    "links": _l("Links on paper"),
    "pictures": _l("Figures"),
    "closing": _l("Closing"),
    "cc": _l("cc"),
    "enclosures": _l("Enclosures"),
    "language": _l("Language"),
    "paper": _l("Paper"),
    "order": _l("Order of names"),
    "shown": _l("Shown with each name"),
    "theme": _l("Theme"),
    "face": _l("Typeface"),
    "accent": _l("Accent color"),
    "window": _l("Window envelope"),
    "margins": _l("Margins"),
    "size": _l("Size on paper"),
    "figures": _l("Numerals in the text"),
    "justify": _l("Equally long lines"),
    "short_subject": _l("Short subject"),
    "blocks": _l("Signature blocks"),
    "signature_lines": _l("Lines to sign on"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a letter in which two texts differ, as plain lines."""

    part: str
    label: str
    own_value: str
    saved_value: str


@dataclass(frozen=True, slots=True)
class TextComparison:
    """Three-way comparison of two texts with a common base.

    `text` is the own text with the parts that changed only in the saved one, `merged_parts` names those parts, and
    `differences` are the parts that both changed differently.
    """

    text: LetterText
    merged_parts: tuple[str, ...]
    differences: tuple[Difference, ...]


def compare_texts(own_text: LetterText, saved_text: LetterText, base: TextBase) -> TextComparison:
    """Compare two texts that were changed since `base`, the text that they grew from."""
    text, conflicts = merge_texts(own_text, saved_text, base)
    return TextComparison(
        text=text,
        merged_parts=tuple(str(PART_LABELS[part]) for part in changed_parts(own_text, text)),
        differences=tuple(
            Difference(
                part, str(PART_LABELS[part]), as_plain_lines(getattr(text, part)), as_plain_lines(getattr(saved_text, part))
            )
            for part in changed_parts(text, saved_text)
            if part in conflicts
        ),
    )


def as_plain_lines(value: Any) -> str:
    """Return a part of a letter as plain lines."""
    match value:
        case None:
            return ""
        case bool():
            return str(_("Yes") if value else _("No"))
        case Addressee():
            return "\n".join((value.name, *value.lines))
        case Letterhead():
            logos = (str(_("Logo: %(what)s", what=logo.description)) for logo in value.logos)
            return "\n".join((value.name, *value.lines, *logos))
        case Picture():
            return value.name
        case tuple():
            return "\n".join(map(as_plain_lines, value))
    return str(value)
