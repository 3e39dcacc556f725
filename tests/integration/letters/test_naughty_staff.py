"""Arbitrary input of staff in fields, uploads and searches: saved unchanged and shown, or refused with a sentence."""

import csv
import io
import json
from collections.abc import Sequence

import pytest
from flask import Flask

from letterhub.domain.line_validation import line_error, normalize_line
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from tests.support import cast, factories
from tests.support.imports import run_imports
from tests.support.missing import SHARED
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page, Visitor

pytestmark = pytest.mark.shows("S17")
LIST = SHARED / "naughty" / "blns.json"
OURS = (
    "\0", "a\0b", "\x1b[31mred", "\u202edevil", "\u2066x\u2069", "\ufeffBOM", "Z" + "\u0301" * 6, "\u2028line", "a\r\nBcc: x",
    "ﷺ" * 60, "x" * 201, "{{ 7 * 7 }}", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=1+1", "'=1+1",
    "+Peace", "%s%n", "../../etc/passwd", "\uffff", "\U0010ffff", "مركز المثال", "👩‍👩‍👧‍👦", "—",
)  # fmt: skip
LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}
HEADER = ("organization", "signer_name", "signer_title", "location", "url", "email", "section", "sort_name", "comments")


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter."""
    return factories.open_letter()


@pytest.fixture
def sam(app: Flask, letter: Letter) -> Visitor:
    """A reviewer whose forms need no token, as there are many."""
    factories.staff(cast.SAM)
    sam = Visitor(app, SITE)
    sam.sign_in(cast.SAM)
    app.config["WTF_CSRF_ENABLED"] = False
    return sam


def table_of(strings: Sequence[str]) -> bytes:
    """Return a file with a row per string, which is in each of its columns."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *([one] * len(HEADER) for one in strings)])
    return out.getvalue().encode("utf-8", errors="replace")


def imported(sam: Visitor, strings: Sequence[str]) -> Page:
    """Return the page of the import after a file of strings was previewed, page by page, and imported."""
    upload = {"file": (io.BytesIO(table_of(strings)), "na<b>ughty.csv")}
    page = sam.open(f"{letter_path()}/import", method="POST", data=upload).says("would be imported")
    shown = page
    while 'rel="next"' in shown.html:
        shown = shown.follow("Next")
    button = next(word for word in page.html.split(">") if word.startswith("Import ")).partition("<")[0]
    progress = page.submit(button)
    run_imports()
    return sam.open(progress.path).says("added to the queue")


def letter_path() -> str:
    return f"/staff/{LETTER_VALUES['coalition']}/letters/{LETTER_VALUES['slug']}"


def show_that_pages_say_it(sam: Visitor) -> None:
    for place in ("review", "signatures", "activity"):
        shown = sam.open(f"{letter_path()}/{place}")
        while 'rel="next"' in shown.html:
            shown = shown.follow("Next")
    table = sam.ask(f"{letter_path()}/signatures/csv").get_data().decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(table)))) == db.session.query(Signature).count() + 1


def test_our_own_list_is_imported_or_left_out(sam: Visitor) -> None:
    imported(sam, [one for one in OURS if "\0" not in one])  # a file with NUL is no text
    show_that_pages_say_it(sam)
    for name in db.session.query(Signature).all():
        sam.visit("signatures.detail", **LETTER_VALUES, signature_id=name.id).says(" ".join(name.organization_name.split()))


@pytest.mark.needs_shared("naughty/blns.json")
def test_the_big_list_is_imported_or_left_out(sam: Visitor) -> None:
    imported(sam, json.loads(LIST.read_text(encoding="utf-8")))
    show_that_pages_say_it(sam)


def test_a_correction_and_a_reason_come_back_or_are_refused(sam: Visitor, letter: Letter) -> None:
    number = factories.signature(letter, cast.CLARA, SignatureState.CONFIRMED).id
    for typed in OURS:
        address = f"{letter_path()}/signatures/{number}"
        line = dict.fromkeys(("organization", "signer_name", "signer_title", "location", "sort_name"), typed)
        version = sam.open(address).html.partition('name="expected_version" type="hidden" value="')[2].partition('"')[0]
        answer = sam.ask(address, method="POST", data=line | {"section": "", "expected_version": version})
        assert answer.status_code in (200, 303, 400, 422), typed
        if answer.status_code == 303:
            assert db.session.get_one(Signature, number).organization_name == normalize_line(typed)
            assert not line_error(normalize_line(typed))
        decided = sam.ask(f"{address}/decline", method="POST", data={"reason": typed, "expected_state": "published"})
        assert decided.status_code in (303, 400), typed
    show_that_pages_say_it(sam)


def test_any_search_is_answered(sam: Visitor, letter: Letter) -> None:
    factories.signature(letter, cast.CLARA, SignatureState.CONFIRMED)
    for typed in OURS:
        for place in (
            f"{letter_path()}/review",
            f"{letter_path()}/signatures",
            f"{letter_path()}/signatures/csv",
            "/staff/coalition-for-clean-rivers/email",
        ):
            query = dict.fromkeys(("q", "state", "pick", "page", "older_than"), typed)
            assert sam.ask(place, query_string=query).status_code in (200, 400), (place, typed)
