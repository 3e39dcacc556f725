"""Reminders of invitations: sent now to all who have not answered, and planned before the deadline."""

import datetime as dt

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TimeField
from wtforms.validators import InputRequired, NumberRange

from letterhub.clock import now
from letterhub.commands.invitations.planned_reminders import plan_reminder, remove_reminder
from letterhub.domain.accounts.roles import Role
from letterhub.domain.invitations.invitation import MAX_REMINDERS
from letterhub.domain.invitations.planned_reminders import MAX_DAYS_BEFORE, ReminderFinished
from letterhub.queries.accounts import StaffContext
from letterhub.queries.invitations.outcomes import count_outcomes
from letterhub.queries.invitations.planned_reminders import planned_reminders
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import ColumnIntegerField, CommandForm

bp = Blueprint("planned_reminders", __name__)


class PlanForm(CommandForm):
    """Form for a reminder before the deadline."""

    days_before = ColumnIntegerField(
        _l("Days before the deadline"),
        default=2,
        validators=[InputRequired(_l("Enter a number of days.")), NumberRange(0, MAX_DAYS_BEFORE)],
    )
    time = TimeField(_l("Time"), default=dt.time(9), validators=[InputRequired(_l("Enter a time."))])


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show how many can be reminded now, and the planned reminders."""
    return _render_page(staff, get_letter_or_404(staff, slug))


@bp.post("")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Plan a reminder."""
    header, form = get_letter_or_404(staff, slug), PlanForm()
    if form.validate():
        minute = form.time.data.hour * 60 + form.time.data.minute
        with form.showing_errors():
            plan_reminder(header.letter_id, form.days_before.data, minute, staff.staff_id, actor=staff.actor, at=now())
            flash(_("The reminder is planned."), "good")
            return redirect_to(staff, ".index", slug=slug)
    return _render_page(staff, header, form), 422


@bp.post("/<int:reminder_id>/delete")
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, slug: str, reminder_id: int) -> ResponseReturnValue:
    """Remove a planned reminder; it can be planned again."""
    try:
        remove_reminder(get_letter_or_404(staff, slug).letter_id, reminder_id, actor=staff.actor, at=now())
        flash(_("The planned reminder was removed."))
    except ReminderFinished as refusal:
        flash(str(refusal), "stop")
    return redirect_to(staff, ".index", slug=slug)


def _render_page(staff: StaffContext, header: LetterHeader, form: PlanForm | None = None) -> str:
    return render_template(
        "staff/invitations/planned_reminders.html", staff=staff, header=header, form=form or PlanForm(formdata=None),
        planned=planned_reminders(header.letter_id),
        due=count_outcomes(header.letter_id, now()).due_reminders,
        may_send=staff.role.covers(Role.ORGANIZER), most=MAX_REMINDERS,
    )  # fmt: skip
