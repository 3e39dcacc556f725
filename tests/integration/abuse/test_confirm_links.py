"""A link for one decision leads to no page that manages the signature: the manage link goes to its mailbox alone."""

import re

import pytest
import time_machine

from letterhub.config import Settings
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LIFETIMES, Purpose
from letterhub.models import Letter
from tests.conftest import NOON
from tests.support import factories
from tests.support.html_forms import form_data
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import confirm_link, manage_link, newest_link, only_signature
from tests.support.text_changes import NEW_BODY, SUBSTANTIVE_CHANGE, publish_body, reconfirm_link, signature_states
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.shows("S31")

MANAGES = re.compile(r"/signatures/[\w.-]{20}")
LINKS = {
    "confirm": confirm_link,
    "reconfirm": reconfirm_link,
    "renew-consent": lambda signature: reconfirm_link(signature, Purpose.RENEW_CONSENT),
}
SURE = {"authorized": True, "sure": True}


@pytest.fixture
def letter(app: object) -> Letter:
    """An open letter."""
    return factories.open_letter()


def pages_behind(visitor: Visitor, link: str) -> list[Page]:
    """Return every page that the holder of a link reaches by it and by each of its forms, with every box ticked."""
    page = Page(visitor, visitor.ask(link, follow_redirects=True))
    pages = [page]
    for form in page.tree.iter("form"):
        for button in form.iter("button"):
            sent = form_data(page.tree, form, button, {}) | {"authorized": "y", "sure": "y"}
            answer = visitor.ask(form.get("action") or page.path, method="POST", data=sent, follow_redirects=True)
            pages += [Page(visitor, answer), Page(visitor, visitor.ask(link, follow_redirects=True))]
    return pages


@pytest.mark.parametrize("state", list(SignatureState))
@pytest.mark.parametrize("kind", LINKS)
def test_no_page_behind_it_leads_to_the_lasting_link(
    visitor: Visitor, letter: Letter, kind: str, state: SignatureState
) -> None:
    signature = factories.signature(letter, state=state)
    for page in pages_behind(visitor, LINKS[kind](signature)):
        assert not MANAGES.search(page.html), page.path
        assert not page.path.startswith("/signatures/"), page.path


@pytest.mark.parametrize("kind", LINKS)
def test_nor_after_the_text_changed_nor_after_the_end_nor_once_it_expired(
    visitor: Visitor, letter: Letter, clock: time_machine.Traveller, kind: str
) -> None:
    signature = factories.signature(letter)
    link = LINKS[kind](signature)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    pages = [visitor.open(link)]
    letter.move(LetterMove.CLOSE, NOON)
    db.session.commit()
    clock.shift(LIFETIMES[Purpose.CONFIRM] / 2)
    pages.append(visitor.open(link))
    clock.shift(LIFETIMES[Purpose.RENEW_CONSENT])
    pages.append(Page(visitor, visitor.ask(link, follow_redirects=True)))
    for page in pages:
        assert not MANAGES.search(page.html)
        assert not page.path.startswith("/signatures/")


def test_whoever_confirms_has_the_lasting_link_mailed(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signature = factories.signature(letter, state=SignatureState.PENDING)
    page = visitor.open(confirm_link(signature)).submit("Sign for our organization", authorized=True)
    page.says("We’ve emailed c…@alliance.example a link to view, change or withdraw your signature")
    visitor.open(newest_link(settings, postbox)).says("Your signature").submit("Withdraw the signature", sure=True)
    assert signature_states(letter) == ["withdrawn"]


@pytest.mark.parametrize("source", list(Source))
def test_so_has_whoever_says_that_she_is_still_with_the_letter(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller, source: Source
) -> None:
    signature = factories.signature(letter)
    signature.source = source
    db.session.commit()
    clock.shift(60)
    page = visitor.open(reconfirm_link(signature, Purpose.RENEW_CONSENT)).submit("Yes, we still stand by it", authorized=True)
    page.says("We’ve emailed c…@alliance.example a link to view, change or withdraw your signature")
    visitor.open(newest_link(settings, postbox)).says("Your signature", "Correct how your signature prints")


def test_a_confirm_link_of_a_changed_letter_has_the_question_mailed_once_more(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    signature = factories.signature(letter)
    publish_body(letter, SUBSTANTIVE_CHANGE, NEW_BODY)
    page = visitor.open(confirm_link(signature)).says("The letter you signed has changed", "off the letter until you confirm")
    page.submit("Send me a new link", email=signature.email).says("If that’s the address")
    page = visitor.open(newest_link(settings, postbox)).says("What changed since you signed")
    page.submit("Sign the new text", authorized=True).says("Your signature is confirmed")


def test_who_is_imported_and_has_confirmed_nothing_is_mailed_no_lasting_link(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, clock: time_machine.Traveller
) -> None:
    signature = factories.signature(letter)
    signature.source = Source.IMPORT
    db.session.commit()
    link = reconfirm_link(signature, Purpose.RENEW_CONSENT)
    clock.shift(LIFETIMES[Purpose.RENEW_CONSENT] * 2)
    page = visitor.open(link, status=410).says("This link has expired")
    page.submit("Send me a new link", email=signature.email)
    assert newest_link(settings, postbox).startswith("/renew-consent/")


def test_the_lasting_link_still_leads_to_everything(visitor: Visitor, letter: Letter) -> None:
    signature = factories.signature(letter)
    visitor.open(manage_link(signature)).submit("Withdraw the signature", sure=True)
    assert only_signature().state is SignatureState.WITHDRAWN
