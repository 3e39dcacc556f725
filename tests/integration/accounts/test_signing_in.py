"""Staff sign in, sign out and change passwords."""

from dataclasses import replace
from urllib.parse import quote

import pytest
from flask import Flask

from letterhub.app import create_app
from letterhub.config import Settings
from letterhub.domain.operations import demo_accounts
from letterhub.infrastructure.db import db
from letterhub.models import OutboxMessage
from tests.support import factories
from tests.support.cast import OLIVE
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor

WRONG = "don’t match"
ANA = replace(OLIVE, email="ana@xn--bcher-kva.example")  # at bücher.example


def test_a_member_signs_in_and_out(visitor: Visitor) -> None:
    factories.staff(OLIVE)
    page = visitor.open_account(OLIVE).says("Olive Owner", OLIVE.email, "Coalition for Clean Rivers")
    page.submit("Sign out")
    assert visitor.open("/account").path == "/sign-in"


def test_signing_in_again_after_a_page_was_asked_for_leads_to_that_page(visitor: Visitor) -> None:
    factories.staff(OLIVE)
    page = visitor.open("/account").says("Sign in to see this page.")
    assert page.submit("Sign in", email=OLIVE.email, password=OLIVE.password).path == "/account"


@pytest.mark.shows("S11")
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(visitor: Visitor) -> None:
    factories.staff(OLIVE)
    wrong = visitor.open("/sign-in").submit("Sign in", email=OLIVE.email, password="not her password at all")
    unknown = visitor.open("/sign-in").submit("Sign in", email="nobody@rivers.example", password="not her password at all")
    assert wrong.says(WRONG).text == unknown.text
    assert visitor.open("/account").path == "/sign-in"


@pytest.mark.shows("S14")
def test_signing_out_everywhere_ends_every_session_at_once(app: Flask, visitor: Visitor) -> None:
    factories.staff(OLIVE)
    elsewhere = Visitor(app, SITE)
    elsewhere.sign_in(OLIVE)
    visitor.open_account(OLIVE).submit("Sign out everywhere").says("You’ve been signed out on every device.")
    assert elsewhere.open("/account").path == visitor.open("/account").path == "/sign-in"


def test_a_session_does_not_outlive_the_sign_out_in_its_form_tokens(visitor: Visitor) -> None:
    factories.staff(OLIVE)
    page = visitor.open_account(OLIVE)
    page.submit("Sign out")
    page.submit("Save name", status=400, name="Someone else")


def test_a_name_is_changed_on_one_line(visitor: Visitor) -> None:
    factories.staff(OLIVE)
    page = visitor.open_account(OLIVE).submit("Save name", name="Olive\u202e  Ølsen\x00 ")
    page.says("Your name was changed.")
    assert visitor.open("/account").submit("Save name").says("Olive Ølsen")
    visitor.open("/account").submit("Save name", name=" ").says("Enter the name that colleagues know you by.")


SPELLINGS = ["ana@b\u00fccher.example", "Ana@B\u00dcCHER.example", "ana@xn--bcher-kva.example"]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_an_address_in_either_spelling_of_its_domain_signs_in(visitor: Visitor, typed: str) -> None:
    factories.staff(ANA)
    page = visitor.open("/sign-in?next=/account").submit("Sign in", email=typed, password=ANA.password)
    assert page.says("Your account").path == "/account"


@pytest.mark.parametrize("typed", SPELLINGS)
def test_an_address_in_either_spelling_of_its_domain_is_mailed_a_new_password(visitor: Visitor, typed: str) -> None:
    factories.staff(ANA)
    visitor.open("/reset-password").submit("Send link", email=typed).says("If this address has an account")
    assert [line.recipient for line in db.session.query(OutboxMessage)] == [ANA.email]


def test_an_account_that_is_kept_with_capitals_is_found(visitor: Visitor) -> None:
    factories.staff(replace(OLIVE, email="Olive@rivers.example"))
    page = visitor.open("/sign-in?next=/account").submit("Sign in", email="oLIVE@Rivers.example", password=OLIVE.password)
    assert page.says("Your account").path == "/account"


