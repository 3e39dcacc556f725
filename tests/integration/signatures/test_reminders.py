"""Unconfirmed signers are reminded twice at most; mail suppression stops reminders; unconfirmed signatures are erased."""

import datetime as dt

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.mail.send import retry_mail, send_due
from letterhub.commands.operations.purge import forget_some
from letterhub.commands.signatures.reminders import remind_unconfirmed
from letterhub.commands.signatures.sign import sign_letter
from letterhub.config import Settings
from letterhub.domain.abuse.submission_limits import Sender
from letterhub.domain.letters.document import Signatory
from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.domain.operations.retention import Erasable
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db, end_of_reading
from letterhub.models import Letter, MailStop, OutboxLine
from letterhub.queries.signatures.reminders import letters_to_remind
from tests.support import cast, factories
from tests.support.servers.mail_server import Postbox
from tests.support.signing_steps import confirm_link, fill_in, newest_link, the_signature
from tests.support.visitor import Visitor

DAY = dt.timedelta(days=1)


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter without a deadline."""
    return factories.open_letter(deadline_at=None)


@pytest.fixture
def begun(letter: Letter, visitor: Visitor, settings: Settings, postbox: Postbox) -> str:
    """Clara's pending signature, whose email was sent; the link in it."""
    fill_in(visitor, letter)
    return newest_link(settings, postbox)


def reminded() -> int:
    """Create reminders that are due, as the worker does; return their number."""
    return sum(remind_unconfirmed(letter_id, now()) for letter_id in letters_to_remind(now()))


def kinds() -> list[str]:
    end_of_reading()
    return list(db.session.scalars(select(OutboxLine.kind).order_by(OutboxLine.id)))


def test_two_reminders_after_two_days_and_after_seven(
    begun: str, settings: Settings, postbox: Postbox, clock: time_machine.Traveller
) -> None:
    posted = []
    for _day in range(20):
        clock.shift(DAY)
        posted.append(reminded())
        send_due(settings)
    assert posted == [0, 1, 0, 0, 0, 0, 1] + [0] * 13
    mail = postbox.to(cast.CLARA.email)[-1]
    assert mail.message["Subject"] == "Still to be confirmed: Clean rivers for everyone"
    assert "what was typed is erased on Wednesday, January 26, 2022" in mail.text.replace("\n", " ")


def test_the_link_of_a_reminder_confirms(
    begun: str, visitor: Visitor, settings: Settings, postbox: Postbox, clock: time_machine.Traveller
) -> None:
    clock.shift(7 * DAY + dt.timedelta(hours=1))
    visitor.open(begun, status=410)
    reminded()
    visitor.open(newest_link(settings, postbox)).submit("We sign", authorized=True).says("Your signature is confirmed")
    clock.shift(3 * DAY)
    assert reminded() == 0


@pytest.mark.parametrize("why", ["closed", "disowned", "flood", "never sent"])
def test_nobody_is_reminded_who_cannot_or_will_not_confirm(
    begun: str, visitor: Visitor, letter: Letter, clock: time_machine.Traveller, why: str
) -> None:
    row = the_signature()
    match why:
        case "closed":
            letter.move(LetterMove.CLOSE, now())
        case "disowned":
            visitor.open(begun).submit("Cancel this request", sure=True)
        case "flood":
            row.from_flood = True
        case "never sent":
            db.session.query(OutboxLine).one().sent_at = None
    db.session.commit()
    clock.shift(3 * DAY)
    assert reminded() == 0
    assert kinds() == [MailKind.CONFIRM]


def test_of_one_mailbox_the_newest_entry_alone_is_reminded_of(
    begun: str, visitor: Visitor, letter: Letter, settings: Settings, clock: time_machine.Traveller
) -> None:
    fill_in(Visitor(visitor.app, visitor.base_url), letter, organization="Another Alliance")
    send_due(settings)
    clock.shift(2 * DAY)
    assert reminded() == 1


@pytest.mark.shows("S33")
@pytest.mark.parametrize("leaves", [True, False])
def test_s33_a_strangers_form_takes_nobodys_reminder(
    begun: str, letter: Letter, settings: Settings, postbox: Postbox, clock: time_machine.Traveller, leaves: bool
) -> None:
    line = Signatory("Crane Society", "Eve Example", url="https://crane.example", section="national")
    sign_letter(letter.id, SigningRequest(line, cast.CLARA.email, 1), at=now(), sender=Sender("203.0.113.7"))
    if leaves:
        send_due(settings)
    clock.shift(2 * DAY)
    reminded()
    send_due(settings)
    reminders = [mail.text for mail in postbox.to(cast.CLARA.email) if "Still to be confirmed" in mail.message["Subject"]]
    assert any("Example Alliance" in text for text in reminders)


@pytest.mark.shows("R3")
def test_a_mailbox_that_does_not_exist_is_mailed_no_more_unless_staff_try_again(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Postbox, clock: time_machine.Traveller
) -> None:
    postbox.answer_to_recipient = "550 no such mailbox"
    fill_in(visitor, letter)
    send_due(settings)
    postbox.answer_to_recipient = postbox.ACCEPTED
    end_of_reading()
    assert db.session.scalars(select(MailStop.why)).one() == "bounced"
    fill_in(Visitor(visitor.app, visitor.base_url), letter, organization="Another Alliance")
    end_of_reading()
    failed, held = db.session.scalars(select(OutboxLine).order_by(OutboxLine.id)).all()
    assert (failed.state, held.state) == (MailState.FAILED, MailState.CANCELLED)
    retry_mail(failed.id, letter.coalition_id, now())
    send_due(settings)
    assert len(postbox.to(cast.CLARA.email)) == 1
    assert db.session.scalars(select(MailStop)).all() == []


def test_what_nobody_confirms_is_erased_after_three_weeks(
    begun: str, visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    number = the_signature().id
    clock.shift(21 * DAY)
    assert forget_some(letter.id, Erasable.ENTRIES, now()) == 1
    row = the_signature()
    assert (row.state, row.email, row.organization_name, row.signer_name) == (SignatureState.EXPIRED, "", "", "")
    end_of_reading()
    line = db.session.scalars(select(OutboxLine)).one()
    assert (line.recipient, "alliance" in line.mailbox) == ("", False)
    visitor.open(confirm_link(row)).says("This entry was erased").follow("Sign again")
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    room = f"/desk/coalition-for-clean-rivers/letters/{letter.slug}"
    visitor.open(f"{room}/names").never_says(f'/names/{number}"')
    visitor.open(f"{room}/record").says("expired: nobody confirmed it", "What had been kept long enough was erased.")
