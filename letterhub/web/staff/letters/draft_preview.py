"""Preview of a draft beside the editor, as readers will see it, without the signatory list."""

from dataclasses import dataclass, replace

from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.count_placeholder import fill_count
from letterhub.domain.letters.document import LetterDocument, LetterText
from letterhub.domain.letters.drafts import trim_text
from letterhub.rendering.letter.view import LetterView, letter_view


@dataclass(frozen=True, slots=True)
class DraftPreview:
    """A letter ready to render, or the sentence that says why it cannot be rendered."""

    letter: LetterView | None
    problem: str


def draft_preview(text: LetterText, count: int) -> DraftPreview:
    """Return the preview of a text with `count` published signatures; its title is a heading of level 2."""
    counted = replace(trim_text(text), body=fill_count(text.body, count, text.language))
    try:
        return DraftPreview(letter_view(LetterDocument(counted), level=2), "")
    except UserFacingError as refusal:
        return DraftPreview(None, str(refusal))
