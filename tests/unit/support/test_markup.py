"""The HTML checks of every opened page find each kind of error."""

import pytest

from tests.support.html_checks import checked_html, parse_html, text_of
from tests.support.html_forms import form_data, form_with_button

PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>A page</title><meta name="viewport" content="width=device-width"></head>
<body><main><h1>A page</h1>{}</main></body></html>"""

FORM = """<form method="post"><input type="hidden" name="token" value="t">
<label>Name <input name="name" value="Nia"></label>
<label><input type="checkbox" name="agreed" value="yes"> I agree</label>
<label>State <select name="state"><option value="">none</option><option value="OH">Ohio</option></select></label>
<label>Why <textarea name="why">Because</textarea></label>
<button name="act" value="keep">Keep</button> <button name="act" value="drop">Drop</button></form>"""


def test_a_page_in_order_passes() -> None:
    assert text_of(checked_html(PAGE.format("<p>Good <b>day</b>.</p><p>Read on.</p>"))) == "A page Good day. Read on."


@pytest.mark.parametrize(
    ("inside", "complaint"),
    [
        ("<p><div>x</p></div>", "not valid HTML"),
        ("<p>a & b &nosuch; c</p>", "not valid HTML"),
        ("<h1>Another</h1>", "one h1"),
        ("<h3>Too deep</h3>", "a level is missing"),
        ("<p id=a>x</p><p id=a>y</p>", "have the id 'a'"),
        ('<input name="n">', "has no label"),
        ('<label for="other">N</label><input id="n" name="n">', "names nothing"),
        ('<p><a href="#gone">there</a></p>', "leads nowhere"),
        ('<p><a href="/x"></a></p>', "has no words"),
        ('<button type="button"></button>', "has no words"),
        ('<img src="/x.png">', "has no alt"),
        ('<p style="color: red">x</p>', "a style stands in the page"),
        ("<script>x()</script>", "a script stands in the page"),
        ('<p onclick="x()">x</p>', "onclick stands on a p"),
        ('<p><a href=" JavaScript:x()">x</a></p>', "leads to a script"),
        ('<label>N <input name="n" aria-invalid="true"></label>', "the cursor stands in"),
        ("<label>N <input autofocus></label><label>O <input autofocus></label>", "the cursor stands in"),
        ("</main><main><p>x</p>", "one <main>"),
    ],
)
def test_what_is_wrong_with_a_page_is_said(inside: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        checked_html(PAGE.format(inside))


@pytest.mark.parametrize(
    "field", ['<input type="hidden" name="csrf_token" value="{}">', '<input name="csrf_token" type="hidden" value="{}">']
)
def test_a_page_that_was_found_good_has_the_token_of_its_own_form(field: str) -> None:
    for token in ("first", "second.1-_", "third&amp;1"):
        page = PAGE.format(f'<form method="post">{field.format(token)}<button>Go</button></form>')
        fields = list(checked_html(page).iter("input"))
        assert [one.get("value") for one in fields] == [token.replace("&amp;", "&")]


def test_a_page_that_shows_its_token_is_not_taken_for_another() -> None:
    for token in ("first", "second"):
        page = PAGE.format(f'<form method="post"><input name="csrf_token" value="{token}" type="hidden"></form><p>{token}</p>')
        assert text_of(checked_html(page)) == f"A page {token}"


def test_a_form_sends_what_is_there_what_was_changed_and_the_button_that_was_pressed() -> None:
    tree = parse_html(PAGE.format(FORM))
    form, button = form_with_button(tree, "Keep")
    assert form_data(tree, form, button, {"agreed": True, "state": "OH"}) == {
        "token": ["t"],
        "name": ["Nia"],
        "agreed": ["yes"],
        "state": ["OH"],
        "why": ["Because"],
        "act": ["keep"],
    }


@pytest.mark.parametrize("changes", [{"nobody": "x"}, {"state": "TX"}])
def test_a_form_takes_no_field_and_no_choice_that_it_does_not_have(changes: dict[str, str]) -> None:
    tree = parse_html(PAGE.format(FORM))
    form, button = form_with_button(tree, "Drop")
    with pytest.raises(AssertionError):
        form_data(tree, form, button, changes)
