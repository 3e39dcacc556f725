"""Programs that send something wrong, by mistake or on purpose, get a problem that says why."""

from typing import Any

import pytest

from letterhub.infrastructure.db import db
from letterhub.models import ApiWrite, Letter
from tests.integration.api.conftest import Maker
from tests.support import cast, factories

JSON_TYPE = "application/json"
LETTER = "letters/clean-rivers-for-everyone"
SIGNATORIES = f"public/{LETTER}/signatories"
ELM = {"organization": "Elm Trust", "email": "nia@elms.example"}


def body(text: str | bytes, content_type: str = JSON_TYPE) -> dict[str, Any]:
    return {"data": text, "content_type": content_type}


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "detail"),
    [
        ("GET", "nothing", {}, 404, "nothing at this address"),
        ("GET", "letters/", {}, 404, "nothing at this address"),
        ("GET", "openapi.json/", {}, 404, "nothing at this address"),
        ("GET", "/api/v2/letters", {}, 404, "nothing at this address"),
        ("OPTIONS", "nothing", {}, 404, "nothing at this address"),
        ("DELETE", "public/letters", {}, 405, "doesn’t support the method"),
        ("TRACE", "letters", {}, 405, "doesn’t support the method"),
        ("GET", "letters?after=-1", {}, 422, ">= 0"),
        ("GET", "letters?after=1.5", {}, 422, "Expected `int`"),
        ("GET", "letters?after=", {}, 422, "Expected `int`"),
        ("GET", "letters?after=%EF%BC%91", {}, 422, "Expected `int`"),
        ("GET", "letters?after=" + "9" * 5000, {}, 422, "out of range"),
        ("GET", "letters?aftr=1", {}, 422, "unknown field `aftr`"),
        ("GET", "letters?after=%00", {}, 400, "can’t be read"),
        ("GET", "letters?after=1&after=2", {}, 400, "“after” is given twice"),
        ("GET", "letters?after=1&%61fter=1", {}, 400, "“after” is given twice"),
        ("GET", "public/letters?page=1&page=2", {}, 400, "“page” is given twice"),
        ("GET", f"public/{LETTER}?x=1", {}, 422, "takes no parameters"),
        ("GET", f"{SIGNATORIES}?after=0.0", {}, 422, "matching regex"),
        ("GET", f"{SIGNATORIES}?after=%D9%A1.%D9%A1", {}, 422, "matching regex"),
        ("GET", f"{SIGNATORIES}?after=999999.9999999999", {}, 404, "nothing at this address"),
        ("GET", f"{LETTER}/signatures?state=odd", {}, 422, "Invalid enum value 'odd'"),
        ("GET", f"{LETTER}/signatures/{9**99}", {}, 404, "nothing at this address"),
        ("GET", f"{LETTER}/signatures/{2**63 - 1}", {}, 404, "nothing at this address"),
        ("GET", f"{LETTER}/editions/{2**31}/files/pdf", {}, 404, "nothing at this address"),
        ("GET", f"{LETTER}/editions/1/files/exe", {}, 404, "nothing at this address"),
        ("GET", "letters/a%00b", {}, 404, "nothing at this address"),
        ("GET", "public/letters/%ED%A0%80", {}, 404, "nothing at this address"),
        ("GET", "letters", {"headers": {"Authorization": "Basic YTpi"}}, 401, "send “Authorization: Bearer”"),
        ("GET", "letters", {"headers": {"Authorization": "Bearer"}}, 401, "This token is unknown"),
        ("GET", "letters", {"headers": {"Authorization": "Bearer \x00é" + "a" * 5000}}, 401, "This token is unknown"),
        ("POST", "contacts", {"data": "name=Elm"}, 415, "Send the body as application/json"),
        ("POST", "contacts", body('{"name": "Elm"}', "application/vnd.x+json"), 415, "Send the body as application/json"),
        ("POST", "contacts", body(""), 400, "The body is no JSON in UTF-8"),
        ("POST", "contacts", body("{"), 400, "The body is no JSON in UTF-8"),
        ("POST", "contacts", body("NaN"), 400, "The body is no JSON in UTF-8"),
        ("POST", "contacts", body('{"name": "Elm"} 1'), 400, "The body is no JSON in UTF-8"),
        ("POST", "contacts", body('{"name": "Elm"}'.encode("utf-16")), 400, "The body is no JSON in UTF-8"),
        ("POST", "contacts", body(b'{"name": "\xff"}'), 400, "The body is no JSON in UTF-8"),
        ("POST", "contacts", body(b'{"name": "\xed\xa0\x80"}'), 400, "The body is no JSON in UTF-8"),
        ("POST", "contacts", body('{"name": "\\ud800"}'), 400, "The body is no JSON in UTF-8"),
        ("POST", "contacts", body('{"name": "Elm\\u0000"}'), 400, "“name” has a NUL character"),
        ("POST", "contacts", body('{"name": "Elm", "name": "Oak"}'), 400, "The body has “name” twice"),
        ("POST", "contacts", body('{"name": "Elm", "n\\u0061me": "Elm"}'), 400, "The body has “name” twice"),
        ("POST", "contacts", body("[" * 60_000), 422, "Expected `object`, got `array`"),
        ("POST", "contacts", body('{"name":' + "[" * 30_000 + "]" * 30_000 + "}"), 422, "Expected `str`, got `array`"),
        ("POST", "contacts", body('{"a":' * 9_000 + "1" + "}" * 9_000), 422, "unknown field `a`"),
        ("POST", "contacts", body('{"name": 1' + "0" * 5_000 + "}"), 422, "out of range"),
        ("POST", "contacts", {"json": {"name": "e" * 70_000}}, 413, "too large"),
        ("POST", "contacts", body("null"), 422, "Expected `object`, got `null`"),
        ("POST", "contacts", {"json": {"name": "\u200b"}}, 422, "Enter the name of the organization."),
        ("POST", "contacts", {"json": {"name": "Elm", "website": "http://[::1"}}, 422, "not a website address"),
        ("POST", "contacts?name=Elm", {"json": {"name": "Elm"}}, 422, "takes no parameters"),
        ("POST", "contacts", {"json": {}, "headers": {"Idempotency-Key": "é"}}, 400, "Send an Idempotency-Key"),
        ("POST", "contacts", {"json": {}, "headers": {"Idempotency-Key": "k" * 101}}, 400, "Send an Idempotency-Key"),
        ("POST", "contacts", {"json": {}, "headers": {"Idempotency-Key": "two words"}}, 400, "Send an Idempotency-Key"),
        ("POST", f"{LETTER}/invitations", {"json": {"organization": 3}}, 422, "Expected `str`, got `int`"),
        ("POST", f"{LETTER}/invitations", {"json": ELM | {"more": 1}}, 422, "unknown field `more`"),
        ("POST", f"{LETTER}/invitations", {"json": ELM | {"email": "a@b@c"}}, 422, "Check its spelling"),
        ("POST", f"{LETTER}/editions", {"json": {"version": "forged"}}, 409, "changed while you were looking"),
        ("POST", f"{LETTER}/signatures/{9**99}/decisions", {"json": {"decision": "publish", "version": "1"}}, 404, "nothing"),
    ],
)  # fmt: skip
def test_every_error_is_a_problem(
    program: Maker, letter: Letter, method: str, path: str, sent: dict[str, Any], status: int, detail: str
) -> None:
    response = program().ask(path, method, **sent)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json"), response.get_data()
    assert response.json["status"] == status
    assert detail in response.json["detail"]
    assert db.session.query(ApiWrite).count() == 0, "what was refused uses up no key"


def test_a_problem_names_the_wrong_value(letter: Letter, program: Maker) -> None:
    for path, field in (("letters?after=x", "after"), ("letters?after=1&after=2", "after"), ("coalition?x=1", "x")):
        assert program().ask(path).json["field"] == field


@pytest.mark.shows("S21")
def test_a_key_belongs_to_its_token(letter: Letter, program: Maker) -> None:
    ours, theirs = program(), program(member=cast.STRANGER, of=factories.coalition(cast.OTHER_COALITION))
    for holder in (ours, theirs):
        response = holder.ask("contacts", "POST", "the-same", json={"name": "Elm Trust"})
        assert (response.status_code, response.headers.get("Idempotent-Replayed")) == (201, None)
    assert ours.ask("contacts", "POST", "the-same", json={"name": "Oak Trust"}).status_code == 422
    assert theirs.get("letters")["items"] == []
