"""A form that was open while its letter changed: it is checked by what the letter asks for now."""

import pytest
from flask import Flask

from letterhub.domain.letters.signing_settings import OptionalField, WhoMaySign
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Letter
from tests.conftest import NOON
from tests.support import cast, factories
from tests.support.signing_steps import only_signature, signatures
from tests.support.visitor import Page, Visitor


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter that asks for websites and scopes."""
    return factories.open_letter(optional_fields=[OptionalField.WEBSITE, OptionalField.SECTION])


def send(page: Page, status: int = 200, **changes: object) -> Page:
    """Fill in the form of a page that was opened before, and submit it."""
    typed = {name: value for name, value in cast.CLARA.form.items() if name != "location"}
    return page.submit("Send me the link", status=status, **{**typed, "authorized": True, **changes})


def test_a_field_that_is_asked_for_since_must_be_filled_in(visitor: Visitor, letter: Letter) -> None:
    letter.optional_fields = []
    db.session.commit()
    page = visitor.visit("signing.new", slug=letter.slug)
    letter.optional_fields = [str(OptionalField.SECTION)]
    db.session.commit()
    typed = {name: value for name, value in cast.CLARA.form.items() if name not in ("location", "section", "website")}
    page = page.submit("Send me the link", status=422, **typed, authorized=True).says("Choose the scope")
    assert not signatures()
    page.submit("Send me the link", section="state", authorized=True).says("Check your email")
    assert only_signature().section == "state"


def test_a_field_that_is_no_longer_asked_for_is_not_kept(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    letter.optional_fields = []
    db.session.commit()
    send(page, website="no website at all").says("Check your email")
    assert (only_signature().website, only_signature().section) == ("", "")


def test_a_form_is_taken_as_one_of_the_kind_that_may_sign(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    letter.who_may_sign = WhoMaySign.INDIVIDUALS
    db.session.commit()
    send(page).says("Check your email")
    assert only_signature().kind == "individual"
    assert only_signature().organization_name == ""


@pytest.mark.parametrize("changes", [{}, {"email": "no address"}, {"note": "I am a program"}])
def test_a_letter_that_closed_takes_nothing(visitor: Visitor, letter: Letter, changes: dict[str, str]) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    letter.move(LetterMove.CLOSE, NOON)
    db.session.commit()
    send(page, status=409, **changes).says("This letter is closed")
    assert not signatures()


def test_an_address_that_another_letter_has_now_leads_to_that_letter(visitor: Visitor, letter: Letter) -> None:
    page, slug = visitor.visit("signing.new", slug=letter.slug), letter.slug
    letter.slug = "elsewhere"
    db.session.commit()
    assert factories.open_letter().slug == slug
    send(page, status=422).says("This page has been open for a long time")
    assert not signatures()


def test_an_address_without_a_letter_is_not_found(visitor: Visitor, letter: Letter) -> None:
    page = visitor.visit("signing.new", slug=letter.slug)
    letter.slug = "elsewhere"
    db.session.commit()
    send(page, status=404)
    assert not signatures()
