"""Staff change their passwords, signed in or by a mailed link."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_security.recoverable import generate_reset_password_token
from passlib.context import CryptContext

from letterhub.app import site_context
from letterhub.clock import now
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from letterhub.models import OutboxMessage, Staff
from tests.support import factories
from tests.support.cast import OLIVE, SAM
from tests.support.servers.database_copies import SITE
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Visitor

NEW = "quite another password"
NEWER_KEY = "0 a newer key than the one before"


def mailed() -> list[tuple[str, str, dict[str, int]]]:
    return [(line.kind, line.recipient, line.parameters) for line in db.session.query(OutboxMessage)]


def reset_address(staff: Staff) -> str:
    return f"/reset-password/{generate_reset_password_token(staff)}"


def can_sign_in(app: Flask, password: str) -> bool:
    page = Visitor(app, SITE).open("/sign-in?next=/account").submit("Sign in", email=OLIVE.email, password=password)
    return page.path == "/account"


def test_a_link_to_a_new_password_is_made_when_it_is_mailed(visitor: Visitor, settings: Settings, postbox: Inbox) -> None:
    factories.staff(OLIVE)
    page = visitor.open("/sign-in").follow("Forgot your password?")
    page.submit("Send link", email="Olive@rivers.example").says("If this address has an account")
    assert mailed() == [("reset", OLIVE.email, {})]
    assert send_due_mail(settings) == 1
    assert f"{SITE}/reset-password/" in postbox.to(OLIVE.email)[0].text


@pytest.mark.shows("S11")
def test_asking_for_a_new_password_says_the_same_of_an_unknown_address_and_mails_nothing(
    visitor: Visitor, settings: Settings, postbox: Inbox
) -> None:
    factories.staff(OLIVE)
    known = visitor.open("/reset-password").submit("Send link", email=OLIVE.email)
    unknown = visitor.open("/reset-password").submit("Send link", email="nobody@rivers.example")
    assert known.text == unknown.text
    send_due_mail(settings)
    assert [mail.recipients for mail in postbox.mails] == [(OLIVE.email,)]
    assert [address for _kind, address, _facts in mailed()] == [OLIVE.email]  # nothing is stored about the other one


@pytest.mark.shows("S11", "S32")
@pytest.mark.parametrize(
    ("page", "hashes"),
    [(("/reset-password", "Send link", {}), ()), (("/sign-in", "Sign in", {"password": NEW}), ("argon2",))],
)
def test_a_page_works_as_long_for_every_address(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, page: tuple[str, str, dict[str, str]], hashes: tuple[str, ...]
) -> None:
    factories.staff(OLIVE)
    factories.save(Staff(email="invited@rivers.example", fs_uniquifier="x" * 32, created_at=now()))
    path, button, typed = page
    slow: dict[str, list[str]] = {}
    for email in (OLIVE.email, "invited@rivers.example", "nobody@rivers.example"):
        form = visitor.open(path)
        slow[email] = []
        with monkeypatch.context() as patch:
            for work in ("hash", "verify", "verify_and_update"):
                patch.setattr(CryptContext, work, record_schemes(slow[email], getattr(CryptContext, work)))
            form.submit(button, email=email, **typed)
    assert set(map(tuple, slow.values())) == {hashes}


def record_schemes(slow: list[str], work: Callable[..., Any]) -> Callable[..., Any]:
    """Return the hashing function, wrapped to record the slow schemes that it uses."""

    def doing(context: CryptContext, *args: Any, **kwargs: Any) -> Any:
        if context.default_scheme() != "hex_sha512":
            slow.append(context.default_scheme())
        return work(context, *args, **kwargs)

    return doing


@pytest.mark.shows("S7", "S14")
def test_the_link_sets_a_new_password_once_and_ends_every_session(app: Flask, visitor: Visitor) -> None:
    staff = factories.staff(OLIVE)
    elsewhere = Visitor(app, SITE)
    elsewhere.sign_in(OLIVE)
    address = reset_address(staff)
    page = visitor.open(address).submit("Set new password", password=NEW, password_confirm=NEW)
    page.says("Your new password is set")
    assert elsewhere.open("/account").path == "/sign-in"
    assert can_sign_in(app, NEW)
    assert not can_sign_in(app, OLIVE.password)
    visitor.open(address).says("This link has been used before")


def test_a_link_to_a_new_password_is_good_for_a_day(visitor: Visitor, clock: time_machine.Traveller) -> None:
    address = reset_address(factories.staff(OLIVE))
    clock.shift(dt.timedelta(hours=23))
    visitor.open(address).says("Choose a new password")
    clock.shift(dt.timedelta(hours=2))
    visitor.open(address).says("This link has expired")


@pytest.mark.usefixtures("app")
def test_a_link_is_signed_by_the_newest_key_and_outlives_the_older_ones(settings: Settings) -> None:
    factories.staff(OLIVE)
    newest = replace(settings, secret_key=NEWER_KEY)
    with site_context(replace(newest, secret_key_fallbacks=(settings.secret_key,))):
        address = reset_address(db.session.query(Staff).one())
    with site_context(newest) as site:
        Visitor(site, SITE).open(address).says("Choose a new password")


@pytest.mark.shows("S7")
def test_the_address_of_the_link_is_kept_out_of_referrers_and_caches(visitor: Visitor) -> None:
    headers = visitor.open(reset_address(factories.staff(OLIVE))).response.headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("eleven char", "eleven char", "at least 12 characters"),
        (NEW, NEW + "x", "The passwords don’t match"),
        ("", "", "Enter a password"),
    ],
    ids=["short", "different", "empty"],
)
def test_a_new_password_is_refused_at_its_field(visitor: Visitor, first: str, second: str, sentence: str) -> None:
    page = visitor.open(reset_address(factories.staff(OLIVE)))
    page.submit("Set new password", password=first, password_confirm=second).says(sentence)


TOO_LONG = "This password is too long. It can have at most 1,000 characters."
too_long = pytest.mark.parametrize("password", ["x" * 4097, "\ufdfa" * 300], ids=["as typed", "as it is compared"])


@too_long
@pytest.mark.shows("S11")
def test_a_password_that_is_too_long_is_refused_alike_whoever_has_an_account(visitor: Visitor, password: str) -> None:
    factories.staff(OLIVE)
    known = visitor.open("/sign-in").submit("Sign in", email=OLIVE.email, password=password)
    unknown = visitor.open("/sign-in").submit("Sign in", email="nobody@rivers.example", password=password)
    assert known.says(TOO_LONG).text == unknown.text


@too_long
def test_a_password_that_is_too_long_is_refused_wherever_one_is_typed(visitor: Visitor, password: str) -> None:
    address = reset_address(factories.staff(OLIVE))
    page = visitor.open(address)
    page.submit("Set new password", password=password, password_confirm=password).says(TOO_LONG)
    page = visitor.open_account(OLIVE).follow("Change your password")
    for so_far, new in ((password, NEW), (OLIVE.password, password)):
        page.submit("Change password", password=so_far, new_password=new, new_password_confirm=new).says(TOO_LONG)
    visitor.open("/account/confirm-password").submit("Continue", password=password).says(TOO_LONG)
    assert can_sign_in(visitor.app, OLIVE.password)


def test_the_longest_password_can_be_chosen_and_signs_in(app: Flask, visitor: Visitor) -> None:
    longest = "x" * 1000
    page = visitor.open(reset_address(factories.staff(OLIVE)))
    page.submit("Set new password", password=longest, password_confirm=longest).says("Your new password is set")
    assert can_sign_in(app, longest)


@pytest.mark.shows("S14")
def test_changing_the_password_keeps_this_session_and_ends_the_others(app: Flask, visitor: Visitor) -> None:
    factories.staff(OLIVE)
    elsewhere = Visitor(app, SITE)
    elsewhere.sign_in(OLIVE)
    page = visitor.open_account(OLIVE).follow("Change your password")
    page.submit("Change password", password="not this one", new_password=NEW, new_password_confirm=NEW).says(
        "not your password"
    )
    page = page.submit("Change password", password=OLIVE.password, new_password=NEW, new_password_confirm=NEW)
    assert page.says("Your password was changed").path == "/account"
    assert elsewhere.open("/account").path == "/sign-in"
    assert can_sign_in(app, NEW)


def test_passwords_are_kept_by_argon2_alone(visitor: Visitor) -> None:
    assert (factories.staff(SAM).password or "").startswith("$argon2id$")
