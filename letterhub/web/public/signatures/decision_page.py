"""Forms that a signatory chooses among on pages of mailed links: confirm, correct and confirm, or end the signature."""

from collections.abc import Mapping
from typing import Any

from flask import request

from letterhub.queries.signatures.own_signature import OwnSignature
from letterhub.rendering.letter.view import line
from letterhub.web.public.letters.page_fragments import letter_view_without_list
from letterhub.web.public.signatures.signing_forms import (
    AreYouSureForm,
    ConfirmForm,
    CorrectAndConfirmForm,
    form_data_from_line,
)


def decision_context(signature: OwnSignature, rejected_forms: Mapping[str, Any], **extra_forms: Any) -> dict[str, Any]:
    """Return the template context of such a page: the line, the letter, and the forms, with those in `beside` added.

    A form in `tried` keeps its input. All forms carry the revision that the page shows.
    """
    revision_data = {"revision": signature.letter.revision_number}
    forms: dict[str, Any] = {
        **extra_forms,
        "signing": ConfirmForm(formdata=None, data=revision_data),
        "correcting": CorrectAndConfirmForm(
            signature.letter, only=signature.line.kind, formdata=None, data=form_data_from_line(signature.line) | revision_data
        ),
        "ending": AreYouSureForm(formdata=None),
        **rejected_forms,
    }
    for prefix, form in forms.items():
        form.with_id_prefix(prefix)
        if "revision" in form:
            form.revision.data = signature.letter.revision_number
    return {
        "signature": signature,
        "line": line(signature.line, signature.letter.text),
        "sheet": letter_view_without_list(signature.letter.text, signature.letter.count, level=2),
        "tried": "".join(rejected_forms),
        **forms,
    }


def typed_fields(signature: OwnSignature) -> list[tuple[str, str]]:
    """Return the input of someone who corrects and signs, for a page that cannot accept it; empty for other buttons."""
    form = CorrectAndConfirmForm(signature.letter, only=signature.line.kind)
    return form.filled_fields() if request.form.get("choice") == "correct" else []
