"""Coalitions that open by the identity provider only, and what happens when the provider is away or odd."""

import socket
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from letterhub.app import create_app
from letterhub.config import Settings
from letterhub.domain.accounts.roles import Role
from letterhub.infrastructure import bounded_http
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Membership, Staff
from tests.support import factories
from tests.support.cast import OLIVE, OTHER_COALITION, OTTO, SAM
from tests.support.database.stored_rows import recorded
from tests.support.servers.command_line import run_letterhub
from tests.support.servers.database_copies import SITE
from tests.support.servers.issuer import CLIENT_ID, CLIENT_SECRET, Issuer
from tests.support.servers.provider_steps import GROUP_ROLES, RIVERS, link, sign_in_by
from tests.support.visitor import Visitor

ROLES = GROUP_ROLES


def only_by_provider(visitor: Visitor, status: int = 200) -> None:
    page = visitor.visit("team.index", coalition=RIVERS).follow("Change how the team signs in")
    page.submit("Save", rule="only", status=status)


def test_a_coalition_that_opens_by_its_provider_opens_to_no_password(app: Flask, olive: Visitor, issuer: Issuer) -> None:
    factories.staff(SAM)
    page = olive.visit("provider_only.edit", coalition=RIVERS).says("One member of the team isn’t linked yet", SAM.name)
    page.submit("Save", rule="only").says("These pages open to people who sign in with Rivers SSO only.")
    visitor = Visitor(app, SITE)
    visitor.sign_in(OLIVE)
    assert visitor.open("/account").path == "/account"
    for address in (f"/staff/{RIVERS}/", f"/staff/{RIVERS}/team", f"/staff/{RIVERS}/activity"):
        page = visitor.open(address, status=403).says("opens with Rivers SSO only", "You signed in another way.")
    assert f"/sign-in/provider?next=/staff/{RIVERS}/activity" in page.html
    sam = Visitor(app, SITE)
    sam.sign_in(SAM)
    sam.open(f"/staff/{RIVERS}/", status=403).says("your account isn’t linked to Rivers SSO yet").follow(
        "Link your account to Rivers SSO"
    )
    assert sign_in_by(visitor, issuer, f"/staff/{RIVERS}/").says("Letters").path == f"/staff/{RIVERS}/"
    assert recorded()[-1][1:] == ("sign-in changed", {"provider_only": False}, {"provider_only": True})
    olive.visit("audit_log.coalition", coalition=RIVERS).says("Olive Owner changed how the team signs in.")
    olive.visit("provider_only.edit", coalition=RIVERS).submit("Save", rule="any").says("however they sign in")


def test_the_last_way_in_is_not_shut(app: Flask, issuer: Issuer) -> None:
    factories.staff(OLIVE)
    visitor = Visitor(app, SITE)
    visitor.sign_in(OLIVE)
    page = visitor.visit("provider_only.edit", coalition=RIVERS).says("Your own account isn’t linked to Rivers SSO yet.")
    page.submit("Save", rule="only", status=422).says("No owner is linked to the provider yet")
    link(visitor, issuer)
    only_by_provider(visitor, status=403)  # her own session began with a password
    sign_in_by(visitor, issuer)
    page = visitor.open("/account").follow("Unlink Rivers SSO").submit("Unlink")
    page.says("opens by its provider only, and no other owner is linked to it")
    factories.staff(replace(OTTO, role=Role.OWNER))
    olive = db.session.query(Membership).join(Staff).filter(Staff.email == OLIVE.email).one()
    page = visitor.visit("team.edit", coalition=RIVERS, membership_id=olive.id)
    page.submit("Change role", role="organizer", status=409).says("no other owner is linked to it")
    visitor.visit("team.leave", coalition=RIVERS).submit("Leave the team", status=409)


def test_the_operators_shell_opens_what_the_provider_shut(app: Flask, settings: Settings, olive: Visitor) -> None:
    only_by_provider(olive)
    app = create_app(replace(settings, identity_provider=None))
    with app.app_context():
        visitor = Visitor(app, SITE)
        visitor.sign_in(OLIVE)
        visitor.open(f"/staff/{RIVERS}/", status=403).says("can’t be opened", "Ask whoever runs this site")
        db.session.remove()
    result = run_letterhub(settings, "coalition", "allow-any-sign-in", RIVERS)
    assert (result.exit_code, result.output) == (0, "")
    end_read_transaction()
    assert factories.coalition().provider_only is False
    assert recorded()[-1][:2] == ("operator", "sign-in changed")


def slow_server(listening: socket.socket) -> None:
    """Answer a byte now and then."""
    connection, _address = listening.accept()
    with connection:
        for _byte in range(100):
            try:
                connection.sendall(b"H")
            except OSError:
                return
            time.sleep(0.05)


@pytest.mark.shows("S32")
def test_a_provider_that_is_away_or_drips_holds_nobody_up(
    app: Flask, settings: Settings, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_http, "TOTAL_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=slow_server, args=(listening,), daemon=True)
        thread.start()
        provider = replace(issuer.provider(), issuer=f"http://127.0.0.1:{listening.getsockname()[1]}")
        app = create_app(replace(settings, identity_provider=provider))
        with app.app_context():
            visitor, began = Visitor(app, SITE), time.perf_counter()
            visitor.open("/sign-in/provider", status=503).says("Rivers SSO isn’t answering right now.")
            assert time.perf_counter() - began < 3
            db.session.remove()
        listening.close()
        thread.join()


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"jwks_uri": "http://evil.example/keys"},
        {"token_endpoint": "file:///etc/passwd"},
        {"token_endpoint": "https://[broken"},
        {"userinfo_endpoint": ["https://rivers.example"]},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"code_challenge_methods_supported": ["plain"]},
        {"padding": "x" * 600_000},
    ],
)
def test_an_issuer_that_says_odd_things_about_itself_is_not_used(
    visitor: Visitor, issuer: Issuer, metadata: dict[str, Any]
) -> None:
    issuer.metadata = metadata
    visitor.open("/sign-in/provider", status=503).says("Rivers SSO isn’t answering right now.")
    visitor.open("/sign-in").says("Sign in with Rivers SSO", "Forgot your password?")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "ok  Sign-in provider: "),
        ({"issuer": "https://other.example"}, "it says that its address is https://other.example, letter by letter"),
        ({"jwks_uri": "http://127.0.0.1:9/keys"}, "it can’t be reached"),
        ({}, "redirect address: https://letters.example.org/sign-in/provider/callback"),
    ],
)
def test_check_says_in_a_sentence_what_is_wrong_with_the_issuer(
    app: Flask, settings: Settings, issuer: Issuer, changes: dict[str, Any], sentence: str
) -> None:
    factories.coalition()
    factories.coalition(OTHER_COALITION)
    issuer.metadata = changes
    given = {"ISSUER": issuer.url, "CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": CLIENT_SECRET, "ROLES": ROLES}
    variables = {f"LETTERHUB_OIDC_{name}": value for name, value in given.items()}
    assert sentence in run_letterhub(settings, "check", **variables).stdout
