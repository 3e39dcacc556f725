"""The sheet beside the form: a text drawn as readers see it, without the list of names."""

from dataclasses import dataclass, replace

from letterhub.domain.counts import fill_count
from letterhub.domain.document import LetterDocument, LetterText
from letterhub.domain.drafts import settled
from letterhub.domain.refusals import Refused
from letterhub.rendering.view import LetterView, letter_view


@dataclass(frozen=True, slots=True)
class DrawableLetter:
    """A letter ready to be drawn, or the sentence that says why it cannot be."""

    letter: LetterView | None
    trouble: str


def sheet_of(text: LetterText, count: int) -> DrawableLetter:
    """The sheet of a text under which `count` names are published; its own heading stands at level 2."""
    counted = replace(settled(text), body=fill_count(text.body, count, text.language))
    try:
        return DrawableLetter(letter_view(LetterDocument(counted), level=2), "")
    except Refused as refusal:
        return DrawableLetter(None, str(refusal))
