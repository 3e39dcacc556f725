"""Parts that were found in a draft: a page to check and change them, before a letter is created or its text is replaced.

Nothing is stored until then: the page carries all of it. See docs/design/drafts/word-drafts.md.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from letterhub.clock import now
from letterhub.commands.invitations.table_uploads import save_upload
from letterhub.commands.letters.drafts import create_letter, save_draft
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.drafts import DraftConflict
from letterhub.domain.letters.letter_document import LetterText, SignatoryCounts
from letterhub.domain.operations.coalition_invitations import ClosedToLetters
from letterhub.intake.letters.found_lines import FoundParts
from letterhub.intake.letters.letter_parts import find_parts, found_sentence
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.letters.revisions import text_change
from letterhub.queries.questions.table_answers import name_fields
from letterhub.queries.signatures.signatory_import import TableOwner
from letterhub.web.access import accepts_large_body, get_letter_or_404, redirect_to, staff_only
from letterhub.web.staff.letters.draft_parts_form import (
    DraftPartsForm,
    draft_parts_form,
    pasted_field,
    read_chosen_draft,
)
from letterhub.web.staff.letters.editor import draft_preview

bp = Blueprint("draft_parts", __name__)


class ReplacementForm(FlaskForm):  # type: ignore[misc]
    """Form for the draft that replaces a letter's text: a Word file, or pasted text."""

    draft = FileField(_l("Word draft (.docx)"))
    pasted = pasted_field(_l("Or paste the text"))

    text: LetterText | None = None
    notes: tuple[str, ...] = ()

    def validate_draft(self, field: FileField) -> None:
        """Read the draft that was chosen or pasted."""
        self.text, self.notes = read_chosen_draft(field, self.pasted, _("Draft"))
        if self.text is None:
            field.errors = [_("Choose a file, or paste the text below.")]


def show_new_parts(staff: StaffContext, draft: LetterText, notes: tuple[str, ...], form_token: str) -> ResponseReturnValue:
    """Show the parts of a draft for a new letter. Nothing is created yet."""
    found = find_parts(draft)
    return _new_page(staff, draft_parts_form(found, draft.title, notes, form_token=form_token), found)


@bp.post("/<coalition>/letters/new/parts")
@staff_only(Role.ORGANIZER)
@accepts_large_body
def create(staff: StaffContext) -> ResponseReturnValue:
    """Create a letter from the parts, once per form, and redirect to the editor, or to the import of the names below it."""
    form = DraftPartsForm()
    if not form.validate():
        return _new_page(staff, form), 422
    if request.form.get("act") == "preview":
        return _new_page(staff, form)
    text, token = form.as_text(LetterText("", "")), form.form_token.data or ""
    try:
        slug = create_letter(staff.coalition_id, text, actor=staff.actor, staff_id=staff.staff_id, at=now(), form_token=token)
    except ClosedToLetters as refusal:
        form.title.errors = [str(refusal)]
        return _new_page(staff, form), 409
    return _after_saving(staff, get_letter_or_404(staff, slug), form)


@bp.route("/<coalition>/letters/<slug>/write/draft", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
@accepts_large_body
def replace(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Ask for a draft that replaces a letter's text; a POST shows its parts. Nothing is replaced yet."""
    header, form = get_letter_or_404(staff, slug), ReplacementForm()
    state = load_draft_state(header.letter_id)
    if state.locked_reason:
        return redirect_to(staff, "editor.edit", slug=slug)
    if not form.validate_on_submit() or form.text is None:
        page = render_template("staff/letters/drafts/replace_text.html", staff=staff, header=header, form=form)
        return page, 422 if form.is_submitted() else 200
    found = find_parts(form.text)
    parts = draft_parts_form(found, state.text.title, form.notes, version=state.version, language=state.text.language)
    return _replacement_page(staff, header, state.text, parts, found)


@bp.post("/<coalition>/letters/<slug>/write/draft/parts")
@staff_only(Role.ORGANIZER)
@accepts_large_body
def apply(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Replace a letter's text by the parts as they were decided."""
    header, form = get_letter_or_404(staff, slug), DraftPartsForm()
    state = load_draft_state(header.letter_id)
    if not form.validate():
        return _replacement_page(staff, header, state.text, form), 422
    if request.form.get("act") == "preview":
        return _replacement_page(staff, header, state.text, form)
    try:
        save_draft(header.letter_id, form.as_text(state.text), form.version.data or 0, staff_id=staff.staff_id, at=now())
    except DraftConflict as conflict:
        form.version.data, form.version.raw_data = conflict.version, None  # else the version that was sent is shown again
        flash(_("%(conflict)s What would change is compared with that text now.", conflict=str(conflict)), "doubt")
        return _replacement_page(staff, header, state.text, form), 409
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
        return _replacement_page(staff, header, state.text, form), 409
    return _after_saving(staff, header, form)


def _after_saving(staff: StaffContext, header: LetterHeader, form: DraftPartsForm) -> ResponseReturnValue:
    """Redirect to the editor, or to the import of the names below the letter if staff want to see them there."""
    if not (form.adds_names.data and form.signatories):
        flash(_("The letter is saved. Check it once more below."), "good")
        return redirect_to(staff, "editor.edit", slug=header.slug)
    try:
        upload_id = save_upload(
            TableOwner(header.letter_id), "signatory_import", _("Names of the draft"), form.names_table(),
            name_fields(header.letter_id), staff_id=staff.staff_id, at=now(),
        )  # fmt: skip
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
        return redirect_to(staff, "editor.edit", slug=header.slug)
    flash(_("The letter is saved. These are the names that stood below it; none is added until you import them."), "good")
    address = url_for("signatory_import.preview", coalition=staff.coalition_slug, slug=header.slug, upload_id=upload_id)
    return redirect(address, 303)


def _new_page(staff: StaffContext, form: DraftPartsForm, found: FoundParts | None = None) -> str:
    """Render the parts of a draft for a new letter."""
    return render_template(
        "staff/letters/drafts/draft_parts.html", staff=staff, header=None, form=form, change=None,
        found=found_sentence(found) if found else "", sheet=draft_preview(form.as_text(LetterText("", "")), SignatoryCounts()),
        action=url_for("draft_parts.create", coalition=staff.coalition_slug),
        back=url_for("dashboard.new_letter", coalition=staff.coalition_slug),
    )  # fmt: skip


def _replacement_page(
    staff: StaffContext, header: LetterHeader, before: LetterText, form: DraftPartsForm, found: FoundParts | None = None
) -> str:
    """Render the parts of a draft beside what they would change in a letter."""
    text = form.as_text(before)
    return render_template(
        "staff/letters/drafts/draft_parts.html", staff=staff, header=header, form=form, change=text_change(before, text),
        found=found_sentence(found) if found else "", sheet=draft_preview(text, header.counts),
        action=url_for("draft_parts.apply", coalition=staff.coalition_slug, slug=header.slug),
        back=url_for("draft_parts.replace", coalition=staff.coalition_slug, slug=header.slug),
    )  # fmt: skip
