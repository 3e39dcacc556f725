"""Otto delivers an edition: confirmed first, recorded, emailed if wanted, and undone if it was a mistake."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.editions.deliveries import deliver
from letterhub.commands.signatures.reconfirmation import renew_consent
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.domain.editions.deliveries import UNDO_PERIOD, CannotDeliver, DeliveryMethod, DeliveryRequest
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import LetterMove, LetterState, SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, Delivery, Edition, Letter, OutboxMessage, Signature
from letterhub.queries.editions.deliveries import copies_due
from tests.support import cast, editions, factories
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor

LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
BY_HAND: dict[str, Any] = {
    "recipients": "The White House",
    "method": "hand",
    "day": "2022-01-05",
    "time": "11:59",
    "copies": [],
}


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A closed letter that two organizations have signed."""
    return factories.closed_letter()


@pytest.fixture
def otto(app: Flask, letter: Letter, clock: time_machine.Traveller) -> Visitor:
    """Otto, signed in a minute after the first edition was frozen."""
    member = factories.staff(cast.OTTO)
    clock.move_to(now() - dt.timedelta(minutes=5))
    editions.freeze_edition(letter, member.id)
    clock.move_to(now() + dt.timedelta(minutes=5))
    visitor = Visitor(app, SITE)
    visitor.sign_in(cast.OTTO)
    return visitor


def listed(visitor: Visitor) -> Page:
    return visitor.visit("editions.index", **LETTER_VALUES)


def confirm_page(visitor: Visitor, **facts: Any) -> Page:
    return listed(visitor).follow("Record a delivery of edition 1").submit("Continue", **facts)


def test_a_delivery_asks_first_and_then_makes_the_letter_delivered(otto: Visitor, letter: Letter) -> None:
    form = (
        listed(otto).follow("Record a delivery of edition 1").says("It has 2 signatories.", "Email 2 signatories their copies")
    )
    page = form.submit("Continue", **BY_HAND, receipt="Taken by Ada at the desk")
    page.says(
        "Record this delivery?", "The letter will be marked as delivered", "Wednesday, January 5, 2022, 11:59 a.m. Eastern"
    )
    assert db.session.query(Delivery).count() == 0
    page = page.submit("Record the delivery").says(
        "The delivery of edition 1 was recorded.", "Receipt: Taken by Ada at the desk"
    )
    page.says("Delivered to The White House, Wednesday, January 5, 2022, 11:59 a.m. Eastern. By hand · recorded by Otto")
    stored_letter = db.session.get_one(Letter, letter.id)
    assert (stored_letter.state, stored_letter.delivered_to) == (LetterState.DELIVERED, "The White House")
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert entry
    assert (entry.action, entry.subject, entry.after["method"]) == ("delivered", "edition-1", "hand")
    otto.visit("audit_log.letter", **LETTER_VALUES).says("Otto Organizer recorded the delivery of edition 1.")


def test_the_addressees_stand_in_the_form_already(otto: Visitor) -> None:
    page = listed(otto).follow("Record a delivery of edition 1")
    assert "The President</textarea>" in page.html


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"recipients": ""}, "Enter who receives the letter."),
        ({"method": []}, "Choose how it is delivered."),
        ({"day": ""}, "Enter the day."),
        ({"time": ""}, "Enter the time."),
        ({"day": "2022-01-06"}, "This time is in the future."),
        ({"day": "2022-01-04"}, "The edition wasn’t frozen yet at this time."),
        ({"day": "9999-12-31"}, "Check the year"),
        ({"day": "2021-03-14", "time": "02:30"}, "Clocks go forward on this day"),
        ({"recipients": "\n".join(map(str, range(21)))}, "Record at most 20 recipients at once."),
        ({"recipients": "x" * 501}, "A recipient’s name has at most 500 characters."),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_recorded(otto: Visitor, changes: dict[str, Any], sentence: str) -> None:
    page = listed(otto).follow("Record a delivery of edition 1")
    sent = page.submit("Continue", **BY_HAND | changes, status=422)
    sent.says(sentence)
    assert db.session.query(Delivery).count() == db.session.query(OutboxMessage).count() == 0


