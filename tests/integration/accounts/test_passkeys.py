"""Staff add passkeys, sign in by them, and remove them; forged, replayed and copied ones are refused."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from flask import Flask

from letterhub.app import create_app
from letterhub.commands.accounts.two_factor import disable_two_factor_by_email
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from letterhub.models import AuditEntry, LoginSession, OutboxMessage, Passkey, Staff
from letterhub.queries.operations.production_checks import count_without_two_factor
from tests.support import factories
from tests.support.cast import OLIVE, OTTO
from tests.support.database.stored_rows import rows
from tests.support.servers.authenticator import PRESENT, Authenticator, options_on
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.shows("S30")
UNVERIFIED = "We couldn’t verify this passkey."


def add_passkey(visitor: Visitor, device: Authenticator, name: str = "Olive’s phone", status: int = 200) -> Page:
    page = visitor.open("/account").follow("Add a passkey")
    return page.submit("Add passkey", name=name, credential=device.register(options_on(page)), status=status)


def use(app: Flask, device: Authenticator, next_path: str = "/account", **changes: bytes) -> Page:
    """Sign in by a passkey in another browser."""
    page = Visitor(app, SITE).open(f"/sign-in?next={next_path}")
    return page.submit("Sign in with a passkey", credential=device.answer(options_on(page), **changes))


def prompt_on(page: Page) -> str:
    """Return the token that a page with a passkey form sends along with the answer."""
    return next(one.get("value", "") for one in page.tree.iter("input") if one.get("name") == "prompt")


def with_cookies_of(visitor: Visitor) -> Visitor:
    """Return another browser with the session cookie that this one holds now."""
    cookie, thief = visitor.client.get_cookie("__Host-letterhub", domain="letters.example.org"), Visitor(visitor.app, SITE)
    assert cookie is not None
    thief.client.set_cookie(cookie.key, cookie.value, domain="letters.example.org", secure=True)
    return thief


@pytest.fixture
def phone() -> Authenticator:
    """A phone, whose counter never moves from 0."""
    return Authenticator()


@pytest.fixture
def olive(app: Flask, phone: Authenticator) -> Visitor:
    """Olive, signed in by password, who has added the phone's passkey."""
    factories.staff(OLIVE)
    visitor = Visitor(app, SITE)
    visitor.sign_in(OLIVE)
    add_passkey(visitor, phone).says("Passkey added.", "Olive’s phone", "never used")
    return visitor


def test_a_passkey_signs_in_and_leads_where_one_was_going(app: Flask, olive: Visitor, phone: Authenticator) -> None:
    page = use(app, phone, "/account/notices").says("Olive Owner")
    assert page.path == "/account/notices"
    assert [str(one.method) for one in rows(LoginSession)] == ["password", "passkey"]
    olive.open("/account").says("last used")
    assert use(app, phone, "https://evil.example/").path.startswith("/staff/")


def test_adding_and_removing_are_recorded_and_mailed(olive: Visitor) -> None:
    page = olive.open("/account").follow("Olive’s phone").submit("Rename", name="Old phone").says("The passkey was renamed.")
    page.follow("Old phone").follow("Remove passkey").submit("Remove passkey").says("The passkey was removed")
    assert rows(Passkey) == []
    assert [entry.action for entry in rows(AuditEntry)] == ["passkey added", "passkey removed"]
    mails = [(line.recipient, line.parameters["event"], line.parameters["detail"]) for line in rows(OutboxMessage)]
    assert mails == [(OLIVE.email, "passkey-added", "Olive’s phone"), (OLIVE.email, "passkey-removed", "Old phone")]


@pytest.mark.shows("S3")
def test_markup_in_the_name_of_a_passkey_is_text(olive: Visitor) -> None:
    name = "<ran-here onclick=ran(1)>\"'><script>ran(2)</script>"
    page = olive.open("/account").follow("Olive’s phone").submit("Rename", name=name)
    for shown in (page, page.follow(name), page.follow(name).follow("Remove passkey")):
        shown.says(name)
        assert list(shown.tree.iter("ran-here")) == []


