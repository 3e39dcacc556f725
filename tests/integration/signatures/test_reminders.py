"""Unconfirmed signers are reminded twice at most; mail suppression stops reminders; unconfirmed signatures are erased."""

import datetime as dt

import pytest
import time_machine
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.mail.send import retry_mail, send_due_mail
from letterhub.commands.operations.purge import purge_expired_data
from letterhub.commands.signatures.reminders import remind_unconfirmed
from letterhub.commands.signatures.sign import sign_letter
from letterhub.config import Settings
from letterhub.domain.abuse.submission_limits import Sender
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.domain.operations.retention import ErasableData
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Letter, MailSuppression, OutboxMessage
from letterhub.queries.signatures.reminders import letters_to_remind
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import confirm_link, fill_in, newest_link, only_signature
from tests.support.visitor import Visitor

DAY = dt.timedelta(days=1)


@pytest.fixture
def mailed_link(letter: Letter, visitor: Visitor, settings: Settings, postbox: Inbox) -> str:
    """Clara's pending signature, whose email was sent; the link in it."""
    fill_in(visitor, letter)
    return newest_link(settings, postbox)


def reminded() -> int:
    """Create reminders that are due, as the worker does; return their number."""
    return sum(remind_unconfirmed(letter_id, now()) for letter_id in letters_to_remind(now()))


def kinds() -> list[str]:
    end_read_transaction()
    return list(db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)))


def test_two_reminders_after_two_days_and_after_seven(
    mailed_link: str, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    posted = []
    for _day in range(20):
        clock.shift(DAY)
        posted.append(reminded())
        send_due_mail(settings)
    assert posted == [0, 1, 0, 0, 0, 0, 1] + [0] * 13
    mail = postbox.to(cast.CLARA.email)[-1]
    assert mail.message["Subject"] == "Your signature isn’t confirmed yet: Clean rivers for everyone"
    assert "on Wednesday, January 26, 2022, 12:00 p.m. Eastern we erase what was typed" in mail.text.replace("\n", " ")


def test_the_link_of_a_reminder_confirms(
    mailed_link: str, visitor: Visitor, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    clock.shift(7 * DAY + dt.timedelta(hours=1))
    visitor.open(mailed_link, status=410)
    reminded()
    visitor.open(newest_link(settings, postbox)).submit("Sign for our organization", authorized=True).says(
        "Your signature is confirmed"
    )
    clock.shift(3 * DAY)
    assert reminded() == 0


@pytest.mark.parametrize("why", ["closed", "disowned", "flood", "never sent"])
def test_nobody_is_reminded_who_cannot_or_will_not_confirm(
    mailed_link: str, visitor: Visitor, letter: Letter, clock: time_machine.Traveller, why: str
) -> None:
    row = only_signature()
    match why:
        case "closed":
            letter.move(LetterMove.CLOSE, now())
        case "disowned":
            visitor.open(mailed_link).submit("Cancel this request", sure=True)
        case "flood":
            row.from_flood = True
        case "never sent":
            db.session.query(OutboxMessage).one().sent_at = None
    db.session.commit()
    clock.shift(3 * DAY)
    assert reminded() == 0
    assert kinds() == [MailKind.CONFIRM]


def test_of_one_mailbox_the_newest_entry_alone_is_reminded_of(
    mailed_link: str, visitor: Visitor, letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    fill_in(Visitor(visitor.app, visitor.base_url), letter, organization="Another Alliance")
    send_due_mail(settings)
    clock.shift(2 * DAY)
    assert reminded() == 1


@pytest.mark.shows("S33")
@pytest.mark.parametrize("leaves", [True, False])
def test_s33_a_strangers_form_takes_nobodys_reminder(
    mailed_link: str, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller, leaves: bool
) -> None:
    line = Signatory("Crane Society", "Eve Example", website="https://crane.example", section="national")
    sign_letter(letter.id, SigningRequest(line, EmailAddress(cast.CLARA.email), 1), at=now(), sender=Sender("203.0.113.7"))
    if leaves:
        send_due_mail(settings)
    clock.shift(2 * DAY)
    reminded()
    send_due_mail(settings)
    reminders = [
        mail.text for mail in postbox.to(cast.CLARA.email) if "Your signature isn’t confirmed yet" in mail.message["Subject"]
    ]
    assert any("Example Alliance" in text for text in reminders)


@pytest.mark.shows("R3")
def test_a_mailbox_that_does_not_exist_is_mailed_no_more_unless_staff_try_again(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    postbox.reply_to_recipient = "550 no such mailbox"
    fill_in(visitor, letter)
    send_due_mail(settings)
    postbox.reply_to_recipient = postbox.ACCEPTED
    end_read_transaction()
    assert db.session.scalars(select(MailSuppression.reason)).one() == "bounced"
    fill_in(Visitor(visitor.app, visitor.base_url), letter, organization="Another Alliance")
    end_read_transaction()
    failed, held = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert (failed.state, held.state) == (MailState.FAILED, MailState.CANCELLED)
    retry_mail(failed.id, letter.coalition_id, now())
    send_due_mail(settings)
    assert len(postbox.to(cast.CLARA.email)) == 1
    assert db.session.scalars(select(MailSuppression)).all() == []


def test_what_nobody_confirms_is_erased_after_three_weeks(
    mailed_link: str, visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    number = only_signature().id
    clock.shift(21 * DAY)
    assert purge_expired_data(letter.id, ErasableData.ENTRIES, now()) == 1
    row = only_signature()
    assert (row.state, row.email, row.organization_name, row.signer_name) == (SignatureState.EXPIRED, "", "", "")
    end_read_transaction()
    line = db.session.scalars(select(OutboxMessage)).one()
    assert (line.recipient, "alliance" in line.canonical_recipient) == ("", False)
    visitor.open(confirm_link(row)).says("This signature’s data was erased").follow("Sign again")
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    pages = f"/staff/coalition-for-clean-rivers/letters/{letter.slug}"
    visitor.open(f"{pages}/signatures").never_says(f'/signatures/{number}"')
    visitor.open(f"{pages}/activity").says("expired: nobody confirmed it", "Data past its retention period was erased.")
