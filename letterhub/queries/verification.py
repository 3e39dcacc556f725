"""Reads about verification reports: what one says now, how far one is, and which are to be drawn."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.db import db
from letterhub.domain.editions import JobState
from letterhub.domain.states import SignatureState
from letterhub.models import Coalition, Letter, Report
from letterhub.queries.jobs import jobs_to_draw
from letterhub.queries.letters import current_revisions
from letterhub.queries.review import names_that_stand
from letterhub.rendering.report import Verification, VerifiedName


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A report as far as it is drawn."""

    id: int
    state: JobState
    with_addresses: bool
    error: str
    asked_at: dt.datetime

    @property
    def is_drawn(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state.is_over


def verification_of(letter_id: int, at: dt.datetime, *, with_addresses: bool) -> Verification:
    """What is known of each name that is published or waits for review."""
    revision, zone, coalition = db.session.execute(
        current_revisions()
        .join(Coalition, Coalition.id == Letter.coalition_id)
        .where(Letter.id == letter_id)
        .add_columns(Letter.deadline_zone, Coalition.name)
    ).one()
    return Verification(
        title=revision.text.title, coalition=coalition, revision=revision.number, sha256=revision.sha256,
        as_of=at, zone=zone, with_addresses=with_addresses,
        names=tuple(
            VerifiedName(one.printed, one.state is SignatureState.PUBLISHED, one.known, one.email if with_addresses else "")
            for one in names_that_stand(letter_id)
        ),
    )  # fmt: skip


def has_text(letter_id: int) -> bool:
    """Whether readers have seen a text of the letter: before that, nobody has signed it."""
    return db.session.scalars(current_revisions().where(Letter.id == letter_id)).first() is not None


def report_of(letter_id: int, report_id: int) -> ReportFacts | None:
    """The letter's report with this number; None where it has none, or it was forgotten."""
    row = db.session.scalar(select(Report).where(Report.id == report_id, Report.letter_id == letter_id))
    return ReportFacts(row.id, row.state, row.with_addresses, row.error, row.asked_at) if row else None


def report_file(letter_id: int, report_id: int) -> bytes | None:
    """A drawn report; None where there is none, or not yet."""
    drawn = (Report.id == report_id, Report.letter_id == letter_id, Report.state == JobState.DONE)
    return db.session.scalar(select(Report.content).where(*drawn))


def reports_to_draw(at: dt.datetime) -> tuple[int, ...]:
    """The reports that wait, and those whose drawing was broken off, the oldest first."""
    return jobs_to_draw(Report, at)
