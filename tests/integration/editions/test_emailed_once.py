"""Each recipient of an emailed edition gets it once, though a worker is killed; and an acceptance makes one delivery."""

import datetime as dt
import secrets

import pytest
import time_machine
from flask import Flask

from letterhub.app import site_context
from letterhub.clock import now
from letterhub.commands.editions.delivery_emails import (
    cancel_delivery_email,
    record_recipient_bounce,
    resend_delivery_email,
    send_delivery_email,
)
from letterhub.commands.mail.send import claim_next_mail, record_sent, send_due_mail
from letterhub.commands.operations.purge import purge_expired_data
from letterhub.config import Settings
from letterhub.domain.editions.delivery_emails import (
    AlreadyEmailed,
    CoverEmail,
    CoverEmailRequest,
    EmailRecipient,
    RecipientState,
)
from letterhub.domain.editions.delivery_emails import RecipientRole as Role
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.mail.mail_words import MailWords
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.retention import ErasableData
from letterhub.domain.states import SignatureMove
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Delivery, DeliveryEmail, DeliveryRecipient, Edition, Letter, OutboxMessage, Signature
from letterhub.queries.editions.delivery_recipients import delivery_emails_of
from tests.support import editions, factories
from tests.support.at_once import run_twice_at_once
from tests.support.servers.mail_server import Inbox
from tests.support.servers.worker_process import expire_leases, run_worker, wait_until
from tests.support.visitor import Visitor


def queue(letter: Letter, *recipients: EmailRecipient, copies: bool = False) -> None:
    """Queue an email with an edition of a letter."""
    edition_id = editions.freeze_edition(letter).id
    email = CoverEmail(recipients, MailWords("Rivers", "Dear {{recipient}},"), (FileFormat.PDF,))
    cover = CoverEmailRequest(email, "UTC", copies=copies)
    send_delivery_email(edition_id, cover, actor="staff-1", staff_id=None, at=now())


def queue_to_many(letter: Letter) -> set[str]:
    """Queue an email to twenty recipients and twenty copies; return their addresses."""
    recipients = [EmailRecipient(f"Office {number}", f"to{number}@office.example") for number in range(20)]
    recipients += [EmailRecipient("", f"bcc{number}@rivers.example", Role.BCC) for number in range(20)]
    queue(letter, *recipients)
    return {one.address for one in recipients}


def waiting() -> int:
    end_read_transaction()
    return db.session.query(OutboxMessage).filter_by(sent_at=None).count()


@pytest.mark.shows("R2")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_recipient_gets_one_email_though_a_worker_is_killed(settings: Settings, postbox: Inbox) -> None:
    with site_context(settings):
        recipients = queue_to_many(factories.closed_letter())
        with run_worker(settings) as worker:
            wait_until(lambda: len(postbox.mails) >= 10)
            worker.kill()
            worker.join()
        expire_leases()
        with run_worker(settings):
            wait_until(lambda: waiting() == 0)
        assert db.session.query(Delivery).count() == 20
    arrived = [mail.recipients[0] for mail in postbox.mails]
    assert set(arrived) == recipients
    ids = {(mail.recipients[0], mail.message["Message-ID"]) for mail in postbox.mails}
    assert len(ids) == len(recipients)  # what a killed worker handed over twice is one email to its reader
    assert len(arrived) - len(recipients) <= 2


def test_an_acceptance_that_is_recorded_twice_makes_one_delivery(app: Flask) -> None:
    queue_to_many(factories.closed_letter())
    claim = claim_next_mail(now())
    assert claim
    for _ in range(2):
        record_sent(claim, now(), "250 kept")
    assert db.session.query(Delivery).one().edition_id == db.session.query(Edition).one().id


def test_what_was_held_back_while_the_server_took_it_is_not_sent_again(app: Flask, settings: Settings, postbox: Inbox) -> None:
    letter = factories.closed_letter()
    queue(letter, EmailRecipient("Office", "office@office.example"))
    claim = claim_next_mail(now())
    assert claim
    recipient_id = db.session.query(DeliveryRecipient.id).scalar()
    cancel_delivery_email(recipient_id, letter.id, actor="staff-1", at=now())
    resend_delivery_email(recipient_id, "desk@office.example", letter.id, actor="staff-1", at=now())
    record_sent(claim, now(), "250 kept")
    assert send_due_mail(settings) == 0
    assert postbox.mails == []
    assert db.session.query(Delivery).count() == 1
    assert db.session.query(DeliveryRecipient).one().address == "office@office.example"


def test_of_an_email_and_its_repetition_that_both_arrived_one_is_a_delivery(app: Flask) -> None:
    letter = factories.closed_letter()
    queue(letter, EmailRecipient("Office", "office@office.example"))
    first = claim_next_mail(now())
    assert first
    recipient_id = db.session.query(DeliveryRecipient.id).scalar()
    cancel_delivery_email(recipient_id, letter.id, actor="staff-1", at=now())
    resend_delivery_email(recipient_id, "desk@office.example", letter.id, actor="staff-1", at=now())
    second = claim_next_mail(now())
    assert second
    for claim in (second, first):
        record_sent(claim, now(), "250 kept")
    assert db.session.query(Delivery).count() == 1
    assert db.session.query(DeliveryRecipient).one().address == "desk@office.example"