def test_removing_a_passkey_ends_the_sessions_elsewhere(app: Flask, olive: Visitor, phone: Authenticator) -> None:
    thief = use(app, phone).visitor
    olive.open("/account").follow("Olive’s phone").follow("Remove passkey").submit("Remove passkey")
    assert thief.open("/account").path == "/sign-in"
    assert olive.open("/account").path == "/account"
    use(app, phone).says("This site doesn’t know this passkey.")


def test_adding_and_removing_ask_who_is_there(olive: Visitor, phone: Authenticator, clock: time_machine.Traveller) -> None:
    clock.shift(dt.timedelta(minutes=16))
    page = olive.open("/account/passkeys/add").says("Enter your password again")
    answer = phone.answer(options_on(page))
    assert page.submit("Continue with a passkey", credential=answer).says("Add a passkey").path == "/account/passkeys/add"
    clock.shift(dt.timedelta(minutes=16))
    number = rows(Passkey)[0].id
    page = olive.open(f"/account/passkeys/{number}/remove").says("Enter your password again")
    page.submit("Continue", password=OLIVE.password).says("Remove the passkey Olive’s phone?")


def test_another_persons_passkey_confirms_nothing(app: Flask, olive: Visitor, clock: time_machine.Traveller) -> None:
    factories.staff(OTTO)
    otto, ottos = Visitor(app, SITE), Authenticator()
    otto.sign_in(OTTO)
    add_passkey(otto, ottos, "Otto’s key")
    number = rows(Passkey)[0].id
    for address in (f"/account/passkeys/{number}", f"/account/passkeys/{number}/remove"):
        otto.open(address, status=404)
    clock.shift(dt.timedelta(minutes=16))
    page = olive.open("/account/passkeys/add")
    page.submit("Continue with a passkey", credential=ottos.answer(options_on(page))).says("belongs to another account")
    assert olive.open("/account/passkeys/add").path == "/account/confirm-password"


