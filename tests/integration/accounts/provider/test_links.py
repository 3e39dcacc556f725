"""Accounts are linked to the identity provider from within a session alone, and its sign-ins need a second factor, too."""

import datetime as dt
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask

from letterhub.app import create_app
from letterhub.clock import now
from letterhub.commands.accounts.staff import join_with_new_account
from letterhub.commands.operations.coalition_invitations import invite_coalition
from letterhub.config import Settings
from letterhub.domain.accounts.roles import Role
from letterhub.infrastructure.db import db
from letterhub.infrastructure.openid_connect import client_of
from letterhub.infrastructure.signed_links import Purpose
from letterhub.models import LoginSession, Membership, OutboxMessage, ProviderLink, Staff
from letterhub.queries.operations.production_checks import count_without_two_factor
from tests.integration.accounts.test_two_factor import code_of, with_class
from tests.support import factories
from tests.support.cast import OLIVE, OTHER_COALITION, OTTO
from tests.support.database.stored_rows import rows
from tests.support.html_checks import text_of
from tests.support.servers.database_copies import SITE
from tests.support.servers.issuer import Issuer
from tests.support.servers.provider_steps import (
    come_back,
    link,
    other_site,
    sent_to,
    sign_in_by,
    way_to_link,
)
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S30")


def test_an_address_that_an_account_has_takes_no_account_over(app: Flask, visitor: Visitor, issuer: Issuer) -> None:
    factories.staff(OLIVE)
    issuer.person["groups"] = ["owners"]
    page = sign_in_by(visitor, issuer, status=403).says("already has an account here, which isn’t linked to Rivers SSO.")
    assert page.visitor.open("/account").path == "/sign-in"
    assert rows(ProviderLink) == []


def test_another_person_with_the_address_of_a_linked_account_does_not_get_in(
    app: Flask, linked: Visitor, issuer: Issuer
) -> None:
    issuer.person["sub"] = "person-2"
    sign_in_by(Visitor(app, SITE), issuer, status=403).says("already has an account here")


@pytest.mark.shows("S3")
def test_markup_that_the_issuer_sends_is_text(app: Flask, issuer: Issuer) -> None:
    factories.staff(OLIVE)
    visitor = Visitor(app, SITE)
    visitor.sign_in(OLIVE)
    issuer.person.update(name="<ran-here>", email="<ran-here>@rivers.example")
    for page in (link(visitor, issuer), visitor.open("/account")):
        assert list(page.tree.iter("ran-here")) == []


def test_an_account_is_linked_once_and_so_is_a_person(app: Flask, linked: Visitor, issuer: Issuer) -> None:
    factories.staff(OTTO)
    otto = Visitor(app, SITE)
    otto.sign_in(OTTO)
    away = way_to_link(otto)
    come_back(otto, issuer.sign_in(away), 403).says("Another account on this site is linked to this person")
    assert len(rows(ProviderLink)) == 1
    assert linked.open("/account/provider").path == "/account"


def test_a_link_that_was_begun_in_one_account_does_not_end_in_another(app: Flask, issuer: Issuer) -> None:
    factories.staff(OLIVE)
    factories.staff(OTTO)
    visitor = Visitor(app, SITE)
    visitor.sign_in(OTTO)
    away = way_to_link(visitor)
    back = issuer.sign_in(away)
    sign_in_page = visitor.open("/account").submit("Sign out")
    come_back(visitor, back, 403)
    sign_in_page.visitor.sign_in(OLIVE)
    come_back(visitor, back, 403)
    assert rows(ProviderLink) == []


def test_a_choice_of_accounts_is_asked_for_only_where_the_provider_lists_it(app: Flask, issuer: Issuer) -> None:
    factories.staff(OLIVE)
    visitor = Visitor(app, SITE)
    visitor.sign_in(OLIVE)
    assert "prompt" not in parse_qs(urlsplit(way_to_link(visitor)).query)
    issuer.metadata = {"prompt_values_supported": ["login", "select_account"]}
    client_of.cache_clear()
    assert parse_qs(urlsplit(way_to_link(visitor)).query)["prompt"] == ["select_account"]


def test_linking_and_unlinking_ask_who_is_there(
    app: Flask, linked: Visitor, issuer: Issuer, clock: time_machine.Traveller
) -> None:
    clock.shift(dt.timedelta(minutes=16))
    page = linked.open("/account/provider/unlink").says("Enter your password again")
    page = page.submit("Continue", password=OLIVE.password).says("Unlink your account from Rivers SSO?")
    elsewhere = Visitor(app, SITE)
    sign_in_by(elsewhere, issuer)
    page.submit("Unlink").says("Your account is no longer linked to Rivers SSO.")
    assert elsewhere.open("/account").path == "/sign-in"
    assert linked.open("/account").path == "/account"
    assert [line.parameters["event"] for line in rows(OutboxMessage)] == ["provider-linked", "provider-unlinked"]
    clock.shift(dt.timedelta(minutes=16))
    assert linked.open("/account/provider").says("Enter your password again").path == "/account/confirm-password"


