"""Page of warnings and of the state of the site, with the button that acknowledges them."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.abuse.alerts import acknowledge_alerts
from letterhub.domain.accounts.roles import Role
from letterhub.domain.operations.readiness import PART_BY_PROBLEM
from letterhub.queries.abuse.alerts import current_alerts
from letterhub.queries.accounts import StaffContext
from letterhub.queries.mail.outbox import mail_counts
from letterhub.queries.operations.health import clock_problem, database_now, silent_site_parts, site_heartbeats
from letterhub.web.access import redirect_to, staff_only
from letterhub.web.forms import parse_integer

bp = Blueprint("alerts", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext) -> ResponseReturnValue:
    """Show whether worker, queue and mail work, and the warnings."""
    at = now()
    heartbeats = site_heartbeats(database_now())
    return render_template(
        "staff/abuse/alerts.html", staff=staff, signs=heartbeats, silent=silent_site_parts(),
        since={PART_BY_PROBLEM[problem]: since for problem, since in heartbeats.problems.items()}, clock=clock_problem(),
        alerts=current_alerts(staff.coalition_id, at), counts=mail_counts(staff.coalition_id),
    )  # fmt: skip


@bp.post("/acknowledge")
@staff_only(Role.REVIEWER)
def acknowledge(staff: StaffContext) -> ResponseReturnValue:
    """Acknowledge the warnings that the dashboard showed."""
    last_suppression_id, last_alert_id = (
        request.form.get(name, 0, parse_integer) for name in ("last_suppression_id", "last_alert_id")
    )
    acknowledge_alerts(staff.coalition_id, last_suppression_id, last_alert_id, actor=staff.actor, at=now())
    return redirect_to(staff, "dashboard.index")