FORGERIES: dict[str, Callable[[Authenticator], Any]] = {
    "another origin": lambda phone: vars(phone).update(origin="https://letters.example.org.evil.example"),
    "another scheme": lambda phone: vars(phone).update(origin="http://letters.example.org"),
    "another host": lambda phone: vars(phone).update(host="evil.example"),
    "nobody verified": lambda phone: vars(phone).update(flags=PRESENT),
    "nobody present": lambda phone: vars(phone).update(flags=0),
    "another key": lambda phone: vars(phone).update(key=Authenticator().key),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_answer_signs_nobody_in(app: Flask, olive: Visitor, phone: Authenticator, forgery: str) -> None:
    FORGERIES[forgery](phone)
    page = use(app, phone).says(UNVERIFIED)
    assert page.visitor.open("/account").path == "/sign-in"


@pytest.mark.parametrize("forgery", ["another origin", "another host", "nobody verified"])
def test_a_forged_registration_adds_nothing(app: Flask, phone: Authenticator, forgery: str) -> None:
    factories.staff(OLIVE)
    visitor = Visitor(app, SITE)
    visitor.sign_in(OLIVE)
    FORGERIES[forgery](phone)
    add_passkey(visitor, phone, status=422).says(UNVERIFIED)
    assert rows(Passkey) == []


@pytest.mark.parametrize("handle", [b"", b"another account"])
def test_an_answer_for_another_account_signs_nobody_in(app: Flask, olive: Visitor, phone: Authenticator, handle: bytes) -> None:
    use(app, phone, userHandle=handle).says("This site doesn’t know this passkey.")


def test_an_answer_works_once_even_with_an_old_cookie(app: Flask, olive: Visitor, phone: Authenticator) -> None:
    page = Visitor(app, SITE).open("/sign-in?next=/account")
    thief = with_cookies_of(page.visitor)
    answer, prompt = phone.answer(options_on(page)), prompt_on(page)
    assert page.submit("Sign in with a passkey", credential=answer).path == "/account"
    replayed = thief.open("/sign-in").submit("Sign in with a passkey", credential=answer, prompt=prompt)
    assert replayed.says("This passkey was sent twice.").path == "/sign-in"


def test_an_answer_stolen_before_it_is_sent_works_nowhere_else(app: Flask, olive: Visitor, phone: Authenticator) -> None:
    thief, page = Visitor(app, SITE), Visitor(app, SITE).open("/sign-in?next=/account")
    answer, prompt = phone.answer(options_on(page)), prompt_on(page)
    stolen = thief.open("/sign-in").submit("Sign in with a passkey", credential=answer, prompt=prompt)
    assert stolen.says("This page is incomplete.").path == "/sign-in"
    assert thief.open("/account").path == "/sign-in"
    assert page.submit("Sign in with a passkey", credential=answer).path == "/account"  # the thief did not use it up


def test_a_prompt_ends_with_its_session(olive: Visitor, phone: Authenticator) -> None:
    page, ottos = olive.open("/account/passkeys/add"), Authenticator()
    words = {"name": "Old", "credential": ottos.register(options_on(page)), "prompt": prompt_on(page)}
    olive.open("/account").submit("Sign out")
    olive.sign_in(OLIVE)
    olive.open("/account/passkeys/add").submit("Add passkey", status=422, **words).says("This page is incomplete.")


def test_an_answer_to_one_prompt_does_for_no_other(
    app: Flask, olive: Visitor, phone: Authenticator, clock: time_machine.Traveller
) -> None:
    page, other = Visitor(app, SITE).open("/sign-in"), Visitor(app, SITE).open("/sign-in")
    page.submit("Sign in with a passkey", credential=phone.answer(options_on(other))).says(UNVERIFIED)
    clock.shift(dt.timedelta(minutes=16))
    confirming = olive.open("/account/passkeys/add")
    thief = with_cookies_of(olive)  # the same browser, so that only the purpose differs
    olive.open("/account").submit("Sign out")
    page = thief.open("/sign-in")
    answer = phone.answer(options_on(confirming))
    page.submit("Sign in with a passkey", credential=answer, prompt=prompt_on(confirming)).says("This page is incomplete.")


def test_a_page_that_was_open_for_too_long_is_shown_anew(
    app: Flask, olive: Visitor, phone: Authenticator, clock: time_machine.Traveller
) -> None:
    page = Visitor(app, SITE).open("/sign-in")
    clock.shift(dt.timedelta(minutes=11))
    page = page.submit("Sign in with a passkey", credential=phone.answer(options_on(page)))
    page = page.says("This page was open for too long. Try again.")
    assert page.submit("Sign in with a passkey", credential=phone.answer(options_on(page))).path.startswith("/staff/")


def test_a_counter_that_does_not_grow_gives_a_copy_away(app: Flask, phone: Authenticator) -> None:
    factories.staff(OLIVE)
    visitor, phone.count = Visitor(app, SITE), 5
    visitor.sign_in(OLIVE)
    add_passkey(visitor, phone)
    assert use(app, phone).path == "/account"
    for count in (3, 5, -1):  # the copy is behind, or as far as the original was, or has no counter
        phone.count = count if count >= 0 else 0
        page = use(app, phone).says("This passkey may have been copied, so we refused it.")
        assert page.visitor.open("/account").path == "/sign-in"
    assert [line.parameters["event"] for line in rows(OutboxMessage)][1:] == ["passkey-refused"] * 3


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", "7", '"x"', "{}", '{"id": 7}', "x" * 20_001, json.dumps({"id": "a", "rawId": "b", "type": "c"}),
               json.dumps({"id": "\udc00", "response": {"clientDataJSON": "\x00"}}), "[" * 10_000]
)  # fmt: skip
def test_nonsense_is_answered_with_a_sentence(app: Flask, olive: Visitor, answer: str) -> None:
    page = Visitor(app, SITE).open("/sign-in").submit("Sign in with a passkey", credential=answer)
    assert page.path == "/sign-in"
    assert any("notice-stop" in (one.get("class") or "") for one in page.tree.iter("div"))
    page = olive.open("/account/passkeys/add")
    page.submit("Add passkey", name="A phone", credential=answer, status=422)


