"""Preview of a draft beside the editor, as readers will see it, without the signatory list."""

from dataclasses import dataclass, replace

from letterhub.domain.errors import Refused
from letterhub.domain.letters.count_placeholder import fill_count
from letterhub.domain.letters.document import LetterDocument, LetterText
from letterhub.domain.letters.drafts import settled
from letterhub.rendering.letter.view import LetterView, letter_view


@dataclass(frozen=True, slots=True)
class DrawableLetter:
    """A letter ready to render, or the sentence that says why it cannot be rendered."""

    letter: LetterView | None
    trouble: str


def sheet_of(text: LetterText, count: int) -> DrawableLetter:
    """Return the preview of a text with `count` published signatures; its title is a heading of level 2."""
    counted = replace(settled(text), body=fill_count(text.body, count, text.language))
    try:
        return DrawableLetter(letter_view(LetterDocument(counted), level=2), "")
    except Refused as refusal:
        return DrawableLetter(None, str(refusal))
