"""Dashboard: the coalition's letters with their counts, and the page for a new letter."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from letterhub.clock import now
from letterhub.commands.letters.drafts import start_letter
from letterhub.domain.accounts.roles import Role
from letterhub.domain.line_validation import one_line
from letterhub.infrastructure.current import settings_here
from letterhub.queries.abuse.alarms import alarms_of
from letterhub.queries.accounts.staff import Desk, desks_of
from letterhub.queries.letters.dashboard import letters_of, waiting_names
from letterhub.queries.operations.readiness import last_backup, parts_silent
from letterhub.web.access import Audience, open_to, staff_only, takes_much
from letterhub.web.converters import whole_number
from letterhub.web.staff.letters.draft_forms import BeginForm

pages = Blueprint("desk", __name__)


@pages.get("/")
@open_to(Audience.SIGNED_IN)
def choose() -> ResponseReturnValue:
    """Redirect to the only coalition of the user, or show a choice of several."""
    desks = desks_of(current_user.id)
    if len(desks) == 1:
        return redirect(url_for(".letters", coalition=desks[0].coalition))
    return render_template("staff/letters/choose_coalition.html", desks=desks)


@pages.get("/<coalition>/")
@staff_only(Role.REVIEWER)
def letters(desk: Desk) -> ResponseReturnValue:
    """List the coalition's letters, active ones first."""
    search = one_line(request.args.get("q", ""))[:200]
    found = letters_of(desk.coalition_id, search, request.args.get("page", 1, whole_number), now())
    waiting = waiting_names(desk.coalition_id)
    owner = desk.role.covers(Role.OWNER)
    return render_template(
        "staff/letters/dashboard.html", desk=desk, found=found, search=search, waiting=waiting,
        may_write=desk.role.covers(Role.ORGANIZER), alarms=alarms_of(desk.coalition_id, now()), owner=owner,
        backed_up=not settings_here().demo,
        silent=parts_silent() if owner else (), backup=last_backup() if owner else None,
    )  # fmt: skip


@pages.route("/<coalition>/letters/new", methods=["GET", "POST"])
@staff_only(Role.ORGANIZER)
@takes_much
def begin(desk: Desk) -> ResponseReturnValue:
    """Create a letter from a title or a Word draft, once per form, and redirect to the editor."""
    form = BeginForm()
    if not form.validate_on_submit():
        return render_template("staff/letters/create.html", desk=desk, form=form), 422 if form.errors else 200
    once = form.once.data or ""
    slug = start_letter(desk.coalition_id, form.as_text(), actor=desk.actor, staff_id=desk.staff_id, at=now(), once=once)
    if form.read:
        flash(_("The text of your draft is below. Move its date, addressees, salutation and closing to their fields."), "good")
    if form.notes:
        flash(" ".join(form.notes), "doubt")
    return redirect(url_for("writing.write", coalition=desk.coalition, slug=slug), 303)
