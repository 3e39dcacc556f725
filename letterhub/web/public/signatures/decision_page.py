"""Forms that a signatory chooses among on pages of mailed links: confirm, correct and confirm, or end the signature."""

from collections.abc import Mapping
from typing import Any

from flask import request

from letterhub.queries.signatures.signatures import OwnSignature
from letterhub.rendering.letter.view import line
from letterhub.web.public.letters.page_fragments import letter_view_without_list
from letterhub.web.public.signatures.signing_forms import (
    AreYouSureForm,
    ConfirmForm,
    CorrectAndConfirmForm,
    form_data_from_line,
)


def decision_context(mine: OwnSignature, tried: Mapping[str, Any], **beside: Any) -> dict[str, Any]:
    """Return the template context of such a page: the line, the letter, and the forms, with those in `beside` added.

    A form in `tried` keeps its input. All forms carry the revision that the page shows.
    """
    shown = {"revision": mine.letter.revision_number}
    forms: dict[str, Any] = {
        **beside,
        "signing": ConfirmForm(formdata=None, data=shown),
        "correcting": CorrectAndConfirmForm(
            mine.letter, only=mine.line.kind, formdata=None, data=form_data_from_line(mine.line) | shown
        ),
        "ending": AreYouSureForm(formdata=None),
        **tried,
    }
    for mark, form in forms.items():
        form.apart(mark)
        if "revision" in form:
            form.revision.data = mine.letter.revision_number
    return {
        "mine": mine,
        "line": line(mine.line, mine.letter.text),
        "sheet": letter_view_without_list(mine.letter.text, mine.letter.count, level=2),
        "tried": "".join(tried),
        **forms,
    }


def typed_fields(mine: OwnSignature) -> list[tuple[str, str]]:
    """Return the input of someone who corrects and signs, for a page that cannot accept it; empty for other buttons."""
    form = CorrectAndConfirmForm(mine.letter, only=mine.line.kind)
    return form.filled_fields() if request.form.get("choice") == "correct" else []
