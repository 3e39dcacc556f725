"""Each recipient of an emailed edition gets it once, though a worker is killed; and an acceptance makes one delivery."""

import pytest
from flask import Flask

from letterhub.app import site_context
from letterhub.clock import now
from letterhub.commands.editions.delivery_emails import send_delivery_email
from letterhub.commands.mail.send import claim_next_mail, record_sent
from letterhub.config import Settings
from letterhub.domain.editions.delivery_emails import CoverEmail, CoverEmailRequest, EmailRecipient
from letterhub.domain.editions.delivery_emails import RecipientRole as Role
from letterhub.domain.editions.edition import FileFormat
from letterhub.domain.mail.mail_words import MailWords
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Delivery, Edition, Letter, OutboxMessage
from tests.support import editions, factories
from tests.support.servers.mail_server import Inbox
from tests.support.servers.worker_process import expire_leases, run_worker, wait_until


def queue_to_many(letter: Letter) -> set[str]:
    """Queue an email to twenty recipients and twenty copies; return their addresses."""
    edition_id = editions.freeze_edition(letter).id
    recipients = [EmailRecipient(f"Office {number}", f"to{number}@office.example") for number in range(20)]
    recipients += [EmailRecipient("", f"bcc{number}@rivers.example", Role.BCC) for number in range(20)]
    email = CoverEmail(tuple(recipients), MailWords("Rivers", "Dear {{recipient}},"), (FileFormat.PDF,))
    send_delivery_email(edition_id, CoverEmailRequest(email, "UTC"), actor="staff-1", staff_id=None, at=now())
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
