"""A listed signatory is listed again at once under a new text, unless new evidence needs review."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures.review import ReviewSelection, decline_signatures, publish_signatures, return_signatures
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.signatures.review import line_version
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LinkSigner, Purpose
from letterhub.models import EvidenceFact, Inquiry, Letter, Signature
from tests.support import cast, factories
from tests.support.servers.database_copies import SECRET_KEY
from tests.support.signing_steps import confirm_link
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, publish_body, reconfirm_link, signature_states, undo_change
from tests.support.visitor import Visitor

COALITION = "coalition-for-clean-rivers"
DECLINED, OUTDATED, PENDING = SignatureState.DECLINED, SignatureState.OUTDATED, SignatureState.PENDING
DAY = dt.timedelta(days=1)


@pytest.fixture(params=[PublishRule.ASK_STAFF, PublishRule.REVIEWED])
def letter(request: pytest.FixtureRequest, app: Flask) -> Letter:
    """An open letter of either rule."""
    return factories.open_letter(deadline_at=None, publish_rule=request.param)


@pytest.fixture
def name(letter: Letter, clock: time_machine.Traveller) -> Signature:
    """Return a name that was published the day before the text changed."""
    made = factories.signature(letter)
    clock.shift(DAY)
    return made


def answer_inquiry_by_link(visitor: Visitor, name: Signature, what: str) -> None:
    """Answer an inquiry that was sent to another address of the organization."""
    inquiry = factories.save(
        Inquiry(signature_id=name.id, address="office@alliance.example", published_where="x", asked_at=now())
    )
    link = "/answer/" + LinkSigner((SECRET_KEY,)).token(Purpose.ANSWER, inquiry.id)
    visitor.open(link).submit("Send answer", answer=what).says("Thank you.")


def sign_again(visitor: Visitor, name: Signature) -> None:
    visitor.open(reconfirm_link(name)).submit("Sign the new text", authorized=True)


def decision(name: Signature) -> ReviewSelection:
    letter, versions = db.session.get_one(Letter, name.letter_id), {name.id: line_version(name.signatory)}
    return ReviewSelection(letter.coalition_id, letter.id, (name.id,), "staff-1", now(), versions)


@pytest.mark.shows("S10", "S19")
def test_a_no_while_the_text_waits_for_its_signatory_is_kept_and_staff_decide(
    visitor: Visitor, letter: Letter, name: Signature, sam: Visitor
) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    answer_inquiry_by_link(visitor, name, "no")
    sign_again(visitor, name)
    assert signature_states(letter) == ["confirmed"]
    page = sam.visit("signatures.detail", coalition=COALITION, slug=letter.slug, signature_id=name.id)
    page.says("the organization said no", "office@alliance.example answered that the signature is not the organization’s.")


def test_a_yes_while_the_text_waits_is_kept_too(visitor: Visitor, letter: Letter, name: Signature) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    answer_inquiry_by_link(visitor, name, "yes")
    sign_again(visitor, name)
    assert signature_states(letter) == ["published"]
    assert "second-yes" in [one.kind for one in db.session.query(EvidenceFact)]


def test_a_no_keeps_a_name_from_the_list_when_the_change_is_taken_back(
    visitor: Visitor, letter: Letter, name: Signature
) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    answer_inquiry_by_link(visitor, name, "no")
    undo_change(letter)
    assert signature_states(letter) == ["confirmed"]


def test_a_no_that_staff_overruled_is_weighed_again_under_a_new_text(visitor: Visitor, letter: Letter, name: Signature) -> None:
    answer_inquiry_by_link(visitor, name, "no")
    db.session.expire_all()
    publish_signatures(decision(name))
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    sign_again(visitor, name)
    assert signature_states(letter) == ["confirmed"]


def namesake(letter: Letter) -> None:
    factories.signature(letter, website="https://alliance.other.example", email="ada@other.example")


def add_similar_name(letter: Letter) -> None:
    """Add another signature, published by staff, whose name may be the same organization's: a question for staff."""
    named = {"organization_name": "Example Aliance", "website": "https://aliance.example", "email": "ann@aliance.example"}
    factories.signature(letter, **named)


def of_its_domain_declined(letter: Letter) -> None:
    other = factories.signature(letter, organization_name="Heron Society", email="bob@alliance.example")
    decline_signatures(decision(other), "Forged", SignatureState.PUBLISHED)


@pytest.mark.parametrize("came_up", [namesake, add_similar_name, of_its_domain_declined])
def test_what_came_up_since_it_was_published_is_for_staff(
    visitor: Visitor, letter: Letter, name: Signature, came_up: Callable[[Letter], None]
) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    came_up(letter)
    db.session.commit()
    sign_again(visitor, name)
    assert signature_states(letter)[0] == "confirmed"


@pytest.mark.parametrize("known", [add_similar_name, of_its_domain_declined])
def test_what_was_known_when_it_was_published_keeps_nobody_waiting(
    visitor: Visitor, letter: Letter, clock: time_machine.Traveller, known: Callable[[Letter], None]
) -> None:
    known(letter)
    clock.shift(DAY)
    name = factories.signature(letter)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    sign_again(visitor, name)
    assert signature_states(letter)[-1] == "published"


def test_staff_decline_a_name_that_waits_for_its_signatory_and_return_it(letter: Letter, name: Signature, sam: Visitor) -> None:
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    page = sam.visit("signatures.detail", coalition=COALITION, slug=letter.slug, signature_id=name.id)
    page = page.submit("Decline this name", reason="Forged").says("Declined Example Alliance.", "Declined because: Forged")
    assert signature_states(letter) == ["declined"]
    sam.open(reconfirm_link(name)).never_says("Sign the new text")
    page.submit("Back to the queue")
    assert signature_states(letter) == ["outdated"]


def test_an_answer_that_comes_when_staff_have_declined_stays_with_the_name(
    visitor: Visitor, letter: Letter, name: Signature
) -> None:
    decline_signatures(decision(name), "Doubtful", SignatureState.PUBLISHED)
    answer_inquiry_by_link(visitor, name, "no")
    assert signature_states(letter) == ["declined"]
    assert "second-no" in [one.kind for one in db.session.query(EvidenceFact)]


def test_a_name_that_nobody_confirmed_is_returned_whatever_the_text_says_now(letter: Letter, visitor: Visitor) -> None:
    name = factories.signature(letter, state=PENDING)
    decline_signatures(decision(name), "Doubtful", PENDING)
    factories.signature(letter, cast.HIRO)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    return_signatures(decision(name), DECLINED)
    assert signature_states(letter) == ["pending", "outdated"]
    visitor.open(confirm_link(name)).submit("Sign for our organization", authorized=True)


def test_a_place_that_another_took_is_none_for_a_name_that_waits_for_its_signatory(letter: Letter, name: Signature) -> None:
    decline_signatures(decision(name), "Doubtful", SignatureState.PUBLISHED)
    factories.signature(letter, cast.HIRO)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    factories.signature(letter, replace(cast.CLARA, name="Carla Example"))
    assert return_signatures(decision(name), DECLINED).errors == ()
    assert signature_states(letter) == ["outdated", "outdated", "published"]
