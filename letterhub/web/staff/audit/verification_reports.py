"""Verification report: as CSV at once, as PDF by the worker."""

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from letterhub.clock import now
from letterhub.commands.audit.verification_reports import export_report_table, request_report
from letterhub.domain.accounts.roles import Role
from letterhub.domain.signatures.signing import utc_to_local
from letterhub.queries.accounts import StaffContext
from letterhub.queries.audit.verification_reports import has_public_text, report_facts, report_file
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.web.access import get_letter_or_404, redirect_to, staff_only

bp = Blueprint("verification_reports", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the content of a report and the choice of format."""
    header = get_letter_or_404(staff, slug)
    return render_template(
        "staff/audit/report.html", staff=staff, header=header, tab="signatures", report=None,
        ready=has_public_text(header.letter_id),
    )  # fmt: skip


@bp.post("/csv")
@staff_only(Role.REVIEWER)
def export_csv(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Return the report as CSV."""
    header = _published_letter_or_404(staff, slug)
    content = export_report_table(header.letter_id, with_addresses=_wants_addresses(), actor=staff.actor, at=now())
    return _as_download(Response(content, mimetype="text/csv"), header, "csv")


@bp.post("/pdf")
@staff_only(Role.REVIEWER)
def create(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Queue the report as PDF."""
    header = _published_letter_or_404(staff, slug)
    report_id = request_report(
        header.letter_id, with_addresses=_wants_addresses(), staff_id=staff.staff_id, actor=staff.actor, at=now()
    )
    return redirect_to(staff, ".detail", slug=slug, report_id=report_id)


@bp.get("/<int:report_id>")
@staff_only(Role.REVIEWER)
def detail(staff: StaffContext, slug: str, report_id: int) -> ResponseReturnValue:
    """Show the progress of a report, then a link to its PDF."""
    header = get_letter_or_404(staff, slug)
    report = report_facts(header.letter_id, report_id) or abort(404)
    return render_template("staff/audit/report.html", staff=staff, header=header, tab="signatures", report=report, ready=True)


@bp.get("/<int:report_id>/pdf")
@staff_only(Role.REVIEWER)
def download(staff: StaffContext, slug: str, report_id: int) -> ResponseReturnValue:
    """Return the PDF of a report."""
    header = get_letter_or_404(staff, slug)
    content = report_file(header.letter_id, report_id)
    if content is None:
        abort(404)
    return _as_download(Response(content, mimetype="application/pdf"), header, "pdf")


def _published_letter_or_404(staff: StaffContext, slug: str) -> LetterHeader:
    """Return the header of a letter that was published; aborts with 404 before that, because there is nothing to report."""
    header = get_letter_or_404(staff, slug)
    return header if has_public_text(header.letter_id) else abort(404)


def _wants_addresses() -> bool:
    return request.form.get("with_addresses") == "yes"


def _as_download(response: Response, header: LetterHeader, extension: str) -> Response:
    """Return the response as a file named after the letter and today's date, which no cache stores."""
    day, _time = utc_to_local(now(), header.deadline_zone)
    response.headers.set("Content-Disposition", "attachment", filename=f"{header.slug}-verification-{day}.{extension}")
    response.headers["Cache-Control"] = "no-store"
    return response
