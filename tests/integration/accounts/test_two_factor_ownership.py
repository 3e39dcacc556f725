"""A second factor belongs to its member: no saved cookie, old session or token of someone else replaces it."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from letterhub.app import create_app
from letterhub.commands.accounts.two_factor import disable_two_factor, set_two_factor
from letterhub.config import Settings
from letterhub.domain.accounts.roles import TwoFactorChanged
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Staff
from tests.integration.accounts.test_two_factor import code_of, set_up_second_factor, with_class
from tests.support import factories
from tests.support.cast import OLIVE, OTTO, Member
from tests.support.html_checks import text_of
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.shows("S14")
START_OVER = "Start by signing in with your password."


@pytest.fixture
def strict(settings: Settings, clock: time_machine.Traveller) -> Iterator[Flask]:
    """A public site, where Olive has no second factor yet."""
    app = create_app(replace(settings, two_factor=True))
    with app.app_context():
        factories.staff(OLIVE)
        yield app
        db.session.remove()


def secret_of(member: Member) -> str | None:
    end_read_transaction()
    return db.session.query(Staff.tf_totp_secret).filter_by(email=member.email).scalar()


def after_password(app: Flask) -> Page:
    """Return the page that follows Olive's password, in a browser of its own."""
    return Visitor(app, SITE).open("/sign-in?next=/account").submit("Sign in", email=OLIVE.email, password=OLIVE.password)


def start_setup(page: Page) -> tuple[Page, str]:
    """Return the page that asks for the first code, and the key that it shows."""
    page = page.submit("Set up")
    return page, text_of(with_class(page, "authenticator-key"))


def test_a_set_up_that_was_begun_before_hers_ends_with_hers(strict: Flask, clock: time_machine.Traveller) -> None:
    stolen, stolen_key = start_setup(after_password(strict))
    owner_page, owner_key = start_setup(after_password(strict))
    owner_page.submit("Turn on two-step sign-in", code=code_of(owner_key)).says("You are signed in.")
    secret = secret_of(OLIVE)
    page = stolen.submit("Turn on two-step sign-in", code=code_of(stolen_key)).says(START_OVER)
    assert page.visitor.open("/account").path == "/sign-in"
    assert secret_of(OLIVE) == secret
    assert owner_page.visitor.open("/account").path == "/account"


def test_a_set_up_is_begun_anew_after_half_an_hour(strict: Flask, clock: time_machine.Traveller) -> None:
    page, key = start_setup(after_password(strict))
    clock.shift(dt.timedelta(minutes=31))
    page.submit("Turn on two-step sign-in", code=code_of(key)).says(START_OVER)
    assert secret_of(OLIVE) is None
    page, key = start_setup(after_password(strict))
    clock.shift(dt.timedelta(minutes=29))
    page.submit("Turn on two-step sign-in", code=code_of(key)).says("You are signed in.")


