"""Arbitrary input in the form: it is redisplayed unchanged, or refused with a sentence."""

import json
import unicodedata
from collections.abc import Iterable
from html import unescape
from urllib.parse import quote_plus

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from letterhub.domain.line_validation import contains_web_address, line_error, normalize_line, place_error
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Letter, Signature
from letterhub.web.access import MAX_FORM_BYTES
from letterhub.web.public.signatures.signing_forms import new_form_token
from tests.support import cast, factories
from tests.support.missing import SHARED
from tests.support.signing_steps import confirm_link, manage_link, signatures
from tests.support.visitor import Visitor

pytestmark = pytest.mark.shows("S17")
LIST = SHARED / "naughty" / "blns.json"
OURS = (
    "\0", "a\0b", "\x1b[31mred", "\u202edevil", "\u2066x\u2069", "\ufeffBOM", "e\u0301" * 20, "Z" + "\u0301" * 5,
    "Z" + "\u0301" * 6, "\u2028line", "a\r\nBcc: x@one.example", "ﷺ" * 300, "각" * 300, "x" * 300, "x" * 301, "x" * 100_000,
    "Z" + "\u0301\u0316" * 30_000,
    "👩‍👩‍👧‍👦", "نمونه‌ها",
    "{{ 7 * 7 }}", "${7*7}", "'; DROP TABLE signature; --", "<script>alert(1)</script>", "=1+1", "+Peace", "@Work Alliance",
    "350.org", "%s%n", "../../etc/passwd", "\ud7ff", "\uffff", "\U0010ffff", "ß" * 300, "I\u0307stanbul", "ＦＵＬＬ", "…", "-",
    "—", "\u3164", "\u2800", "\u200e\u034f", "\u200d", "Ex\u3164ample\uffa0", "葛\U000e0100城",
)  # fmt: skip
LINES = ("organization", "signer_name", "signer_title", "location")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter."""
    app.config["WTF_CSRF_ENABLED"] = False  # a token would need a page load for each of many requests
    return factories.open_letter()


def sent(visitor: Visitor, letter: Letter, **typed: str) -> TestResponse:
    """Return the response to a form of Clara with other input."""
    form = cast.CLARA.form | {"authorized": "y", "form_token": new_form_token(letter.id)} | typed
    return visitor.ask(f"/letters/{letter.slug}/sign", method="POST", data=form)


def is_too_large(typed: str, times: int = 1) -> bool:
    """Return whether a form with this string in some fields is larger than any form of strangers."""
    return len(quote_plus(typed)) * times > MAX_FORM_BYTES


def newest() -> Signature:
    """Return the last signature saved."""
    end_read_transaction()
    return db.session.scalars(select(Signature).order_by(Signature.id.desc()).limit(1)).one()


def show_that_it_comes_back_or_is_refused(visitor: Visitor, letter: Letter, strings: Iterable[str]) -> None:
    for typed in strings:
        place = "Springfield" if place_error(normalize_line(typed)) else typed
        response = sent(visitor, letter, **dict.fromkeys(LINES, typed) | {"location": place})
        if is_too_large(typed, len(LINES)):
            assert response.status_code == 413, typed[:20]
        elif response.status_code == 303:
            expected, signature = normalize_line(typed), newest()
            assert [signature.organization_name, signature.signer_name, signature.signer_title, signature.location] == [
                *[expected] * 3,
                normalize_line(place),
            ]
            assert not line_error(expected)
            assert not contains_web_address(expected)
        else:
            assert response.status_code == 422, (typed, response.status_code)
            assert "need your attention" in unescape(response.get_data(as_text=True)), typed
            line = normalize_line(typed)
            assert not line or line_error(line) or contains_web_address(line), typed


def show_that_pages_say_it(visitor: Visitor) -> None:
    for signature in signatures()[::12]:
        name = " ".join(signature.organization_name.split())
        visitor.open(confirm_link(signature)).says(name).submit("Sign for our organization", status=422)
        visitor.open(manage_link(signature)).says(name)


def test_our_own_list_comes_back_or_is_refused(visitor: Visitor, letter: Letter) -> None:
    show_that_it_comes_back_or_is_refused(visitor, letter, OURS)
    show_that_pages_say_it(visitor)


@pytest.mark.needs_shared("naughty/blns.json")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_big_list_comes_back_or_is_refused(visitor: Visitor, letter: Letter) -> None:
    show_that_it_comes_back_or_is_refused(visitor, letter, json.loads(LIST.read_text(encoding="utf-8")))
    show_that_pages_say_it(visitor)


@pytest.mark.parametrize(
    "field", ["website", "email", "section", "kind", "revision", "form_token", "is_correction", "note", "authorized"]
)
def test_no_other_field_is_a_fault_of_ours(visitor: Visitor, letter: Letter, field: str) -> None:
    for typed in OURS:
        status = sent(visitor, letter, **{field: typed}).status_code
        assert status == 413 if is_too_large(typed) else status in (303, 422), (field, typed)
    for signature in signatures():
        assert not any(unicodedata.category(sign) == "Cc" for sign in signature.website + signature.email + signature.section)


def test_a_kept_name_finds_its_place(visitor: Visitor, letter: Letter) -> None:
    for name in ("ﷺ" * 300, "각" * 300, "ß" * 300, "…", "👩‍👩‍👧‍👦"):
        sent(visitor, letter, organization=name)
    for signature in signatures():
        visitor.open(confirm_link(signature)).submit("Sign for our organization", authorized=True).says(
            "Your signature is confirmed"
        )
