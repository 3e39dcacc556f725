"""Quotes of signatories: none is shown before its signatory approved exactly its words, or longer than they want."""

import json

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.press.press_pages import release_press_page, save_press_page
from letterhub.commands.press.quotes import ask_for_quote, decide_on_quote
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.commands.signatures.ownership_inquiries import answer_inquiry, send_inquiry
from letterhub.config import Settings
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.serialization import fingerprint
from letterhub.domain.press.press_page import PressWords
from letterhub.domain.press.quotes import QuoteDecided, QuoteState
from letterhub.domain.signatures.consent import ShownConsent
from letterhub.domain.signatures.ownership_inquiries import Answer
from letterhub.domain.signatures.review import SignatureTarget, line_version
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureMove
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Inquiry, Letter, PressQuote, Signature
from tests.support import cast, factories
from tests.support.at_once import run_twice_at_once
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import audit_actions, manage_link, newest_link, only_signature
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
WORDS = "Clean water is <b>not</b> a luxury."
PATH = "/letters/clean-rivers-for-everyone/press"
SHOWN = ShownConsent(("Example Alliance", "Clara Example, Director"), "I may", "Approve", "en")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with a public press page, and a signature that was confirmed."""
    letter = factories.open_letter(deadline_at=None)
    factories.signature(letter, cast.CLARA)
    save_press_page(letter.id, PressWords("Rivers", "Words."), 0, staff_id=None, actor="staff-1", at=now())  # type: ignore[arg-type]
    release_press_page(letter.id, now(), actor="staff-1", at=now())
    return letter


def ask(signature_id: int, text: str = WORDS) -> int:
    """Ask for a quote; return its id."""
    end_read_transaction()
    ask_for_quote(signature_id, text, staff_id=None, actor="staff-1", at=now())  # type: ignore[arg-type]
    return db.session.query(PressQuote).order_by(PressQuote.id.desc()).first().id


def approve(quote_id: int) -> None:
    """Approve a quote by the command."""
    version = line_version(only_signature().signatory)
    end_read_transaction()
    decide_on_quote(quote_id, QuoteState.APPROVED, SHOWN, expected_version=version, at=now())


@pytest.mark.shows("S6")
def test_a_quote_is_asked_for_approved_shown_and_withdrawn(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    page = otto.visit("press_quotes.index", coalition=HOME, slug=letter.slug).says("Nobody has been asked for a quote yet.")
    page = page.submit("Search", q="alliance").follow("Example Alliance")
    page.submit("Ask by email", status=422).says("Enter the quote.")
    page.submit("Ask by email", text=WORDS).says("We are asking Example Alliance to approve the quote.", "no answer yet")
    link = newest_link(settings, postbox)
    assert postbox.to(cast.CLARA.email)[-1].message["Subject"] == "May we quote you? Clean rivers for everyone"
    visitor.open(PATH).never_says("luxury")
    quote = visitor.open(link).says(WORDS, "Example Alliance", "Clara Example, Director")
    quote.submit("Approve this quote", status=422).says("Check the box first.")
    visitor.open(PATH).never_says("luxury")
    approved = quote.submit("Approve this quote", sure=True).says("You approved this quote")
    public = visitor.open(PATH).says("Signatories say", WORDS, "Clara Example, Director")
    assert "<b>not" not in public.html
    row = db.session.query(PressQuote).one()
    assert (row.consent["quote"], row.consent["printed"]) == (WORDS, ["Example Alliance", "Clara Example, Director"])
    assert (row.sha256, row.consent["button"]) == (fingerprint(row.consent), "Approve this quote")
    otto.visit("press_quotes.index", coalition=HOME, slug=letter.slug).says("approved", row.sha256)
    approved.submit("Withdraw my approval", sure=True).says("You withdrew this quote")
    visitor.open(PATH).never_says("luxury")
    assert [action for action in audit_actions() if "quote" in action] == [
        "quote asked for",
        "quote approved",
        "quote withdrawn",
    ]


def test_a_declined_quote_is_never_shown(visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox) -> None:
    ask(only_signature().id)
    page = visitor.open(newest_link(settings, postbox)).submit("Decline", sure=True).says("You declined this quote")
    page.never_says("Approve this quote")
    visitor.open(PATH).never_says("luxury")


def test_what_staff_remove_can_be_approved_no_more(
    otto: Visitor, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    ask(only_signature().id)
    link = newest_link(settings, postbox)
    page = visitor.open(link)
    otto.visit("press_quotes.index", coalition=HOME, slug=letter.slug).submit("Remove: Example Alliance")
    page.submit("Approve this quote", sure=True).says("This quote is no longer used")
    assert db.session.query(PressQuote).one().state is QuoteState.REMOVED


def test_nobody_approves_a_quote_under_a_name_that_they_did_not_read(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    ask(only_signature().id)
    page = visitor.open(newest_link(settings, postbox)).says("Clara Example, Director")
    only_signature().signer_title = "President"
    db.session.commit()
    page = page.submit("Approve this quote", status=422, sure=True).says("The name under the quote has changed.", "President")
    assert db.session.query(PressQuote).one().state is QuoteState.ASKED
    page.submit("Approve this quote", sure=True).says("You approved this quote")
    assert db.session.query(PressQuote).one().consent["printed"] == ["Example Alliance", "Clara Example, President"]


def test_a_quote_goes_with_its_signature(visitor: Visitor, letter: Letter) -> None:
    approve(ask(only_signature().id))
    visitor.open(PATH).says("luxury")
    only_signature().move(SignatureMove.WITHDRAW, now())
    db.session.commit()
    visitor.open(PATH).never_says("luxury")


def test_of_two_decisions_at_the_same_moment_one_counts(app: Flask, letter: Letter) -> None:
    quote_id = ask(only_signature().id)
    end_read_transaction()

    def act() -> str:
        try:
            approve(quote_id)
        except UserFacingError as refusal:
            return str(refusal)
        return "approved"

    assert sorted(run_twice_at_once(app, act)) == ["This quote has changed in the meantime. See below.", "approved"]
    assert audit_actions().count("quote approved") == 1


def test_who_never_confirmed_by_email_is_not_asked(letter: Letter) -> None:
    imported = factories.signature(letter, cast.HIRO, source=Source.IMPORT)
    with pytest.raises(UserFacingError, match="was not confirmed by email"):
        ask(imported.id)
    ask(db.session.query(Signature).filter_by(email=cast.CLARA.email).one().id)
    with pytest.raises(UserFacingError, match="hasn’t answered"):
        ask(db.session.query(Signature).filter_by(email=cast.CLARA.email).one().id)


def test_quotes_are_in_the_signatorys_data_and_erased_with_it(visitor: Visitor, letter: Letter) -> None:
    signature = only_signature()
    approve(ask(signature.id))
    data = json.loads(visitor.ask(f"{manage_link(only_signature())}/data").data)
    assert data["quotes"][0]["quote"] == WORDS
    end_read_transaction()
    erase_on_request(signature.id, now())
    assert db.session.query(PressQuote).count() == 0


def test_a_quote_that_is_erased_as_it_is_approved_ends_in_a_sentence(letter: Letter) -> None:
    quote_id, version = ask(only_signature().id), line_version(only_signature().signatory)
    erase_on_request(only_signature().id, now())
    with pytest.raises(QuoteDecided):
        decide_on_quote(quote_id, QuoteState.APPROVED, SHOWN, expected_version=version, at=now())


def test_a_quote_ends_with_a_denial_though_staff_publish_the_name_again(visitor: Visitor, letter: Letter) -> None:
    signature_id = only_signature().id
    approve(ask(signature_id))
    visitor.open(PATH).says(WORDS)
    target = SignatureTarget(letter.coalition_id, signature_id, line_version(only_signature().signatory), "staff-1", now())
    send_inquiry(target, "office@alliance.example", "its website", staff_id=None, sure=True)  # type: ignore[arg-type]
    inquiry, version = db.session.query(Inquiry).one(), line_version(only_signature().signatory)
    answer_inquiry(inquiry.id, Answer.NO, expected_version=version, at=now())
    end_read_transaction()
    signature = db.session.get_one(Signature, signature_id)
    signature.move(SignatureMove.PUBLISH, now())
    db.session.commit()
    visitor.open(PATH).never_says(WORDS)
    assert db.session.query(PressQuote).one().state is QuoteState.WITHDRAWN
