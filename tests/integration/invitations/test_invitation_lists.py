"""A list of organizations is invited from a file, and those that do not answer are reminded."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Contact, ContactEntry, ContactPerson, ContactTag, Invitation, Letter, OutboxMessage, Upload
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.imports import LETTER_VALUES, look_at_list
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions
from tests.support.text_changes import COALITION_SLUG
from tests.support.visitor import Page, Visitor

LIST = """Organization,Website,E-mail,Contact name
Willow Watch,willow.example,ada@willow.example,Ada Example
Willow Watch West,,Ada@willow.example,
Example Alliance,alliance.example,new@alliance.example,
Heron House,heron.example,,Hal Example
Otter Order,otter.example,ola@otter.example,Ola Example
"""
DAYS = dt.timedelta(days=3)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that Clara signed."""
    letter = factories.open_letter(deadline_at=None)
    factories.signature(letter, cast.CLARA)
    return letter


def letter_path(otto: Visitor, letter: Letter) -> Page:
    return otto.visit("invitations.index", coalition=COALITION_SLUG, slug=letter.slug)


def looked_at(otto: Visitor, letter: Letter, text: str = LIST) -> Page:
    return look_at_list(otto, text.encode())


def mails_to(postbox: Inbox, settings: Settings) -> list[str]:
    send_due_mail(settings)
    return [" ".join(mail.text.split()) for mail in postbox.to("ola@otter.example")]


def test_phone_tags_and_note_of_a_row_are_kept_with_its_contact(otto: Visitor, letter: Letter) -> None:
    table = """Organization,Email,Contact name,Phone,Tags,Notes
Otter Order,ola@otter.example,Ola Example,+1 555 0100,rivers; midwest,Met in May
Heron House,hal@heron.example,,,,
Long Tags,lee@long.example,,,{},
""".format("x" * 61)
    page = looked_at(otto, letter, table).says("2 of 3 rows would be invited", "Tags: rivers, midwest", "Note: Met in May")
    page.says("A tag is longer than 60 characters.").submit("Invite 2 organizations")
    contact = db.session.query(Contact).filter_by(name="Otter Order").one()
    [person] = db.session.query(ContactPerson).filter_by(contact_id=contact.id)
    assert (person.name, person.phone) == ("Ola Example", "+1 555 0100")
    assert sorted(one.tag for one in db.session.query(ContactTag)) == ["midwest", "rivers"]
    assert [(one.contact_id, one.text) for one in db.session.query(ContactEntry)] == [(contact.id, "Met in May")]


def test_people_without_an_address_and_further_people_of_an_organization_are_kept_as_contacts(
    otto: Visitor, letter: Letter
) -> None:
    table = """Organization,Email,Contact name,Phone,Tags,Notes
Otter Order,ola@otter.example,Ola Example,,,
Otter Order,otis@otter.example,Otis Example,+1 555 0101,board,
Heron House,,Hal Example,+1 555 0102,,Only by phone
,,Nora Nobody,,,
"""
    page = looked_at(otto, letter, table).says("One of 4 rows would be invited", "Kept as a contact 2", "Left out 1")
    page.submit("Invite one organization")
    people = [(one.name, one.email, one.phone) for one in db.session.query(ContactPerson).order_by(ContactPerson.id)]
    assert people == [
        ("Ola Example", "ola@otter.example", ""), ("Otis Example", "otis@otter.example", "+1 555 0101"),
        ("Hal Example", "", "+1 555 0102"),
    ]  # fmt: skip
    assert (db.session.query(Contact).count(), db.session.query(Invitation).count()) == (2, 1)
    assert [one.text for one in db.session.query(ContactEntry)] == ["Only by phone"]


