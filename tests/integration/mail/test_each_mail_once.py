"""Invitations and digests to many while a worker is killed: each once, none to a mailbox that unsubscribed."""

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest

from letterhub.app import site_context
from letterhub.clock import now
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name
from letterhub.commands.mail.notices import queue_digests
from letterhub.commands.mail.unsubscriptions import unsubscribe
from letterhub.config import Settings
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import hash_recipient
from letterhub.models import NoticeSettings, OutboxMessage
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.servers.worker_process import expire_leases, run_worker, wait_until

INVITED, MEMBERS = 30, 15
HOUR = dt.timedelta(hours=1)
IN_HAND = 2  # emails that a killed worker may have handed over without taking note


def queue_everything() -> set[str]:
    """Queue an invitation for each mailbox and a digest for each member; return the recipients, some of whom unsubscribe."""
    home = factories.coalition()
    staff = [factories.staff(replace(cast.SAM, email=f"sam{number}@team.example"), of=home) for number in range(MEMBERS)]
    letter = factories.open_letter(deadline_at=None)
    letter_id, coalition_id, staff_id = letter.id, letter.coalition_id, staff[0].id
    end_read_transaction()
    queue_digests(now())
    signature = factories.signature(letter, state=SignatureState.CONFIRMED)
    signature.confirmed_at = now() - HOUR
    factories.save(signature)
    for row in db.session.query(NoticeSettings):
        row.digest_at, row.digest_since = now(), now() - 2 * HOUR
    db.session.commit()
    addresses = [f"ada@o{number}.example" for number in range(INVITED)]
    for number, email in enumerate(addresses):
        invite_by_name(InvitationContext(letter_id, staff_id, "staff-1", now()), Signatory(f"Watch {number}"), email)
    for email in addresses[::5]:
        unsubscribe(coalition_id, hash_recipient(coalition_id, EmailAddress(email)), now())
    assert queue_digests(now()) == MEMBERS
    return {*addresses} - {*addresses[::5]} | {f"sam{number}@team.example" for number in range(MEMBERS)}


def waiting() -> int:
    end_read_transaction()
    rows = db.session.query(OutboxMessage).filter_by(sent_at=None, cancelled_at=None)
    return rows.filter(OutboxMessage.due_at <= now()).count()


@pytest.mark.shows("R2")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_recipient_gets_one_email_though_a_worker_is_killed(settings: Settings, postbox: Inbox) -> None:
    with site_context(settings):
        recipients = queue_everything()
        with run_worker(settings) as worker:
            wait_until(lambda: len(postbox.mails) >= len(recipients) // 3)
            worker.kill()
            worker.join()
        expire_leases()
        with run_worker(settings):
            wait_until(lambda: waiting() == 0)
    arrived = Counter(mail.recipients[0] for mail in postbox.mails)
    assert set(arrived) == recipients
    assert sum(number > 1 for number in arrived.values()) <= IN_HAND
