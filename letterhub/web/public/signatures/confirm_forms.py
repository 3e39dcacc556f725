"""Forms that a signatory chooses among on pages of mailed links: confirm, correct and confirm, or end the signature."""

from collections.abc import Mapping
from typing import Any

from flask import request

from letterhub.domain.letters.document import Signatory
from letterhub.queries.signatures.signatures import OwnSignature
from letterhub.rendering.letter.view import line
from letterhub.web.public.letters.fragments import sheet_of
from letterhub.web.public.signatures.forms import ConfirmingForm, CorrectAndSignForm, EndingForm, typed_from


def choices(mine: OwnSignature, tried: Mapping[str, Any], **beside: Any) -> dict[str, Any]:
    """Return the template context of such a page: the line, the letter, and the forms, with those in `beside` added.

    A form in `tried` keeps its input. All forms carry the revision that the page shows.
    """
    shown = {"revision": mine.letter.revision}
    forms: dict[str, Any] = {
        **beside,
        "signing": ConfirmingForm(formdata=None, data=shown),
        "correcting": CorrectAndSignForm(mine.letter, only=mine.line.kind, formdata=None, data=typed_from(mine.line) | shown),
        "ending": EndingForm(formdata=None),
        **tried,
    }
    for mark, form in forms.items():
        form.apart(mark)
        if "revision" in form:
            form.revision.data = mine.letter.revision
    return {
        "mine": mine,
        "line": line(mine.line, mine.letter.text),
        "sheet": sheet_of(mine.letter.text, mine.letter.count, level=2),
        "tried": "".join(tried),
        **forms,
    }


def line_in(form: ConfirmingForm | CorrectAndSignForm, mine: OwnSignature) -> Signatory | None:
    """Return the corrected line of a validated form (validation completes its website); None if it corrects nothing."""
    return form.as_line(mine.line) if isinstance(form, CorrectAndSignForm) else None


def typed_in(mine: OwnSignature) -> list[tuple[str, str]]:
    """Return the input of someone who corrects and signs, for a page that cannot accept it; empty for other buttons."""
    form = CorrectAndSignForm(mine.letter, only=mine.line.kind)
    return form.filled_in() if request.form.get("choice") == "correct" else []
