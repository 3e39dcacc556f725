"""The signing form is taken from pages of this site only: by the browser's word, or by the token of its session."""

import pytest
from flask import Flask

from letterhub.models import Letter
from tests.support import cast, factories
from tests.support.html_forms import form_data, form_with_button
from tests.support.servers.database_copies import SITE
from tests.support.signing_steps import signatures
from tests.support.visitor import Visitor

FORGER = "https://forger.example"
MODERN = {"Sec-Fetch-Site": "same-origin", "Origin": SITE}
OWN_PAGES = [
    MODERN,
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},  # our page sends no referrer, so that its address stays secret
    {"Origin": SITE},  # Safari before 16.4
]
OTHER_PAGES = [
    {"Sec-Fetch-Site": "cross-site", "Origin": FORGER},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.org"},
    {"Sec-Fetch-Site": "cross-site", "Origin": SITE},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "same-origin, cross-site"},
    {"Origin": FORGER},
    {"Origin": f"{SITE}.forger.example"},
    {"Origin": f"{SITE}:8443"},
    {"Origin": SITE.replace("https", "http")},
    {"Origin": "null"},  # a frame in a sandbox
    {"Origin": ""},
    {},  # no browser, or one from before 2020
]


@pytest.fixture
def letter(app: Flask) -> Letter:
    return factories.open_letter()


def send(visitor: Visitor, letter: Letter, headers: dict[str, str], **changes: str) -> int:
    """Fill in the form and send it with such headers; return the status."""
    address = f"/letters/{letter.slug}/sign"
    page = visitor.open(address)
    button = form_with_button(page.tree, "Send me the link")
    sent = form_data(page.tree, *button, cast.CLARA.form | {"authorized": True}) | changes
    return visitor.ask(address, method="POST", data=sent, headers=headers).status_code


@pytest.mark.parametrize("headers", OWN_PAGES)
def test_a_page_of_ours_needs_no_token_of_its_session(visitor: Visitor, letter: Letter, headers: dict[str, str]) -> None:
    assert send(visitor, letter, headers, csrf_token="") == 303
    assert len(signatures()) == 1


@pytest.mark.parametrize("headers", OTHER_PAGES)
def test_a_page_of_anyone_else_signs_nothing(visitor: Visitor, letter: Letter, headers: dict[str, str]) -> None:
    forged = Visitor(visitor.app, SITE)  # whose browser keeps the cookie of our site back
    page = forged.visit("signing.new", slug=letter.slug)
    token = next(field.get("value", "") for field in page.tree.iter("input") if field.get("name") == "csrf_token")
    assert send(visitor, letter, headers, csrf_token="") == 400
    assert send(visitor, letter, headers, csrf_token=token) == 400  # one of the forger's own session
    assert signatures() == []


@pytest.mark.parametrize("headers", OTHER_PAGES)
def test_a_browser_that_does_not_say_so_shows_the_token_of_its_session(
    visitor: Visitor, letter: Letter, headers: dict[str, str]
) -> None:
    assert send(visitor, letter, headers) == 303
    assert len(signatures()) == 1


def test_a_form_of_ours_is_bound_to_its_letter_and_its_token(visitor: Visitor, letter: Letter) -> None:
    assert send(visitor, letter, MODERN, form_token="") == 422
    assert send(visitor, letter, MODERN, form_token="made up") == 422
    assert signatures() == []
