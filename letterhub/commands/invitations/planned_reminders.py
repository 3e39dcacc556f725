"""Planned reminders of invitations: planned and removed by staff, sent by the worker when they are due.

See docs/design/invitations.md.
"""

import datetime as dt

from sqlalchemy import func, select

from letterhub.commands.invitations._reminders import queue_reminders
from letterhub.domain.audit.log import WORKER, ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.invitations.planned_reminders import MAX_DAYS_BEFORE, MAX_DELAY, MAX_PLANNED, CannotPlan, ReminderFinished
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, PlannedReminder, append_audit_entry
from letterhub.queries.invitations.planned_reminders import due_at_of


@one_transaction
def send_planned_reminder(reminder_id: int, at: dt.datetime) -> int:
    """Send a planned reminder that is due, once; return how many organizations are reminded.

    The letter is locked, and the reminder is finished in the same transaction. One that nobody could send in time is finished
    without a mail.
    """
    letter_id = db.session.scalar(select(PlannedReminder.letter_id).where(PlannedReminder.id == reminder_id))
    if letter_id is None:
        return 0
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    reminder = db.session.get(PlannedReminder, reminder_id, with_for_update=True)
    due_at = due_at_of(reminder, letter) if reminder else None
    if reminder is None or reminder.finished_at or letter.state is not LetterState.OPEN or due_at is None or due_at > at:
        return 0
    is_late = at - due_at > MAX_DELAY or (letter.deadline_at is not None and letter.deadline_at <= at)
    count = 0 if is_late else queue_reminders(letter, None, actor=WORKER, at=at)
    reminder.finish(count, at)
    return count


@one_transaction
def plan_reminder(letter_id: int, days_before: int, minute: int, staff_id: int, *, actor: str, at: dt.datetime) -> None:
    """Plan a reminder so many days before the deadline, at a minute of the day. Raises CannotPlan."""
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    if letter.deadline_at is None:
        raise CannotPlan(_("This letter has no deadline. Set one in Settings, or send reminders by hand."))
    if not 0 <= days_before <= MAX_DAYS_BEFORE:
        raise CannotPlan(_("Enter a number of days from 0 to %(most)s.", most=MAX_DAYS_BEFORE))
    of_letter = PlannedReminder.letter_id == letter_id
    same = of_letter, PlannedReminder.days_before == days_before, PlannedReminder.minute == minute
    if db.session.scalar(select(PlannedReminder.id).where(*same)):
        raise CannotPlan(_("This reminder is planned already, or was sent."))
    if (db.session.scalar(select(func.count(PlannedReminder.id)).where(of_letter)) or 0) >= MAX_PLANNED:
        raise CannotPlan(_("At most %(most)s reminders can be planned. Remove one first.", most=MAX_PLANNED))
    reminder = PlannedReminder(
        letter_id=letter_id, days_before=days_before, minute=minute, planned_by_id=staff_id, planned_at=at
    )
    due_at = due_at_of(reminder, letter)
    if due_at is None or not at < due_at < letter.deadline_at:
        raise CannotPlan(_("That isn’t between now and the deadline."))
    db.session.add(reminder)
    _append_audit_entry(reminder, "reminder planned", actor, at)


@one_transaction
def remove_reminder(letter_id: int, reminder_id: int, *, actor: str, at: dt.datetime) -> None:
    """Remove a planned reminder of a letter; nothing happens if it is gone. Raises ReminderFinished."""
    db.session.get_one(Letter, letter_id, with_for_update=True)
    reminder = db.session.get(PlannedReminder, reminder_id)
    if reminder is not None and reminder.letter_id == letter_id:
        if reminder.finished_at:
            raise ReminderFinished(_("This reminder’s time has passed. It can’t be removed."))
        db.session.delete(reminder)
        _append_audit_entry(reminder, "reminder removed", actor, at)


def _append_audit_entry(reminder: PlannedReminder, action: str, actor: str, at: dt.datetime) -> None:
    chain = ReferenceKind.LETTER.reference(reminder.letter_id)
    after = {"days_before": reminder.days_before, "minute": reminder.minute}
    append_audit_entry(db.session(), chain, actor, action, at=at, after=after)
