"""Conversions for the editor of the Write tab: Markdown to a document and back, pasted HTML to Markdown. They save nothing."""

from dataclasses import replace

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, NumberRange

from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.intake.letters.draft_file import markdown_of_html
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.rendering.editor.document_check import parse_document
from letterhub.rendering.editor.loading import open_text
from letterhub.rendering.editor.saving import document_markdown
from letterhub.web.access import accepts_large_body, get_letter_or_404, staff_only
from letterhub.web.forms import ColumnIntegerField
from letterhub.web.staff.letters.letter_forms import clean_body, first_error

bp = Blueprint("text_conversions", __name__)


class PasteForm(FlaskForm):  # type: ignore[misc]
    """Form for pasted HTML. The site's limit on forms bounds its size."""

    html = StringField(validators=[InputRequired()])
    first_note = ColumnIntegerField(validators=[NumberRange(1, 99_999)])


@bp.post("/write/document")
@staff_only(Role.ORGANIZER)
@accepts_large_body
def document(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return Markdown as the document of the editor, or a sentence that says why it stays Markdown. Saves nothing."""
    draft_state = load_draft_state(get_letter_or_404(staff, slug).letter_id)
    opened = open_text(replace(draft_state.text, body=clean_body(request.form.get("body"))))
    return {"document": opened.document, "sentence": opened.problem}, {"Cache-Control": "no-store"}


@bp.post("/write/markdown")
@staff_only(Role.ORGANIZER)
@accepts_large_body
def markdown(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return a document of the editor as Markdown, or a sentence that says why not. Saves nothing."""
    draft_state = load_draft_state(get_letter_or_404(staff, slug).letter_id)
    typed = clean_body(request.form.get("body"))
    try:
        sent = parse_document(request.form.get("document", ""))
        return {"markdown": document_markdown(sent, typed, draft_state.text.picture_names), "sentence": ""}
    except UserFacingError as refusal:
        return {"markdown": "", "sentence": str(refusal)}


@bp.post("/write/paste")
@staff_only(Role.ORGANIZER)
@accepts_large_body
def paste(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Convert pasted HTML to Markdown, with notes on what was left out. Saves nothing."""
    get_letter_or_404(staff, slug)
    form = PasteForm()
    if not form.validate():
        return {"sentence": first_error(form)}, 422
    try:
        markdown, notes = markdown_of_html(form.html.data, form.first_note.data)
    except UserFacingError as refusal:
        return {"sentence": str(refusal)}, 422
    return {"markdown": markdown, "notes": [str(note) for note in notes]}
