"""Verification report: as CSV at once, as PDF by the worker."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.audit.reports import export_report_table, request_report
from letterhub.domain.accounts.roles import Role
from letterhub.domain.letters.deadlines import utc_to_local
from letterhub.queries.accounts.staff import StaffContext
from letterhub.queries.audit.reports import has_public_text, report_facts, report_file
from letterhub.queries.letters.header import LetterHeader
from letterhub.web.access import staff_only
from letterhub.web.staff.letters.header import get_letter_or_404

bp = Blueprint("reports", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def ask(desk: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the content of a report and the choice of format."""
    room = get_letter_or_404(desk, slug)
    return render_template(
        "staff/audit/report.html", desk=desk, room=room, tab="names", report=None, ready=has_public_text(room.letter_id)
    )


@bp.post("/table")
@staff_only(Role.REVIEWER)
def table(desk: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the report as CSV."""
    room = _published_letter_or_404(desk, slug)
    content = export_report_table(room.letter_id, with_addresses=_wants_addresses(), actor=desk.actor, at=now())
    return _as_download(Response(content, mimetype="text/csv"), room, "csv")


@bp.post("/pdf")
@staff_only(Role.REVIEWER)
def pages_asked(desk: StaffContext, slug: str) -> ResponseReturnValue:
    """Queue the report as PDF."""
    room = _published_letter_or_404(desk, slug)
    number = request_report(
        room.letter_id, with_addresses=_wants_addresses(), staff_id=desk.staff_id, actor=desk.actor, at=now()
    )
    return redirect(url_for(".shown", coalition=desk.coalition, slug=slug, number=number), 303)


@bp.get("/<int:number>")
@staff_only(Role.REVIEWER)
def shown(desk: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Show the progress of a report, then a link to its PDF."""
    room = get_letter_or_404(desk, slug)
    report = report_facts(room.letter_id, number) or abort(404)
    return render_template("staff/audit/report.html", desk=desk, room=room, tab="names", report=report, ready=True)


@bp.get("/<int:number>/pdf")
@staff_only(Role.REVIEWER)
def file(desk: StaffContext, slug: str, number: int) -> ResponseReturnValue:
    """Return the PDF of a report."""
    room = get_letter_or_404(desk, slug)
    content = report_file(room.letter_id, number)
    if content is None:
        abort(404)
    return _as_download(Response(content, mimetype="application/pdf"), room, "pdf")


def _published_letter_or_404(desk: StaffContext, slug: str) -> LetterHeader:
    """Return the header of a letter that was published; aborts with 404 before that, because there is nothing to report."""
    room = get_letter_or_404(desk, slug)
    return room if has_public_text(room.letter_id) else abort(404)


def _wants_addresses() -> bool:
    return request.form.get("with_addresses") == "yes"


def _as_download(answer: Response, room: LetterHeader, ending: str) -> Response:
    day, _time = utc_to_local(now(), room.deadline_zone)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{room.slug}-verification-{day}.{ending}")
    answer.headers["Cache-Control"] = "no-store"
    return answer