def test_signatories_get_copies_though_the_first_email_came_back(app: Flask) -> None:
    letter = factories.closed_letter()
    queue(letter, EmailRecipient("A", "a@office.example"), EmailRecipient("B", "b@office.example"), copies=True)
    first, second = claim_next_mail(now()), claim_next_mail(now())
    assert first
    assert second
    record_sent(first, now(), "250 kept")
    recipient_id = db.session.query(DeliveryRecipient.id).filter_by(address="a@office.example").scalar()
    record_recipient_bounce(recipient_id, letter.id, actor="staff-1", at=now())
    record_sent(second, now(), "250 kept")
    waiting_copies = db.session.query(OutboxMessage).filter_by(kind=MailKind.COPY, cancelled_at=None)
    assert waiting_copies.count() == 2


def test_addresses_of_copies_go_with_those_of_signatories_and_offices_stay(
    app: Flask, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    letter = factories.closed_letter()
    copies = [EmailRecipient("", "sam@rivers.example", Role.CC), EmailRecipient("", "board@rivers.example", Role.BCC)]
    queue(letter, EmailRecipient("Office", "office@office.example"), *copies)
    assert send_due_mail(settings) == 3
    assert purge_expired_data(letter.id, ErasableData.COPY_ADDRESSES, now()) == 0
    clock.shift(dt.timedelta(days=366))
    assert purge_expired_data(letter.id, ErasableData.COPY_ADDRESSES, now()) == 2
    assert purge_expired_data(letter.id, ErasableData.COPY_ADDRESSES, now()) == 0
    end_read_transaction()
    assert sorted(address for (address,) in db.session.query(DeliveryRecipient.address)) == ["", "", "office@office.example"]
    assert sorted(address for (address,) in db.session.query(OutboxMessage.recipient)) == ["", "", "office@office.example"]
    assert db.session.query(DeliveryEmail).one().cover_email.with_role(Role.CC) == ()
    assert [(one.address, one.state) for one in delivery_emails_of(letter.id)[0].recipients][1:] == 2 * [
        ("", RecipientState.ACCEPTED)
    ]


OFFICE = EmailRecipient("The White House", "letters@whitehouse.example")


def send(edition_id: int, *recipients: EmailRecipient, again: bool = False) -> None:
    email = CoverEmail(recipients, MailWords("Rivers", "Dear {{recipient}},"), (FileFormat.PDF,))
    request = CoverEmailRequest(email, "UTC", form_token=secrets.token_hex(), again=again)
    send_delivery_email(edition_id, request, actor="staff-1", staff_id=None, at=now())


def test_of_two_organizers_who_email_an_edition_to_one_office_at_once_the_first_does(app: Flask) -> None:
    edition_id = editions.freeze_edition(factories.closed_letter()).id
    end_read_transaction()
    refusal, sent = sorted(run_twice_at_once(app, lambda: _sending(edition_id)))
    assert (sent, OFFICE.address in refusal) == ("sent", True)
    assert waiting() == 1


def _sending(edition_id: int) -> str:
    try:
        send(edition_id, OFFICE)
    except AlreadyEmailed as refusal:
        return str(refusal)
    return "sent"


def test_it_is_sent_again_where_staff_say_so_or_the_first_did_not_arrive(app: Flask) -> None:
    edition_id = editions.freeze_edition(factories.closed_letter()).id
    send(edition_id, OFFICE)
    with pytest.raises(AlreadyEmailed):
        send(edition_id, EmailRecipient("Them", "Letters@whitehouse.example"), EmailRecipient("Other", "o@house.example"))
    send(edition_id, OFFICE, again=True)
    for mail in db.session.query(OutboxMessage):
        mail.fail(now(), "550")
    db.session.commit()
    send(edition_id, OFFICE)
    assert db.session.query(OutboxMessage).count() == 3


HOME, DESK = "coalition-for-clean-rivers", EmailRecipient("The Office", "desk@office.example")


@pytest.mark.shows("S16")
def test_a_reviewer_delivers_nothing_by_trying_a_failed_email_again(settings: Settings, postbox: Inbox, sam: Visitor) -> None:
    queue(factories.closed_letter(), DESK)
    postbox.reply_to_recipient = "550 5.1.1 No such user"
    send_due_mail(settings)
    postbox.empty()
    page = sam.visit("outbox.index", coalition=HOME)
    page.says("Organizers send it again on the letter’s Editions tab.").never_says("Try again")
    (token, *_others) = [one.get("value") for one in page.tree.iter("input") if one.get("name") == "csrf_token"]
    retry = f"/staff/{HOME}/email/{db.session.query(OutboxMessage).one().id}/retry"
    sam.open(retry, method="POST", data={"csrf_token": token}).says("This email delivers an edition.")
    assert send_due_mail(settings) == 0
    assert postbox.mails == []


def test_an_email_is_not_sent_again_unless_staff_read_who_withdrew(otto: Visitor) -> None:
    letter = factories.closed_letter()
    queue(letter, DESK)
    listed = otto.visit("editions.index", coalition=HOME, slug=letter.slug).submit(f"Hold back: {DESK.address}")
    before = listed.follow(f"Send again: {DESK.address}").never_says("no longer on the letter")
    signature = db.session.query(Signature).filter_by(letter_id=letter.id).order_by(Signature.id).first()
    name = signature.signatory.name
    signature.move(SignatureMove.WITHDRAW, now())
    db.session.commit()
    page = before.submit("Send again", status=422).says("Parts of this edition no longer hold.", name, "withdrew its signature")
    box = next(one for one in page.tree.iter("input") if one.get("name") == "errata_version")
    assert box.get("checked") is None
    page.submit("Send again", errata_version=box.get("value")).says("is on its way again")
