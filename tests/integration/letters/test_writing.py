"""An organizer writes a letter: every change is saved, and a concurrent editor is warned of the other."""

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask
from time_machine import Traveller

from letterhub.clock import now
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter
from tests.support import cast, factories
from tests.support.html_forms import form_data, form_with_button
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"


@pytest.fixture
def otto(visitor: Visitor) -> Visitor:
    """An organizer, signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    return visitor


def create_draft(by: Visitor, title: str = "Clean rivers for everyone") -> Page:
    return by.visit("dashboard.new_letter", coalition=HOME).submit("Create draft", title=title)


def saved_text() -> LetterText:
    """Return the text of the only letter, as the database has it now."""
    db.session.expire_all()
    return text_from_facts(db.session.query(Draft).one().text)


def test_a_letter_begins_with_its_title_under_the_coalitions_letterhead(otto: Visitor) -> None:
    page = create_draft(otto)
    assert re.fullmatch(rf"/staff/{HOME}/letters/clean-rivers-for-everyone-[0-9a-f]{{12}}/write", page.path)
    assert page.heading == "Clean rivers for everyone"
    page.says("Coalition for Clean Rivers", "12 River Street", "Respectfully,", "Saved at 12:00 p.m. Eastern")


def test_two_letters_of_one_title_stand_at_two_addresses(otto: Visitor) -> None:
    assert create_draft(otto).path != create_draft(otto).path


def test_a_letter_needs_a_title_to_begin(otto: Visitor) -> None:
    page = otto.visit("dashboard.new_letter", coalition=HOME)
    page.submit("Create draft", title=" \u200b ", status=422).says("Enter a title")
    assert db.session.query(Letter).count() == 0


def test_what_is_saved_stands_on_the_sheet(otto: Visitor) -> None:
    page = create_draft(otto).submit(
        "Save",
        date="2022-01-07", via="Via electronic mail", re="Clean rivers", salutation="Dear President Example:",
        body="We, the {{count_in_words}} undersigned, ask for *clean* water.\r\n\r\n## What we ask\r\n\r\nMore.",
        cc="The Secretary of Rivers\r\n\r\nThe Clerk",
        **{"addressees-0-name": "The President", "addressees-0-lines": "The White House\nWashington, DC 20500"},
    )  # fmt: skip
    page.says(
        "January 7, 2022",
        "Re: Clean rivers",
        "We, the zero undersigned, ask for clean water.",
        "The Secretary of Rivers The Clerk",
    )
    text = saved_text()
    assert text.addressees[0].lines == ("The White House", "Washington, DC 20500")
    assert text.cc == ("The Secretary of Rivers", "The Clerk")
    assert text.body.startswith("We, the {{count_in_words}} undersigned")
    assert "\r" not in text.body


def test_what_the_letter_cannot_hold_is_told_where_it_is_written_and_before_it_opens(otto: Visitor) -> None:
    page = create_draft(otto).submit("Save", body="See <u>this</u> ![map](map.png)")
    page.says("HTML is printed as it was typed: “<u>”, “</u>”.", "“map (map.png)”")
    otto.open(page.path.removesuffix("write") + "opening").says("HTML is printed as it was typed", "“map (map.png)”")


def test_the_sheet_tells_the_count_as_readers_of_its_language_see_it(otto: Visitor) -> None:
    page = create_draft(otto).submit("Save", language="de", body="Wir, {{count_in_words}} Unterzeichnende, bitten.")
    page.says("Wir, 0 Unterzeichnende, bitten.")


def test_addressees_are_added_moved_and_removed_without_a_script(otto: Visitor) -> None:
    page = create_draft(otto).submit("Add an addressee", **{"addressees-0-name": "The President"})
    page = page.submit("Add an addressee", **{"addressees-1-name": "The Speaker"})
    page = page.submit("Save", **{"addressees-2-name": "The Clerk"})
    assert names() == ["The President", "The Speaker", "The Clerk"]
    page = pressed(page, "up-2")
    assert names() == ["The President", "The Clerk", "The Speaker"]
    page = pressed(page, "down-0")
    pressed(page, "remove-1", body="typed just before")
    assert names() == ["The Clerk", "The Speaker"]
    assert saved_text().body == "typed just before"


def names() -> list[str]:
    return [one.name for one in saved_text().addressees]


def pressed(page: Page, act: str, **changes: str) -> Page:
    """Return the page after pressing the button for this action among several of the same label."""
    button = next(button for button in page.tree.iter("button") if button.get("value") == act)
    button.set("aria-label", act)
    return page.submit(act, **changes)


def test_a_save_upon_an_older_text_is_refused_and_loses_neither(otto: Visitor, olive: Visitor, clock: Traveller) -> None:
    hers = olive.open(create_draft(otto).path).says("Otto Organizer saved this letter", "may still be working on it")
    clock.shift(dt.timedelta(minutes=3))
    otto.open(hers.path).submit("Save", body="What Otto wrote.", closing="Sincerely,")

    refused = hers.submit("Save", body="What Olive wrote.", status=409)
    refused.says(
        "Otto Organizer saved this letter at 12:03 p.m. Eastern, after you opened it.", "What Otto wrote.", "What Olive wrote."
    )
    assert saved_text().body == "What Otto wrote."

    refused.says("It already includes the parts that only Otto Organizer changed: Closing.")
    assert saved_text().body == "What Otto wrote."

    refused.submit("Save my version")
    assert (saved_text().body, saved_text().closing) == ("What Olive wrote.", "Sincerely,")


def test_two_who_wrote_the_same_are_not_bothered_with_it(otto: Visitor, olive: Visitor) -> None:
    hers = olive.open(create_draft(otto).path)
    otto.open(hers.path).submit("Save", body="One text.", salutation="Dear Otto:")
    hers.submit("Save", body="One text.", closing="Sincerely,").never_says("You both changed")
    assert (saved_text().salutation, saved_text().closing) == ("Dear Otto:", "Sincerely,")


def test_she_may_drop_her_text_for_the_saved_one(otto: Visitor, olive: Visitor) -> None:
    hers = olive.open(create_draft(otto).path)
    otto.open(hers.path).submit("Save", body="What Otto wrote.")
    refused = hers.submit("Save", body="What Olive wrote.", status=409)
    refused.follow("Discard mine and continue with the saved version").says("What Otto wrote.").never_says("What Olive wrote.")


def test_the_same_text_twice_is_one_save(otto: Visitor) -> None:
    page = create_draft(otto)
    page.submit("Save", body="One text.")
    page.submit("Save", body="One text.").never_says("after you opened it")
    assert db.session.query(Draft).one().version == 2


def test_a_line_that_cannot_be_printed_is_refused_with_nothing_lost(otto: Visitor) -> None:
    page = create_draft(otto).submit("Save", re="x" * 301, body="Kept in the form.", status=422)
    page.says("is longer than 300 characters", "Kept in the form.")
    assert f'value="{"x" * 301}"' in page.html
    assert saved_text().body == ""


WAYS = {
    "closed": [LetterMove.CLOSE],
    "delivered": [LetterMove.CLOSE, LetterMove.DELIVER],
    "withdrawn": [LetterMove.WITHDRAW],
}


@pytest.mark.parametrize("state", WAYS)
def test_the_text_is_fixed_once_a_letter_is(otto: Visitor, state: str) -> None:
    letter = factories.open_letter()
    for move in WAYS[state]:
        letter.move(move, now())
    factories.save(letter)
    page = otto.visit("editor.edit", coalition=HOME, slug=letter.slug).says("its text can no longer be changed")
    assert page.tree.find(".//textarea") is None


def test_what_is_written_on_a_signed_text_stays_with_staff(otto: Visitor, visitor: Visitor) -> None:
    letter = factories.open_letter()
    page = otto.visit("editor.edit", coalition=HOME, slug=letter.slug)
    factories.signature(letter)
    page.submit("Save", body="Something nobody signed.").says("Readers still see the text that was signed.")
    visitor.visit("letters.detail", slug=letter.slug).never_says("Something nobody signed")


def test_a_text_that_was_signed_meanwhile_is_not_simply_replaced(otto: Visitor) -> None:
    letter = factories.open_letter()
    page = otto.visit("editor.edit", coalition=HOME, slug=letter.slug).submit("Save", body="A better text.")
    factories.signature(letter)
    page.submit("Publish this text").says("Someone has signed this letter in the meantime.", "What would change for readers")
    assert factories.revision_of(letter).number == 1


def test_a_text_nobody_signed_is_put_before_readers_as_a_new_revision(otto: Visitor) -> None:
    letter = factories.open_letter()
    page = otto.visit("editor.edit", coalition=HOME, slug=letter.slug).never_says("Readers still see")
    page = page.submit("Save", body="A better text.").says("Readers still see the earlier text.")
    page = page.submit("Publish this text").never_says("Readers still see")
    assert (factories.revision_of(letter).number, factories.revision_of(letter).text.body) == (2, "A better text.")


def test_a_reviewer_reads_and_does_not_write(visitor: Visitor) -> None:
    letter = factories.draft()
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    page = visitor.visit("editor.edit", coalition=HOME, slug=letter.slug).says("What we ask")
    assert page.tree.find(".//textarea") is None
    token = next(field.get("value") for field in page.tree.iter("input") if field.get("name") == "csrf_token")
    visitor.open(page.path, method="POST", data={"csrf_token": token}, status=403)


def test_nobody_of_another_coalition_finds_the_letter(visitor: Visitor, app: Flask) -> None:
    letter = factories.draft()
    factories.staff(cast.STRANGER, of=factories.coalition(cast.OTHER_COALITION))
    visitor.sign_in(cast.STRANGER)
    visitor.visit("editor.edit", coalition=HOME, slug=letter.slug, status=404)
    visitor.visit("editor.edit", coalition="quiet-skies-network", slug=letter.slug, status=404)


def script_response(by: Visitor, page: Page, what: str = "autosave", **changes: str) -> tuple[int, dict[str, Any]]:
    """Return the response that the script gets when it submits the form."""
    form, button = form_with_button(page.tree, "Save")
    answer = by.ask(f"{page.path}/{what}", method="POST", data=form_data(page.tree, form, button, changes))
    return answer.status_code, answer.get_json()


def test_a_script_saves_as_one_types_and_hears_when(otto: Visitor) -> None:
    page = create_draft(otto)
    status, answer = script_response(otto, page, body="So far.")
    assert (status, answer["version"], answer["sentence"]) == (200, 2, "Saved at 12:00 p.m. Eastern")
    assert saved_text().body == "So far."


def test_a_script_hears_that_someone_else_saved(otto: Visitor, olive: Visitor) -> None:
    page = create_draft(otto)
    olive.open(page.path).submit("Save", body="What Olive wrote.")
    assert script_response(otto, page, body="What Otto wrote.") == (
        409,
        {"version": 2, "sentence": "Olive Owner saved this letter after you opened it."},
    )
    assert saved_text().body == "What Olive wrote."
    assert otto.ask(f"{page.path}/version").get_json()["version"] == 2


def test_a_script_hears_that_the_text_is_fixed(otto: Visitor) -> None:
    letter = factories.open_letter()
    page = otto.visit("editor.edit", coalition=HOME, slug=letter.slug)
    letter.move(LetterMove.CLOSE, now())
    factories.save(letter)
    assert script_response(otto, page, body="More.")[0] == 423


def test_a_preview_draws_what_is_typed_and_keeps_nothing(otto: Visitor) -> None:
    page = create_draft(otto)
    form, button = form_with_button(page.tree, "Save")
    sent = form_data(page.tree, form, button, {"body": "Not *saved*. <script>alert(1)</script>"})
    drawn = otto.ask(f"{page.path}/preview", method="POST", data=sent).get_data(as_text=True)
    assert "Not <em>saved</em>." in drawn
    assert "<script" not in drawn
    assert saved_text().body == ""


@pytest.mark.shows("S17")
@pytest.mark.parametrize(
    "naughty", ["\x00\x07bell", "\ud800".encode("utf-8", "surrogatepass"), "{{ 7*7 }} {% raw %}", "\u202eesrever", "<b>"]
)
def test_naughty_strings_are_kept_or_cleaned(otto: Visitor, naughty: str | bytes) -> None:
    page = create_draft(otto)
    names = ("title", "re", "salutation", "body", "closing", "cc", "letterhead_name", "addressees-0-name", "addressees-0-lines")
    page.submit("Save", **dict.fromkeys(names, naughty))
    assert otto.open(page.path).heading


@pytest.mark.shows("S17")
@pytest.mark.parametrize("odd", ["\u00b2", "9" * 5000, "\u0663", "-1"], ids=["raised", "long", "Arabic", "negative"])
def test_a_field_with_an_odd_number_is_no_addressee(otto: Visitor, odd: str) -> None:
    page = create_draft(otto)
    form, button = form_with_button(page.tree, "Save")
    sent = form_data(page.tree, form, button, {}) | {f"addressees-{odd}-name": ["x"], f"logo_words-{odd}": ["x"]}
    for place in ("/preview", "/autosave", ""):
        assert otto.ask(f"{page.path}{place}", method="POST", data=sent).status_code in (200, 303)
    assert saved_text().addressees == ()
