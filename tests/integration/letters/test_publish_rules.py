"""Before choosing a publish rule, an organizer sees how the latest signatures would have fared under each."""

from collections.abc import Callable

import pytest
from flask import Flask

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor

COALITION = "coalition-for-clean-rivers"
Tried = Callable[..., Page]


@pytest.fixture
def letter(app: Flask) -> Letter:
    return factories.open_letter()


@pytest.fixture
def rule_page(app: Flask, letter: Letter) -> Tried:
    """Open the page of the rules as Otto."""
    factories.staff(cast.OTTO)
    visitor = Visitor(app, SITE)
    visitor.sign_in(cast.OTTO)
    return lambda **query: visitor.visit("publish_rule_preview.index", coalition=COALITION, slug=letter.slug, **query)


def test_each_rule_tells_how_the_last_signatures_would_have_gone(letter: Letter, rule_page: Tried) -> None:
    factories.add_reviewed_names(cast.CLARA, cast.FREE_MAIL_SIGNER)
    factories.signature(letter)
    factories.signature(letter, cast.HIRO, SignatureState.CONFIRMED)
    factories.signature(letter, cast.FREE_MAIL_SIGNER, SignatureState.DECLINED)
    person = {
        "kind": SignatoryKind.INDIVIDUAL,
        "organization_name": "",
        "website": "",
        "signer_name": "Pat Person",
        "signer_title": "",
    }
    factories.signature(letter, state=SignatureState.CONFIRMED, email="pat.person@gmail.com", **person)
    page = rule_page(rule="reviewed").says("These are the 4 most recent signatures")
    page.says(
        "Always after staff review. this letter’s rule 0 would have been published right away, 4 would have waited for review."
    )
    page.says("All others wait for review. 1 would have been published right away, 3 would have waited for review.")
    page.says("Doubtful ones wait for review. 1 would have been published right away, 3 would have waited for review.")
    page.says("Riverbank Friends Fred Example, Chair held for review not reviewed before from this mailbox free email")
    page.says("例示 花子, 代表 held for review not reviewed before from this mailbox")
    page.says("Example Alliance Clara Example, Director published right away", "Pat Person held for review")
    rule_page(rule="individuals").says(
        "Pat Person published right away", "Example Alliance Clara Example, Director held for review"
    )


def test_looking_changes_nothing(letter: Letter, rule_page: Tried) -> None:
    name = factories.signature(letter, state=SignatureState.CONFIRMED)
    for choice in ("ask-staff", "reviewed", "individuals"):
        rule_page(rule=choice)
    db.session.rollback()
    assert db.session.get_one(Signature, name.id).state is SignatureState.CONFIRMED
    assert db.session.get_one(Letter, letter.id).publish_rule is PublishRule.ASK_STAFF


def test_a_new_letter_is_tried_on_the_last_one_that_was_signed(letter: Letter, rule_page: Tried) -> None:
    rule_page().says("Nobody has confirmed a signature yet.")
    before = factories.open_letter(factories.replace(factories.TEXT, title="Quiet rivers"))
    factories.signature(before)
    elsewhere = factories.open_letter(factories.replace(factories.TEXT, title="Skies"), of=factories.coalition("Skies"))
    factories.signature(elsewhere, cast.HIRO)
    rule_page().says("This is the most recent one on “Quiet rivers”.", "Example Alliance").never_says(cast.HIRO.organization)


def test_only_the_last_fifty_are_tried_and_only_what_came_by_mail(letter: Letter, rule_page: Tried) -> None:
    for number in range(52):
        factories.signature(letter, organization_name=f"Friends {number}", state=SignatureState.CONFIRMED)
    factories.signature(letter, cast.HIRO, SignatureState.PENDING)
    rule_page(rule="no such rule").says("These are the 50 most recent signatures", "Friends 51", "Friends 2 ").never_says(
        "Friends 1 ", cast.HIRO.organization
    )


def test_a_name_appears_at_once_only_where_staff_reviewed_it_before(app: Flask, letter: Letter, rule_page: Tried) -> None:
    factories.signature(letter)
    page = rule_page(rule="reviewed").says("held for review not reviewed before from this mailbox")
    page.follow("Back to Settings").says("organizations reviewed before, if the same mailbox signs")
