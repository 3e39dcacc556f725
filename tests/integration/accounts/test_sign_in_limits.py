"""S22: password guessing is slowed down, across networks and processes; known devices and mailbox owners get in."""

import datetime as dt
from contextlib import suppress
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import func, select

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.abuse.sign_in_limits import acquire_sign_in_attempt, purge_rate_limits, refund_sign_in_attempt
from letterhub.config import Settings
from letterhub.domain.abuse.rate_limits import SIGN_IN_LIMITS, LimitedAction, RateLimited, SignInAttempt
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import OutboxMessage, RateLimitBucket
from tests.conftest import NOON
from tests.support import factories
from tests.support.cast import OLIVE, SAM
from tests.support.servers.database_copies import SECRET_KEY, SITE, settings_for
from tests.support.servers.processes import PROCESSES
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.shows("S22")
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.7"
TOO_MANY = "Too many attempts. Wait 5 minutes before the next one."
HERE_TRIES = SIGN_IN_LIMITS[LimitedAction.PASSWORD].account_from_network.burst
COUNT, EACH = 4, 10


def from_network(app: Flask, address: str) -> Visitor:
    visitor = Visitor(app, SITE)
    visitor.client.environ_base["REMOTE_ADDR"] = address
    return visitor


def tried(visitor: Visitor, email: str = OLIVE.email, password: str = "a guess that is wrong", status: int = 200) -> Page:
    return visitor.open("/sign-in?next=/account").submit("Sign in", status=status, email=email, password=password)


def exhausted_guesser(app: Flask, address: str = HERE, email: str = OLIVE.email) -> Visitor:
    """Return the client of an attacker who has used up the tries for an account in one network."""
    guesser = from_network(app, address)
    for _ in range(HERE_TRIES):
        tried(guesser, email).never_says("Too many")
    return guesser


def exhaust_account_tries(app: Flask) -> None:
    """Use up all tries for an account that are open to strangers, from hundreds of networks."""
    with suppress(RateLimited):
        for number in range(1000):
            acquire_sign_in_attempt(LimitedAction.PASSWORD, SignInAttempt(OLIVE.email, f"network {number}"), SECRET_KEY, now())
        pytest.fail("there is no end to guessing")


def test_after_ten_guesses_not_even_the_right_password_is_looked_at(app: Flask) -> None:
    factories.staff(OLIVE)
    guesser = exhausted_guesser(app)
    page = tried(guesser, password=OLIVE.password, status=429)
    page.says(TOO_MANY, "To sign in right away, reset your password.")
    assert page.response.headers["Retry-After"] == "301"
    assert guesser.open("/account").path == "/sign-in"


@pytest.mark.parametrize("spelled", ["OLIVE@rivers.example", " olive@Rivers.Example ", "olive@rivers.example\t"])
def test_another_spelling_of_the_address_is_the_same_account(app: Flask, spelled: str) -> None:
    factories.staff(OLIVE)
    tried(exhausted_guesser(app), email=spelled, status=429)


@pytest.mark.shows("S11")
def test_an_unknown_address_is_answered_alike(app: Flask) -> None:
    factories.staff(OLIVE)
    known = tried(exhausted_guesser(app), status=429)
    unknown = tried(exhausted_guesser(app, ELSEWHERE, "nobody@rivers.example"), email="nobody@rivers.example", status=429)
    assert known.text == unknown.text


def test_a_try_comes_back_after_five_minutes(app: Flask, clock: time_machine.Traveller) -> None:
    factories.staff(OLIVE)
    guesser = exhausted_guesser(app)
    clock.shift(dt.timedelta(minutes=5))
    assert tried(guesser, password=OLIVE.password).path == "/account"


def test_guessing_locks_nobody_out_who_comes_from_elsewhere(app: Flask) -> None:
    factories.staff(OLIVE)
    exhausted_guesser(app)
    assert tried(from_network(app, ELSEWHERE), password=OLIVE.password).path == "/account"


def test_a_right_password_costs_nothing(app: Flask) -> None:
    factories.staff(OLIVE)
    for _ in range(3 * HERE_TRIES):
        assert tried(from_network(app, HERE), password=OLIVE.password).path == "/account"


def test_guesses_at_many_accounts_empty_the_purse_of_their_network(app: Flask) -> None:
    factories.staff(OLIVE)
    guesser = from_network(app, HERE)
    for number in range(SIGN_IN_LIMITS[LimitedAction.PASSWORD].network.burst):
        tried(guesser, email=f"somebody{number}@rivers.example")
    tried(from_network(app, "203.0.113.99"), password=OLIVE.password, status=429).says("Too many attempts. Wait 1 minute")
    assert tried(from_network(app, ELSEWHERE), password=OLIVE.password).path == "/account"


def test_a_browser_that_signed_in_before_gets_in_whatever_strangers_do(app: Flask) -> None:
    factories.staff(OLIVE)
    factories.staff(SAM)
    known = from_network(app, HERE)
    for one in (OLIVE, SAM):
        tried(known, one.email, one.password).submit("Sign out")
    exhaust_account_tries(app)
    exhausted_guesser(app, email=SAM.email)
    tried(from_network(app, ELSEWHERE), password=OLIVE.password, status=429)
    for one in (SAM, OLIVE):
        assert tried(known, one.email, one.password).path == "/account"
        known.open("/account").submit("Sign out")


