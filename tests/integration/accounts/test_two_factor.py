"""Two-factor sign-in: optional for staff, required once it is set up, with recovery codes for a lost phone."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
import time_machine
from flask import Flask
from passlib.totp import TOTP

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.accounts.two_factor import accept_code, use_recovery_code
from letterhub.commands.operations.heartbeat import record_heartbeat
from letterhub.config import Settings
from letterhub.domain.operations.readiness import HeartbeatKind
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Staff
from letterhub.queries.operations import health
from tests.support import factories
from tests.support.cast import OLIVE
from tests.support.html_checks import text_of
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor


def code_of(key: str) -> str:
    """Return the code that an authenticator app with the key shows at this moment."""
    return str(TOTP(key=key.replace("-", "")).generate().token)


def with_class(page: Page, name: str) -> Element:
    return next(element for element in page.tree.iter() if element.get("class") == name)


def set_up_second_factor(visitor: Visitor) -> str:
    """Set up Olive's second factor and return its key."""
    factories.staff(OLIVE)
    page = visitor.open_account(OLIVE).follow("Turn on two-step sign-in").submit("Set up")
    key = text_of(with_class(page, "authenticator-key"))
    page.submit("Turn on two-step sign-in", code=code_of(key)).says("Two-step sign-in is on", "Recovery codes")
    return key


def after_password(app: Flask) -> Page:
    """Return the page that asks a new visitor for Olive's second factor."""
    return Visitor(app, SITE).open("/sign-in?next=/account").submit("Sign in", email=OLIVE.email, password=OLIVE.password)


@pytest.mark.shows("S14")
def test_the_password_alone_no_longer_signs_in(app: Flask, visitor: Visitor) -> None:
    set_up_second_factor(visitor)
    page = after_password(app).says("Enter your code")
    assert page.visitor.open("/account").path == "/sign-in"


