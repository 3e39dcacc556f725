"""Page of warnings and of the state of the site, with the button that acknowledges them."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.abuse.alarms import note_alarms
from letterhub.domain.accounts.roles import Role
from letterhub.domain.operations.heartbeat import TROUBLE
from letterhub.queries.abuse.alarms import alarms_of
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.mail.outbox import mail_counts
from letterhub.queries.operations.clock_offset import database_now
from letterhub.queries.operations.readiness import clock_trouble, parts_silent, signs_of_life
from letterhub.web.access import staff_only
from letterhub.web.converters import whole_number

pages = Blueprint("alarms", __name__)


@pages.get("")
@staff_only(Role.REVIEWER)
def listed(desk: Desk) -> ResponseReturnValue:
    """Show whether worker, queue and mail work, and the warnings."""
    at = now()
    signs = signs_of_life(database_now())
    return render_template(
        "staff/abuse/alerts.html", desk=desk, signs=signs, silent=parts_silent(),
        since={TROUBLE[sign]: since for sign, since in signs.trouble.items()}, clock=clock_trouble(),
        alarms=alarms_of(desk.coalition_id, at), counts=mail_counts(desk.coalition_id),
    )  # fmt: skip


@pages.post("/noted")
@staff_only(Role.REVIEWER)
def noted(desk: Desk) -> ResponseReturnValue:
    """Acknowledge the warnings that the dashboard showed."""
    last, last_notice = (request.form.get(name, 0, whole_number) for name in ("last", "last_notice"))
    note_alarms(desk.coalition_id, last, last_notice, actor=desk.actor, at=now())
    return redirect(url_for("desk.letters", coalition=desk.coalition), 303)
