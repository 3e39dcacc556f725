"""A document that a browser sends is taken only if the editor could have made it."""

import json
from typing import Any

import pytest

from letterhub.rendering.editor.document_check import InvalidDocument, parse_document
from letterhub.rendering.editor.markdown_reader import read_document
from letterhub.rendering.editor.markdown_writer import write_markdown
from tests.unit.rendering.editor.documents import Documents


def doc(*blocks: Any) -> str:
    return json.dumps({"type": "doc", "content": list(blocks)})


def paragraph(*inline: Any) -> dict[str, Any]:
    return {"type": "paragraph", "content": list(inline)}


def linked(href: Any) -> dict[str, Any]:
    return {"type": "text", "text": "here", "marks": [{"type": "link", "attrs": {"href": href}}]}


def nested(depth: int) -> dict[str, Any]:
    block = paragraph({"type": "text", "text": "deep"})
    for _ in range(depth):
        block = {"type": "blockquote", "content": [block]}
    return block


HOSTILE = {
    "no JSON": "{",
    "nothing": "",
    "a number": "7",
    "a list": "[]",
    "no document": json.dumps(paragraph()),
    "an unknown node": doc({"type": "script"}),
    "an unknown mark": doc(paragraph({"type": "text", "text": "a", "marks": [{"type": "blink"}]})),
    "text without a paragraph": doc({"type": "text", "text": "a"}),
    "an empty text": doc(paragraph({"type": "text", "text": ""})),
    "a text that is a number": doc(paragraph({"type": "text", "text": 7})),
    "half a surrogate pair": doc(paragraph({"type": "text", "text": "\ud83d"})),
    "a script behind a link": doc(paragraph(linked(" JavaScript:alert(1)"))),
    "a link that is a list": doc(paragraph(linked(["https://example.org"]))),
    "a heading of level 9": doc({"type": "heading", "attrs": {"level": 9}}),
    "a heading of level true": doc({"type": "heading", "attrs": {"level": True}}),
    "a list from minus one": doc(
        {"type": "ordered_list", "attrs": {"start": -1}, "content": [{"type": "list_item", "content": [paragraph()]}]}
    ),
    "labels of another kind": doc(
        {"type": "ordered_list", "attrs": {"labels": "<b>"}, "content": [{"type": "list_item", "content": [paragraph()]}]}
    ),
    "a count of anything else": doc(paragraph({"type": "count", "attrs": {"name": "secret"}})),
    "merged cells": doc(
        {
            "type": "table",
            "content": [
                {"type": "table_row", "content": [{"type": "table_header", "attrs": {"colspan": 9}, "content": [paragraph()]}]}
            ],
        }
    ),
    "a figure without a name": doc({"type": "figure", "attrs": {}}),
    "an annex in a quote": doc({"type": "blockquote", "content": [{"type": "annex"}]}),
    "a note in a note": doc(paragraph({"type": "footnote", "content": [{"type": "footnote"}]})),
    "a thousand quotes in one another": doc(nested(100)),
    "more than JSON nests": '{"content":[' * 50_000,
}


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_document_that_the_editor_could_not_make_is_refused(sent: str) -> None:
    with pytest.raises(InvalidDocument, match="Reload the page"):
        parse_document(sent)


def test_what_the_editor_opens_is_taken_as_it_is() -> None:
    for seed in range(40):
        document = read_document(write_markdown(Documents(seed).document()), ("map.png",))
        assert parse_document(json.dumps(document)) == document
