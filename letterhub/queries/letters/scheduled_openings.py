"""Scheduled openings: the one of a letter, and those whose hour has come."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.infrastructure.db import db
from letterhub.models import ScheduledOpening


@dataclass(frozen=True, slots=True)
class OpeningPlan:
    """Hour and address at which a letter opens; `error` says why it did not, "" if its hour is still to come."""

    opens_at: dt.datetime
    slug: str
    error: str


def opening_plan(letter_id: int) -> OpeningPlan | None:
    """Return the scheduled opening of a letter; None if there is none."""
    row = db.session.get(ScheduledOpening, letter_id)
    return OpeningPlan(row.opens_at, row.slug, row.error) if row else None


def letters_to_open(at: dt.datetime) -> tuple[int, ...]:
    """Return the ids of letters whose hour to open has come, the earliest first."""
    due = select(ScheduledOpening.letter_id).where(ScheduledOpening.opens_at <= at, ScheduledOpening.error == "")
    return tuple(db.session.scalars(due.order_by(ScheduledOpening.opens_at, ScheduledOpening.letter_id)))
