"""API tokens: made and revoked by owners, and worth exactly what they were given."""

import datetime as dt

import pytest
import time_machine
from flask import Flask

from letterhub.domain.accounts.api_tokens import API_RATE_LIMIT, ApiScope
from letterhub.domain.accounts.roles import Role
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import ApiToken, AuditEntry, Letter, Membership
from letterhub.web.api.all_endpoints import bp
from letterhub.web.api.api import ENDPOINTS, Endpoint
from tests.integration.api.conftest import API, Maker, Program
from tests.support import cast, factories
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor

PRIVATE = [one for one in ENDPOINTS if one.scope]
RIVERS = "coalition-for-clean-rivers"


def path_of(declared: Endpoint, slug: str) -> str:
    words = {
        "slug": slug,
        "number": 1,
        "file_format": "pdf",
        "signature_id": 1,
        "contact_id": 1,
        "upload_id": 1,
        "import_id": 1,
    }
    path = declared.rule
    for name in declared.path:
        path = path.replace(f"<int:{name}>", str(words[name])).replace(f"<{name}>", str(words[name]))
    return API + path


def ask(program: Program, declared: Endpoint, slug: str) -> int:
    return program.ask(path_of(declared, slug), declared.method, json={} if declared.method == "POST" else None).status_code


@pytest.mark.shows("S21")
def test_an_owner_makes_a_token_that_is_shown_once_and_revokes_it(app: Flask, olive: Visitor, letter: Letter) -> None:
    page = olive.visit("team.index", coalition=RIVERS).follow("API tokens").says("No token has been made yet.")
    refused = page.submit("Make a token", status=422, name="Member database")
    refused.says("Check at least one thing that the program may do.")
    page = refused.submit("Make a token", scopes=["read-letters"]).says("Copy it now", "Read letters, their drafts, revisions")
    secret = page.html.partition("<code>")[2].partition("</code>")[0]
    row = db.session.query(ApiToken).one()
    assert secret.startswith("lhub_")
    assert len(secret) > 40
    assert secret not in repr(vars(row))
    assert (row.scopes, row.hint) == (["read-letters"], secret[-4:])
    program = Program(app, secret)
    assert program.get("letters")["items"][0]["slug"] == letter.slug
    assert program.ask("letters", headers={"Authorization": f"bearer {secret}"}).status_code == 200
    page = olive.visit("api_tokens.index", coalition=RIVERS).never_says(secret, "Never")
    page.submit("Revoke the token of Member database").says("The token no longer works.", "Revoked")
    response = program.ask("letters")
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions[-2:] == ["api token created", "api token revoked"]
    assert secret[5:] not in str([entry.after for entry in db.session.query(AuditEntry)])


@pytest.mark.shows("S16", "S21")
def test_a_token_opens_what_its_scope_names_and_nothing_of_another_coalition(
    app: Flask, letter: Letter, program: Maker
) -> None:
    factories.signature(letter, state=SignatureState.CONFIRMED)
    stranger = program(member=cast.STRANGER, of=factories.coalition(cast.OTHER_COALITION))
    nobody, guessed = Program(app), Program(app, "lhub_" + "0" * 43)
    holder = program()
    token = db.session.query(ApiToken).filter_by(coalition_id=letter.coalition_id).one()
    for declared in PRIVATE:
        assert (ask(nobody, declared, letter.slug), ask(guessed, declared, letter.slug)) == (401, 401), declared.rule
        if declared.path:
            assert ask(stranger, declared, letter.slug) in (404, 422), declared.rule
    for declared in PRIVATE:
        for scopes, refused in ([declared.scope], False), ([scope for scope in ApiScope if scope is not declared.scope], True):
            token.scopes = [str(scope) for scope in scopes]
            db.session.commit()
            assert (ask(holder, declared, letter.slug) == 403) is refused, (declared.rule, scopes)


def test_strangers_tokens_find_nothing_in_lists(letter: Letter, program: Maker) -> None:
    stranger = program(member=cast.STRANGER, of=factories.coalition(cast.OTHER_COALITION))
    assert stranger.get("letters") == {"items": [], "next": None}
    assert stranger.get("contacts") == {"items": [], "next": None}


@pytest.mark.shows("S21")
def test_a_token_is_no_session_and_a_session_is_no_token(app: Flask, olive: Visitor, letter: Letter, program: Maker) -> None:
    response = olive.ask(f"{API}/letters")
    assert response.status_code == 401
    assert "Set-Cookie" not in response.headers
    holder = program()
    for path in (f"/staff/{RIVERS}/", "/account", f"/staff/{RIVERS}/team", "/metrics"):
        assert holder.ask(path, headers={"Authentication-Token": holder.secret}).status_code in (302, 303, 401, 403), path
    assert holder.ask(f"{API}/letters?auth_token={holder.secret}", headers={"Authorization": ""}).status_code == 401


@pytest.mark.shows("S21")
def test_a_token_ends_with_its_time_and_with_its_makers_role(
    program: Maker, letter: Letter, clock: time_machine.Traveller
) -> None:
    holder = program()
    membership = db.session.query(Membership).one()
    for role, status in ((Role.ORGANIZER, 401), (Role.OWNER, 200)):
        membership.role = role
        db.session.commit()
        assert holder.ask("letters").status_code == status
    clock.shift(dt.timedelta(days=31))
    assert holder.ask("letters").status_code == 401


@pytest.mark.shows("S21")
def test_a_token_has_a_rate_limit_which_each_answer_tells(
    program: Maker, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = program()
    response = holder.ask("letters")
    assert response.headers["RateLimit-Policy"] == '"token";q=300;w=60'
    assert response.headers["RateLimit"] == '"token";r=299;t=1'
    few = type(API_RATE_LIMIT)(2, API_RATE_LIMIT.refill_interval * 300)
    monkeypatch.setattr("letterhub.commands.accounts.api_tokens.API_RATE_LIMIT", few)
    assert holder.ask("letters").status_code == 200
    response = holder.ask("letters")
    assert (response.status_code, response.mimetype) == (429, "application/problem+json")
    assert int(response.headers["Retry-After"]) >= 1


def test_the_blueprint_writes_for_tokens_alone() -> None:
    """CSRF protection is off in the whole blueprint, so none of its public endpoints may write."""
    assert {one.method for one in ENDPOINTS if one.scope is None} == {"GET"}
    assert bp.name == "api"


def test_olives_tokens_are_hers_to_see(app: Flask, otto: Visitor) -> None:
    otto.visit("api_tokens.index", coalition=RIVERS, status=403)
    assert Visitor(app, SITE).ask(f"/staff/{RIVERS}/team/api-tokens").status_code in (302, 303)
