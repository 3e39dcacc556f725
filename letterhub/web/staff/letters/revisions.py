"""Revisions of a letter: history, comparing and publishing a change, and taking a substantive change back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from letterhub.clock import now
from letterhub.commands.letters.revisions import publish_text_change, undo_text_change
from letterhub.domain.accounts.roles import Role
from letterhub.domain.changes.replies import InvalidDeadline
from letterhub.domain.letters.drafts import DraftConflict, LetterNotReady, trim_text
from letterhub.domain.letters.revisions import ChangeNotDescribed, RevisionConflict
from letterhub.queries.accounts import StaffContext
from letterhub.queries.changes.changes import changes_by_number
from letterhub.queries.changes.replies import change_audience
from letterhub.queries.letters.drafts import DraftState, load_draft_state
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.letters.public_translations import public_translations
from letterhub.queries.letters.revisions import change_from_public_text, letter_history, signature_counts, undoable_change
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.dates import full_datetime
from letterhub.web.forms import parse_integer
from letterhub.web.staff.changes.change_forms import NOON, PublishChangeForm

bp = Blueprint("revisions", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the published revisions, with an undo of the last change while nobody has confirmed it."""
    header = get_letter_or_404(staff, slug)
    return render_template(
        "staff/letters/revisions.html", staff=staff, header=header, steps=letter_history(header.letter_id),
        counts=signature_counts(header.letter_id), changes=changes_by_number(header.letter_id),
        undo=undoable_change(header.letter_id) if staff.role.covers(Role.ORGANIZER) else None,
        translations=public_translations(header.letter_id, header.language),
    )  # fmt: skip


@bp.get("/new")
@staff_only(Role.ORGANIZER)
def compare(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the draft beside the published text, and the effect of publishing it."""
    header = get_letter_or_404(staff, slug)
    draft_state = load_draft_state(header.letter_id)
    if not draft_state.differs_from_public:
        return redirect(url_for("editor.edit", coalition=staff.coalition_slug, slug=slug))
    data = {
        "version": draft_state.version, "expected_revision": draft_state.revision_number,
        "deadline_zone": header.deadline_zone, "deadline_time": NOON,
    }  # fmt: skip
    return _render_comparison(staff, header, draft_state, PublishChangeForm(formdata=None, data=data))


@bp.post("/new")
@staff_only(Role.ORGANIZER)
def publish(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Publish the change that was compared, and notify signatories."""
    header, form = get_letter_or_404(staff, slug), PublishChangeForm()
    if not form.validate():
        return _render_comparison(staff, header, load_draft_state(header.letter_id), form), 422
    version, expected_revision = (request.form.get(name, 0, parse_integer) for name in ("version", "expected_revision"))
    try:
        publish_text_change(
            header.letter_id, version, expected_revision, form.change, actor=staff.actor, staff_id=staff.staff_id, at=now()
        )
    except (DraftConflict, RevisionConflict, LetterNotReady, ChangeNotDescribed, InvalidDeadline) as refusal:
        form.add_error(refusal)
        draft_state = load_draft_state(header.letter_id)
        form.version.data, form.expected_revision.data = draft_state.version, draft_state.revision_number
        return _render_comparison(staff, header, draft_state, form), 422 if isinstance(refusal, InvalidDeadline) else 409
    if form.change.terms is None:
        flash(_("The correction is published. Signatories who confirmed by email are being told."), "good")
        return redirect_to(staff, ".index", slug=slug)
    deadline = full_datetime(form.change.terms.deadline_at, form.change.terms.zone)
    sentence = ngettext(
        "The new text is published. One signatory is asked to reply by %(deadline)s.",
        "The new text is published. %(num)s signatories are asked to reply by %(deadline)s.",
        signature_counts(header.letter_id).outdated, deadline=deadline,
    )  # fmt: skip
    flash(sentence, "good")
    return redirect_to(staff, "change_replies.index", slug=slug)


@bp.post("/revert")
@staff_only(Role.ORGANIZER)
def revert(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Restore the text and the signatures from before the last substantive change."""
    expected_revision = request.form.get("expected_revision", 0, parse_integer)
    with flash_errors():
        undo_text_change(
            get_letter_or_404(staff, slug).letter_id, expected_revision, actor=staff.actor, staff_id=staff.staff_id, at=now()
        )
        flash(_("The change was taken back. The earlier text and its signatures are back on the letter."), "good")
    return redirect_to(staff, ".index", slug=slug)


def _render_comparison(staff: StaffContext, header: LetterHeader, draft_state: DraftState, form: PublishChangeForm) -> str:
    return render_template(
        "staff/letters/compare_revisions.html", staff=staff, header=header, form=form,
        counts=signature_counts(header.letter_id), audience=change_audience(header.letter_id),
        change=change_from_public_text(header.letter_id, trim_text(draft_state.text)),
        translations=public_translations(header.letter_id, header.language),
    )  # fmt: skip
