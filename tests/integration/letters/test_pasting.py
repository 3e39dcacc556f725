"""Clipboard content sent to the server becomes Markdown: for editors of this letter, within limits, and stored nowhere."""

import pytest

from letterhub.infrastructure.db import db
from letterhub.models import Draft
from tests.support import cast, factories
from tests.support.visitor import Visitor
from tests.unit.intake.test_word_markdown import WORD_NOTE, item

LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"


@pytest.fixture
def otto(visitor: Visitor) -> Visitor:
    """An organizer with a new draft."""
    factories.staff(cast.OTTO)
    factories.draft()
    visitor.sign_in(cast.OTTO)
    return visitor


def token(by: Visitor) -> str:
    fields = by.open(f"{LETTER_PAGES}/write").tree.iter("input")
    return next(str(field.get("value")) for field in fields if field.get("name") == "csrf_token")


def sent(by: Visitor, html: str, first_note: object = 1, **more: str) -> tuple[int, dict[str, object]]:
    typed = {"csrf_token": token(by), "html": html, "first_note": first_note, **more}
    answer = by.ask(f"{LETTER_PAGES}/write/paste", method="POST", data=typed)
    return answer.status_code, answer.get_json(silent=True) or {}


def test_html_comes_back_as_markdown_with_what_stays_behind(otto: Visitor) -> None:
    before = db.session.query(Draft).one().version
    html = item("·", "Open the <b>gates</b>.") + '<img src="x">' + WORD_NOTE
    status, answer = sent(otto, html, 4)
    assert (status, answer["notes"]) == (200, ["One picture was left out."])
    assert answer["markdown"] == "- Open the **gates**.\n\nWe[^4] ask.\n\n[^4]: A *law*."
    db.session.expire_all()
    assert db.session.query(Draft).one().version == before


@pytest.mark.shows("S3", "S17")
@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ('<script>alert(1)</script><a href="javascript:alert(1)">a</a>', "a"),
        ("a\0b\ud7ff\u202e", "ab\ud7ff\u202e"),
        ("<p>]]>&#0;&#x110000;<![CDATA[x", "]]>��"),
        ("<<<>>>", "<<<>>>"),
    ],
)
def test_whatever_is_sent_is_text(otto: Visitor, html: str, markdown: str) -> None:
    status, answer = sent(otto, html)
    assert (status, answer["markdown"]) == (200, markdown)


@pytest.mark.parametrize(
    ("html", "first_note"),
    [("", 1), ("<p>a", 0), ("<p>a", "x"), ("<p>a", "9" * 5000), ("<b>" * 90_000, 1), ("a" * 400_001, 1)],
    ids=["nothing", "0", "word", "long", "deep", "large"],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(otto: Visitor, html: str, first_note: object) -> None:
    status, answer = sent(otto, html, first_note)
    assert status == 422
    assert answer["sentence"]


def test_more_than_a_form_may_hold_is_turned_away(otto: Visitor) -> None:
    assert sent(otto, "a" * (2 * 2**20 + 1))[0] in (413, 422)


def test_a_page_of_another_site_cannot_send_any(otto: Visitor) -> None:
    assert sent(otto, "<p>a", csrf_token="x")[0] == 400
