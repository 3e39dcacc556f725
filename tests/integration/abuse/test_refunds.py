"""S22: a confirmed email refunds its rate-limit tokens, so that a letter may spread; an unwanted one does not."""

import datetime as dt

import pytest
import time_machine
from sqlalchemy import select

from letterhub.clock import now
from letterhub.commands.mail.send import claim_next_mail, record_sent
from letterhub.commands.signatures.confirm import confirm_signature
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.abuse.submission_limits import DOMAIN_LIMIT, NETWORK_LIMIT, Sender
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.signing import SigningRequest
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Letter, OutboxMessage, RateLimitBucket

CAMPUS = Sender("203.0.113.7")
MINUTE = dt.timedelta(minutes=1)

pytestmark = pytest.mark.shows("S22")


def signs(letter: Letter, number: int, email: str = "", sender: Sender = CAMPUS) -> int:
    """Fill in the form as a new person; return the signature's number."""
    line = Signatory(
        f"Alliance {number}", "Nia Example", "Director", website=f"https://one{number}.example", section="national"
    )
    request = SigningRequest(line, EmailAddress(email or f"n{number}@one{number}.example"), 1)
    return sign_letter(letter.id, request, at=now(), sender=sender)


def send_due_emails() -> None:
    """Send all emails that are due."""
    while (taken := claim_next_mail(now())) is not None:
        record_sent(taken, now())


def confirms(signature_id: int) -> None:
    send_due_emails()
    confirm_signature(signature_id, revision=1, at=now())


def confirmation_delays() -> list[int]:
    """Return the delays in minutes of the unsent confirmation emails, oldest first."""
    end_read_transaction()
    lines = select(OutboxMessage.due_at).where(OutboxMessage.kind == MailKind.CONFIRM, OutboxMessage.sent_at.is_(None))
    return [(due_at - now()) // MINUTE for due_at in db.session.scalars(lines.order_by(OutboxMessage.id))]


def test_s22_a_campus_whose_people_confirm_waits_for_nothing(letter: Letter) -> None:
    for number in range(NETWORK_LIMIT.burst + 8):
        signature_id = signs(letter, number)
        assert confirmation_delays() == [0]
        confirms(signature_id)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_s22_people_at_one_mail_domain_who_confirm_wait_for_nothing(letter: Letter) -> None:
    for number in range(DOMAIN_LIMIT.burst + 14 + 4):
        signature_id = signs(letter, number, f"n{number}@campus.example", Sender(f"198.51.{number // 4}.7"))
        assert confirmation_delays() == [0]
        confirms(signature_id)


def test_s22_who_waits_longest_in_a_network_goes_where_another_one_confirms(letter: Letter) -> None:
    first, second, *_rest = [signs(letter, number) for number in range(NETWORK_LIMIT.burst + 3)]
    send_due_emails()
    assert confirmation_delays() == [3, 6, 9]
    confirms(first)
    assert confirmation_delays() == [0, 6, 9]
    confirms(second)
    assert confirmation_delays() == [0, 9]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_s22_who_confirms_for_herself_has_strangers_mailed_no_more_often(letter: Letter, clock: time_machine.Traveller) -> None:
    for number in range(NETWORK_LIMIT.burst):  # strangers, who never confirm
        signs(letter, number)
    hours = 1
    for number in range(hours * 60):
        clock.shift(MINUTE)
        own = signs(letter, 1000 + number, f"own{number}@attacker.example")
        signs(letter, 5000 + number)
        send_due_emails()
        line = db.session.scalars(select(OutboxMessage).where(OutboxMessage.signature_id == own)).one()
        if line.sent_at:
            confirms(own)
    strangers = select(OutboxMessage).where(OutboxMessage.sent_at.is_not(None), OutboxMessage.kind == MailKind.CONFIRM)
    mailed = [line for line in db.session.scalars(strangers) if "attacker" not in line.recipient]
    assert len(mailed) <= NETWORK_LIMIT.burst + hours * 20


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_s22_a_reader_takes_no_turn_and_gives_none_back(letter: Letter) -> None:
    for number in range(NETWORK_LIMIT.burst + 1):
        signs(letter, number)
    send_due_emails()
    before = spent()
    confirms(signs(letter, 100, "n0@one0.example", Sender(CAMPUS.address, reads=EmailAddress("n0@one0.example"))))
    assert (confirmation_delays(), spent()) == ([3], before)


def spent() -> dict[str, dt.datetime]:
    end_read_transaction()
    return dict(db.session.execute(select(RateLimitBucket.bucket_key, RateLimitBucket.expires_at)).all())
