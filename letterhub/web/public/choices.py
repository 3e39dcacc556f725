"""The forms that a signatory chooses among, the same wherever a link asks for a decision: sign, correct and sign, end it."""

from collections.abc import Mapping
from typing import Any

from flask import request

from letterhub.domain.document import Signatory
from letterhub.queries.signatures import OwnSignature
from letterhub.rendering.view import line
from letterhub.web.public.forms import ConfirmingForm, CorrectAndSignForm, EndingForm, typed_from
from letterhub.web.public.sheets import sheet_of


def choices(mine: OwnSignature, tried: Mapping[str, Any], **beside: Any) -> dict[str, Any]:
    """What the page of such a link shows: the line, the letter, and the forms with those `beside` them.

    A form that was tried stands as it was sent. Each speaks of the text that the page shows now.
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
    """The line that a form corrects a signature to, None where it corrects none; of a form that was checked, as its website is
    completed only then.
    """
    return form.as_line(mine.line) if isinstance(form, CorrectAndSignForm) else None


def typed_in(mine: OwnSignature) -> list[tuple[str, str]]:
    """What a person typed who corrects and signs, for a page that cannot take it; nothing where she pressed another button."""
    form = CorrectAndSignForm(mine.letter, only=mine.line.kind)
    return form.filled_in() if request.form.get("choice") == "correct" else []
