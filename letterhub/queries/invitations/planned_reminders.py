"""Planned reminders of a letter's invitations, and those that are due."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.invitations.planned_reminders import reminder_due_at
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, PlannedReminder, Staff


@dataclass(frozen=True, slots=True)
class ListedReminder:
    """Planned reminder as staff see it. `due_at` is None while the letter has no deadline; `count` is how many organizations
    were reminded once it is finished."""

    id: int
    days_before: int
    minute: int
    due_at: dt.datetime | None
    planned_by: str
    finished_at: dt.datetime | None
    count: int

    @property
    def time(self) -> dt.time:
        """Return the time of the day."""
        return dt.time(self.minute // 60, self.minute % 60)


def planned_reminders(letter_id: int) -> tuple[ListedReminder, ...]:
    """Return a letter's planned reminders, in the order in which they are due."""
    letter = db.session.get_one(Letter, letter_id)
    query = select(PlannedReminder, Staff.name).outerjoin(Staff, Staff.id == PlannedReminder.planned_by_id)
    rows = db.session.execute(query.where(PlannedReminder.letter_id == letter_id)).all()
    found = [
        ListedReminder(row.id, row.days_before, row.minute, due_at_of(row, letter), name or "", row.finished_at, row.count)
        for row, name in rows
    ]
    return tuple(sorted(found, key=lambda one: (-one.days_before, one.minute)))


def due_at_of(reminder: PlannedReminder, letter: Letter) -> dt.datetime | None:
    """Return when a reminder is due; None while its letter has no deadline."""
    if letter.deadline_at is None:
        return None
    return reminder_due_at(letter.deadline_at, letter.deadline_zone, reminder.days_before, reminder.minute)


def reminders_due(at: dt.datetime) -> tuple[int, ...]:
    """Return the ids of planned reminders that are due, of all open letters."""
    query = select(PlannedReminder, Letter).join(Letter, Letter.id == PlannedReminder.letter_id)
    query = query.where(PlannedReminder.finished_at.is_(None), Letter.state == LetterState.OPEN)
    rows = db.session.execute(query.order_by(PlannedReminder.id)).all()
    return tuple(row.id for row, letter in rows if (due_at := due_at_of(row, letter)) is not None and due_at <= at)
