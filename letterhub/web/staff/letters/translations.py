"""Translations of a letter: which there are, writing one beside the original, and publishing it."""

from typing import Any

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.letters.translations import (
    add_translation,
    publish_translation,
    save_translation,
    unpublish_translation,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.interface_languages import direction_of, own_name
from letterhub.domain.letters.drafts import DraftConflict, LetterNotReady
from letterhub.domain.letters.translations import (
    CannotPublishTranslation,
    CannotTranslate,
    TranslationState,
    missing_parts,
    parts_to_translate,
    translate_text,
)
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.letters.revisions import change_since
from letterhub.queries.letters.translations import TranslatedLetter, TranslationWork, translated_letter
from letterhub.web.access import accepts_large_body, get_letter_or_404, redirect_to, staff_only
from letterhub.web.staff.letters.editor import draft_preview
from letterhub.web.staff.letters.letter_forms import language_name
from letterhub.web.staff.letters.translation_forms import NewTranslationForm, TranslationForm, translation_form_from

bp = Blueprint("translations", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the translations, with what readers see of each."""
    header = get_letter_or_404(staff, slug)
    letter = _translated(header)
    return _render_index(staff, header, letter, NewTranslationForm(_taken(letter), formdata=None))


@bp.post("")
@staff_only(Role.ORGANIZER)
@accepts_large_body
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Begin a translation, empty or from a Word draft."""
    header = get_letter_or_404(staff, slug)
    letter = _translated(header)
    form = NewTranslationForm(_taken(letter))
    if not form.validate():
        return _render_index(staff, header, letter, form), 422
    try:
        add_translation(header.letter_id, form.as_text(), actor=staff.actor, staff_id=staff.staff_id, at=now())
    except CannotTranslate as refusal:
        form.add_error(refusal)
        return _render_index(staff, header, letter, form), 409
    for note in form.notes:
        flash(str(note), "doubt")
    return redirect_to(staff, ".edit", slug=slug, language=form.language.data)


@bp.get("/<language:language>")
@staff_only(Role.REVIEWER)
def edit(staff: StaffContext, slug: str, language: str) -> ResponseReturnValue:
    """Show a translation to write, beside the original, and its preview."""
    header = get_letter_or_404(staff, slug)
    letter = _translated(header)
    work = letter.translation(language) or abort(404)
    return _render(staff, header, letter, work, translation_form_from(work.text, work.version, letter.original))


@bp.post("/<language:language>")
@staff_only(Role.ORGANIZER)
@accepts_large_body
def save(staff: StaffContext, slug: str, language: str) -> ResponseReturnValue:
    """Save a translation, and publish it if that button was pressed."""
    header, form = get_letter_or_404(staff, slug), TranslationForm()
    letter = _translated(header)
    work = letter.translation(language) or abort(404)
    if not form.validate():
        return _render(staff, header, letter, work, form), 422
    text = form.as_text(work.text, letter.original)
    try:
        version = save_translation(header.letter_id, text, form.version.data or 0, staff_id=staff.staff_id, at=now())
        if request.form.get("act") == "publish":
            publish_translation(header.letter_id, language, version, actor=staff.actor, staff_id=staff.staff_id, at=now())
            flash(_("Readers can now choose %(language)s at the head of the letter.", language=own_name(language)), "good")
        else:
            flash(_("Saved."), "good")
    except (DraftConflict, LetterNotReady, CannotPublishTranslation) as refusal:
        form.add_error(refusal)
        work = _translated(header).translation(language) or abort(404)
        form.version.data, form.version.raw_data = work.version, None
        return _render(staff, header, letter, work, form, is_conflict=isinstance(refusal, DraftConflict)), 409
    return redirect_to(staff, ".edit", slug=slug, language=language)


@bp.post("/<language:language>/unpublish")
@staff_only(Role.ORGANIZER)
def unpublish(staff: StaffContext, slug: str, language: str) -> ResponseReturnValue:
    """Take a translation off the public page."""
    header = get_letter_or_404(staff, slug)
    if not _translated(header).translation(language):
        abort(404)
    unpublish_translation(header.letter_id, language, actor=staff.actor, at=now())
    flash(_("Readers no longer see this translation. Your text is still here."), "good")
    return redirect_to(staff, ".edit", slug=slug, language=language)


def _translated(header: LetterHeader) -> TranslatedLetter:
    return translated_letter(header.letter_id, load_draft_state(header.letter_id).text)


def _taken(letter: TranslatedLetter) -> tuple[str, ...]:
    return letter.original.language, *(one.language for one in letter.translations)


def _render_index(staff: StaffContext, header: LetterHeader, letter: TranslatedLetter, form: NewTranslationForm) -> str:
    return render_template(
        "staff/letters/translations.html", staff=staff, header=header, letter=letter, form=form,
        may_write=staff.role.covers(Role.ORGANIZER), language_name=language_name, own_name=own_name,
    )  # fmt: skip


def _render(
    staff: StaffContext,
    header: LetterHeader,
    letter: TranslatedLetter,
    work: TranslationWork,
    form: TranslationForm,
    **context: Any,
) -> str:
    """Render the page of a translation, with its preview and what changed in the original since it was published."""
    is_outdated = work.state is TranslationState.OUTDATED and work.of_revision is not None
    return render_template(
        "staff/letters/translation.html", staff=staff, header=header, letter=letter, work=work, form=form,
        may_write=staff.role.covers(Role.ORGANIZER), name=language_name(work.language), own_name=own_name(work.language),
        direction=direction_of(work.language), parts=parts_to_translate(letter.original),
        missing=[form[part].label.text for part in missing_parts(letter.original, work.text)],
        change=change_since(work.of_revision, letter.revision_number) if is_outdated and work.of_revision else None,
        sheet=draft_preview(translate_text(letter.original, work.text), header.counts),
        **{"is_conflict": False, **context},
    )  # fmt: skip
