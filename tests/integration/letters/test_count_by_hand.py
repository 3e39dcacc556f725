"""A hardcoded number of signatories, or no date: a warning where the letter is written, opened and frozen."""

from dataclasses import replace

import pytest

from letterhub.domain.states import LetterMove
from tests.integration.letters.test_writing import create_draft, otto, script_response
from tests.support import cast, factories
from tests.support.visitor import Visitor

__all__ = ["otto"]

LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
BY_HAND = replace(factories.TEXT, body="We, the 147 undersigned organizations, ask you.")
UNDATED = replace(factories.TEXT, date=None)
NO_DATE = "No date is set: the letter will go out undated."
REMARK = "“147 undersigned organizations” won’t update as organizations sign"
WRONG = "“147 undersigned organizations” was typed by hand, and the list has one name."


def test_it_is_remarked_on_as_it_is_saved_and_no_more_once_it_is_counted(otto: Visitor) -> None:
    page = create_draft(otto)
    _status, answer = script_response(otto, page, body=BY_HAND.body)
    assert REMARK in answer["unpublished_changes"]
    page = otto.open(page.path).says(REMARK, "Replace the number with {{count}}, or with {{count_in_words}} to spell it out.")
    page.submit("Save", body="We, the {{count}} undersigned organizations, ask.").never_says(REMARK)


def test_it_is_remarked_on_before_it_opens_and_opens(otto: Visitor) -> None:
    factories.draft(BY_HAND)
    page = otto.visit("opening.index", **LETTER_VALUES).says(REMARK, "One thing to look at")
    assert page.follow("“147 undersigned organizations” won’t update as organizations sign or withdraw.").path.endswith(
        "/write"
    )
    page.submit("Open now").says("The letter is open")


def test_a_placeholder_is_remarked_on_where_it_is_written_opens_and_is_frozen(otto: Visitor) -> None:
    page = create_draft(otto)
    _status, answer = script_response(otto, page, body="We, the [INSERT COUNT] undersigned, ask by January XX.")
    assert "These look like placeholders" in answer["unpublished_changes"]
    otto.open(page.path).says("“[INSERT COUNT]”", "“January XX”").submit("Save", body="We ask.").never_says("placeholder")
    letter = factories.draft(replace(factories.TEXT, title="Lakes", salutation="Dear [NAME]:"))
    letter_values = LETTER_VALUES | {"slug": letter.slug}
    otto.visit("opening.index", **letter_values).says("“[NAME]” looks like a note to the authors").submit("Open now")
    otto.visit("editions.preview", **letter_values).says("This looks like a placeholder", "“[NAME]”")


def test_it_is_remarked_on_before_it_is_frozen_where_it_is_wrong_and_freezes(otto: Visitor) -> None:
    letter = factories.open_letter(BY_HAND)
    factories.signature(letter)
    page = otto.visit("editions.preview", **LETTER_VALUES).says(WRONG)
    assert page.follow("Change the text").path.endswith("/write")
    page.submit("Freeze this edition with one name").says("Edition 1 is frozen")
    letter.move(LetterMove.CLOSE, factories.now())
    factories.save(letter)
    assert "Change the text" not in otto.visit("editions.preview", **LETTER_VALUES).says(WRONG).text


@pytest.mark.parametrize("typed", ["The one undersigned asks.", "We, the {{count_in_words}} undersigned, ask."])
def test_what_is_right_is_not_remarked_on(otto: Visitor, typed: str) -> None:
    factories.signature(factories.open_letter(replace(BY_HAND, body=typed)), cast.CLARA)
    otto.visit("editions.preview", **LETTER_VALUES).says("What will be frozen").never_says("was typed by hand")


def test_a_letter_without_a_date_is_remarked_on_before_it_opens_and_opens(otto: Visitor) -> None:
    page = otto.visit("opening.index", coalition=LETTER_VALUES["coalition"], slug=factories.draft(UNDATED).slug).says(NO_DATE)
    assert page.follow(NO_DATE).path.endswith("/write")
    page.submit("Open now").says("The letter is open")


def test_a_letter_without_a_date_is_remarked_on_before_it_is_frozen_and_freezes(otto: Visitor) -> None:
    letter = factories.open_letter(UNDATED)
    factories.signature(letter)
    page = otto.visit("editions.preview", coalition=LETTER_VALUES["coalition"], slug=letter.slug).says(NO_DATE)
    page.submit("Freeze this edition with one name").says("Edition 1 is frozen")


def test_a_date_is_not_remarked_on(otto: Visitor) -> None:
    letter = factories.draft()
    otto.visit("opening.index", coalition=LETTER_VALUES["coalition"], slug=letter.slug).says("nothing to look at").never_says(
        NO_DATE
    )
    other = factories.open_letter(replace(factories.TEXT, title="Another letter"))
    otto.visit("editions.preview", coalition=LETTER_VALUES["coalition"], slug=other.slug).says(
        "What will be frozen"
    ).never_says(NO_DATE)
