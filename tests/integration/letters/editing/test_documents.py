"""The editor gets a letter's text as a document and saves a document: the letter's text stays Markdown."""

import json
from typing import Any

import pytest

from letterhub.infrastructure.db import db
from letterhub.models import Draft
from tests.support import cast, factories
from tests.support.html_forms import form_data, form_with_button
from tests.support.visitor import Visitor

WRITE = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone/write"


@pytest.fixture
def otto(visitor: Visitor) -> Visitor:
    """An organizer with a new draft."""
    factories.staff(cast.OTTO)
    factories.draft()
    visitor.sign_in(cast.OTTO)
    return visitor


def fields(by: Visitor) -> dict[str, Any]:
    tree = by.open(WRITE).tree
    return form_data(tree, *form_with_button(tree, "Save"), {})


def opened(by: Visitor, body: str) -> dict[str, Any]:
    data = {"csrf_token": fields(by)["csrf_token"], "body": body}
    answer: dict[str, Any] = by.ask(f"{WRITE}/document", method="POST", data=data).get_json()
    return answer


def autosaved(by: Visitor, document: object, **more: str) -> tuple[int, dict[str, Any]]:
    data = fields(by) | {"document": document if isinstance(document, str) else json.dumps(document), **more}
    answer = by.ask(f"{WRITE}/autosave", method="POST", data=data)
    return answer.status_code, answer.get_json()


def test_a_document_is_saved_as_markdown_whose_other_blocks_keep_their_bytes(otto: Visitor) -> None:
    body = "*One*\n\n* a\n* b\n\nTwo"
    document = opened(otto, body)["document"]
    document["content"][2]["content"][0]["text"] = "Three"
    status, answer = autosaved(otto, document, body=body)
    assert (status, answer["trouble"], answer["body"]) == (200, "", "*One*\n\n* a\n* b\n\nThree")
    db.session.expire_all()
    assert db.session.query(Draft).one().text["body"] == answer["body"]


def test_a_document_that_no_editor_made_changes_nothing_and_says_so(otto: Visitor) -> None:
    before = db.session.query(Draft).one().text["body"]
    status, answer = autosaved(otto, '{"type":"doc","content":[{"type":"script"}]}')
    assert (status, answer["trouble"]) == (
        200,
        "Text: The text could not be read. Reload the page and try again. Everything else is saved.",
    )
    db.session.expire_all()
    assert db.session.query(Draft).one().text["body"] == before


def test_a_text_that_no_document_can_hold_opens_as_markdown(otto: Visitor) -> None:
    assert opened(otto, "a[^1]\n\n[^1]: b[^2]\n\n[^2]: c") == {
        "document": None,
        "sentence": "This text can only be edited as Markdown. A footnote has a footnote of its own.",
    }
