"""A substantive change at its deadline: who stays, who comes off, and what the evidence says, under each rule."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.changes.deadlines import extend_deadline, remind_of_change
from letterhub.commands.editions.freeze import freeze
from letterhub.commands.mail._mail_holds import suppress_mail
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.signatures.sign import withdraw_signature
from letterhub.config import Settings
from letterhub.domain.editions.edition import LetterChanged
from letterhub.domain.mail.outgoing_mail import SuppressionReason
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, ChangeReply, Edition, EvidenceFact, Letter, OutboxMessage, Signature, TextChangeNotice
from letterhub.queries.audit.consistency import inconsistencies
from letterhub.queries.changes.changes import changes_to_remind
from letterhub.queries.editions.next_edition import letter_version
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link
from tests.support.text_changes import (
    CONFIRM,
    KEEP,
    NEWER_BODY,
    add_signatures,
    publish_change,
    replies,
    settle,
    signature_states,
)
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S19")
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
SURE = {"authorized": True}


@pytest.fixture
def letter(app: Flask) -> Letter:
    """The open letter."""
    return factories.open_letter()


def test_whoever_does_not_object_stays_with_the_evidence_and_whoever_objects_comes_off(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    signed = add_signatures(letter, 4)
    publish_change(letter, settings, KEEP)
    (mail,) = postbox.to(signed[0].email)
    assert "Please reply by" in mail.message["Subject"]
    assert "your signature stays. If you object, take it off by Saturday, January 8, 2022" in mail.text.replace("\n", " ")
    visitor.open(newest_link(settings, postbox, signed[0].email)).says("You signed version 1; this is version 2.").submit(
        "Sign the new text", **SURE
    )
    visitor.open(newest_link(settings, postbox, signed[1].email)).submit("Withdraw the signature", sure=True)
    page = visitor.visit("letters.detail", slug=letter.slug)
    page.says(
        "Signed version 1, asked to confirm version 2 by",
        "Those who don’t object stay on the letter, if our email",
        "Alliance 03",
    )

    assert settle() == 0
    clock.shift(3 * DAY + HOUR)
    assert settle() == 2
    assert signature_states(letter) == ["published", "withdrawn", "published", "published"]
    assert replies() == ["confirmed", "objected", "not-objected", "not-objected"]
    fact = db.session.query(EvidenceFact).filter_by(kind="not-objected", signature_id=signed[2].id).one()
    assert (fact.facts["signed"], fact.facts["revision"], fact.source) == ("1", "2", "worker")
    first = factories.revision_of(letter).id - 1
    assert [db.session.get_one(Signature, one.id).revision_id - first for one in signed] == [1, 0, 0, 0]  # as signed
    page = visitor.visit("letters.detail", slug=letter.slug)
    page.says("3 organizations have signed", "one has confirmed this one.", "2 did not object to it.").never_says("asked to")
    visitor.visit("letter_history.index", slug=letter.slug).says("One confirmed.", "2 did not object.", "One objected")
    assert list(inconsistencies()) == []


def test_under_the_other_rule_only_those_who_confirm_stay(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    signed = add_signatures(letter, 3)
    publish_change(letter, settings, CONFIRM)
    link = newest_link(settings, postbox, signed[1].email)
    visitor.open(newest_link(settings, postbox, signed[0].email)).says("confirm the new text by").submit(
        "Sign the new text", **SURE
    )
    clock.shift(4 * DAY)
    settle()
    assert (replies(), signature_states(letter)) == (
        ["confirmed", "not-confirmed", "not-confirmed"],
        ["published", "outdated", "outdated"],
    )
    visitor.visit("letters.detail", slug=letter.slug).never_says("Alliance 03")
    visitor.open(link).says("Your signature is off the letter").submit("Sign the new text", **SURE)  # late, and welcome
    assert replies() == ["confirmed", "confirmed", "not-confirmed"]


def test_silence_says_nothing_where_the_notice_did_not_arrive(
    app: Flask, otto: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    _arrived, bounced, late, imported, no_address = add_signatures(letter, 5)
    imported.source = Source.IMPORT
    no_address.email = ""
    db.session.commit()
    publish_change(letter, settings, KEEP)
    db.session.query(OutboxMessage).filter_by(signature_id=bounced.id).one().fail(now(), "No such mailbox.")
    db.session.query(OutboxMessage).filter_by(signature_id=bounced.id).one().sent_at = None
    db.session.query(OutboxMessage).filter_by(signature_id=late.id).one().sent_at = now() + 2.9 * DAY
    db.session.commit()
    page = otto.visit("change_replies.index", coalition="coalition-for-clean-rivers", slug=letter.slug)
    page.says("The notice hasn’t reached 4 signatories.", "silence doesn’t count as consent")
    page.follow("Show them").says(
        "4 names.", "The email couldn’t be delivered.", "There is no email address.", "less than 12 hours before the deadline",
        "Nobody has ever confirmed from this mailbox.",
    ).never_says("Alliance 01")  # fmt: skip
    clock.shift(4 * DAY)
    settle()
    assert replies() == ["not-objected", *["unreached"] * 4]
    assert signature_states(letter) == ["published", *["outdated"] * 4]


def test_a_mailbox_that_bounced_on_the_reminder_was_not_reached(
    letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    (signed,) = add_signatures(letter, 1)
    publish_change(letter, settings, KEEP)
    suppress_mail(signed, SuppressionReason.BOUNCED, now())
    db.session.commit()
    clock.shift(4 * DAY)
    settle()
    assert replies() == ["unreached"]


def test_those_who_have_not_replied_are_reminded_once_for_each_deadline(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    signed = add_signatures(letter, 2)
    publish_change(letter, settings, KEEP)
    visitor.open(newest_link(settings, postbox, signed[0].email)).submit("Sign the new text", **SURE)
    assert (changes_to_remind(now()), remind_of_change(letter.id, now())) == ((), 0)
    clock.shift(2 * DAY)
    assert changes_to_remind(now()) == (letter.id,)
    assert [remind_of_change(letter.id, now()), remind_of_change(letter.id, now()), changes_to_remind(now())] == [1, 0, ()]
    send_due_mail(settings)
    assert "Reminder: reply by" in postbox.to(signed[1].email)[-1].message["Subject"]
    extend_deadline(letter.id, now() + 4 * DAY, actor="staff-1", at=now())
    assert changes_to_remind(now()) == ()
    clock.shift(3 * DAY)
    assert remind_of_change(letter.id, now()) == 1


def test_more_time_keeps_the_letter_waiting(letter: Letter, settings: Settings, clock: time_machine.Traveller) -> None:
    add_signatures(letter, 1)
    publish_change(letter, settings, KEEP)
    extend_deadline(letter.id, now() + 5 * DAY, actor="staff-1", at=now())
    clock.shift(4 * DAY)
    assert (settle(), replies()) == (0, ["waiting"])
    clock.shift(2 * DAY)
    settle()
    assert replies() == ["not-objected"]
    assert db.session.query(AuditEntry).filter_by(action="reply deadline extended").count() == 1


def test_a_second_change_asks_anew_and_counts_no_silence_from_the_first(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    signed = add_signatures(letter, 3)
    publish_change(letter, settings, KEEP)
    visitor.open(newest_link(settings, postbox, signed[0].email)).submit("Sign the new text", **SURE)
    clock.shift(2.9 * DAY)
    publish_change(letter, settings, CONFIRM, body=NEWER_BODY)
    assert [str(one.state) for one in db.session.query(TextChangeNotice).order_by(TextChangeNotice.revision_id)] == [
        "replaced",
        "running",
    ]
    visitor.open(newest_link(settings, postbox, signed[1].email)).says("You signed version 1; this is version 3.").submit(
        "Sign the new text", **SURE
    )
    page = visitor.visit("letters.detail", slug=letter.slug)
    page.says("Signed version 2, asked to confirm version 3", "Signed version 1, asked to confirm version 3")
    clock.shift(DAY)
    assert settle() == 0
    clock.shift(3 * DAY)
    settle()
    assert replies() == ["not-confirmed", "confirmed", "not-confirmed"]


def test_whoever_came_off_before_is_not_kept_by_silence_about_a_later_change(
    letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    add_signatures(letter, 1)
    publish_change(letter, settings, CONFIRM)
    clock.shift(4 * DAY)
    settle()
    publish_change(letter, settings, KEEP, body=NEWER_BODY)
    clock.shift(4 * DAY)
    settle()
    assert (signature_states(letter), db.session.query(ChangeReply).count()) == (["outdated"], 1)


def test_freezing_after_the_deadline_applies_the_rule_first_and_shows_the_new_list(
    letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    add_signatures(letter, 3)
    publish_change(letter, settings, KEEP)
    factories.signature(letter, cast.HIRO, factories.SignatureState.PUBLISHED)
    seen = letter_version(letter.id)
    clock.shift(4 * DAY)
    with pytest.raises(LetterChanged):
        freeze(letter.id, seen, actor="staff-1", staff_id=None, at=now())
    assert replies() == ["not-objected"] * 3
    assert freeze(letter.id, letter_version(letter.id), actor="staff-1", staff_id=None, at=now()) == 1


def test_before_the_deadline_an_edition_prints_those_who_confirmed(letter: Letter, settings: Settings) -> None:
    add_signatures(letter, 3)
    publish_change(letter, settings, KEEP)
    factories.signature(letter, cast.HIRO, factories.SignatureState.PUBLISHED)
    freeze(letter.id, letter_version(letter.id), actor="staff-1", staff_id=None, at=now())
    assert db.session.query(Edition).one().count == 1


def test_replies_are_taken_until_the_deadline_although_the_letter_is_closed(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    (signed,) = add_signatures(letter, 1)
    publish_change(letter, settings, CONFIRM, days=5)
    db.session.get_one(Letter, letter.id).move(LetterMove.CLOSE, now())
    db.session.commit()
    clock.shift(4 * DAY)  # beyond the grace period for new signatures
    visitor.open(newest_link(settings, postbox, signed.email)).submit("Sign the new text", **SURE)
    assert replies() == ["confirmed"]


def test_an_objection_that_came_in_time_counts_although_the_worker_was_first(
    letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    in_time, late = add_signatures(letter, 2)
    publish_change(letter, settings, KEEP)
    clock.shift(3 * DAY - HOUR)
    came_at = now()
    clock.shift(2 * HOUR)
    settle()
    withdraw_signature(in_time.id, came_at)
    withdraw_signature(late.id, now())
    assert (replies(), signature_states(letter)) == (["objected", "not-objected"], ["withdrawn"] * 2)
    assert db.session.query(TextChangeNotice).one().silent_count == 1