def test_a_password_is_right_for_half_an_hour_and_no_other_try_makes_it_longer(
    app: Flask, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    key = set_up_second_factor(visitor)
    page = after_password(app).says("Enter your code")
    clock.shift(dt.timedelta(minutes=20))
    page.visitor.open("/sign-in").submit("Sign in", email=OLIVE.email, password="not her password")
    page.submit("Sign in", code=code_of(key)).says(START_OVER)
    page = after_password(app)
    clock.shift(dt.timedelta(minutes=31))
    page.submit("Sign in", code=code_of(key)).says(START_OVER)
    assert after_password(app).submit("Sign in", code=code_of(key)).path == "/account"


def test_a_cookie_that_does_not_say_when_the_password_was_given_is_too_old(strict: Flask) -> None:
    page, key = start_setup(after_password(strict))
    with page.visitor.client.session_transaction(base_url=SITE) as session:
        del session["half_signed_in_at"]
    page.submit("Turn on two-step sign-in", code=code_of(key)).says(START_OVER)
    assert secret_of(OLIVE) is None


def test_whoever_is_slower_sets_nothing(app: Flask) -> None:
    staff = factories.staff(OLIVE)
    number, was = staff.id, staff.fs_uniquifier
    set_two_factor(number, was, "authenticator", "first", "one", first=True)
    with pytest.raises(TwoFactorChanged, match="sessions have ended"):
        set_two_factor(number, was, "authenticator", "second", "two", first=True)
    with pytest.raises(TwoFactorChanged, match="now has two-factor sign-in"):
        set_two_factor(number, "one", "authenticator", "second", "two", first=True)
    with pytest.raises(TwoFactorChanged):
        disable_two_factor(number, was, "two")
    assert secret_of(OLIVE) == "first"


def test_another_accounts_set_up_is_none_of_hers(app: Flask, visitor: Visitor, clock: time_machine.Traveller) -> None:
    set_up_second_factor(visitor)
    secret = secret_of(OLIVE)
    factories.staff(OTTO)
    otto = Visitor(app, SITE)
    page, key = start_setup(otto.open_account(OTTO).follow("Turn on two-step sign-in"))
    address = next(form.get("action", "") for form in page.tree.iter("form") if "/two-step-sign-in/" in form.get("action", ""))
    owner_page = visitor.open("/account/two-step-sign-in")
    token = next(field.get("value") for field in owner_page.tree.iter("input") if field.get("name") == "csrf_token")
    visitor.open(address, method="POST", data={"csrf_token": token, "code": code_of(key)}).says("This page has expired.")
    assert secret_of(OLIVE) == secret
    page.submit("Turn on two-step sign-in", code=code_of(key)).says("Two-step sign-in is on.")


def test_the_password_is_asked_for_again_where_a_code_would_set_it_up(visitor: Visitor, clock: time_machine.Traveller) -> None:
    set_up_second_factor(visitor)
    secret = secret_of(OLIVE)
    page = visitor.open("/account/two-step-sign-in").submit("Move to another device")
    key = text_of(with_class(page, "authenticator-key"))
    with visitor.client.session_transaction(base_url=SITE) as session:
        session["fs_paa"] -= 26 * 3600
        del session["fs_gexp"]
    again = page.submit("Turn on two-step sign-in", code=code_of(key)).says("Enter your password again")
    assert secret_of(OLIVE) == secret
    assert again.submit("Continue", password=OLIVE.password).path == "/account/two-step-sign-in"


def test_no_code_is_taken_where_signing_in_ends(visitor: Visitor, clock: time_machine.Traveller) -> None:
    set_up_second_factor(visitor)
    secret = secret_of(OLIVE)
    page = visitor.open("/account/two-step-sign-in").submit("Move to another device")
    token = next(field.get("value") for field in page.tree.iter("input") if field.get("name") == "csrf_token")
    code = code_of(text_of(with_class(page, "authenticator-key")))
    assert visitor.open("/sign-in/code", method="POST", data={"csrf_token": token, "code": code}).path == "/account"
    assert secret_of(OLIVE) == secret


def move(visitor: Visitor) -> None:
    page = visitor.open("/account/two-step-sign-in").submit("Move to another device")
    page.submit("Turn on two-step sign-in", code=code_of(text_of(with_class(page, "authenticator-key")))).says(
        "Two-step sign-in is on"
    )


def end(visitor: Visitor) -> None:
    visitor.open("/account/two-step-sign-in").submit("Turn off").says("Two-step sign-in is off.")


@pytest.mark.parametrize("change", [move, end])
def test_a_change_ends_every_other_session_and_leaves_the_password_as_old_as_it_was(
    app: Flask, visitor: Visitor, clock: time_machine.Traveller, change: Callable[[Visitor], None]
) -> None:
    key = set_up_second_factor(visitor)
    clock.shift(dt.timedelta(minutes=2))
    other = after_password(app).submit("Sign in", code=code_of(key)).visitor
    half = after_password(app)
    assert other.open("/account").path == "/account"
    with visitor.client.session_transaction(base_url=SITE) as session:
        given_at = session["fs_paa"]
    clock.shift(dt.timedelta(minutes=2))
    change(visitor)
    assert visitor.open("/account").path == "/account"
    assert other.open("/account").path == "/sign-in"
    half.submit("Sign in", code=code_of(key)).says(START_OVER)
    with visitor.client.session_transaction(base_url=SITE) as session:
        assert session["fs_paa"] == given_at
