"""Write tab: the letter's fields beside a preview, with autosave and conflict handling."""

import datetime as dt
from dataclasses import dataclass, replace

from flask import Blueprint, flash, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from letterhub.clock import now
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.letters.pdf_previews import request_preview
from letterhub.commands.letters.revisions import publish_unsigned_text
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.drafts import (
    MAX_LOGOS,
    DraftConflict,
    TextBase,
    apply_editor_action,
    changed_parts,
    part_hashes,
    trim_text,
)
from letterhub.domain.letters.letter_document import LetterDocument, LetterText, SignatoryCounts
from letterhub.domain.letters.pictures import MAX_PICTURES
from letterhub.domain.letters.revisions import TextIsSigned
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.drafts import DraftState, load_draft_state
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.rendering.editor.document_check import schema_hash
from letterhub.rendering.letter.figures import picture_view
from letterhub.rendering.letter.view import LetterView, letter_view
from letterhub.web.access import accepts_large_body, get_letter_or_404, redirect_to, staff_only
from letterhub.web.dates import short_time, time_ago
from letterhub.web.forms import parse_integer
from letterhub.web.staff.letters.letter_forms import AddresseeForm, LetterForm, first_error, letter_form_from
from letterhub.web.staff.letters.text_comparison import PART_LABELS, TextComparison, compare_texts

bp = Blueprint("editor", __name__)

ANCHORS = {
    "add": "addressees", "remove": "addressees", "up": "addressees", "down": "addressees", "preview": "sheet",
    "logo": "logo", "remove-logo": "logo", "figure": "pictures", "remove-picture": "pictures",
}  # fmt: skip
"""Anchor that each action returns to, by its name without an index."""

UPLOAD_LOST = _l("The picture was not saved. Choose it again after you choose a version.")
SAVED_DRAFT_KEY = "saved-draft"
"""Session key: the id of the letter that was saved and the version its form edited.

The next page passes it to autosave.js, which drops the browser's copy of that version.
"""
COUNT_NAMES = [f"{name}{words}" for name in ("count", "organizations", "individuals") for words in ("", "_in_words")]
"""Names of the placeholders that a text may have."""
STILL_EDITING = dt.timedelta(minutes=5)
"""Time after a save for which its author counts as still editing."""

SHOW_AGE_AFTER = dt.timedelta(hours=12)
"""Age from which a save is shown by its age instead of its time."""


@dataclass(frozen=True, slots=True)
class DraftPreview:
    """A letter ready to render, or the sentence that says why it cannot be rendered."""

    letter: LetterView | None
    problem: str


