"""An incomplete field: the others are saved and rendered meanwhile, and the error is shown."""

import pytest

from tests.integration.letters.test_writing import create_draft, otto, saved_text, script_response
from tests.support.html_forms import form_data, form_with_button
from tests.support.visitor import Visitor

__all__ = ["otto"]


@pytest.mark.parametrize(
    ("field", "half", "sentence"),
    [
        ("accent", "#7a1", "Accent color: “#7a1” is not a color."),
        ("accent", "#ffffff", "Accent color: #ffffff is too light for text on paper"),
        ("date", "2022-13-01", "Date: Not a valid date value."),
        ("re", "x" * 301, "Re: “xxx"),
        ("letterhead_lines", "x" * 301, "Lines under the name: “xxx"),
        ("addressees-0-name", "x" * 301, "Addressees: “xxx"),
    ],
)
def test_a_field_that_is_half_typed_keeps_no_other_from_a_save(otto: Visitor, field: str, half: str, sentence: str) -> None:
    page = create_draft(otto)
    before = saved_text()
    status, answer = script_response(otto, page, body="Typed meanwhile.", **{field: half})
    assert (status, answer["sentence"]) == (200, "Saved at 12:00 p.m. Eastern")
    assert answer["trouble"].startswith(sentence)
    assert answer["trouble"].endswith("Everything else is saved.")
    assert saved_text().body == "Typed meanwhile."
    assert (saved_text().accent, saved_text().date, saved_text().re, saved_text().letterhead, saved_text().addressees) == (
        before.accent, before.date, before.re, before.letterhead, before.addressees,
    )  # fmt: skip


def test_a_whole_field_is_saved_without_a_word(otto: Visitor) -> None:
    _status, answer = script_response(otto, create_draft(otto), accent="#7a1f2b")
    assert (answer["trouble"], saved_text().accent) == ("", "#7a1f2b")


def test_the_sheet_is_drawn_with_what_is_right(otto: Visitor) -> None:
    page = create_draft(otto)
    form, button = form_with_button(page.tree, "Save")
    drawn = otto.ask(
        f"{page.path}/preview", method="POST", data=form_data(page.tree, form, button, {"accent": "#7a1", "body": "Drawn."})
    )
    assert (drawn.status_code, "Drawn." in drawn.get_data(as_text=True)) == (200, True)


def test_a_choice_that_the_page_does_not_offer_is_refused(otto: Visitor) -> None:
    page = create_draft(otto)
    form, button = form_with_button(page.tree, "Save")
    sent = form_data(page.tree, form, button, {"body": "More."}) | {"theme": ["gilded"]}
    for what in ("autosave", "preview"):
        assert otto.ask(f"{page.path}/{what}", method="POST", data=sent).status_code == 422
    assert saved_text().body == ""
