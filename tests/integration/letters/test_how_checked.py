"""The public page says how its names were checked, and that is true of all of them, whatever the rule is now."""

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.signatures.signatory_import import import_file
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.letters.signing_settings import PublishRule, WhoMaySign
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.support import cast, factories
from tests.support.signing_steps import confirm_link
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.shows("S25")
PERSON = {
    "kind": SignatoryKind.INDIVIDUAL, "organization_name": "", "website": "", "signer_name": "Pat Person", "signer_title": "",
    "location": "", "email": "pat.person@gmail.com",
}  # fmt: skip
ORGANIZATIONS, EARLIER = (
    "Staff reviewed every organization.",
    "Staff reviewed every organization, for this letter or earlier.",
)
EVERY, MAILBOX = "Staff reviewed every name.", "Individuals confirmed their email address."
ENTERED = "Individuals confirmed their email address or were entered by staff."


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter that anyone may sign; staff read every name."""
    return factories.open_letter(deadline_at=None, who_may_sign=WhoMaySign.BOTH)


def confirmed(visitor: Visitor, signature: Signature, button: str) -> SignatureState:
    visitor.open(confirm_link(signature)).submit(button, authorized=True)
    db.session.refresh(signature)
    return signature.state


def shown(visitor: Visitor, letter: Letter) -> Page:
    return visitor.visit("letters.detail", slug=letter.slug)


def test_nothing_is_claimed_before_the_first_name(letter: Letter, visitor: Visitor) -> None:
    shown(visitor, letter).never_says("Staff reviewed", MAILBOX)


def test_where_staff_read_all_the_page_says_so(letter: Letter, visitor: Visitor) -> None:
    factories.signature(letter)
    shown(visitor, letter).says(ORGANIZATIONS)
    factories.signature(letter, **PERSON)
    shown(visitor, letter).says(EVERY).never_says(ORGANIZATIONS, MAILBOX)


def test_what_a_rule_published_is_told_when_the_rule_is_another_one_since(letter: Letter, visitor: Visitor) -> None:
    factories.add_reviewed_names(cast.CLARA)
    letter.publish_rule, letter.publish_individuals = PublishRule.REVIEWED, True
    db.session.commit()
    organization = factories.signature(letter, state=SignatureState.PENDING)
    person = factories.signature(letter, state=SignatureState.PENDING, **PERSON)
    assert confirmed(visitor, organization, "Sign for our organization") is SignatureState.PUBLISHED
    shown(visitor, letter).says(EARLIER).never_says(MAILBOX)
    assert confirmed(visitor, person, "Sign the letter") is SignatureState.PUBLISHED
    shown(visitor, letter).says(EARLIER, MAILBOX)
    letter.publish_rule, letter.publish_individuals = PublishRule.ASK_STAFF, False
    db.session.commit()
    shown(visitor, letter).says(EARLIER, MAILBOX).never_says(EVERY)


def test_imported_people_are_not_said_to_have_confirmed_an_address(letter: Letter, visitor: Visitor) -> None:
    letter.publish_individuals = True
    db.session.commit()
    factories.signature(letter, **PERSON)
    shown(visitor, letter).says(MAILBOX)
    import_file(letter.id, "names.csv", b"name,email,kind\nQuinn Person,q@one.example,individual", actor="staff-1", at=now())
    shown(visitor, letter).says(ENTERED).never_says(MAILBOX)