@bp.get("/write")
@staff_only(Role.REVIEWER)
def edit(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the letter to edit or, once its text is fixed, to read."""
    header = get_letter_or_404(staff, slug)
    draft_state = load_draft_state(header.letter_id)
    return _render_page(staff, header, draft_state, letter_form_from(draft_state.text, draft_state.version), draft_state.text)


@bp.post("/write")
@staff_only(Role.ORGANIZER)
@accepts_large_body
def save(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Save the draft and apply the button's action: add or move an addressee, show the preview."""
    header, action = get_letter_or_404(staff, slug), request.form.get("act", "save")
    form, draft_state = _sent_form(header)
    if not form.validate():
        return _render_page(staff, header, draft_state, form, draft_state.text), 422
    text_from_form = form.as_text(draft_state.text)
    try:
        text = apply_editor_action(form.with_uploaded_figure(form.with_uploaded_logo(text_from_form)), action)
        save_draft(
            header.letter_id, text, form.version.data or 0, staff_id=staff.staff_id, at=now(), grown_from=_text_base(form)
        )
    except DraftConflict as conflict:
        comparison = compare_texts(
            apply_editor_action(text_from_form, action), draft_state.text, _text_base(form) or TextBase("", None)
        )
        merged_form = letter_form_from(comparison.text, draft_state.version, base=draft_state.text)
        if form.uploaded_logo:  # a file input cannot be refilled
            merged_form.logo.errors = (UPLOAD_LOST,)
        if form.uploaded_picture or form.uploaded_pages:
            merged_form.figure.errors = (UPLOAD_LOST,)
        return _render_page(staff, header, draft_state, merged_form, comparison.text, conflict, comparison), 409
    session[SAVED_DRAFT_KEY] = [header.letter_id, form.version.data or 0]
    if action == "pages":
        preview_id = request_preview(header.letter_id, staff_id=staff.staff_id, at=now())
        return redirect_to(staff, "pdf_previews.detail", slug=slug, preview_id=preview_id)
    anchor = ANCHORS.get(action) or ANCHORS.get(action.rpartition("-")[0])
    return redirect_to(staff, ".edit", slug=slug, _anchor=anchor)


@bp.post("/write/autosave")
@staff_only(Role.ORGANIZER)
@accepts_large_body
def autosave(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Save the draft; returns JSON with the saved version, or with a sentence that says why not.

    An invalid field keeps its saved value, is reported in `trouble`, and does not prevent saving the others.
    """
    header = get_letter_or_404(staff, slug)
    form, draft_state = _sent_form(header)
    if not form.validate() and not form.has_only_text_errors():
        return {"sentence": first_error(form)}, 422
    text = form.to_text_without_errors(draft_state.text)
    try:
        save_result = save_draft(
            header.letter_id, text, form.version.data or 0, staff_id=staff.staff_id, at=now(), grown_from=_text_base(form)
        )
    except DraftConflict as conflict:
        return {"sentence": str(conflict), "version": conflict.version}, 409
    except UserFacingError as refusal:
        return {"sentence": str(refusal)}, 423
    if form.session.data:  # the text on the sheet is saved by its steps
        text = replace(text, body=save_result.text.body)
    error, header = first_error(form), get_letter_or_404(staff, slug)
    draft_state = load_draft_state(header.letter_id)
    return {
        "version": save_result.version,
        "base": part_hashes(text),
        "body": text.body,
        "merged": _merged_sentence(text, save_result.text),
        "title": header.title or _("Untitled letter"),
        "next_step": header.next_step,
        "unpublished_changes": render_template(
            "staff/letters/_unpublished_changes.html", staff=staff, header=header, draft_state=draft_state
        ),
        "sentence": _saved_sentence(save_result.saved_at, header.deadline_zone),
        "trouble": _("%(wrong)s Everything else is saved.", wrong=error) if error else "",
    }


@bp.get("/write/version")
@staff_only(Role.ORGANIZER)
def version(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the saved version and who saved it, so that two people who edit at once learn of each other."""
    draft_state = load_draft_state(get_letter_or_404(staff, slug).letter_id)
    sentence = _("%(name)s saved a change to this letter a moment ago.", name=draft_state.saved_by or _("Someone else"))
    return {"version": draft_state.version, "sentence": sentence}, {"Cache-Control": "no-store"}


@bp.post("/write/preview")
@staff_only(Role.ORGANIZER)
@accepts_large_body
def preview(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Render the preview of the typed text. Saves nothing."""
    header = get_letter_or_404(staff, slug)
    form, draft_state = _sent_form(header)
    if not form.validate() and not form.has_only_text_errors():
        return {"sentence": first_error(form)}, 422
    text = form.to_text_without_errors(draft_state.text)
    return render_template("staff/letters/_sheet.html", sheet=draft_preview(text, header.counts))


@bp.post("/write/publish")
@staff_only(Role.ORGANIZER)
def publish(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Publish the changed text of an open letter."""
    version = request.form.get("version", 0, parse_integer)
    try:
        publish_unsigned_text(
            get_letter_or_404(staff, slug).letter_id, version, actor=staff.actor, staff_id=staff.staff_id, at=now()
        )
    except TextIsSigned as refusal:
        flash(str(refusal), "doubt")
        return redirect_to(staff, "revisions.compare", slug=slug)
    return redirect_to(staff, ".edit", slug=slug)


def _sent_form(header: LetterHeader) -> tuple[LetterForm, DraftState]:
    """Return the form that was sent, and the saved draft, whose pictures its text may show."""
    form, draft_state = LetterForm(), load_draft_state(header.letter_id)
    form.picture_names = draft_state.text.picture_names
    return form, draft_state


def _text_base(form: LetterForm) -> TextBase | None:
    """Return the text that a form was filled with, None if the request doesn't say."""
    if not form.base.data:
        return None
    return TextBase(form.base.data, form.opened.data if form.opened.raw_data else None)


def _render_page(
    staff: StaffContext,
    header: LetterHeader,
    draft_state: DraftState,
    form: LetterForm,
    text: LetterText,
    conflict: DraftConflict | None = None,
    comparison: TextComparison | None = None,
) -> str:
    """Render the tab with a preview of `text`; `conflict` and `comparison` describe an edit conflict."""
    is_someone_else = draft_state.saved_by_id not in (None, staff.staff_id)
    still_edits = is_someone_else and now() - draft_state.saved_at < STILL_EDITING
    return render_template(
        "staff/letters/editor.html",
        staff=staff,
        header=header,
        draft_state=draft_state,
        form=form,
        may_write=staff.role.covers(Role.ORGANIZER) and not draft_state.locked_reason,
        blank=AddresseeForm(prefix="addressees-AT-"),  # copied by the script to add one
        most_logos=MAX_LOGOS,
        pictures=tuple(map(picture_view, draft_state.text.pictures)),
        counts={name: header.counts.fill(f"x {{{{{name}}}}}", text.language)[2:] for name in COUNT_NAMES},
        most_pictures=MAX_PICTURES,
        other_editor=draft_state.saved_by if still_edits else "",
        saved=_saved_sentence(draft_state.saved_at, header.deadline_zone),
        saved_from=_pop_saved_version(header),
        schema=schema_hash(),
        sheet=draft_preview(text, header.counts),
        conflict=conflict,
        comparison=comparison,
    )


def draft_preview(text: LetterText, counts: SignatoryCounts, level: int = 2) -> DraftPreview:
    """Return the preview of a text with these counts of published signatures; its title is a heading of this level."""
    counted = replace(trim_text(text), body=counts.fill(text.body, text.language))
    try:
        return DraftPreview(letter_view(LetterDocument(counted), level=level), "")
    except UserFacingError as refusal:
        return DraftPreview(None, str(refusal))


def _merged_sentence(own_text: LetterText, saved_text: LetterText) -> str:
    """Return the sentence that says what of others is saved beside one's own text, "" if nothing is."""
    parts = [str(PART_LABELS[part]) for part in changed_parts(own_text, saved_text)]
    return str(_("Saved, together with what others changed: %(parts)s.", parts=", ".join(parts))) if parts else ""


def _saved_sentence(at: dt.datetime, zone: str) -> str:
    """Return the sentence about the last save, short enough for the save bar: by time today, by age before."""
    if now() - at >= SHOW_AGE_AFTER:
        return str(_("Saved %(ago)s", ago=time_ago(at)))
    return str(_("Saved at %(time)s", time=short_time(at, zone)))


def _pop_saved_version(header: LetterHeader) -> int | None:
    """Return the version that this browser's last save edited, once."""
    letter_id, version = session.get(SAVED_DRAFT_KEY) or (0, 0)
    if letter_id != header.letter_id:
        return None
    session.pop(SAVED_DRAFT_KEY)
    return int(version)
