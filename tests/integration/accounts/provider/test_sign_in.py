"""Staff sign in by an identity provider (OpenID Connect), an issuer on this machine with real tokens."""

import datetime as dt
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import time_machine
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey

from letterhub.infrastructure import openid_connect
from letterhub.models import AuditEntry, LoginSession, OutboxMessage
from tests.support import factories
from tests.support.cast import OLIVE
from tests.support.database.stored_rows import rows
from tests.support.servers.database_copies import SITE
from tests.support.servers.issuer import CLIENT_ID, CLIENT_SECRET, KEY, OTHER_KEY, Claims, Issuer
from tests.support.servers.provider_steps import (
    RIVERS,
    UNVERIFIED,
    come_back,
    link,
    sent_to,
    sign_in_by,
)
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S30")


def test_a_linked_account_signs_in_and_leads_where_one_was_going(app: Flask, linked: Visitor, issuer: Issuer) -> None:
    page = sign_in_by(Visitor(app, SITE), issuer, f"/staff/{RIVERS}/team")
    assert page.says("Olive Owner").path == f"/staff/{RIVERS}/team"
    assert [str(one.method) for one in rows(LoginSession)] == ["password", "provider"]
    assert sign_in_by(Visitor(app, SITE), issuer, "https://evil.example/").path == f"/staff/{RIVERS}/"


def test_the_way_there_carries_pkce_state_and_nonce_and_the_secret_stays_here(visitor: Visitor, issuer: Issuer) -> None:
    asked = [parse_qs(urlsplit(sent_to(visitor)).query) for _try in range(2)]
    for one in asked:
        assert one["code_challenge_method"] == ["S256"]
        assert one["redirect_uri"] == [f"{SITE}/sign-in/provider/callback"]
        assert (one["response_type"], one["client_id"]) == (["code"], [CLIENT_ID])
        assert min(len(one[name][0]) for name in ("state", "nonce", "code_challenge")) >= 32
        assert CLIENT_SECRET not in str(one)
    assert not {asked[0][name][0] for name in ("state", "nonce", "code_challenge")} & {
        asked[1][name][0] for name in ("state", "nonce", "code_challenge")
    }


def test_linking_is_recorded_and_mailed(linked: Visitor) -> None:
    (line,) = rows(OutboxMessage)
    assert (line.kind, line.recipient, line.parameters["event"]) == ("account-changed", OLIVE.email, "provider-linked")
    assert [entry.action for entry in rows(AuditEntry)] == ["provider linked"]
    assert [entry.actor for entry in rows(AuditEntry)] == [entry.subject for entry in rows(AuditEntry)]


