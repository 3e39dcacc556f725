"""Letter's text as the document to open in the editor, if writing it back would print the same letter.

See docs/design/letters/editor.md.
"""

import re
from typing import NamedTuple

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _, fill_counts
from letterhub.domain.letters.letter_document import LetterText
from letterhub.rendering.editor.inline_writer import Node
from letterhub.rendering.editor.markdown_reader import read_document
from letterhub.rendering.editor.markdown_writer import write_markdown
from letterhub.rendering.letter.markdown import letter_html
from letterhub.rendering.letter.note_renderer import NoteStyle

_SAME_LOOK = str.maketrans({"’": "'", "\n": " "})
_COUNTS = {"count": 147, "organizations": 120, "individuals": 27}
_TAG = re.compile(r"<[^>]*>")


class OpenedText(NamedTuple):
    """Text as a document, or the sentence that says why it is edited as Markdown."""

    document: Node | None
    problem: str


def open_text(text: LetterText) -> OpenedText:
    """Return the body of a letter as a document, unless the document would not print as the body does."""
    pictures = tuple(picture.name for picture in text.pictures)
    try:
        document = read_document(text.body, pictures)
        before, after = _printed(text, text.body, pictures), _printed(text, write_markdown(document), pictures)
    except UserFacingError as refusal:
        return OpenedText(None, _("This text can only be edited as Markdown. %(reason)s", reason=str(refusal)))
    if before != after:
        words = _first_difference(before, after)
        return OpenedText(
            None, _("This text can only be edited as Markdown: it would print differently near “%(words)s”.", words=words)
        )
    return OpenedText(document, "")


def _printed(text: LetterText, markdown: str, pictures: tuple[str, ...]) -> str:
    """Return the HTML of a text on a screen and on paper, the same for texts that look the same.

    Blanks, straight apostrophes and the order of bold and italic may differ.
    """
    markdown = fill_counts(markdown, _COUNTS, text.language)
    styles = (NoteStyle(is_paper=False), NoteStyle(is_paper=True))
    parts = [letter_html(markdown, text.title, text.language, style, 2, pictures) for style in styles]
    html = "\n".join(str(part) for letter in parts for part in (letter.body, letter.notes, *letter.annexes))
    html = html.replace("<em><strong>", "<strong><em>").replace("</strong></em>", "</em></strong>")
    return " ".join(html.translate(_SAME_LOOK).split())


def _first_difference(before: str, after: str) -> str:
    """Return some words of a letter from around the first place where two versions of its HTML differ."""
    at = next(
        (at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), min(len(before), len(after))
    )
    words = _TAG.sub(" ", before[before.rfind(">", 0, max(at - 40, 0)) + 1 : at + 60]).partition("<")[0]
    return " ".join(words.split())[:60]
