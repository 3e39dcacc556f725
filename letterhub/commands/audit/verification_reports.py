"""Verification reports: each export is logged; PDFs are rendered by the worker."""

import datetime as dt

from sqlalchemy import delete

from letterhub.clock import now
from letterhub.commands.operations._render_jobs import claim_job, lock_due_job, lock_running_job, run_attempt
from letterhub.domain.audit.log import ReferenceKind
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.models import Letter, Report, append_audit_entry
from letterhub.queries.audit.verification_reports import verification_report
from letterhub.rendering.verification_report import report_csv, report_pdf

REPORT_RETENTION = dt.timedelta(days=1)


def export_report_table(letter_id: int, *, with_addresses: bool, actor: str, at: dt.datetime) -> bytes:
    """Return the report as CSV, once its export is logged."""
    report = verification_report(letter_id, at, with_addresses=with_addresses)
    end_read_transaction()
    _audit_table_export(letter_id, with_addresses, len(report.signatures), actor, at)
    return report_csv(report)


@one_transaction
def request_report(letter_id: int, *, with_addresses: bool, staff_id: int, actor: str, at: dt.datetime) -> int:
    """Request a report as PDF; return its id. The export is logged now, even if nobody downloads it."""
    db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    report = Report(letter_id=letter_id, with_addresses=with_addresses, requested_at=at, requested_by_id=staff_id)
    db.session.add(report)
    db.session.flush()
    _append_audit_entry(letter_id, actor, at, {"format": "pdf", "with_addresses": with_addresses})
    return report.id


def render_report(report_id: int) -> bool:
    """Render a report from the current data and store it; return whether it did."""
    claim = _claim_report(report_id, now())
    if claim is None:
        return False
    letter_id, with_addresses = claim
    content = run_attempt(Report, report_id, lambda: _render(letter_id, with_addresses=with_addresses))
    return content is not None and _save_pdf(report_id, content)


def _render(letter_id: int, *, with_addresses: bool) -> bytes:
    """Return the PDF of a report about the current data, rendered after the read transaction has ended."""
    report = verification_report(letter_id, now(), with_addresses=with_addresses)
    end_read_transaction()
    return report_pdf(report)


@one_transaction
def purge_reports(at: dt.datetime) -> None:
    """Delete reports requested more than a day ago."""
    db.session.execute(delete(Report).where(Report.requested_at < at - REPORT_RETENTION))


@one_transaction
def _audit_table_export(letter_id: int, with_addresses: bool, count: int, actor: str, at: dt.datetime) -> None:
    _append_audit_entry(letter_id, actor, at, {"format": "csv", "count": count, "with_addresses": with_addresses})


def _append_audit_entry(letter_id: int, actor: str, at: dt.datetime, after: dict[str, str | int | bool]) -> None:
    append_audit_entry(db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "reported", at=at, after=after)


@one_transaction
def _claim_report(report_id: int, at: dt.datetime) -> tuple[int, bool] | None:
    """Claim a report under a lease; return its letter's id and whether it shows addresses.

    None if it is not due, is gone, or was interrupted too often.
    """
    report = lock_due_job(Report, report_id, at)
    if report is None or not claim_job(report, at):
        return None
    return report.letter_id, report.with_addresses


@one_transaction
def _save_pdf(report_id: int, content: bytes) -> bool:
    """Store the rendered report; return False if it is gone or another worker finished it."""
    report = lock_running_job(Report, report_id)
    if report is not None:
        report.finish(content)
    return report is not None