LIES: dict[str, Callable[[Claims], Any]] = {
    "nonce": lambda claims: claims.update(nonce="another"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "aud": lambda claims: claims.update(aud="another-site"),
    "two audiences, the other one meant": lambda claims: claims.update(aud=[CLIENT_ID, "other"], azp="other"),
    "no aud": lambda claims: claims.pop("aud"),
    "iss": lambda claims: claims.update(iss="https://evil.example"),
    "no iss": lambda claims: claims.pop("iss"),
    "expired": lambda claims: claims.update(exp=claims["iat"] - 3600),
    "no exp": lambda claims: claims.pop("exp"),
    "old": lambda claims: claims.update(iat=claims["iat"] - 3600),
    "of the future": lambda claims: claims.update(iat=claims["iat"] + 3600),
    "no sub": lambda claims: claims.pop("sub"),
    "empty sub": lambda claims: claims.update(sub=""),
    "sub that is no text": lambda claims: claims.update(sub=["person-1"]),
    "sub with a control character": lambda claims: claims.update(sub="person\0"),
    "sub of two lines": lambda claims: claims.update(sub="person\u2028one"),
    "exp that is no time": lambda claims: claims.update(exp={"at": claims["exp"]}),
    "iat beyond every calendar": lambda claims: claims.update(iat=-(10**400)),
    "aud that is no text": lambda claims: claims.update(aud={CLIENT_ID: True}),
    "access token of another": lambda claims: claims.update(at_hash="AAAA"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_with_a_wrong_claim_signs_nobody_in(app: Flask, linked: Visitor, issuer: Issuer, lie: str) -> None:
    issuer.tamper = LIES[lie]
    visitor = Visitor(app, SITE)
    sign_in_by(visitor, issuer, status=403).says("You’re not signed in", UNVERIFIED)
    assert visitor.open("/account").path == "/sign-in"


def unsigned(_issuer: Issuer, claims: Claims) -> str:
    """Return a token with `alg: none`."""
    header, body, _signature = jwt.encode({"alg": "RS256"}, claims, KEY).split(".")
    assert header
    return f"eyJhbGciOiJub25lIn0.{body}."


def signed_by_the_public_key(_issuer: Issuer, claims: Claims) -> str:
    """Return a token that takes the issuer's public key for a shared secret."""
    _header, body, _signature = jwt.encode({"alg": "RS256"}, claims, KEY).split(".")
    header = urlsafe_b64encode(b'{"alg":"HS256","kid":"first"}').decode().rstrip("=")
    digest = hmac.digest(KEY.as_pem(private=False), f"{header}.{body}".encode(), "sha256")
    return f"{header}.{body}.{urlsafe_b64encode(digest).decode().rstrip('=')}"


FORGERIES: dict[str, Callable[[Issuer, Claims], str]] = {
    "alg none": unsigned,
    "the client's secret": lambda _issuer, claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET)),
    "the public key as a secret": signed_by_the_public_key,
    "another key": lambda _issuer, claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, OTHER_KEY),
    "an unknown key": lambda _issuer, claims: jwt.encode({"alg": "RS256", "kid": "unknown"}, claims, OTHER_KEY),
    "a key in the token": lambda _issuer, claims: jwt.encode(
        {"alg": "RS256", "jwk": OTHER_KEY.as_dict(private=False)}, claims, OTHER_KEY
    ),
    "no token": lambda _issuer, _claims: "",
    "nonsense": lambda _issuer, _claims: "a.b.c",
    "a changed token": lambda issuer, claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, KEY)[:-8] + "AAAAAAAA",
}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_that_the_issuer_did_not_sign_signs_nobody_in(
    app: Flask, linked: Visitor, issuer: Issuer, forgery: str
) -> None:
    issuer.sign = FORGERIES[forgery]
    visitor = Visitor(app, SITE)
    sign_in_by(visitor, issuer, status=403).says(UNVERIFIED)
    assert visitor.open("/account").path == "/sign-in"


def test_a_new_key_of_the_issuer_is_found(app: Flask, linked: Visitor, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openid_connect, "KEYS_RETRY_SECONDS", 0)
    issuer.key = OTHER_KEY
    assert sign_in_by(Visitor(app, SITE), issuer).path == "/account"


def test_keys_that_cannot_be_read_are_left_out(app: Flask, linked: Visitor, issuer: Issuer) -> None:
    odd = (
        {"kty": "OKP", "crv": "BLS12381G1", "kid": "odd", "x": "AA"},
        {"kty": "EC", "crv": "P-256", "kid": "no point", "x": "AA", "y": "AA"},
        {"kty": "RSA", "kid": "no number"}, {"kty": "RSA", "kid": 7, "n": 5, "e": []}, "no key", None,
    )  # fmt: skip
    issuer.more_keys = list(odd)
    openid_connect.client_of.cache_clear()
    assert sign_in_by(Visitor(app, SITE), issuer).path == "/account"


@pytest.mark.parametrize(
    "claims",
    [
        {"name": "Olive\0", "email": 7, "groups": [["team"], None, {}]},
        {"email": "olive\0@rivers.example", "email_verified": True, "name": ["Olive"], "groups": {"team": {}}},
        {"email_verified": "false", "groups": ["team"] * 5000, "auth_time": 10**400, "preferred_username": {}},
    ],
)
def test_claims_of_unusual_types_do_no_harm(app: Flask, linked: Visitor, issuer: Issuer, claims: Claims) -> None:
    issuer.person |= claims
    assert sign_in_by(Visitor(app, SITE), issuer).path == "/account"


