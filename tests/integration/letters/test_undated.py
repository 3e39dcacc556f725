"""A letter without a date: a warning where it opens and where it is frozen, which blocks nothing."""

from dataclasses import replace

import pytest

from tests.support import cast, factories
from tests.support.visitor import Visitor

HOME = "coalition-for-clean-rivers"
UNDATED = replace(factories.TEXT, date=None)
REMARK = "No date is set: the letter will go out undated."


@pytest.fixture
def otto(visitor: Visitor) -> Visitor:
    """An organizer, signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    return visitor


def test_it_is_remarked_on_before_it_opens_and_opens(otto: Visitor) -> None:
    page = otto.visit("signing_settings.edit", coalition=HOME, slug=factories.draft(UNDATED).slug).says(REMARK)
    assert page.follow("Set a date").path.endswith("/write")
    page.submit("Open the letter").submit("Open now").says("The letter is open")


def test_it_is_remarked_on_before_it_is_frozen_and_freezes(otto: Visitor) -> None:
    letter = factories.open_letter(UNDATED)
    factories.signature(letter)
    page = otto.visit("editions.preview", coalition=HOME, slug=letter.slug).says(REMARK)
    page.submit("Freeze this edition with one name").says("Edition 1 is frozen")


def test_a_date_is_not_remarked_on(otto: Visitor) -> None:
    letter = factories.draft()
    otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug).says("Open for signatures").never_says(REMARK)
    other = factories.open_letter(replace(factories.TEXT, title="Another letter"))
    otto.visit("editions.preview", coalition=HOME, slug=other.slug).says("What will be frozen").never_says(REMARK)
