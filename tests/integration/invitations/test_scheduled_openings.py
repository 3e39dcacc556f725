"""A letter opens by itself at the hour that staff chose, once, with the checks of opening by hand; invitations leave then."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.letters import scheduled_openings
from letterhub.commands.letters.scheduled_openings import open_at_its_hour
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_to_facts
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import AuditEntry, Draft, Invitation, Letter, OutboxMessage, ScheduledOpening
from letterhub.queries.letters.scheduled_openings import letters_to_open
from tests.support import cast, factories
from tests.support.imports import ServerKilled
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
SLUG = "rivers"
TUESDAY = {"opens_date": "2022-01-11", "opens_time": "09:00"}
SENTENCE = "Opens Tuesday, January 11, 2022, 9:00 a.m. Eastern"
HOUR = dt.datetime(2022, 1, 11, 14, tzinfo=dt.UTC)


@pytest.fixture
def draft(app: Flask) -> Letter:
    """A draft that is ready to open."""
    return factories.draft(deadline_at=None)


def settings_page(otto: Visitor, letter: Letter) -> Page:
    return otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug)


def schedule(otto: Visitor, letter: Letter, status: int = 200, **changes: str) -> Page:
    page = settings_page(otto, letter).submit("Open the letter")
    return page.submit("Open at this time", status=status, **{"slug": SLUG, **TUESDAY, **changes})


def state_of(letter: Letter) -> tuple[LetterState, str]:
    db.session.expire_all()
    row = db.session.get_one(Letter, letter.id)
    return row.state, row.slug


def run_worker() -> list[bool]:
    """Open the letters whose hour has come, as the worker does."""
    due = letters_to_open(now())
    end_read_transaction()
    return [open_at_its_hour(letter_id, now()) for letter_id in due]


def test_it_opens_at_its_hour_and_not_before(
    otto: Visitor, visitor: Visitor, draft: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    schedule(otto, draft).says("The letter opens Tuesday, January 11, 2022, 9:00 a.m. Eastern.", SENTENCE)
    otto.visit("dashboard.index", coalition=HOME).says(SENTENCE)
    otto.visit("editor.edit", coalition=HOME, slug=draft.slug).says(SENTENCE)
    clock.move_to(HOUR - dt.timedelta(seconds=1))
    assert run_worker() == []
    visitor.open(f"/letters/{SLUG}", status=404)
    clock.move_to(HOUR)
    visitor.open(f"/letters/{SLUG}", status=404)
    assert run_worker() == [True]
    assert (state_of(draft), db.session.query(ScheduledOpening).count()) == ((LetterState.OPEN, SLUG), 0)
    visitor.open(f"/letters/{SLUG}").says("Clean rivers for everyone")
    otto.visit("audit_log.letter", coalition=HOME, slug=SLUG).says("Otto Organizer scheduled the opening of the letter.")
    send_due_mail(settings)
    assert [one.message["Subject"] for one in postbox.to(cast.OTTO.email)] == ["The letter is open: Clean rivers for everyone"]


def test_the_text_that_is_saved_by_then_opens(otto: Visitor, draft: Letter, clock: time_machine.Traveller) -> None:
    schedule(otto, draft)
    save_draft_text(draft, replace(factories.TEXT, closing="With respect,"))
    clock.move_to(HOUR)
    assert run_worker() == [True]
    assert factories.revision_of(draft).text.closing == "With respect,"


def save_draft_text(letter: Letter, text: LetterText) -> None:
    row = db.session.get_one(Draft, letter.id)
    row.text, row.version = text_to_facts(text), row.version + 1
    db.session.commit()


def test_what_is_missing_at_that_hour_keeps_it_a_draft_and_staff_are_told_once(
    otto: Visitor, visitor: Visitor, draft: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    factories.staff(cast.SAM)
    schedule(otto, draft)
    save_draft_text(draft, replace(factories.TEXT, salutation=""))
    clock.move_to(HOUR)
    assert run_worker() == [False]
    assert run_worker() == []
    assert state_of(draft)[0] is LetterState.DRAFT
    visitor.open(f"/letters/{SLUG}", status=404)
    page = settings_page(otto, draft).says("This letter did not open Tuesday, January 11, 2022", "Add a salutation")
    otto.visit("dashboard.index", coalition=HOME).says("Did not open Tuesday, January 11, 2022")
    send_due_mail(settings)
    (mail,) = postbox.mails
    assert mail.message["Subject"] == "The letter did not open: Clean rivers for everyone"
    assert "Add a salutation" in mail.text
    save_draft_text(draft, factories.TEXT)
    page = settings_page(otto, draft).submit("Open now or change the time")
    page.submit("Open at this time", opens_date="2022-01-12").says("Opens Wednesday, January 12, 2022, 9:00 a.m. Eastern")
    clock.move_to(HOUR + dt.timedelta(days=1))
    assert run_worker() == [True]


def test_an_address_that_was_taken_meanwhile_keeps_it_a_draft(
    otto: Visitor, draft: Letter, clock: time_machine.Traveller
) -> None:
    schedule(otto, draft)
    other = factories.open_letter(replace(factories.TEXT, title="Rivers"))
    assert other.slug == SLUG
    clock.move_to(HOUR)
    assert run_worker() == [False]
    settings_page(otto, draft).says("Another letter is already at /letters/rivers.")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"opens_date": ""}, "Choose the day on which the letter opens."),
        ({"opens_date": "2022-01-01"}, "This time has passed."),
        ({"opens_date": "2022-02-01"}, "The deadline is before this time."),
        ({"slug": "Not a slug"}, "Use lowercase letters"),
        ({"opens_date": "2022-03-13", "opens_time": "02:30"}, "Clocks go forward"),
    ],
)
def test_an_hour_that_cannot_be_is_refused_at_its_field(otto: Visitor, changes: dict[str, str], sentence: str) -> None:
    schedule(otto, factories.draft(deadline_at=HOUR + dt.timedelta(days=1)), 422, **changes).says(sentence)
    assert (db.session.query(ScheduledOpening).count(), "opening scheduled" in audit_actions()) == (0, False)


def test_it_is_changed_and_canceled(otto: Visitor, draft: Letter, clock: time_machine.Traveller) -> None:
    schedule(otto, draft)
    page = settings_page(otto, draft).submit("Open now or change the time")
    page.submit("Open at this time", opens_time="15:30").says("Opens Tuesday, January 11, 2022, 3:30 p.m. Eastern")
    settings_page(otto, draft).submit("Cancel the scheduled opening").says("The letter no longer opens by itself.")
    clock.move_to(HOUR + dt.timedelta(days=1))
    assert run_worker() == []
    assert audit_actions()[-3:] == ["opening scheduled", "opening scheduled", "opening canceled"]


def test_whoever_opens_it_by_hand_or_deletes_it_ends_the_schedule(
    otto: Visitor, draft: Letter, clock: time_machine.Traveller
) -> None:
    schedule(otto, draft)
    settings_page(otto, draft).submit("Open now or change the time").submit("Open now").says("The letter is open.")
    other = factories.draft(replace(factories.TEXT, title="Quiet rivers"), deadline_at=None)
    schedule(otto, other, slug="quiet")
    otto.visit("signing_settings.confirm_withdraw", coalition=HOME, slug=other.slug).submit("Delete the draft")
    clock.move_to(HOUR)
    assert (letters_to_open(now()), db.session.query(ScheduledOpening).count()) == ((), 0)


def test_invitations_that_were_prepared_leave_as_it_opens(
    otto: Visitor, visitor: Visitor, draft: Letter, clock: time_machine.Traveller, settings: Settings, postbox: Inbox
) -> None:
    page = otto.visit("invitations.index", coalition=HOME, slug=draft.slug)
    page = page.submit("Send invitation", organization="Willow Watch", email="ada@willow.example")
    page.says("Willow Watch will be invited by email when the letter opens.", "sent when the letter opens")
    content = b"Organization,Email\nHeron House,hal@heron.example\nOtter Order,ola@otter.example\n"
    page = (
        page.follow("Choose a file, or paste a list")
        .submit("Preview", file=(content, "list.csv"))
        .submit("Invite 2 organizations")
    )
    page.says("2 organizations will be invited by email when the letter opens.").never_says("Send reminders")
    schedule(otto, draft)
    send_due_mail(settings)
    assert postbox.mails == []
    clock.move_to(HOUR)
    run_worker()
    clock.shift(dt.timedelta(hours=1))
    send_due_mail(settings)
    invited = sorted(one.message["To"] for one in postbox.mails if "/invited/" in one.text)
    assert invited == ["ada@willow.example", "hal@heron.example", "ola@otter.example"]
    assert {one.invited_at for one in db.session.query(Invitation)} == {HOUR}
    otto.visit("invitations.index", coalition=HOME, slug=SLUG).says("3 no answer yet")


def test_a_worker_that_is_killed_amid_it_leaves_it_to_the_next(
    otto: Visitor, draft: Letter, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(otto, draft)
    clock.move_to(HOUR)

    def killed(*_arguments: object) -> None:
        raise ServerKilled

    with monkeypatch.context() as patched:
        patched.setattr(scheduled_openings, "_notify_organizers", killed)
        with pytest.raises(ServerKilled):
            run_worker()
    assert (state_of(draft)[0], db.session.query(OutboxMessage).count()) == (LetterState.DRAFT, 0)
    assert run_worker() == [True]
    assert db.session.query(OutboxMessage).count() == 1


def test_of_two_workers_one_opens_it(app: Flask, otto: Visitor, draft: Letter, clock: time_machine.Traveller) -> None:
    schedule(otto, draft)
    clock.move_to(HOUR)
    letter_id = draft.id
    end_read_transaction()

    def open_in_thread(_number: int) -> bool:
        with app.app_context():
            return open_at_its_hour(letter_id, HOUR)

    with ThreadPoolExecutor(4) as crowd:
        assert sorted(crowd.map(open_in_thread, range(4))) == [False, False, False, True]
    assert [one.action for one in db.session.query(AuditEntry)].count("opened") == 1
