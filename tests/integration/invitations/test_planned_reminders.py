"""Reminders of invitations: at most every three days and three times, planned before the deadline, each once."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.invitations import _reminders
from letterhub.commands.invitations import planned_reminders as commands
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name, remind_invitees
from letterhub.commands.invitations.planned_reminders import plan_reminder, send_planned_reminder
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.mail.unsubscriptions import unsubscribe
from letterhub.config import Settings
from letterhub.domain.invitations.invitation import InviteeAnswer
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import hash_recipient
from letterhub.models import Invitation, Letter, OutboxMessage, PlannedReminder, Staff
from letterhub.queries.invitations.planned_reminders import reminders_due
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
DAY = dt.timedelta(days=1)
NAMES = ("waiting", "declined", "refused", "promised", "signed", "bounced", "unsubscribed")


@pytest.fixture
def letter(app: Flask, otto: Visitor, settings: Settings) -> Letter:
    """A letter with a deadline in ten days, whose invitations were mailed."""
    letter = factories.open_letter(deadline_at=now() + 10 * DAY)
    for name in NAMES:
        invite_by_name(context(letter), Signatory(f"{name.title()} Watch"), f"{name}@{name}.example")
    send_due_mail(settings)
    return letter


def context(letter: Letter) -> InvitationContext:
    staff_id = db.session.query(Staff.id).filter_by(email=cast.OTTO.email).scalar()
    end_read_transaction()
    return InvitationContext(letter.id, staff_id, f"staff-{staff_id}", now())


def invitation(name: str) -> Invitation:
    return db.session.query(Invitation).filter_by(email=f"{name}@{name}.example").one()


def everyone_answers(letter: Letter) -> None:
    """Have everyone but the first answer, each in one of the ways."""
    invitation("declined").declined_at = now()
    invitation("refused").answer = InviteeAnswer.REFUSED
    invitation("promised").answer = InviteeAnswer.PROMISED
    for row in db.session.query(OutboxMessage).filter_by(recipient="bounced@bounced.example"):
        row.failed_at, row.sent_at = now(), None
    db.session.commit()
    line = {"organization_name": "Signed Watch", "email": "signed@signed.example", "website": ""}
    factories.signature(letter, state=SignatureState.CONFIRMED, **line)
    end_read_transaction()
    unsubscribe(
        letter.coalition_id, hash_recipient(letter.coalition_id, EmailAddress("unsubscribed@unsubscribed.example")), now()
    )


def recipients(postbox: Inbox) -> list[str]:
    return [mail.recipients[0].partition("@")[0] for mail in postbox.mails]


def plan(letter: Letter, days: int = 2, minute: int = 540) -> int:
    sender = context(letter)
    plan_reminder(letter.id, days, minute, sender.staff_id, actor=sender.actor, at=now())
    return int(db.session.query(PlannedReminder.id).order_by(PlannedReminder.id.desc()).limit(1).scalar())


def test_reminders_leave_three_days_apart_and_three_times(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    counts = []
    for _day in range(1, 10):
        clock.shift(DAY - dt.timedelta(minutes=1))
        counts.append(remind_invitees(context(letter)) if now() < letter.deadline_at else 0)
        clock.shift(dt.timedelta(minutes=1))
    assert counts == [0, 0, 0, 7, 0, 0, 7, 0, 0]
    letter = db.session.merge(letter)
    letter.deadline_at = now() + 60 * DAY
    factories.save(letter)
    for expected in (7, 0, 0):
        clock.shift(4 * DAY)
        assert remind_invitees(context(letter)) == expected


def test_nobody_who_answered_bounced_or_unsubscribed_is_reminded(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    everyone_answers(letter)
    postbox.empty()
    clock.shift(4 * DAY)
    assert remind_invitees(context(letter)) == 1
    send_due_mail(settings)
    assert recipients(postbox) == ["waiting"]


def test_whoever_answers_while_the_reminder_waits_in_the_outbox_gets_none(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    clock.shift(4 * DAY)
    assert remind_invitees(context(letter)) == len(NAMES)
    everyone_answers(letter)
    postbox.empty()
    send_due_mail(settings)
    assert recipients(postbox) == ["waiting"]


def test_a_planned_reminder_leaves_at_its_hour_once_and_moves_with_the_deadline(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    number = plan(letter)
    clock.move_to(dt.datetime(2022, 1, 13, 13, 59, tzinfo=dt.UTC))
    assert reminders_due(now()) == ()
    letter.deadline_at += DAY
    factories.save(letter)
    clock.move_to(dt.datetime(2022, 1, 13, 14, 0, tzinfo=dt.UTC))
    assert (reminders_due(now()), send_planned_reminder(number, now())) == ((), 0)
    clock.shift(DAY)
    assert reminders_due(now()) == (number,)
    end_read_transaction()
    postbox.empty()
    assert [send_planned_reminder(number, now()) for _ in range(3)] == [len(NAMES), 0, 0]
    send_due_mail(settings)
    assert sorted(recipients(postbox)) == sorted(NAMES)
    assert str(postbox.mails[0].message["Subject"]).startswith("Reminder: ")


def test_a_worker_that_is_killed_midway_reminds_everyone_once(
    letter: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = plan(letter)
    clock.move_to(dt.datetime(2022, 1, 13, 14, 0, tzinfo=dt.UTC))
    queue = _reminders.queue_reminders

    def break_down(*arguments: object, **named: object) -> int:
        queue(*arguments, **named)  # type: ignore[arg-type]
        raise SystemExit

    monkeypatch.setattr(commands, "queue_reminders", break_down)
    with pytest.raises(SystemExit):
        send_planned_reminder(number, now())
    monkeypatch.undo()
    db.session.expire_all()
    assert send_planned_reminder(number, now()) == len(NAMES)
    postbox.empty()
    send_due_mail(settings)
    assert sorted(recipients(postbox)) == sorted(NAMES)


def test_one_that_is_a_day_late_or_past_the_deadline_is_finished_without_mail(
    letter: Letter, clock: time_machine.Traveller
) -> None:
    number = plan(letter)
    clock.move_to(dt.datetime(2022, 1, 14, 14, 1, tzinfo=dt.UTC))
    assert send_planned_reminder(number, now()) == 0
    assert reminders_due(now()) == ()


def test_staff_plan_and_remove_reminders_on_their_page(letter: Letter, otto: Visitor) -> None:
    page = otto.visit("planned_reminders.index", coalition=HOME, slug=letter.slug).says("Nobody can be reminded now.")
    page = page.submit("Plan reminder").says("The reminder is planned.", "Thursday, January 13, 2022, 9:00 a.m. Eastern")
    page.submit("Plan reminder", status=422).says("This reminder is planned already")
    page.submit("Plan reminder", status=422, days_before="30").says("That isn’t between now and the deadline.")
    page.submit("Plan reminder", status=422, days_before="x", time="noon").says("Not a valid integer value")
    page = page.submit("Plan reminder", days_before="1").submit("Plan reminder", days_before="3")
    page.submit("Plan reminder", status=422, days_before="4").says("At most 3 reminders can be planned.")
    page.submit("Remove: Thursday, January 13, 2022, 9:00 a.m. Eastern").says("The planned reminder was removed.")


def test_a_reminder_that_left_meanwhile_is_not_removed(letter: Letter, otto: Visitor, clock: time_machine.Traveller) -> None:
    number = plan(letter)
    page = otto.visit("planned_reminders.index", coalition=HOME, slug=letter.slug)
    clock.move_to(dt.datetime(2022, 1, 13, 14, 0, tzinfo=dt.UTC))
    assert send_planned_reminder(number, now()) == len(NAMES)
    page = page.submit("Remove: Thursday, January 13, 2022, 9:00 a.m. Eastern").says(
        "This reminder’s time has passed. It can’t be removed."
    )
    page.says("7 organizations were reminded").never_says("was removed")


def test_a_letter_without_a_deadline_has_no_planned_reminder(app: Flask, otto: Visitor) -> None:
    letter = factories.open_letter(deadline_at=None)
    page = otto.visit("planned_reminders.index", coalition=HOME, slug=letter.slug)
    page.submit("Plan reminder", status=422).says("This letter has no deadline.")