def test_an_open_letter_and_an_edition_without_its_files_are_not_delivered(otto: Visitor, letter: Letter) -> None:
    editions.freeze_unrendered(letter)
    otto.visit("deliveries.new", number=2, **LETTER_VALUES).says("Some files of this edition aren’t ready.")
    db.session.get_one(Letter, letter.id).move(LetterMove.REOPEN, now())
    db.session.commit()
    otto.visit("deliveries.new", number=1, **LETTER_VALUES).says("The letter is still open. Close it first")
    otto.visit("deliveries.new", number=9, status=404, **LETTER_VALUES)


def test_a_reviewer_sees_deliveries_and_records_none(app: Flask, otto: Visitor) -> None:
    confirm_page(otto, **BY_HAND).submit("Record the delivery")
    factories.staff(cast.SAM)
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    listed(sam).says("Delivered to The White House").never_says("Recorded by mistake?")
    sam.visit("deliveries.new", number=1, status=403, **LETTER_VALUES)


def test_three_recipients_are_recorded_at_once(otto: Visitor, letter: Letter) -> None:
    page = confirm_page(otto, **BY_HAND | {"recipients": "The White House\n\n The Speaker \nThe White House\nThe Senate"})
    page = page.says("Record these 3 deliveries?", "Recipients The White House The Speaker The Senate")
    page.submit("Record 3 deliveries").says("Delivered to The Speaker, Wednesday", "Delivered to The Senate, Wednesday")
    stored_letter = db.session.get_one(Letter, letter.id)
    assert stored_letter.delivered_to == "The White House, The Speaker, The Senate"
    assert db.session.query(AuditEntry).filter_by(action="delivered").count() == 3


def test_a_delivery_recorded_by_mistake_is_taken_back_with_its_reason(otto: Visitor, letter: Letter) -> None:
    confirm_page(otto, **BY_HAND | {"copies": "y"}).submit("Record the delivery")
    page = listed(otto).follow("Recorded by mistake?").says("Was this delivery recorded by mistake?")
    page.submit("Take back the delivery", reason="", status=422).says("Enter the reason.")
    page.submit("Take back the delivery", reason="Wrong edition").says("The delivery was taken back.", "Wrong edition")
    stored_letter = db.session.get_one(Letter, letter.id)
    assert (stored_letter.state, stored_letter.delivered_at, stored_letter.delivered_to) == (LetterState.CLOSED, None, "")
    assert {line.state for line in db.session.query(OutboxMessage)} == {"cancelled"}
    page.submit("Take back the delivery", reason="Again", status=422)
    listed(otto).follow("Record a delivery of edition 1").says("Email 2 signatories their copies")


def test_a_letter_stays_delivered_while_one_delivery_stands(otto: Visitor, letter: Letter) -> None:
    confirm_page(otto, **BY_HAND).submit("Record the delivery")
    confirm_page(otto, **BY_HAND | {"recipients": "The Congress", "time": "12:00"}).submit("Record the delivery")
    first = db.session.query(Delivery).order_by(Delivery.id).first()
    assert first
    page = otto.visit("deliveries.confirm_revoke", delivery_id=first.id, **LETTER_VALUES)
    page.submit("Take back the delivery", reason="They sent it back")
    stored_letter = db.session.get_one(Letter, letter.id)
    assert (stored_letter.state, stored_letter.delivered_to) == (LetterState.DELIVERED, "The Congress")


