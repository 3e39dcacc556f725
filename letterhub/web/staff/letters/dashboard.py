"""Dashboard: the coalition's letters with their counts, and the page for a new letter, by title, Word draft or pasted text."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, StringField, ValidationError

from letterhub.clock import now
from letterhub.commands.letters.drafts import create_letter
from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.line_validation import normalize_line
from letterhub.domain.operations.coalition_invitations import ClosedToLetters
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.abuse.alerts import current_alerts
from letterhub.queries.accounts import StaffContext, staff_contexts_of
from letterhub.queries.archive import archive_counts
from letterhub.queries.letters.letter_header import dashboard_page, review_backlog
from letterhub.queries.operations.health import last_backup_at, silent_site_parts
from letterhub.queries.progress.overview import recent_numbers
from letterhub.rendering.charts.sparkline import draw_sparkline
from letterhub.web.access import Audience, accepts_large_body, open_to, redirect_to, staff_only
from letterhub.web.forms import new_idempotency_key, parse_integer
from letterhub.web.staff.letters.draft_parts import show_new_parts
from letterhub.web.staff.letters.draft_parts_form import DEFAULT_CLOSING, pasted_field, read_chosen_draft
from letterhub.web.staff.letters.letter_forms import line_field


class NewLetterForm(FlaskForm):  # type: ignore[misc]
    """Form for a new letter. `form_token` is its idempotency key."""

    title = line_field(_l("Title"))
    draft = FileField(_l("Start from a Word draft (.docx)"))
    pasted = pasted_field(_l("Or paste the text"))
    form_token = HiddenField(default=new_idempotency_key)

    draft_text: LetterText | None = None
    notes: tuple[str, ...] = ()

    def validate_title(self, field: StringField) -> None:
        """Require a title if there is no draft."""
        if not field.data and not self.draft.data and not self.pasted.data:
            raise ValidationError(_("Enter a title. You can change it until the letter opens."))

    def validate_draft(self, field: FileField) -> None:
        """Read the draft if one was chosen, or pasted."""
        self.draft_text, self.notes = read_chosen_draft(field, self.pasted, self.title.data or "")


bp = Blueprint("dashboard", __name__)


@bp.get("/")
@open_to(Audience.SIGNED_IN)
def choose_coalition() -> ResponseReturnValue:
    """Redirect to the only coalition of the user, or show a choice of several."""
    contexts = staff_contexts_of(current_user.id)
    if len(contexts) == 1:
        return redirect(url_for(".index", coalition=contexts[0].coalition_slug))
    return render_template("staff/letters/choose_coalition.html", contexts=contexts)


@bp.get("/<coalition>/")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext) -> ResponseReturnValue:
    """List the coalition's letters, active ones first; or the archived ones."""
    search = normalize_line(request.args.get("q", ""))[:200]
    archived = request.args.get("show") == "archived"
    page = dashboard_page(staff.coalition_id, search, request.args.get("page", 1, parse_integer), now(), archived=archived)
    backlog = review_backlog(staff.coalition_id)
    sparklines = {letter_id: draw_sparkline(numbers) for letter_id, numbers in recent_numbers(page.letters, now()).items()}
    is_owner = staff.role.covers(Role.OWNER)
    return render_template(
        "staff/letters/dashboard.html", staff=staff, found=page, search=search, waiting=backlog,
        sparklines=sparklines,
        archived=archived, archive=archive_counts(staff.coalition_id),
        may_write=staff.role.covers(Role.ORGANIZER), alerts=current_alerts(staff.coalition_id, now()), owner=is_owner,
        backed_up=not current_settings().demo,
        silent=silent_site_parts() if is_owner else (), backup=last_backup_at() if is_owner else None,
    )  # fmt: skip


@bp.route("/<coalition>/letters/new", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
@accepts_large_body
def new_letter(staff: StaffContext) -> ResponseReturnValue:
    """Create a letter from a title, once per form, and redirect to the editor; of a draft, show its parts first."""
    form = NewLetterForm()
    if not form.validate_on_submit():
        return render_template("staff/letters/create.html", staff=staff, form=form), 422 if form.errors else 200
    form_token = form.form_token.data or ""
    if form.draft_text is not None:
        return show_new_parts(staff, form.draft_text, form.notes, form_token)
    text = LetterText(title=form.title.data or "", body="", closing=DEFAULT_CLOSING)
    try:
        slug = create_letter(
            staff.coalition_id, text, actor=staff.actor, staff_id=staff.staff_id, at=now(), form_token=form_token
        )
    except ClosedToLetters as refusal:
        form.title.errors = [str(refusal)]
        return render_template("staff/letters/create.html", staff=staff, form=form), 409
    return redirect_to(staff, "editor.edit", slug=slug)
