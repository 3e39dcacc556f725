"""Queries for a letter's emails of one kind use an index, however many emails there are."""

import datetime as dt
import re

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.editions.deliveries import deliver, undo_delivery
from letterhub.commands.invitations.invitations import InvitationContext, invite_by_name
from letterhub.commands.signatures._anonymization import erase_invitation
from letterhub.commands.signatures.consent_renewal import request_consent_renewal
from letterhub.domain.editions.deliveries import DeliveryMethod, DeliveryRequest
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.mail.outgoing_mail import MailKind, MailState
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.mail.outbox import queue_mail
from letterhub.models import Delivery, Invitation, Letter, OutboxMessage
from letterhub.queries.editions.deliveries import copies_due
from tests.support import cast, editions, factories
from tests.support.database.query_plans import OUTBOX_SCAN_PATTERN, copy_outbox_message, record_plans
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, add_signatures, publish_body, undo_change

OF_A_KIND = re.compile(r"(Index Cond: |ix_outbox_message_letter )\(.*letter_id.*kind")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with three signatories, one of whom was sent a hundred thousand emails."""
    letter = factories.open_letter()
    one = add_signatures(letter, 3)[0]
    of = {"coalition_id": letter.coalition_id, "letter_id": letter.id, "signature_id": one.id}
    line = factories.save(queue_mail(MailKind.SIGNED, one.email, at=now(), **of))
    copy_outbox_message(line, 100_000)
    return letter


def all_use_index(made: list[str]) -> bool:
    """Return whether the plans look up emails by kind and letter in an index, and scan no others."""
    of_letter = [one for one in made if "ix_outbox_message_letter" in one]
    return (
        bool(of_letter) and all(OF_A_KIND.search(one) for one in of_letter) and not any(map(OUTBOX_SCAN_PATTERN.search, made))
    )


def deliver_with_copies(letter: Letter) -> tuple[int, int]:
    """Deliver an edition to the President with a copy to each signatory; return the numbers of edition and delivery."""
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    edition = editions.freeze_edition(letter)
    handover = DeliveryRequest(("the President",), DeliveryMethod.HAND, now(), "America/New_York", copies=True)
    assert deliver(edition.id, handover, actor="staff-1", staff_id=None, at=now()) == 3
    return edition.id, db.session.query(Delivery).one().id


def test_who_is_still_due_a_copy(letter: Letter) -> None:
    edition_id, _ = deliver_with_copies(letter)
    with record_plans() as made:
        assert copies_due(edition_id) == ()
    assert all_use_index(made)


def test_what_is_held_back_of_a_delivery(letter: Letter) -> None:
    _, delivery_id = deliver_with_copies(letter)
    with record_plans() as made:
        undo_delivery(delivery_id, "Too early", actor="staff-1", at=now())
    assert all_use_index(made)
    states = [one.state for one in db.session.query(OutboxMessage).filter(OutboxMessage.kind != MailKind.SIGNED)]
    assert states == [MailState.CANCELLED] * 3


def test_who_was_told_of_a_change_that_is_taken_back(letter: Letter) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    with record_plans() as made:
        undo_change(letter)
    assert all_use_index(made)


def test_whose_consent_is_old_and_was_asked(letter: Letter, clock: time_machine.Traveller) -> None:
    clock.shift(dt.timedelta(days=letter.consent_days + 1))
    with record_plans() as made:
        assert request_consent_renewal(letter.id, actor="staff-1", at=now()) == 3
    assert all_use_index(made)


def test_an_invitation_that_is_erased_is_found_by_its_mailbox(letter: Letter) -> None:
    inviting = InvitationContext(letter.id, factories.staff(cast.OTTO).id, "staff-1", now())
    invite_by_name(inviting, Signatory("Quiet Skies"), "one@skies.example")
    copy_outbox_message(db.session.query(OutboxMessage).filter_by(kind=MailKind.INVITE).one(), 5_000)
    with record_plans() as made:
        erase_invitation(db.session.query(Invitation).one(), now())
    assert "ix_outbox_message_recipient" in next(one for one in made if "outbox" in one)
