"""Messages to all signatories: who gets one, once; at most one a day; counted and shown before it leaves."""

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.app import site_context
from letterhub.clock import now
from letterhub.commands.mail.mail_words import save_mail_words
from letterhub.commands.mail.send import send_due_mail
from letterhub.commands.mail.unsubscriptions import unsubscribe
from letterhub.commands.press.signatory_messages import send_message
from letterhub.config import Settings
from letterhub.domain.errors import UserFacingError
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.mail_words import MailWords, WordedMail
from letterhub.domain.mail.outgoing_mail import MailKind, SuppressionReason
from letterhub.domain.press.signatory_messages import LeftOut
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import hash_mailbox, hash_recipient
from letterhub.models import Letter, MailSuppression, MailWording, OutboxMessage, SignatoryMessage, Signature
from letterhub.queries.press.recipients import signatories_to_email
from tests.support import cast, factories
from tests.support.at_once import run_twice_at_once
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.servers.worker_process import expire_leases, run_worker, wait_until
from tests.support.signing_steps import audit_actions
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
HOSTILE = (
    "Dear {{name|friend}},\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://evil.example/p.png) **Good news**"
)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with two names."""
    letter = factories.open_letter(deadline_at=None)
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.HIRO)
    return letter


def write(letter: Letter, text: str = "Dear {{name|friend}},\n\n**Good news.**", subject: str = "News of {{title}}") -> None:
    save_mail_words(letter.id, WordedMail.MESSAGE, MailWords(subject, text), 0, actor="staff-1", at=now())


def send(letter_id: int) -> int:
    return send_message(letter_id, 1, staff_id=None, actor="staff-1", at=now())  # type: ignore[arg-type]


def page_before(otto: Visitor, letter: Letter) -> Page:
    return otto.visit("signatory_messages.new", coalition=HOME, slug=letter.slug)


def test_a_message_is_written_tried_counted_and_sent_once_to_each(
    otto: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    front = otto.visit("release.index", coalition=HOME, slug=letter.slug)
    page = front.follow("Messages to signatories").says("No message has been sent yet.").follow("Write a message")
    words = {"subject": "News of {{title}}", "text": "Dear {{name|friend}},\n\n**Good news.** {{link}}"}
    page.submit("Send me a test", **words).says("A test is on its way to otto@rivers.example.")
    page = page.submit("Save draft", **words).says("Nothing is sent until you review the message and send it.")
    page = page.follow("Review and send").says("Send this message to 2 signatories", "As it leaves", "Good news.")
    page.submit("Send to 2 signatories").says("The message is on its way to 2 signatories.", "To 2 signatories.", "waiting")
    send_due_mail(settings)
    (mail,) = postbox.to(cast.CLARA.email)
    assert mail.message["Subject"] == "News of Clean rivers for everyone"
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Dear Clara Example,\n\nGood news." in mail.text
    assert "<strong>Good news.</strong>" in mail.html
    assert "which you signed as Example Alliance" in mail.text
    assert "/signatures/" not in mail.text  # no link of the mailbox's own: a name that staff added may have any address
    assert len(postbox.to(cast.HIRO.email)) == 1
    sent = otto.visit("signatory_messages.index", coalition=HOME, slug=letter.slug).says("Otto Organizer", "Write a message")
    sent.never_says("waiting")
    assert (db.session.query(MailWording).count(), audit_actions()[-1]) == (0, "message sent")


def test_who_is_left_out_is_counted_with_the_reason(app: Flask, letter: Letter) -> None:
    home = letter.coalition_id
    people = [replace(cast.CLARA, organization=f"Watch {number}", email=f"w{number}@watch.example") for number in range(7)]
    for person, state in zip(
        people[:3], (SignatureState.CONFIRMED, SignatureState.OUTDATED, SignatureState.WITHDRAWN), strict=True
    ):
        factories.signature(letter, person, state)
    factories.signature(letter, people[3], email="")
    factories.signature(letter, people[4])
    unsubscribe(home, hash_recipient(home, EmailAddress(people[4].email)), now())
    for person, reason in ((people[5], SuppressionReason.BOUNCED), (people[6], SuppressionReason.DISOWNED)):
        signature = factories.signature(letter, person)
        mailbox_hash = hash_mailbox(letter.id, EmailAddress(person.email), as_spelled=reason is SuppressionReason.BOUNCED)
        about = {"letter_id": letter.id, "signature_id": signature.id, "mailbox_hash": mailbox_hash}
        factories.save(MailSuppression(**about, reason=reason, signer_name="", suppressed_at=now()))
    factories.signature(letter, replace(cast.CLARA, organization="Second Alliance", email="Clara@alliance.example"))
    found = signatories_to_email(letter.id)
    assert [email for _, email in found.addresses] == [cast.CLARA.email, cast.HIRO.email]
    assert found.left_out == dict.fromkeys(LeftOut, 1)


def test_the_page_says_who_gets_none(otto: Visitor, letter: Letter) -> None:
    factories.signature(letter, replace(cast.CLARA, organization="Watch", email="w@watch.example"), SignatureState.WITHDRAWN)
    write(letter)
    page_before(otto, letter).says("Send this message to 2 signatories", "Left out:", "1 withdrew")


def test_of_two_who_send_at_the_same_moment_one_does(app: Flask, letter: Letter) -> None:
    write(letter)
    letter_id = letter.id
    end_read_transaction()

    def act() -> str:
        try:
            return str(send(letter_id))
        except UserFacingError as refusal:
            return str(refusal)

    results = run_twice_at_once(app, act)
    assert sorted(results) == ["2", "The signatories of this letter got a message today. The next one can leave tomorrow."]
    assert db.session.query(OutboxMessage).filter_by(kind=MailKind.MESSAGE).count() == 2


def test_a_second_message_waits_for_the_next_day_of_the_letters_zone(
    otto: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    write(letter)
    page_before(otto, letter).submit("Send to 2 signatories")
    write(letter, "Again.")
    page_before(otto, letter).says("The next one can leave tomorrow.").never_says("Send to 2 signatories")
    with pytest.raises(UserFacingError, match="tomorrow"):
        send(letter.id)
    clock.shift(dt.timedelta(days=1))
    assert send(letter.id) == 2
    assert db.session.query(SignatoryMessage).count() == 2


def test_another_zone_of_the_letter_makes_no_second_day(otto: Visitor, letter: Letter) -> None:
    write(letter)
    assert send(letter.id) == 2
    letter.deadline_zone = "Pacific/Kiritimati"  # where it is the next day already
    db.session.commit()
    write(letter, "Again.")
    page_before(otto, letter).says("The next one can leave tomorrow.").never_says("Send to 2 signatories")
    with pytest.raises(UserFacingError, match="tomorrow"):
        send(letter.id)


def test_a_page_of_earlier_words_sends_nothing(otto: Visitor, letter: Letter) -> None:
    write(letter)
    page = page_before(otto, letter)
    save_mail_words(letter.id, WordedMail.MESSAGE, MailWords("Other", "Other words"), 1, actor="staff-1", at=now())
    page.submit("Send to 2 signatories", status=422).says("Someone else changed the message.", "Other words")
    assert db.session.query(OutboxMessage).count() == 0


def test_who_withdraws_or_unsubscribes_before_it_leaves_gets_none(
    letter: Letter, settings: Settings, postbox: Inbox, visitor: Visitor
) -> None:
    write(letter)
    send(letter.id)
    clara, hiro = db.session.query(OutboxMessage).filter_by(kind=MailKind.MESSAGE).order_by(OutboxMessage.id)
    signature = letter_signature(letter, cast.CLARA)
    signature.move(SignatureMove.WITHDRAW, now())
    db.session.commit()
    unsubscribe(letter.coalition_id, hash_recipient(letter.coalition_id, EmailAddress(hiro.recipient)), now())
    send_due_mail(settings)
    assert postbox.mails == []
    db.session.expire_all()
    assert ("withdrawn" in clara.error, "unsubscribed" in hiro.error) == (True, True)


def letter_signature(letter: Letter, by: cast.Signer) -> Signature:
    return db.session.query(Signature).filter_by(letter_id=letter.id, email=by.email).one()


def test_one_click_ends_messages_too(letter: Letter, settings: Settings, postbox: Inbox, visitor: Visitor) -> None:
    write(letter)
    send(letter.id)
    send_due_mail(settings)
    path = str(postbox.to(cast.CLARA.email)[0].message["List-Unsubscribe"]).removeprefix(f"<{SITE}").removesuffix(">")
    assert visitor.ask(path, method="POST", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert signatories_to_email(letter.id).left_out == {LeftOut.UNSUBSCRIBED: 1}


@pytest.mark.shows("S3")
def test_hostile_words_run_nothing_and_name_no_picture(
    letter: Letter, settings: Settings, postbox: Inbox, otto: Visitor
) -> None:
    write(letter, HOSTILE)
    assert "<script>alert" not in page_before(otto, letter).html
    send(letter.id)
    send_due_mail(settings)
    mail = postbox.to(cast.CLARA.email)[0]
    for bad in ("<script", 'href="javascript', 'evil.example/p.png"', "<img"):
        assert bad not in mail.html
    assert "<strong>Good news</strong>" in mail.html


def test_a_draft_has_nobody_to_write_to(otto: Visitor) -> None:
    draft = factories.draft()
    write(draft)
    with pytest.raises(UserFacingError, match="Open the letter first"):
        send(draft.id)
    page_before(otto, draft).says("Nobody would get this message")


@pytest.mark.shows("R2")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_signatory_gets_one_though_a_worker_is_killed(settings: Settings, postbox: Inbox) -> None:
    with site_context(settings):
        letter = factories.open_letter(deadline_at=None)
        people = [
            replace(cast.CLARA, organization=f"Watch {number}", email=f"w{number}@o{number}.example") for number in range(40)
        ]
        for person in people:
            factories.signature(letter, person)
        write(letter)
        assert send(letter.id) == len(people)
        end_read_transaction()
        with run_worker(settings) as worker:
            wait_until(lambda: len(postbox.mails) >= 12)
            worker.kill()
            worker.join()
        expire_leases()
        with run_worker(settings):
            wait_until(lambda: {mail.recipients[0] for mail in postbox.mails} == {person.email for person in people})
    arrived = Counter(mail.recipients[0] for mail in postbox.mails)
    assert sum(number > 1 for number in arrived.values()) <= 2
