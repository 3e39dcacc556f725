"""Typos and late submissions: people are asked, informed, and lose no input."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.config import Settings
from letterhub.domain.states import LetterMove, SignatureState
from letterhub.models import Letter
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import (
    confirm_link,
    email_count,
    fill_in,
    manage_link,
    newest_link,
    only_signature,
    signatures,
)
from tests.support.visitor import Page, Visitor

PENDING, WITHDRAWN = SignatureState.PENDING, SignatureState.WITHDRAWN
QUESTION = "Did you mean"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that nobody has signed."""
    return factories.open_letter()


def values(page: Page) -> dict[str, str]:
    """Return the values of a page's fields; of checkboxes and choices, the selected ones."""
    fields = [one for one in page.tree.iter("input") if one.get("type") not in ("checkbox", "radio") or "checked" in one.attrib]
    return {one.get("name", ""): one.get("value", "") for one in fields}


def focused(page: Page) -> list[str | None]:
    """Return the names of the fields with autofocus."""
    return [one.get("name") for one in page.tree.iter("input") if "autofocus" in one.attrib]


def test_a_wrong_address_is_corrected_in_the_form_that_was_filled_in(visitor: Visitor, letter: Letter) -> None:
    page = fill_in(visitor, letter, email="clara@wrong.example").never_says(QUESTION).follow("Correct the address")
    fields = values(page)
    assert focused(page) == ["email"]
    assert fields["email"] == "clara@wrong.example"
    assert (fields["organization"], fields["signer_title"]) == (cast.CLARA.organization, cast.CLARA.title)
    assert (fields["section"], fields["authorized"]) == ("national", "y")
    page.submit("Send me the link", email=cast.CLARA.email).says("c…@alliance.example")
    assert [one.state for one in signatures()] == [WITHDRAWN, PENDING]


@pytest.mark.parametrize(("typed", "meant"), [("gmial.com", "gmail.com"), ("aliance.example", "alliance.example")])
def test_a_slip_in_the_address_is_asked_about_and_refuses_nothing(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, typed: str, meant: str
) -> None:
    page = fill_in(visitor, letter, email=f"clara@{typed}").says("c…@" + typed, f"{QUESTION} {meant}?")
    assert newest_link(settings, postbox, f"clara@{typed}")
    page.follow("Correct the address").says(f"{QUESTION} clara@{meant}?")
    page = page.follow("Yes, correct the address").never_says(f"clara@{meant}?")
    assert (values(page)["email"], focused(page)) == (f"clara@{meant}", ["email"])
    page.submit("Send me the link").says("c…@" + meant).never_says(QUESTION)
    assert [one.email for one in signatures() if one.state is PENDING] == [f"clara@{meant}"]


@pytest.mark.parametrize("name", ["http://x", "Claim your prize at www.evil.example/now", "bit.ly/3xYz", "info@evil.example"])
@pytest.mark.parametrize("field", ["organization", "signer_name", "signer_title"])
def test_nobody_is_mailed_an_address_in_place_of_a_name(visitor: Visitor, letter: Letter, field: str, name: str) -> None:
    fill_in(visitor, letter, status=422, **{field: name}).says("A name with a dot in it, such as Rivers.example, is fine.")
    assert email_count() == 0


def test_what_was_typed_by_whoever_is_not_the_owner_stands_neither_in_the_subject_nor_first(
    visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox
) -> None:
    fill_in(visitor, letter, organization="Your account is closed. Call us", signer_name="Now")
    newest_link(settings, postbox)
    mail = postbox.mails[0]
    assert "account" not in mail.message["Subject"]
    assert mail.text.index("Clean rivers for everyone") < mail.text.index("Your account is closed.")


def test_who_comes_too_late_is_told_so_and_keeps_what_was_typed(
    visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    letter.move(LetterMove.CLOSE, NOON)
    factories.db.session.commit()
    late = page.submit("Send me the link", status=409, authorized=True, **cast.CLARA.form)
    late.says("This letter is closed", "Nothing was signed or sent.", cast.CLARA.organization, cast.CLARA.email, "National")
    assert signatures() == []
    visitor.visit("signing.new", slug=letter.slug, status=409).never_says("Nothing was signed")


def test_a_correction_that_comes_too_late_is_kept_on_the_page(
    visitor: Visitor, letter: Letter, clock: time_machine.Traveller
) -> None:
    page = visitor.open(confirm_link(factories.signature(letter, state=PENDING)))
    clock.shift(dt.timedelta(days=5))
    page.submit("Correct and sign", status=409, organization="Example Alliance, Inc.", authorized=True).says(
        "This letter is closed", "Example Alliance, Inc."
    )
    assert only_signature().state is PENDING


def test_who_withdrew_may_sign_again_while_the_letter_is_open(visitor: Visitor, letter: Letter) -> None:
    signed = factories.signature(letter)
    page = visitor.open(manage_link(signed)).submit("Withdraw the signature", sure=True).says("Withdrawn")
    page.follow("Sign again").says("Sign for your organization")
    visitor.open(confirm_link(signed)).follow("Sign again").says("Sign for your organization")
    letter.move(LetterMove.CLOSE, NOON)
    factories.db.session.commit()
    visitor.open(page.path).never_says("Sign again")
    visitor.open(confirm_link(signed)).never_says("Sign again")
