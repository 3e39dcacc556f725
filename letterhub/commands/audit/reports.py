"""Verification reports: each export is logged; PDFs are rendered by the worker."""

import datetime as dt

from sqlalchemy import delete

from letterhub.clock import now
from letterhub.commands.operations._jobs import attempted, begun, due_job, in_hand
from letterhub.domain.audit.references import Reference
from letterhub.infrastructure.db import db, end_of_reading, one_transaction
from letterhub.models import Letter, Report, remember
from letterhub.queries.audit.reports import verification_of
from letterhub.rendering.pdf.report import report_pdf, report_table

KEPT_FOR = dt.timedelta(days=1)


def export_table(letter_id: int, *, with_addresses: bool, actor: str, at: dt.datetime) -> bytes:
    """Return the report as CSV, once its export is logged."""
    report = verification_of(letter_id, at, with_addresses=with_addresses)
    end_of_reading()
    _remember_table(letter_id, with_addresses, len(report.names), actor, at)
    return report_table(report)


@one_transaction
def ask_for_report(letter_id: int, *, with_addresses: bool, staff_id: int, actor: str, at: dt.datetime) -> int:
    """Request a report as PDF; return its id. The export is logged now, even if nobody downloads it."""
    db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    report = Report(letter_id=letter_id, with_addresses=with_addresses, asked_at=at, asked_by_id=staff_id)
    db.session.add(report)
    db.session.flush()
    _remember(letter_id, actor, at, {"format": "pdf", "with_addresses": with_addresses})
    return report.id


def draw_report(report_id: int) -> bool:
    """Render a report from the current data and store it; return whether it did."""
    claimed = _claim(report_id, now())
    if claimed is None:
        return False
    letter_id, with_addresses = claimed
    content = attempted(Report, report_id, lambda: _drawn(letter_id, with_addresses=with_addresses))
    return content is not None and _keep(report_id, content)


def _drawn(letter_id: int, *, with_addresses: bool) -> bytes:
    report = verification_of(letter_id, now(), with_addresses=with_addresses)
    end_of_reading()
    return report_pdf(report)


@one_transaction
def forget_reports(at: dt.datetime) -> None:
    """Delete reports requested more than a day ago."""
    db.session.execute(delete(Report).where(Report.asked_at < at - KEPT_FOR))


@one_transaction
def _remember_table(letter_id: int, with_addresses: bool, count: int, actor: str, at: dt.datetime) -> None:
    _remember(letter_id, actor, at, {"format": "csv", "count": count, "with_addresses": with_addresses})


def _remember(letter_id: int, actor: str, at: dt.datetime, after: dict[str, str | int | bool]) -> None:
    remember(db.session(), Reference.LETTER.to(letter_id), actor, "reported", at=at, after=after)


@one_transaction
def _claim(report_id: int, at: dt.datetime) -> tuple[int, bool] | None:
    """Claim a report under a lease; return None if it is not due, is gone, or was interrupted too often."""
    report = due_job(Report, report_id, at)
    if report is None or not begun(report, at, "this report"):
        return None
    return report.letter_id, report.with_addresses


@one_transaction
def _keep(report_id: int, content: bytes) -> bool:
    report = in_hand(Report, report_id)
    if report is not None:
        report.finish(content)
    return report is not None