def test_the_provider_confirms_who_is_there_only_if_it_asked_just_now(
    app: Flask, linked: Visitor, issuer: Issuer, clock: time_machine.Traveller
) -> None:
    clock.shift(dt.timedelta(minutes=16))
    address = "/account/provider/confirm?next=/account/provider/unlink"
    away = sent_to(linked, address)
    assert {"prompt": ["login"], "max_age": ["0"]}.items() <= parse_qs(urlsplit(away).query).items()
    issuer.tamper = lambda claims: claims.update(auth_time=claims["iat"] - 3600)
    come_back(linked, issuer.sign_in(away), 403).says("Rivers SSO didn’t ask you to sign in again.")
    issuer.tamper = lambda claims: claims.pop("auth_time")
    come_back(linked, issuer.sign_in(sent_to(linked, address)), 403).says("didn’t ask you to sign in again")
    issuer.tamper = lambda claims: claims.update(sub="person-2")
    come_back(linked, issuer.sign_in(sent_to(linked, address)), 403).says("not the person whom your account is linked to")
    issuer.tamper = lambda claims: None
    come_back(linked, issuer.sign_in(sent_to(linked, address))).says("Unlink your account from Rivers SSO?")


def test_on_a_public_site_a_provider_that_asked_for_no_second_factor_leads_to_ours(
    settings: Settings, app: Flask, linked: Visitor, issuer: Issuer
) -> None:
    with other_site(settings, issuer, two_factor=True) as strict:
        visitor = Visitor(strict, SITE)
        page = sign_in_by(visitor, issuer).says("This site requires two-step sign-in.")
        assert visitor.open("/account").path == "/sign-in"
        page = sign_in_by(visitor, issuer).submit("Set up")
        page.submit("Turn on two-step sign-in", code=code_of(text_of(with_class(page, "authenticator-key"))))
        assert visitor.open("/account").path == "/account"
        assert [str(one.method) for one in rows(LoginSession)] == ["provider"]
        issuer.tamper = lambda claims: claims.update(amr=["pwd", "otp", "mfa"])
        assert sign_in_by(Visitor(strict, SITE), issuer).path == "/account"


def test_a_password_alone_sets_up_no_second_factor_for_a_linked_account(
    settings: Settings, app: Flask, linked: Visitor, issuer: Issuer
) -> None:
    with other_site(settings, issuer, two_factor=True) as strict:
        visitor = Visitor(strict, SITE)
        page = visitor.open("/sign-in").submit("Sign in", email=OLIVE.email, password=OLIVE.password)
        page.says("Sign in with the provider that it is linked to.")
        assert visitor.open("/account/two-step-sign-in").path == "/sign-in"
        assert rows(Staff)[0].tf_primary_method is None


def test_a_link_to_a_former_provider_is_no_way_in(settings: Settings, app: Flask, linked: Visitor, issuer: Issuer) -> None:
    former = replace(issuer.provider(), issuer="https://former.example")
    app = create_app(replace(settings, two_factor=True, identity_provider=former))
    with app.app_context():
        page = Visitor(app, SITE).open("/sign-in").submit("Sign in", email=OLIVE.email, password=OLIVE.password)
        page.says("This site requires two-step sign-in.")  # as for every account that has no second factor
        assert count_without_two_factor() == 1
        db.session.remove()
    assert count_without_two_factor() == 0


def test_a_mailed_invitation_gives_no_password_to_an_account_that_signs_in_otherwise(
    app: Flask, linked: Visitor, issuer: Issuer
) -> None:
    olive = rows(Staff)[0]
    olive.password, olive.name = None, "Olive Owner"
    elsewhere = factories.coalition(OTHER_COALITION)
    invitation = Membership(staff_id=olive.id, coalition_id=elsewhere.id, role=Role.REVIEWER, invited_at=now())
    member_id, staff_id = factories.save(invitation).id, olive.id
    join_with_new_account(member_id, staff_id, "Mallory", "a hash", now())
    founding_id = invite_coalition("Wet Meadows", OLIVE.email, actor="operator", staff_id=None, at=now())
    token = app.extensions["links"].token(Purpose.FOUNDING, founding_id, since=now())
    page = Visitor(app, SITE).open(f"/founding/{token}").never_says("Password")
    page.submit("Set up the coalition").says("Wet Meadows is set up.")
    (olive,) = rows(Staff)
    assert (olive.password, olive.name) == (None, "Olive Owner")
    olive.is_operator = True
    db.session.commit()
    visitor = Visitor(app, SITE)
    sign_in_by(visitor, issuer)
    visitor.open("/site/staff").says("Olive Owner", OLIVE.email, "on").never_says("off", "hasn’t joined yet")