def test_a_known_browser_may_not_guess_without_end_either(app: Flask) -> None:
    factories.staff(OLIVE)
    known = from_network(app, HERE)
    tried(known, password=OLIVE.password).submit("Sign out")
    for _ in range(SIGN_IN_LIMITS[LimitedAction.PASSWORD].device.burst):
        tried(known)
    tried(known, password=OLIVE.password, status=429)


def test_a_cookie_of_another_site_or_account_opens_no_purse(app: Flask) -> None:
    factories.staff(SAM)
    other = from_network(app, HERE)
    tried(other, SAM.email, SAM.password).submit("Sign out")
    forger = from_network(app, ELSEWHERE)
    forger.client.set_cookie("__Host-letterhub-device", "WzEsMl0.forged.cookie", domain="letters.example.org", secure=True)
    exhaust_account_tries(app)
    for visitor in (other, forger):
        tried(visitor, status=429)


def test_the_mailed_link_gets_in_at_once(app: Flask) -> None:
    olive = factories.staff(OLIVE)
    visitor = exhausted_guesser(app)
    exhaust_account_tries(app)
    chosen = "quite another password"
    page = visitor.open(f"/reset-password/{generate_reset_password_token(olive)}")
    page.submit("Set new password", password=chosen, password_confirm=chosen)
    assert tried(visitor, password=chosen).path == "/account"


def test_the_cookie_tells_nobody_else_and_stays_out_of_public_pages(app: Flask) -> None:
    factories.staff(OLIVE)
    visitor = from_network(app, HERE)
    page = visitor.open("/sign-in")
    assert not page.response.headers.getlist("Set-Cookie") or "device" not in str(page.response.headers)
    tried(visitor, password=OLIVE.password)
    cookie = visitor.client.get_cookie("__Host-letterhub-device", domain="letters.example.org")
    assert cookie is not None
    assert (cookie.secure, cookie.http_only, cookie.same_site, cookie.path) == (True, True, "Lax", "/")
    assert "olive" not in cookie.value


def test_mails_to_choose_a_new_password_have_an_end_that_no_page_tells(app: Flask, clock: time_machine.Traveller) -> None:
    factories.staff(OLIVE)
    visitor = from_network(app, HERE)
    texts = {visitor.open("/reset-password").submit("Send link", email=OLIVE.email).text for _ in range(5)}
    assert len(texts) == 1
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 3
    clock.shift(dt.timedelta(hours=4))
    visitor.open("/reset-password").submit("Send link", email=OLIVE.email)
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 4


def test_a_password_is_not_guessed_in_a_session_that_someone_left_open(app: Flask) -> None:
    factories.staff(OLIVE)
    visitor = from_network(app, HERE)
    visitor.sign_in(OLIVE)
    new = "quite another password"
    typed = {"password": "a guess that is wrong", "new_password": new, "new_password_confirm": new}
    for _ in range(SIGN_IN_LIMITS[LimitedAction.PASSWORD].device.burst):
        visitor.open("/account/password").submit("Change password", **typed)
    typed["password"] = OLIVE.password
    visitor.open("/account/password").submit("Change password", status=429, **typed).says(TOO_MANY)


def take_many(database_url: str, folder: Path) -> int:
    """Try as often as possible, in a web process of its own; return the number of tries allowed."""
    taken = 0
    with create_app(settings_for(database_url, folder)).app_context():
        for _ in range(EACH):
            try:
                acquire_sign_in_attempt(LimitedAction.PASSWORD, SignInAttempt(OLIVE.email, HERE), SECRET_KEY, NOON)
                taken += 1
            except RateLimited:
                pass
        db.engine.dispose()
    return taken


def test_four_processes_let_through_no_more_than_one(app: Flask, settings: Settings, tmp_path: Path) -> None:
    with PROCESSES.Pool(COUNT) as pool:
        taken = pool.starmap(take_many, [(settings.database_url, tmp_path)] * COUNT)
    assert sum(taken) == HERE_TRIES
    end_read_transaction()
    assert db.session.scalar(select(func.count(RateLimitBucket.id))) == 3


def test_what_has_come_back_is_erased_and_no_row_names_anyone(app: Flask, clock: time_machine.Traveller) -> None:
    caller = SignInAttempt(OLIVE.email, HERE)
    acquire_sign_in_attempt(LimitedAction.PASSWORD, caller, SECRET_KEY, now())
    assert all(
        len(bucket_key) == 32 and not set(bucket_key) - set("0123456789abcdef")
        for bucket_key in db.session.scalars(select(RateLimitBucket.bucket_key))
    )
    assert purge_rate_limits(now()) == 0
    clock.shift(dt.timedelta(minutes=5))
    assert purge_rate_limits(now()) == 2
    refund_sign_in_attempt(LimitedAction.PASSWORD, caller, SECRET_KEY)  # one try of it is left
    assert purge_rate_limits(now()) == 1
    assert purge_rate_limits(now()) == 0