@pytest.mark.shows("S11")
@pytest.mark.parametrize("typed", ["no address", "\u00e4na@rivers.example", "nobody@b\u00fccher.example", "a@b"])
def test_what_nobody_can_have_an_account_for_is_answered_as_an_unknown_address_is(visitor: Visitor, typed: str) -> None:
    factories.staff(ANA)
    pages = (("/sign-in", "Sign in", {"password": "not her password at all"}), ("/reset-password", "Send link", {}))
    for path, button, more in pages:
        emails = (typed, "nobody@rivers.example")
        texts = {visitor.open(path).submit(button, email=email, **more).text for email in emails}
        assert len(texts) == 1


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "//evil.example@letters.example.org",
    "https://letters.example.org@evil.example/",
    "https://letters.example.org.evil.example/",
    "https://evil.example#letters.example.org",
    "javascript:alert(1)",
    "data:text/html,evil.example",
    "ftp://letters.example.org/",
    "//evil%E3%80%82example",
    "/%09/evil.example",
    "/%5cevil.example",
    "https://evil.example\\@letters.example.org/",
    "//[::1]",
    "http://letters.example.org:8080@evil.example",
    "/..//evil.example",
    "https://evil.example:443/",
    "\x00//evil.example",
    "/./\\evil.example",
    "x://evil.example",
    "//%65vil.example",
    "/%E2%80%A8/evil.example",
    "//[",
    "/\\[",
    "////[",
    "/\u200b/[",
    "//a\u2100b.example",
]


@pytest.mark.shows("S12")
@pytest.mark.parametrize("place", ["query", "form"])
def test_after_signing_in_one_stays_on_this_site(app: Flask, place: str) -> None:
    factories.staff(OLIVE)
    led = {tried: redirect_for(app, place, tried) for tried in ELSEWHERE}
    assert {tried: address for tried, address in led.items() if not stays_on_site(address)} == {}


def redirect_for(app: Flask, place: str, tried: str) -> str:
    """Return the redirect after signing in with this `next`, "" where there is none."""
    visitor = Visitor(app, SITE)
    if place == "query" and "\0" in tried:
        visitor.open(f"/sign-in?next={quote(tried)}", status=400)
        return ""
    page = visitor.open(f"/sign-in?next={quote(tried)}" if place == "query" else "/sign-in")
    token = next(field.get("value") for field in page.tree.iter("input") if field.get("name") == "csrf_token")
    sent = {"csrf_token": token, "email": OLIVE.email, "password": OLIVE.password, "next": tried}
    response = visitor.client.post(f"{SITE}/sign-in", data=sent)
    return response.headers.get("Location", "")


def stays_on_site(address: str) -> bool:
    """Return whether a browser stays on the site: it ignores tabs and line ends, and reads a backslash as a slash."""
    read = "".join(sign for sign in address if sign > " ").replace("\\", "/")
    return read == "" or (read.startswith("/") and not read.startswith("//")) or read.startswith(f"{SITE}/")


def test_the_sign_ins_of_the_demo_are_shown_in_the_demo_alone(visitor: Visitor, settings: Settings) -> None:
    assert demo_accounts.DEMO_PASSWORD not in visitor.open("/sign-in").html
    app = create_app(replace(settings, demo=True))
    Visitor(app, SITE).open("/sign-in").says(demo_accounts.DEMO_PASSWORD, *(one.email for one in demo_accounts.DEMO_ACCOUNTS))


@pytest.mark.parametrize("address", ["/sign-in", "/reset-password", "/account/two-step-sign-in"])
def test_these_pages_answer_people_and_no_programs(visitor: Visitor, address: str) -> None:
    answer = visitor.client.get(f"{SITE}{address}", headers={"Accept": "application/json"}, follow_redirects=True)
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize("page", ["", "/password", "/two-step-sign-in", "/recovery-codes", "/confirm-password"])
def test_an_account_is_open_to_whoever_is_signed_in_alone(visitor: Visitor, page: str) -> None:
    assert visitor.open(f"/account{page}").path == "/sign-in"


@pytest.mark.parametrize("page", ["/sign-in/code", "/sign-in/recovery-code", "/sign-in/rescue", "/sign-in/second-step"])
def test_the_second_step_begins_with_the_first(visitor: Visitor, page: str) -> None:
    assert visitor.open(page).says("Start by signing in with your password.").path == "/sign-in"
