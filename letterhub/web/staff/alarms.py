"""What the desk warns of, and the button that takes note of it."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.alarms import note_alarms
from letterhub.domain.roles import Role
from letterhub.queries.staff import Desk
from letterhub.web.access import staff_only
from letterhub.web.numbers import whole_number

pages = Blueprint("alarms", __name__)


@pages.post("/noted")
@staff_only(Role.REVIEWER)
def noted(desk: Desk) -> ResponseReturnValue:
    """Takes off the desk what it showed."""
    note_alarms(desk.coalition_id, request.form.get("last", 0, whole_number), actor=desk.actor, at=now())
    return redirect(url_for("desk.letters", coalition=desk.coalition), 303)