def test_three_tabs_may_sign_in_at_once(visitor: Visitor, app: Flask, linked: Visitor, issuer: Issuer) -> None:
    for _try in range(4):  # the session's own order is another one each time
        for tab in [sent_to(visitor) for _tab in range(5)][-3:]:
            come_back(visitor, issuer.sign_in(tab))


def test_an_invented_key_does_not_have_the_issuer_asked_each_time(app: Flask, linked: Visitor, issuer: Issuer) -> None:
    issuer.sign = FORGERIES["an unknown key"]
    for _try in range(3):
        sign_in_by(Visitor(app, SITE), issuer, status=403)
    assert issuer.asked.count("/keys") == 1
    assert issuer.asked.count("/.well-known/openid-configuration") == 1


def test_a_wrong_state_or_anothers_signs_nobody_in(app: Flask, linked: Visitor, issuer: Issuer) -> None:
    mine, theirs = Visitor(app, SITE), Visitor(app, SITE)
    sentence = "This sign-in was begun in another browser or too long ago."
    calls = issuer.asked.count("/token")
    back = issuer.sign_in(sent_to(theirs))
    come_back(mine, back, 403).says(sentence)  # somebody else's code and state, pushed into this browser
    come_back(theirs, back, 403, state="A" * 32).says(sentence)
    come_back(theirs, back, 403, state="").says(sentence)
    assert issuer.asked.count("/token") == calls
    assert mine.open("/account").path == theirs.open("/account").path == "/sign-in"


def test_what_came_back_works_once_even_with_the_cookies_of_before(app: Flask, linked: Visitor, issuer: Issuer) -> None:
    visitor, thief = Visitor(app, SITE), Visitor(app, SITE)
    back = issuer.sign_in(sent_to(visitor))
    cookie = visitor.client.get_cookie("__Host-letterhub", domain="letters.example.org")
    come_back(visitor, back)
    come_back(visitor, back, 403)
    thief.client.set_cookie("__Host-letterhub", cookie.value, domain="letters.example.org", secure=True)
    come_back(thief, back, 403).says("begun in another browser or too long ago")
    assert thief.open("/account").path == "/sign-in"


def test_a_code_of_another_request_or_of_another_browser_is_refused(app: Flask, linked: Visitor, issuer: Issuer) -> None:
    """By PKCE: the code was given for another verifier."""
    visitor, other = Visitor(app, SITE), Visitor(app, SITE)
    stolen = dict(parse_qsl(urlsplit(issuer.sign_in(sent_to(other))).query))["code"]
    come_back(visitor, issuer.sign_in(sent_to(visitor)), 403, code=stolen).says(UNVERIFIED)
    come_back(visitor, issuer.sign_in(sent_to(visitor)), 403, code="invented").says(UNVERIFIED)


def test_an_answer_that_names_another_issuer_is_refused(app: Flask, linked: Visitor, issuer: Issuer) -> None:
    visitor = Visitor(app, SITE)
    come_back(visitor, issuer.sign_in(sent_to(visitor)), 403, iss="https://evil.example").says(UNVERIFIED)


def test_an_answer_without_its_issuer_is_refused_where_the_issuer_promises_to_name_itself(app: Flask, issuer: Issuer) -> None:
    factories.staff(OLIVE)
    issuer.metadata = {"authorization_response_iss_parameter_supported": True}
    visitor = Visitor(app, SITE)
    visitor.sign_in(OLIVE)
    link(visitor, issuer)
    other = Visitor(app, SITE)
    come_back(other, issuer.sign_in(sent_to(other)), 403, iss="").says(UNVERIFIED)
    assert sign_in_by(other, issuer).path == "/account"


def test_too_late_is_too_late(app: Flask, linked: Visitor, issuer: Issuer, clock: time_machine.Traveller) -> None:
    visitor = Visitor(app, SITE)
    back = issuer.sign_in(sent_to(visitor))
    clock.shift(dt.timedelta(minutes=16))
    come_back(visitor, back, 403).says("too long ago")


def test_who_says_no_there_is_told_so_here(visitor: Visitor, issuer: Issuer) -> None:
    issuer.consents = False
    back = urlsplit(issuer.sign_in(sent_to(visitor)))
    visitor.open(f"{back.path}?{back.query}", status=403).says("Rivers SSO didn’t sign you in.", "Sign in another way")