def test_the_code_of_the_app_signs_in_and_leads_where_one_was_going(
    app: Flask, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    key = set_up_second_factor(visitor)
    clock.shift(dt.timedelta(minutes=2))
    page = after_password(app)
    page.submit("Sign in", code="000000").says("This code is wrong or has expired.")
    assert page.submit("Sign in", code=code_of(key)).path == "/account"


def test_a_code_is_too_old_after_two_minutes(app: Flask, visitor: Visitor, clock: time_machine.Traveller) -> None:
    old = code_of(set_up_second_factor(visitor))
    clock.shift(dt.timedelta(minutes=2))
    after_password(app).submit("Sign in", code=old).says("This code is wrong or has expired.")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_where_this_machines_clock_is_off_a_refused_code_says_that_it_may_be_right(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = set_up_second_factor(visitor)
    wrong = "000000" if code_of(key) != "000000" else "000001"
    after_password(app).submit("Sign in", code=wrong).says("This code is wrong").never_says("clock is wrong")
    monkeypatch.setattr(health, "_postgresql_now", lambda: now() - dt.timedelta(minutes=3))
    after_password(app).submit("Sign in", code=wrong).says(
        "This code is wrong", "This site’s clock is wrong, so a correct code may"
    )


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_right_code_is_taken_on_a_machine_whose_clock_is_ahead(
    app: Flask, visitor: Visitor, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = set_up_second_factor(visitor)
    clock.shift(dt.timedelta(minutes=1))
    right = code_of(key)
    clock.shift(dt.timedelta(minutes=3))
    monkeypatch.setattr(health, "_postgresql_now", lambda: now() - dt.timedelta(minutes=3))
    record_heartbeat(HeartbeatKind.WORKER, "one", "a1b2c3d4e5f6", now() - dt.timedelta(minutes=3))  # on another machine
    ahead = code_of(key)
    after_password(app).submit("Sign in", code=ahead).says("This code is wrong or has expired.").never_says("clock is wrong")
    assert after_password(app).submit("Sign in", code=right).path == "/account"


@pytest.mark.shows("S14")
def test_a_code_is_taken_once_even_by_whoever_looked_over_her_shoulder(
    app: Flask, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    key = set_up_second_factor(visitor)
    setup_code = code_of(key)
    after_password(app).submit("Sign in", code=setup_code).says("This code is wrong or has expired.")
    clock.shift(dt.timedelta(seconds=30))
    code = code_of(key)
    assert after_password(app).submit("Sign in", code=code).path == "/account"
    again = after_password(app)
    for used in (code, setup_code):
        again.submit("Sign in", code=used).says("This code is wrong or has expired.")
    clock.shift(dt.timedelta(seconds=30))
    assert again.submit("Sign in", code=code_of(key)).path == "/account"


def test_codes_are_not_guessed_one_after_the_other(app: Flask, visitor: Visitor, clock: time_machine.Traveller) -> None:
    key = set_up_second_factor(visitor)
    clock.shift(dt.timedelta(minutes=2))
    page = after_password(app)
    for _ in range(4):
        page.submit("Sign in", code="000000").says("This code is wrong or has expired.")
    page.visitor.open("/sign-in/recovery-code").submit("Sign in", code="none of them")
    page.submit("Sign in", status=429, code=code_of(key)).says("Too many attempts. Wait 10 minutes before the next one.")
    page.visitor.open("/sign-in/recovery-code").submit("Sign in", status=429, code="none of them").says("Too many attempts.")
    visitor.open("/account").submit("Sign out")
    known = visitor.open("/sign-in?next=/account").submit("Sign in", email=OLIVE.email, password=OLIVE.password)
    assert known.submit("Sign in", code=code_of(key)).path == "/account"


def run_ten_at_once(app: Flask, spend: Callable[[], bool]) -> list[bool]:
    """Return the results of ten threads that do the same at the same moment."""

    def spent(_number: int) -> bool:
        with app.app_context():
            return spend()

    with ThreadPoolExecutor(10) as crowd:
        return sorted(crowd.map(spent, range(10)))


def test_of_ten_with_one_code_one_gets_in(app: Flask) -> None:
    staff = factories.staff(OLIVE)
    staff.mf_recovery_codes = ["one", "two", "three"]
    number = factories.save(staff).id
    assert run_ten_at_once(app, lambda: accept_code(number, 55_000_000)) == [False] * 9 + [True]
    assert run_ten_at_once(app, lambda: use_recovery_code(number, "two")) == [False] * 9 + [True]
    end_read_transaction()
    assert db.session.query(Staff).one().mf_recovery_codes == ["one", "three"]


def test_it_stays_off_until_the_app_has_shown_a_right_code(app: Flask, visitor: Visitor) -> None:
    factories.staff(OLIVE)
    page = visitor.open_account(OLIVE).follow("Turn on two-step sign-in").submit("Set up")
    page.submit("Turn on two-step sign-in", code="000000").says("This code is wrong or has expired.")
    assert after_password(app).path == "/account"


def test_a_recovery_code_signs_in_once(app: Flask, visitor: Visitor) -> None:
    set_up_second_factor(visitor)
    after_password(app).says("You have no recovery codes.")
    page = visitor.open("/account").follow("Recovery codes").submit("Create new codes")
    codes = text_of(with_class(page, "codes")).split()
    assert len(set(codes)) == 8
    assert not any(code in str(db.session.query(Staff).one().mf_recovery_codes) for code in codes)
    page = after_password(app).follow("Use a recovery code")
    page.submit("Sign in", code="none of them").says("not one of your recovery codes")
    assert page.submit("Sign in", code=codes[3]).path == "/account"
    again = after_password(app).follow("Use a recovery code")
    again.submit("Sign in", code=codes[3]).says("or it has been used before")


def test_it_is_turned_off_by_whoever_is_signed_in(app: Flask, visitor: Visitor) -> None:
    set_up_second_factor(visitor)
    visitor.open("/account").follow("Change or turn off").submit("Turn off").says("Two-step sign-in is off.")
    assert after_password(app).path == "/account"


def test_a_day_after_signing_in_the_password_is_asked_for_before_it_is_changed(
    visitor: Visitor, clock: time_machine.Traveller
) -> None:
    set_up_second_factor(visitor)
    clock.shift(dt.timedelta(hours=26))
    page = visitor.open("/account/two-step-sign-in").says("Enter your password again")
    assert page.submit("Continue", password=OLIVE.password).path == "/account/two-step-sign-in"


def test_coming_by_again_and_again_makes_no_password_younger(visitor: Visitor, clock: time_machine.Traveller) -> None:
    set_up_second_factor(visitor)
    led = []
    for _ in range(52):
        clock.shift(dt.timedelta(minutes=30))
        led.append(visitor.open("/account/two-step-sign-in").path)
    assert led == ["/account/two-step-sign-in"] * 47 + ["/account/confirm-password"] * 5


@pytest.mark.shows("S18")
def test_what_was_set_up_under_an_older_key_of_the_site_still_works(
    settings: Settings, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    app_key = set_up_second_factor(visitor)
    clock.shift(dt.timedelta(minutes=2))
    newer = replace(settings, secret_key="0 a newer key than the one before", secret_key_fallbacks=(settings.secret_key,))
    app = create_app(newer)
    assert after_password(app).submit("Sign in", code=code_of(app_key)).path == "/account"


@pytest.mark.shows("S6")
def test_a_link_to_where_codes_are_asked_for_signs_nobody_out(visitor: Visitor) -> None:
    factories.staff(OLIVE)
    visitor.sign_in(OLIVE)
    assert visitor.open("/sign-in/code").path == "/account"
    assert visitor.open("/sign-in/recovery-code").path == "/staff/coalition-for-clean-rivers/"
    assert visitor.open("/account").path == "/account"
