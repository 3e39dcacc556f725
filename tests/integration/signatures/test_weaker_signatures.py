"""Signatures with weaker proof never block stronger ones, and a denial removes all that it denies."""

from dataclasses import replace

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures._anonymization import erase_contact
from letterhub.commands.signatures.reconfirmation import reconfirm_signature
from letterhub.commands.signatures.second_confirmation import (
    confirm_as_second_person,
    dispute_signature,
    undo_second_confirmation,
)
from letterhub.commands.signatures.sign import sign_letter
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.signatures.review import line_version
from letterhub.domain.signatures.signing import LetterNotOpen, SigningRequest
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.support import factories
from tests.support import forger as eve
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, publish_body

CRANE = Signatory("Crane Society", "Clara Example", "Director", website="https://crane.example", section="national")
FORGED = replace(CRANE, signer_name="Eve Example")
CLARA, COLLEAGUE, FREE = "clara@crane.example", "cora@crane.example", "crane.society@gmail.com"
CONFIRMED, PUBLISHED = SignatureState.CONFIRMED, SignatureState.PUBLISHED


def pending_id(letter: Letter, line: Signatory, email: str) -> int:
    """Return the number of a signature whose confirmation link is unused."""
    return sign_letter(letter.id, SigningRequest(line, EmailAddress(email), 1), at=now())


def disputed(letter: Letter, other: Signature, email: str) -> Signature:
    """Return the other signature after a signer with this email denied it."""
    dispute_signature(
        pending_id(letter, replace(CRANE, signer_name="Cora Example"), email),
        expected_version=line_version(other.signatory),
        at=now(),
    )
    return eve.reload(other.id)


def deliver(letter: Letter) -> None:
    row = db.session.get_one(Letter, letter.id)
    row.move(LetterMove.CLOSE, now())
    row.move(LetterMove.DELIVER, now())
    db.session.commit()


@pytest.mark.shows("S23", "S27")
@pytest.mark.parametrize("forgery", ["waits", "was declined"])
def test_a_weaker_signature_keeps_no_reviewed_organization_waiting(app: Flask, forgery: str) -> None:
    factories.add_reviewed_names(("Crane Society", "crane.example"))
    letter = factories.open_letter(deadline_at=None, publish_rule=PublishRule.REVIEWED)
    weaker = eve.sign(letter, FORGED, FREE)
    assert weaker.state is CONFIRMED
    if forgery == "was declined":
        eve.decline(weaker)
    assert eve.sign(letter, CRANE, CLARA).state is PUBLISHED


@pytest.mark.shows("S23")
def test_a_denial_that_staff_overruled_does_not_keep_a_name_from_returning(app: Flask) -> None:
    letter = factories.open_letter(deadline_at=None)
    clara = eve.publish(eve.sign(letter, CRANE, CLARA))
    clara = eve.publish(disputed(letter, clara, COLLEAGUE))
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    reconfirm_signature(clara.id, revision=2, at=now())
    assert eve.reload(clara.id).state is PUBLISHED


@pytest.mark.shows("S27")
def test_nobody_takes_a_name_off_a_delivered_letter_but_staff(app: Flask) -> None:
    letter = factories.open_letter(deadline_at=None)
    clara = eve.publish(eve.sign(letter, CRANE, CLARA))
    seconder = pending_id(letter, replace(CRANE, signer_name="Cora Example"), COLLEAGUE)
    confirm_as_second_person(seconder, expected_version=line_version(clara.signatory), at=now())
    late = pending_id(letter, replace(CRANE, signer_name="Cody Example"), "cody@crane.example")
    deliver(letter)
    for say in (dispute_signature, confirm_as_second_person):
        with pytest.raises(LetterNotOpen):
            say(late, expected_version=line_version(clara.signatory), at=now())
    undo_second_confirmation(
        seconder, expected_version=line_version(clara.signatory), at=now()
    )  # staff are notified, and decide
    assert eve.reload(clara.id).state is PUBLISHED


@pytest.mark.shows("S25")
@pytest.mark.parametrize("way", ["an answer, once the address was erased", "a dispute"])
def test_a_denied_name_is_reviewed_under_no_letter(app: Flask, way: str) -> None:
    one, two = (factories.open_letter(replace(factories.TEXT, title=title), deadline_at=None) for title in ("One", "Two"))
    rule = PublishRule.REVIEWED
    three = factories.open_letter(replace(factories.TEXT, title="Three"), deadline_at=None, publish_rule=rule)
    eve.publish(eve.sign(one, CRANE, CLARA))
    denied = eve.publish(eve.sign(two, CRANE, CLARA))
    if way == "a dispute":
        assert disputed(two, denied, COLLEAGUE).state is CONFIRMED
    else:
        erase_contact(eve.reload(denied.id), now())
        db.session.commit()
        eve.deny(eve.reload(denied.id))
    assert eve.sign(three, CRANE, CLARA).state is CONFIRMED
