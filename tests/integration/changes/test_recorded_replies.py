"""Replies to a change that came by phone, email, on paper or in person, as staff record them with their evidence."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.signatures.signing import Source
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, EvidenceDocument, EvidenceFact, Letter, Signature, TextChangeNotice
from letterhub.queries.audit.consistency import inconsistencies
from tests.support import factories
from tests.support.servers.mail_server import Inbox
from tests.support.text_changes import (
    CONFIRM,
    KEEP,
    TYPO,
    TYPO_BODY,
    add_signatures,
    publish_body,
    publish_change,
    replies,
    settle,
    signature_states,
)
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.shows("S19")
DAY = dt.timedelta(days=1)
HERE = {"coalition": "coalition-for-clean-rivers"}
YES = {"answer": "yes", "method": "phone", "agreed_on": "2022-01-05"}
NO = {"answer": "objection", "method": "email", "agreed_on": "2022-01-05"}


@pytest.fixture
def letter(app: Flask) -> Letter:
    """The open letter."""
    return factories.open_letter()


def form_page(sam: Visitor, signature: Signature) -> Page:
    letter = db.session.get_one(Letter, signature.letter_id)
    replies_page = sam.visit("change_replies.index", slug=letter.slug, **HERE)
    return replies_page.follow(f"Record a reply of {signature.organization_name}")


def record(sam: Visitor, signature: Signature, status: int = 200, **typed: object) -> Page:
    return form_page(sam, signature).submit("Record the reply", status=status, **typed)


def test_a_yes_by_phone_returns_the_name_under_the_new_text_with_its_evidence(
    sam: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signed, _other = add_signatures(letter, 2)
    publish_change(letter, settings, CONFIRM)
    page = form_page(sam, signed).says("Alliance 01", "Version 2 keeps only those who confirm by", "We email the signatory")
    page = page.submit("Record the reply", status=422).says(
        "Choose what they replied.", "Choose how they replied.", "Enter the day they replied."
    )
    page = page.submit("Record the reply", note="Nia called at ten.", **YES).says("The reply of Alliance 01 was recorded.")
    assert (replies(), signature_states(letter)) == (["confirmed", "waiting"], ["published", "outdated"])
    assert db.session.get_one(Signature, signed.id).revision_id == factories.revision_of(letter).id
    page = sam.visit("signatures.detail", slug=letter.slug, signature_id=signed.id, **HERE)
    page.says(
        "Said yes to version 2 by phone on January 5, 2022, entered by Sam Reviewer. We email the signatory what was entered.",
        "Nia called at ten.", "Sam Reviewer recorded that Alliance 01 said yes to the changed text.",
    )  # fmt: skip
    send_due_mail(settings)
    assert "is confirmed" in postbox.to(signed.email)[-1].text
    assert f"signature-{signed.id} " not in str(list(inconsistencies()))


def test_an_objection_by_email_takes_the_name_off_and_keeps_the_email_for_staff(
    sam: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signed, _other = add_signatures(letter, 2)
    publish_change(letter, settings, KEEP)
    file = (b"From: nia@a1.example\r\nSubject: No\r\n\r\nTake us off.\r\n", "no.eml")
    record(sam, signed, file=file, **NO).says("The reply of Alliance 01 was recorded.")
    assert (replies(), signature_states(letter)) == (["objected", "waiting"], ["withdrawn", "outdated"])
    assert db.session.query(EvidenceDocument).one().file_name == "no.eml"
    sam.visit("signatures.detail", slug=letter.slug, signature_id=signed.id, **HERE).says(
        "Objected to version 2 by email on January 5, 2022, entered by Sam Reviewer.", "Download no.eml"
    )
    send_due_mail(settings)
    assert "withdrawn" in postbox.to(signed.email)[-1].text
    assert f"signature-{signed.id} " not in str(list(inconsistencies()))


@pytest.mark.parametrize("is_objection", [False, True])
def test_a_reply_that_came_in_time_counts_although_it_is_entered_after_the_deadline(
    sam: Visitor, letter: Letter, settings: Settings, clock: time_machine.Traveller, *, is_objection: bool
) -> None:
    (signed,) = add_signatures(letter, 1)
    publish_change(letter, settings, KEEP if is_objection else CONFIRM)
    clock.shift(4 * DAY)
    settle()
    record(sam, signed, **(NO if is_objection else YES))
    assert replies() == ["objected" if is_objection else "confirmed"]
    assert signature_states(letter) == ["withdrawn" if is_objection else "published"]
    assert db.session.query(TextChangeNotice).one().silent_count == 0


def test_a_yes_that_came_too_late_is_refused_once_the_letter_takes_no_more(
    sam: Visitor, letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    (signed,) = add_signatures(letter, 1)
    publish_change(letter, settings, CONFIRM)
    clock.shift(5 * DAY)
    settle()
    late = YES | {"agreed_on": "2022-01-09"}
    closed = db.session.get_one(Letter, letter.id)
    closed.deadline_at = closed.opened_at + DAY if closed.opened_at else None
    db.session.commit()
    record(sam, signed, status=422, **late).says("This day is after the deadline, and the letter takes no more confirmations.")
    assert (replies(), signature_states(letter)) == (["not-confirmed"], ["outdated"])
    record(sam, signed, **YES)
    assert replies() == ["confirmed"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (YES | {"agreed_on": "2022-01-06"}, "This day is still to come."),
        (YES | {"agreed_on": "2022-01-04"}, "The change wasn’t published yet on this day."),
        (YES | {"revision": "x"}, "The text changed while you had this page open."),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(
    sam: Visitor, letter: Letter, settings: Settings, typed: dict[str, str], sentence: str
) -> None:
    (signed,) = add_signatures(letter, 1)
    publish_change(letter, settings, KEEP)
    record(sam, signed, status=422, note="typed", **typed).says(sentence, "typed")
    assert (replies(), db.session.query(EvidenceFact).filter_by(kind="change-confirmed").count()) == (["waiting"], 0)


def test_a_text_that_was_corrected_meanwhile_is_read_again(sam: Visitor, letter: Letter, settings: Settings) -> None:
    (signed,) = add_signatures(letter, 1)
    publish_change(letter, settings, KEEP)
    page = form_page(sam, signed)
    publish_body(letter, TYPO, TYPO_BODY)
    page = page.submit("Record the reply", status=422, **YES).says("The text changed while you had this page open.")
    page.submit("Record the reply").says("The reply of Alliance 01 was recorded.")


def test_nobody_records_what_is_answered_already(sam: Visitor, letter: Letter, settings: Settings) -> None:
    (signed,) = add_signatures(letter, 1)
    publish_change(letter, settings, KEEP)
    page = form_page(sam, signed)
    page.submit("Record the reply", **YES)
    page.submit("Record the reply", status=422, **YES).says("This signatory has replied meanwhile")
    sam.visit("recorded_replies.create", slug=letter.slug, signature_id=signed.id, **HERE).says(
        "Alliance 01 isn’t waiting to reply to a change."
    )
    assert db.session.query(AuditEntry).filter_by(action="confirmation recorded").count() == 1


def test_without_an_address_or_a_proven_mailbox_it_says_who_is_told(
    sam: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    no_address, imported = add_signatures(letter, 2)
    no_address.email, imported.source = "", Source.IMPORT
    db.session.commit()
    publish_change(letter, settings, KEEP)
    form_page(sam, no_address).never_says("We email the signatory").submit("Record the reply", **YES)
    sam.visit("signatures.detail", slug=letter.slug, signature_id=no_address.id, **HERE).says(
        "entered by Sam Reviewer. There is no address to tell the signatory at."
    )
    record(sam, imported, **YES)
    send_due_mail(settings)
    assert "added" in postbox.to(imported.email)[-1].text
