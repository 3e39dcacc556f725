"""A name that staff return to the queue is emailed about the next step, and staff read which step that is."""

import datetime as dt

import pytest
import time_machine
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.abuse.bulk_decline import decline_in_bulk, undo_bulk_decline
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.review import ReviewSelection, decline_signatures, publish_signatures, return_signatures
from letterhub.commands.signatures.sign import sign_letter
from letterhub.config import Settings
from letterhub.domain.abuse.bulk_decline import ExpectedMatches, SubmissionPattern
from letterhub.domain.abuse.submission_limits import Sender
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.domain.signatures.review import line_version
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, OutboxMessage, Signature
from tests.support import factories
from tests.support.servers.mail_server import Inbox
from tests.support.text_changes import COALITION_SLUG, NEW_BODY, SUBSTANTIVE_CHANGE, publish_body
from tests.support.visitor import Page, Visitor

PENDING, PUBLISHED, DECLINED = SignatureState.PENDING, SignatureState.PUBLISHED, SignatureState.DECLINED
OUTDATED = SignatureState.OUTDATED
MINUTE = dt.timedelta(minutes=1)
STAYS_OFF = "stays off the list until its signatory confirms the changed text."


def sign(letter: Letter, number: int = 1) -> int:
    line = Signatory(f"Alliance {number}", "Nia Example", "Director", website=f"https://a{number}.example", section="local")
    request = SigningRequest(line, EmailAddress(f"n{number}@crane.example"), 1)
    return sign_letter(letter.id, request, at=now(), sender=Sender("203.0.113.7"))


def listed(letter: Letter) -> int:
    """Return a published signature."""
    number = sign(letter)
    confirm_signature(number, revision=1, at=now())
    assert publish_signatures(chosen(number)).changed_ids == (number,)
    return number


def chosen(number: int) -> ReviewSelection:
    """Return the form value of a name with its current version."""
    db.session.rollback()
    row = db.session.get_one(Signature, number, populate_existing=True)
    letter = db.session.get_one(Letter, row.letter_id)
    return ReviewSelection(letter.coalition_id, letter.id, (number,), "staff-1", now(), {number: line_version(row.signatory)})


def decline_all(letter: Letter, *numbers: int) -> None:
    expected = ExpectedMatches(len(numbers), max(numbers), published=True)
    decline_in_bulk(letter.id, SubmissionPattern(domain="crane.example"), expected, "A machine", actor="staff-1", at=now())


def return_to_queue(sam: Visitor, letter: Letter, number: int) -> Page:
    """Return the name to the queue on its page."""
    return sam.visit("signatures.detail", coalition=COALITION_SLUG, slug=letter.slug, signature_id=number).submit(
        "Back to the queue"
    )


def state(number: int) -> SignatureState:
    db.session.rollback()
    return db.session.get_one(Signature, number, populate_existing=True).state


def mails(kind: MailKind, number: int) -> list[MailState]:
    db.session.rollback()
    lines = (
        select(OutboxMessage).where(OutboxMessage.kind == kind, OutboxMessage.signature_id == number).order_by(OutboxMessage.id)
    )
    return [line.state for line in db.session.scalars(lines, execution_options={"populate_existing": True})]


def test_a_name_that_is_returned_alone_gets_the_mail_that_its_sweep_held(letter: Letter, sam: Visitor) -> None:
    number = sign(letter)
    decline_all(letter, number)
    assert mails(MailKind.CONFIRM, number) == [MailState.CANCELLED]
    page = return_to_queue(sam, letter, number)
    page.says("Alliance 1 waits again until its signatory confirms it.").never_says("is back in the queue")
    assert (state(number), mails(MailKind.CONFIRM, number)) == (PENDING, [MailState.WAITING])
    assert undo_bulk_decline(letter.id, 1, actor="staff-1", at=now()).restored_count == 0
    assert mails(MailKind.CONFIRM, number) == [MailState.WAITING]


@pytest.mark.shows("S19")
@pytest.mark.parametrize("alone", [True, False])
def test_who_has_to_confirm_a_changed_text_since_staff_returned_her_name_is_asked(
    letter: Letter, sam: Visitor, clock: time_machine.Traveller, alone: bool
) -> None:
    number = listed(letter)
    if alone:
        decline_signatures(chosen(number), "Doubtful", PUBLISHED)
    else:
        decline_all(letter, number)
    clock.shift(MINUTE)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    assert mails(MailKind.RECONFIRM, number) == []
    page = return_to_queue(sam, letter, number)
    page.says(f"Alliance 1 {STAYS_OFF} An email asks for that.").never_says("is back in the queue")
    assert (state(number), mails(MailKind.RECONFIRM, number)) == (OUTDATED, [MailState.WAITING])


@pytest.mark.shows("S19")
def test_who_has_to_confirm_a_changed_text_since_a_sweep_was_taken_back_is_asked(
    letter: Letter, sam: Visitor, clock: time_machine.Traveller
) -> None:
    number, other = listed(letter), sign(letter, 2)
    decline_all(letter, number, other)
    clock.shift(MINUTE)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    page = sam.open(f"/staff/{COALITION_SLUG}/letters/{letter.slug}/sources").submit("Restore 2 names")
    page.says("One name was restored.", f"One name {STAYS_OFF} An email asks for that.")
    assert (state(number), state(other)) == (OUTDATED, PENDING)
    assert (mails(MailKind.RECONFIRM, number), mails(MailKind.RECONFIRM, other)) == ([MailState.WAITING], [])


def test_a_mail_about_a_changed_text_that_was_given_up_meanwhile_is_posted_once_more(
    letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    number = listed(letter)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    decline_signatures(chosen(number), "Doubtful", OUTDATED)
    send_due_mail(settings)
    assert mails(MailKind.RECONFIRM, number) == [MailState.CANCELLED]
    outcome = return_signatures(chosen(number), DECLINED)
    assert (outcome.states, outcome.emailed_count) == ((OUTDATED,), 1)
    before = len(postbox.to("n1@crane.example"))
    send_due_mail(settings)
    assert mails(MailKind.RECONFIRM, number) == [MailState.CANCELLED, MailState.SENT]
    assert len(postbox.to("n1@crane.example")) == before + 1


def test_who_is_about_to_be_asked_is_asked_once(letter: Letter) -> None:
    number = listed(letter)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    decline_signatures(chosen(number), "Doubtful", OUTDATED)
    assert return_signatures(chosen(number), DECLINED).emailed_count == 1
    assert mails(MailKind.RECONFIRM, number) == [MailState.WAITING]


def test_staff_read_that_nobody_can_be_asked(letter: Letter, sam: Visitor) -> None:
    number = factories.signature(letter, email="").id
    decline_signatures(chosen(number), "Doubtful", PUBLISHED)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    return_to_queue(sam, letter, number).says(f"{STAYS_OFF} No email asks for that: no address is known")
    assert (state(number), mails(MailKind.RECONFIRM, number)) == (OUTDATED, [])