def test_after_a_week_a_delivery_stays(otto: Visitor, letter: Letter, clock: time_machine.Traveller) -> None:
    confirm_page(otto, **BY_HAND).submit("Record the delivery")
    page = listed(otto).follow("Recorded by mistake?")
    clock.shift(UNDO_PERIOD + dt.timedelta(minutes=1))
    listed(otto).never_says("Recorded by mistake?")
    page.submit("Take back the delivery", reason="Late", status=422).says(
        "more than 7 days ago, so it can no longer be taken back."
    )


def test_names_that_went_since_it_was_frozen_are_told_before_it_is_delivered(otto: Visitor, letter: Letter) -> None:
    gone = db.session.query(Signature).filter_by(email=cast.HIRO.email).one()
    withdraw_signature(gone.id, now())
    page = listed(otto).follow("Record a delivery of edition 1")
    page.says("One name in this edition is no longer on the letter:", f"{cast.HIRO.organization} withdrew its signature")
    assert db.session.get_one(Signature, gone.id).state is SignatureState.WITHDRAWN
    page.submit("Continue", **BY_HAND, status=422).says("Parts of this edition no longer hold.")
    sure = page.submit("Continue", **BY_HAND, errata_version=True).says("Record this delivery?", "is no longer on the letter")
    sure.submit("Record the delivery").says("The delivery of edition 1 was recorded.")


def test_what_went_while_it_was_looked_at_is_shown_before_anything_is_recorded(otto: Visitor, letter: Letter) -> None:
    sure = confirm_page(otto, **BY_HAND)
    for signature in db.session.query(Signature).all():
        withdraw_signature(signature.id, now())
        sure = sure.submit("Record the delivery", status=422).says("Parts of this edition no longer hold.")
        assert "checked" not in sure.html.split('name="errata_version"')[1].split(">")[0]
        sure = sure.submit("Continue", errata_version=True)
    sure.says("2 names in this edition are no longer on the letter:").submit("Record the delivery").says("was recorded.")
    assert db.session.query(Delivery).count() == 1


@pytest.mark.shows("S19")
@pytest.mark.parametrize(
    ("move", "reason"),
    [
        (SignatureMove.RETURN, "is waiting for review again"),
        (SignatureMove.DECLINE, "was removed by staff"),
        (SignatureMove.OUTDATE, "has not confirmed the changed text"),
    ],
)
def test_every_name_that_does_not_stand_is_told_before_the_edition_is_delivered(
    otto: Visitor, letter: Letter, move: SignatureMove, reason: str
) -> None:
    db.session.query(Signature).filter_by(email=cast.HIRO.email).one().move(move, now())
    db.session.commit()
    page = listed(otto).follow("Record a delivery of edition 1")
    page.says("One name in this edition is no longer on the letter:", f"{cast.HIRO.organization} {reason}")
    page.submit("Continue", **BY_HAND, status=422)
    assert db.session.query(Delivery).count() == 0


def test_the_command_too_refuses_an_edition_of_which_something_went_unseen(otto: Visitor, letter: Letter) -> None:
    edition = db.session.query(Edition).one()
    db.session.query(Signature).filter_by(email=cast.HIRO.email).one().move(SignatureMove.RETURN, now())
    db.session.commit()
    handover = DeliveryRequest(("The White House",), DeliveryMethod.HAND, now(), "UTC")
    with pytest.raises(CannotDeliver, match="Parts of this edition no longer hold"):
        deliver(edition.id, handover, actor="staff-1", staff_id=None, at=now())


def test_an_address_from_a_file_gets_no_copy_before_somebody_reads_its_mail(letter: Letter) -> None:
    imported = factories.signature(letter, cast.FREE_MAIL_SIGNER, source=Source.IMPORT).id
    edition = editions.freeze_edition(letter).id
    by_form = [cast.CLARA.email, cast.HIRO.email]
    assert [email for _number, email in copies_due(edition)] == by_form
    later = now() + dt.timedelta(minutes=1)
    renew_consent(imported, revision=1, asked_at=later, at=later)
    assert [email for _number, email in copies_due(edition)] == [*by_form, cast.FREE_MAIL_SIGNER.email]
