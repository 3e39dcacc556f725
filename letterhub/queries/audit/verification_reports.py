"""Verification reports: contents, state, and jobs to run."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Letter, Report
from letterhub.queries.letters.letter_lookup import current_revisions
from letterhub.queries.operations.render_jobs import due_job_ids
from letterhub.queries.signatures.review import signatures_in_force
from letterhub.rendering.verification_report import ReportedSignature, VerificationReport


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Report and its state."""

    id: int
    state: JobState
    with_addresses: bool
    error: str
    requested_at: dt.datetime

    @property
    def is_finished(self) -> bool:
        """Return whether the job is over."""
        return self.state.is_finished


def verification_report(letter_id: int, at: dt.datetime, *, with_addresses: bool) -> VerificationReport:
    """Return the contents of a report: what is known of each name that is published or waits for review."""
    revision, zone, coalition = db.session.execute(
        current_revisions()
        .join(Coalition, Coalition.id == Letter.coalition_id)
        .where(Letter.id == letter_id)
        .add_columns(Letter.deadline_zone, Coalition.name)
    ).one()
    return VerificationReport(
        title=revision.text.title, coalition=coalition, revision=revision.number, sha256=revision.sha256,
        created_at=at, time_zone=zone, with_addresses=with_addresses,
        signatures=tuple(
            ReportedSignature(signature.printed, signature.state is SignatureState.PUBLISHED, signature.evidence,
            signature.email if with_addresses else "")
            for signature in signatures_in_force(letter_id)
        ),
    )  # fmt: skip


def has_public_text(letter_id: int) -> bool:
    """Return whether the letter has a public text; before that, nobody can have signed it."""
    return db.session.scalars(current_revisions().where(Letter.id == letter_id)).first() is not None


def report_facts(letter_id: int, report_id: int) -> ReportFacts | None:
    """Return the letter's report with this id; None if there is none, or it was deleted."""
    row = db.session.scalar(select(Report).where(Report.id == report_id, Report.letter_id == letter_id))
    return ReportFacts(row.id, row.state, row.with_addresses, row.error, row.requested_at) if row else None


def report_file(letter_id: int, report_id: int) -> bytes | None:
    """Return a rendered report; None if there is none yet."""
    conditions = (Report.id == report_id, Report.letter_id == letter_id, Report.state == JobState.DONE)
    return db.session.scalar(select(Report.content).where(*conditions))


def reports_to_render(at: dt.datetime) -> tuple[int, ...]:
    """Return the ids of the reports waiting or with an expired lease, oldest first."""
    return due_job_ids(Report, at)
