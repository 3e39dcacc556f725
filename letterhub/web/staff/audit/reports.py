"""Verification report: as CSV at once, as PDF by the worker."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.audit.reports import ask_for_report, export_table
from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.deadlines import local_parts
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.audit.reports import has_text, report_file, report_of
from letterhub.queries.letters.header import Room
from letterhub.web.access import staff_only
from letterhub.web.staff.letters.header import enter

pages = Blueprint("reports", __name__)


@pages.get("")
@staff_only(Role.REVIEWER)
def ask(desk: Desk, slug: str) -> ResponseReturnValue:
    """Show the content of a report and the choice of format."""
    room = enter(desk, slug)
    return render_template(
        "staff/audit/report.html", desk=desk, room=room, tab="names", report=None, ready=has_text(room.letter_id)
    )


@pages.post("/table")
@staff_only(Role.REVIEWER)
def table(desk: Desk, slug: str) -> ResponseReturnValue:
    """Return the report as CSV."""
    room = _signed(desk, slug)
    content = export_table(room.letter_id, with_addresses=_with_addresses(), actor=desk.actor, at=now())
    return _as_file(Response(content, mimetype="text/csv"), room, "csv")


@pages.post("/pdf")
@staff_only(Role.REVIEWER)
def pages_asked(desk: Desk, slug: str) -> ResponseReturnValue:
    """Queue the report as PDF."""
    room = _signed(desk, slug)
    number = ask_for_report(
        room.letter_id, with_addresses=_with_addresses(), staff_id=desk.staff_id, actor=desk.actor, at=now()
    )
    return redirect(url_for(".shown", coalition=desk.coalition, slug=slug, number=number), 303)


@pages.get("/<int:number>")
@staff_only(Role.REVIEWER)
def shown(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Show the progress of a report, then a link to its PDF."""
    room = enter(desk, slug)
    report = report_of(room.letter_id, number) or abort(404)
    return render_template("staff/audit/report.html", desk=desk, room=room, tab="names", report=report, ready=True)


@pages.get("/<int:number>/pdf")
@staff_only(Role.REVIEWER)
def file(desk: Desk, slug: str, number: int) -> ResponseReturnValue:
    """Return the PDF of a report."""
    room = enter(desk, slug)
    content = report_file(room.letter_id, number)
    if content is None:
        abort(404)
    return _as_file(Response(content, mimetype="application/pdf"), room, "pdf")


def _signed(desk: Desk, slug: str) -> Room:
    """Return the header of a letter that was published; aborts with 404 before that, because there is nothing to report."""
    room = enter(desk, slug)
    return room if has_text(room.letter_id) else abort(404)


def _with_addresses() -> bool:
    return request.form.get("with_addresses") == "yes"


def _as_file(answer: Response, room: Room, ending: str) -> Response:
    day, _time = local_parts(now(), room.deadline_zone)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{room.slug}-verification-{day}.{ending}")
    answer.headers["Cache-Control"] = "no-store"
    return answer