def test_a_list_is_looked_at_then_invited_and_says_of_each_row_what_becomes_of_it(
    otto: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    page = looked_at(otto, letter).says("2 of 5 rows would be invited by email. Nothing has been sent yet.")
    page.says(
        "There is no email address to send an invitation to. It goes to your contacts.",
        "Same mailbox as on line 2",
        "On the letter 1",
        "Left out 1",
        "Kept as a contact 1",
    )
    assert db.session.query(Invitation).count() == 0
    page.submit("Invite 2 organizations").says("2 organizations are being invited by email.", "Otter Order", "no answer yet")
    (mail,) = mails_to(postbox, settings)
    assert "Otter Order" in mail
    assert "Ola Example" in mail
    assert (db.session.query(Upload).count(), "invited to sign" in audit_actions()) == (0, True)


def test_a_list_that_is_invited_twice_by_a_double_click_is_told_and_invited_once(otto: Visitor, letter: Letter) -> None:
    page = looked_at(otto, letter)
    page.submit("Invite 2 organizations").says("2 organizations are being invited by email.")
    page.submit("Discard file").says("This file was imported or discarded already.").never_says("Nobody was invited")
    again = page.submit("Invite 2 organizations").says("have since been sent or discarded", "Otter Order", "no answer yet")
    assert (again.path.rsplit("/", 1)[1], db.session.query(Invitation).count()) == ("invitations", 2)


def test_a_long_list_is_invited_some_at_a_time(otto: Visitor, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("letterhub.commands.invitations.invitations", "letterhub.web.staff.invitations.invitation_lists"):
        monkeypatch.setattr(f"{module}.MAX_INVITATIONS_AT_ONCE", 1)
    page = looked_at(otto, letter).says("Up to 1 can be invited at a time.")
    page = page.submit("Invite one organization").says("One of 5 rows would be invited", "Invited before 2")
    page.submit("Invite one organization").says("One organization is being invited by email.", "Willow Watch", "Otter Order")


def test_what_changed_since_the_file_was_looked_at_is_looked_at_again(otto: Visitor, letter: Letter) -> None:
    page = looked_at(otto, letter)
    factories.signature(letter, cast.HIRO, organization_name="Otter Order", website="https://otter.example")
    page.submit("Invite 2 organizations").says("changed while you were looking at the file", "One of 5 rows would be invited")
    assert db.session.query(Invitation).count() == 0


@pytest.mark.parametrize(
    ("text", "status", "sentence"),
    [
        ("\n", 422, "empty"),
        ("Organization,Email\n", 200, "This file has column headings, but no names below them."),
        ("Organization\nHeron House\n", 200, "Nobody in this file would be invited."),
    ],
)
def test_a_file_that_invites_nobody_says_why(otto: Visitor, letter: Letter, text: str, status: int, sentence: str) -> None:
    look_at_list(otto, text.encode(), status=status).says(sentence)
    otto.visit("invitation_lists.create", **LETTER_VALUES).submit("Preview", status=422).says("Choose a file")


def test_a_file_is_discarded_and_a_closed_letter_invites_nobody(otto: Visitor, letter: Letter) -> None:
    page = looked_at(otto, letter)
    letter.move(LetterMove.CLOSE, NOON)
    db.session.commit()
    page.submit("Invite 2 organizations").says(
        "takes no more signatures", "You can send invitations while the letter is open for signatures."
    )
    otto.open(page.path).submit("Discard file").says("Nobody was invited.")
    assert (db.session.query(Invitation).count(), db.session.query(Upload).count()) == (0, 0)


def test_who_does_not_answer_is_reminded_three_times(
    otto: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    looked_at(otto, letter).submit("Invite 2 organizations").never_says("Send one reminder")
    mails_to(postbox, settings)
    clock.shift(DAYS)
    willow = db.session.query(Invitation).filter_by(email="ada@willow.example").one()
    willow.declined_at = NOON
    db.session.commit()
    page = letter_path(otto, letter).says("One organization has not answered for three days or more.")
    page.submit("Send one reminder").says("One organization is being reminded by email.").never_says("has not answered")
    first, second = mails_to(postbox, settings)
    assert ("Reminder: " in first, "Reminder: " in second) == (False, True)
    assert postbox.to("ola@otter.example")[-1].message["Subject"].startswith("Reminder: ")
    assert (len(postbox.to("ada@willow.example")), audit_actions()[-1]) == (1, "reminded of invitations")
    for _ in range(2):
        clock.shift(DAYS)
        letter_path(otto, letter).submit("Send one reminder").never_says("has not answered")
    clock.shift(DAYS)
    letter_path(otto, letter).never_says("Send one reminder")


@pytest.mark.parametrize(("fact", "offered"), [("cancelled_at", True), ("failed_at", False), ("sent_at", True)])
def test_who_was_never_reached_is_mailed_again_unless_no_mail_reaches(
    otto: Visitor, letter: Letter, clock: time_machine.Traveller, fact: str, offered: bool
) -> None:
    looked_at(otto, letter).submit("Invite 2 organizations")
    for line in db.session.query(OutboxMessage).filter_by(kind="invite"):
        setattr(line, fact, now())
    db.session.commit()
    clock.shift(DAYS)
    assert ("have not answered" in letter_path(otto, letter).text) is offered


def test_a_reminder_that_waits_does_not_leave_once_the_form_was_sent(
    otto: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    looked_at(otto, letter).submit("Invite 2 organizations")
    mails_to(postbox, settings)
    clock.shift(DAYS)
    letter_path(otto, letter).submit("Send 2 reminders")
    ola = db.session.query(Invitation).filter_by(email="ola@otter.example").one()
    ola.signature_id = factories.signature(letter, cast.HIRO, SignatureState.PENDING).id
    db.session.commit()
    assert len(mails_to(postbox, settings)) == 1


def test_a_name_without_an_address_does_not_stand_in_the_way_of_one_that_has_it(otto: Visitor, letter: Letter) -> None:
    page = looked_at(otto, letter, "Organization,Email,Notes\nHeron House,,\nHeron House,hal@heron.example,Not before May\n")
    page.says("One of 2 rows would be invited", "There is no email address to send an invitation to.", "Not before May")


def test_an_organization_that_was_invited_elsewhere_or_said_no_is_not_invited_by_a_list(otto: Visitor, letter: Letter) -> None:
    looked_at(otto, letter).submit("Invite 2 organizations")
    willow = db.session.query(Invitation).filter_by(email="ada@willow.example").one()
    willow.declined_at = now()
    db.session.commit()
    again = looked_at(otto, letter, "Organization,Email\nThe Willow Watch,x@willow.example\nOtter order,y@otter.example\n")
    again.says("Nobody in this file would be invited.", "It was invited at ola@otter.example.", "It asked for no more email")


def test_an_organization_that_said_no_by_phone_is_not_invited_by_a_list(otto: Visitor, letter: Letter) -> None:
    page = otto.visit("contacts.create", coalition=COALITION_SLUG).submit("Add contact", name="Otter Order")
    page.submit("Said no", letter=letter.slug, reason="Not their issue")
    page = looked_at(otto, letter).says("One of 5 rows would be invited", "It said no to this letter.")
    page.submit("Invite one organization").says("One organization is being invited by email.")
    assert db.session.query(Upload).count() == 0


def test_after_the_deadline_nobody_is_invited(otto: Visitor, letter: Letter) -> None:
    page = looked_at(otto, letter)
    letter.deadline_at = now() - DAYS
    db.session.commit()
    otto.open(page.path).says("You can send invitations while the letter is open for signatures.").never_says("Invite 2")
    letter_path(otto, letter).says("You can send invitations while the letter is open for signatures.").never_says(
        "Choose a file, or paste a list"
    )


def test_a_reviewer_invites_no_list(sam: Visitor, letter: Letter) -> None:
    letter_path(sam, letter).never_says("Choose a file, or paste a list", "Send one reminder")
