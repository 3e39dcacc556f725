"""Dashboard: the coalition's letters with their counts, and the page for a new letter."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from letterhub.clock import now
from letterhub.commands.letters.drafts import create_letter
from letterhub.domain.accounts.roles import Role
from letterhub.domain.line_validation import normalize_line
from letterhub.infrastructure.app_extensions import current_settings
from letterhub.queries.abuse.notices import abuse_notices
from letterhub.queries.accounts.staff import StaffContext, staff_contexts_of
from letterhub.queries.letters.dashboard import dashboard_page, review_backlog
from letterhub.queries.operations.readiness import last_backup_at, silent_site_parts
from letterhub.web.access import Audience, accepts_large_body, open_to, staff_only
from letterhub.web.column_integers import parse_integer
from letterhub.web.staff.letters.draft_forms import NewLetterForm

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
    """List the coalition's letters, active ones first."""
    search = normalize_line(request.args.get("q", ""))[:200]
    page = dashboard_page(staff.coalition_id, search, request.args.get("page", 1, parse_integer), now())
    backlog = review_backlog(staff.coalition_id)
    is_owner = staff.role.covers(Role.OWNER)
    return render_template(
        "staff/letters/dashboard.html", staff=staff, found=page, search=search, waiting=backlog,
        may_write=staff.role.covers(Role.ORGANIZER), alarms=abuse_notices(staff.coalition_id, now()), owner=is_owner,
        backed_up=not current_settings().demo,
        silent=silent_site_parts() if is_owner else (), backup=last_backup_at() if is_owner else None,
    )  # fmt: skip


@bp.route("/<coalition>/letters/new", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
@accepts_large_body
def new_letter(staff: StaffContext) -> ResponseReturnValue:
    """Create a letter from a title or a Word draft, once per form, and redirect to the editor."""
    form = NewLetterForm()
    if not form.validate_on_submit():
        return render_template("staff/letters/create.html", staff=staff, form=form), 422 if form.errors else 200
    form_token = form.form_token.data or ""
    slug = create_letter(
        staff.coalition_id, form.as_text(), actor=staff.actor, staff_id=staff.staff_id, at=now(), form_token=form_token
    )
    if form.draft_text:
        flash(
            _(
                "The text of your draft is below. Cut the date, addressees, salutation and closing from the text and paste "
                "them into their fields."
            ),
            "good",
        )
    if form.notes:
        flash(" ".join(map(str, form.notes)), "doubt")
    return redirect(url_for("editor.edit", coalition=staff.coalition_slug, slug=slug), 303)