def test_a_passkey_belongs_to_one_account_and_needs_a_name(app: Flask, olive: Visitor, phone: Authenticator) -> None:
    factories.staff(OTTO)
    otto = Visitor(app, SITE)
    otto.sign_in(OTTO)
    add_passkey(otto, phone, status=422).says("This passkey is already in use.")
    add_passkey(otto, Authenticator(), "  ", status=422).says("Enter a name by which you’ll know it again.")
    assert len(rows(Passkey)) == 1


def test_an_account_keeps_a_way_in(app: Flask, olive: Visitor, phone: Authenticator) -> None:
    staff = rows(Staff)[0]
    staff.password = None
    factories.save(staff)
    page = olive.open("/account").says("Your account has no password.").follow("Olive’s phone").follow("Remove passkey")
    page.submit("Remove passkey").says("This is the only way to sign in to your account.")
    page = olive.open("/account").follow("Choose a password")
    password = "a password that is new"
    page.submit("Change password", new_password=password, new_password_confirm=password).says("Your account")
    olive.open("/account").follow("Olive’s phone").follow("Remove passkey").submit("Remove passkey").says("was removed")


@pytest.mark.shows("S14")
def test_a_passkey_stands_for_two_factors_and_a_password_sets_up_none_beside_it(
    app: Flask, settings: Settings, olive: Visitor, phone: Authenticator
) -> None:
    assert count_without_two_factor() == 0
    strict = create_app(replace(settings, two_factor=True))
    with strict.app_context():
        assert use(strict, phone).path == "/account"
        thief = Visitor(strict, SITE)
        page = thief.open("/sign-in").submit("Sign in", email=OLIVE.email, password=OLIVE.password)
        page.says("This account has passkeys instead of an authenticator app.")
        assert thief.open("/account/two-step-sign-in").path == thief.open("/account").path == "/sign-in"
        disable_two_factor_by_email(OLIVE.email)  # she lost the phone and told the operator
        page = thief.open("/sign-in").submit("Sign in", email=OLIVE.email, password=OLIVE.password)
        page.says("This site requires two-step sign-in.")
        db.session.remove()


def test_where_the_site_is_an_address_in_numbers_there_are_no_passkeys(app: Flask, settings: Settings) -> None:
    factories.staff(OLIVE)
    site = "http://127.0.0.1:8000"
    app = create_app(replace(settings, public_url=site))
    with app.app_context():
        visitor = Visitor(app, site)
        visitor.open("/sign-in").never_says("Sign in with a passkey")
        visitor.open_account(OLIVE).says("Passkeys need a site with a name")
        visitor.open("/account/passkeys/add", status=404)
        db.session.remove()


@pytest.mark.shows("S32")
def test_guesses_are_counted_and_lock_out_nobody_who_was_here_before(app: Flask, olive: Visitor, phone: Authenticator) -> None:
    stranger, real_key = Visitor(app, SITE), phone.key
    phone.key = Authenticator().key
    for _guess in range(10):
        page = stranger.open("/sign-in")
        page.submit("Sign in with a passkey", credential=phone.answer(options_on(page))).says(UNVERIFIED)
    page = stranger.open("/sign-in")
    page.submit("Sign in with a passkey", credential=phone.answer(options_on(page)), status=429).says("You’re not signed in")
    phone.key = real_key
    olive.open("/account").submit("Sign out")
    page = olive.open("/sign-in?next=/account")
    assert page.submit("Sign in with a passkey", credential=phone.answer(options_on(page))).path == "/account"
