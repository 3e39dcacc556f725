"""Word file of a draft that comes back: uploaded, shown as suggestions and comments, then stored.

Nothing is stored before: the page carries what was read, sealed. See docs/design/drafting/word_back.md.
"""

from flask import Blueprint, abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, ValidationError

from letterhub.clock import now
from letterhub.commands.drafting.word_back import BroughtBack, bring_word_back
from letterhub.domain.accounts.roles import Role
from letterhub.domain.drafting.word_plan import CannotBringBack, WordPlan
from letterhub.domain.errors import UserFacingError
from letterhub.domain.states import LetterState
from letterhub.infrastructure.signed_links import UnreadableSecret, seal_facts, unseal_facts
from letterhub.queries.accounts import StaffContext
from letterhub.queries.drafting.word_back import previewed_suggestions, read_word_back
from letterhub.queries.letters.drafts import load_draft_state
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.web.access import accepts_large_body, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import uploaded_name

bp = Blueprint("word_back", __name__)
PLAN = "word plan"
"""Kind of sealed facts that the page carries."""


class WordBackForm(FlaskForm):  # type: ignore[misc]
    """Form for the Word file that comes back."""

    file = FileField(_l("Word file (.docx)"))

    def validate_file(self, field: FileField) -> None:
        """Require a file."""
        if not field.data:
            raise ValidationError(_("Choose a file."))


class WordPlanForm(FlaskForm):  # type: ignore[misc]
    """Form that stores what was shown; `plan` is sealed."""

    plan = HiddenField()


@bp.get("")
@staff_only(Role.ORGANIZER)
def new(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Ask for the file."""
    return _render_upload(staff, _draft_or_404(staff, slug), WordBackForm(formdata=None))


@bp.post("")
@staff_only(Role.ORGANIZER)
@accepts_large_body
def preview(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show what the file brings back. Nothing is stored yet."""
    header, form = _draft_or_404(staff, slug), WordBackForm()
    if form.validate():
        try:
            name = uploaded_name(form.file.data)[-60:] or _("The file")
            plan = read_word_back(header.letter_id, form.file.data.read(), name, now())
            return _render_preview(staff, header, plan)
        except UserFacingError as refusal:
            form.file.errors = [str(refusal)]
    return _render_upload(staff, header, form), 422


@bp.post("/apply")
@staff_only(Role.ORGANIZER)
@accepts_large_body
def apply(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Store what was shown as suggestions and comments."""
    header, form = _draft_or_404(staff, slug), WordBackForm(formdata=None)
    try:
        brought = bring_word_back(header.letter_id, _sealed_plan(WordPlanForm().plan.data or ""), staff.staff_id)
    except UserFacingError as refusal:
        form.file.errors = [str(refusal)]
        return _render_upload(staff, header, form), 422
    flash(_brought_sentence(brought), "good")
    if brought.known:
        flash(ngettext("One was there already.", "%(num)s were there already.", brought.known), "doubt")
    is_comments_only = brought.comments and not brought.suggestions
    return redirect_to(staff, "draft_comments.index" if is_comments_only else "draft_suggestions.index", slug=slug)


def _sealed_plan(sealed: str) -> WordPlan:
    """Return the plan of a page. Raises CannotBringBack for one that isn't ours."""
    try:
        return WordPlan.from_facts(unseal_facts(sealed, PLAN))
    except UnreadableSecret:
        raise CannotBringBack(_("This page is incomplete. Choose the file again.")) from None


def _brought_sentence(brought: BroughtBack) -> str:
    suggestions = ngettext("Added one suggestion", "Added %(num)s suggestions", brought.suggestions)
    comments = ngettext("one comment", "%(num)s comments", brought.comments)
    return str(
        _("%(suggestions)s and %(comments)s. The letter’s text hasn’t changed.", suggestions=suggestions, comments=comments)
    )


def _draft_or_404(staff: StaffContext, slug: str) -> LetterHeader:
    """Return the header of a letter that is still a draft."""
    header = get_letter_or_404(staff, slug)
    return header if header.state is LetterState.DRAFT else abort(404)


def _render_upload(staff: StaffContext, header: LetterHeader, form: WordBackForm) -> str:
    return render_template("staff/drafting/word_back.html", staff=staff, header=header, form=form)


def _render_preview(staff: StaffContext, header: LetterHeader, plan: WordPlan) -> str:
    sealed = seal_facts(plan.as_facts(), PLAN)
    has_changed = load_draft_state(header.letter_id).version != plan.version
    return render_template(
        "staff/drafting/word_back_preview.html", staff=staff, header=header, plan=plan, has_changed=has_changed,
        suggestions=previewed_suggestions(plan), form=WordPlanForm(formdata=None, data={"plan": sealed}),
    )  # fmt: skip
