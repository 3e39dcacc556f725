"""Check of a document that a browser sends: only what the editor itself could make is taken.

See docs/design/letters/editor.md.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import COUNT_PLACEHOLDER, _
from letterhub.rendering.editor.inline_writer import Node

if TYPE_CHECKING:
    from prosemirror.model import Schema

SCHEMA_FILE = Path(__file__).with_name("schema.json")
MAX_DEPTH = 60
MAX_NODES = 60_000
_UNSAFE_LINK = re.compile(r"\s*(?:vbscript|javascript|file|data):", re.IGNORECASE)
_BRACKET = re.compile(r"[\[\]\\\n]")


MALFORMED = (ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, RecursionError)
"""Errors that a document or a step raises which the editor could not have made."""
UNREADABLE = _("The text could not be read. Reload the page and try again.")


class InvalidDocument(UserFacingError):
    """Raised for a document that the editor could not have made."""


def _is_count(value: Any) -> bool:
    return isinstance(value, str) and bool(COUNT_PLACEHOLDER.fullmatch(f"{{{{{value}}}}}"))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 2_000 and "\n" not in value


def _is_number(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _is_one_of(*values: Any) -> Callable[[Any], bool]:
    return lambda value: any(value is each or (type(value) is type(each) and value == each) for each in values)


_is_label = _is_one_of(None, *(before + numerals + after for before in ("", "(") for numerals in "aAiI1" for after in ".)"))

_ATTRIBUTES: Mapping[str, Callable[[Any], bool]] = {
    "level": _is_number(1, 6),
    "tight": _is_one_of(True, False),
    "start": _is_number(0, 999_999_999),
    "value": lambda value: value is None or _is_number(0, 999_999_999)(value),
    "labels": _is_label,
    "align": _is_one_of(None, "left", "center", "right"),
    "colspan": _is_one_of(1),
    "rowspan": _is_one_of(1),
    "colwidth": _is_one_of(None),
    "width": _is_number(0, 100),
    "numbered": _is_one_of(True, False),
    "href": lambda value: _is_text(value) and not _UNSAFE_LINK.match(value),
    "alt": lambda value: _is_text(value) and not _BRACKET.search(value),
}
"""Test of each attribute by name; a count's name is tested apart, all others are texts of one line."""


def parse_document(text: str) -> Node:
    """Return the document that a browser sent as JSON. Raises InvalidDocument."""
    try:
        document = json.loads(text)
        require_bounds(document)
        node = editor_schema().node_from_json(document)
        node.check()
        return dict(node.to_json())
    except MALFORMED as error:
        raise InvalidDocument(UNREADABLE) from error


@cache
def schema_hash() -> str:
    """Return a short hash of the schema: a page that was loaded with another one has to be loaded again."""
    return hashlib.sha256(SCHEMA_FILE.read_bytes()).hexdigest()[:12]


@cache
def editor_schema() -> "Schema[Any, Any]":
    """Return the schema; imports the library on first use."""
    model = import_module("prosemirror.model")
    schema: Schema[Any, Any] = model.Schema(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    return schema


def require_bounds(document: Any) -> None:
    """Refuse a document that is too deep, too large, or has an attribute that the editor never sets. Raises ValueError."""
    level, depth, count = [document], 0, 0
    while level:
        depth += 1
        count += len(level)
        if depth > MAX_DEPTH or count > MAX_NODES:
            raise ValueError("too deep or too large")
        for node in level:
            for attributed in (node, *node.get("marks", ())):
                _require_attributes(attributed["type"], attributed.get("attrs") or {})
            if not isinstance(node.get("text", ""), str):
                raise TypeError("a text that is none")
            node.get("text", "").encode("utf-8")  # raises UnicodeEncodeError, a ValueError, for half a surrogate pair
        level = [child for node in level for child in node.get("content", ())]
    if not isinstance(document, dict) or document.get("type") != "doc":
        raise ValueError("no document")


def _require_attributes(kind: str, attributes: Mapping[str, Any]) -> None:
    for name, value in attributes.items():
        is_valid = _is_count if (kind, name) == ("count", "name") else _ATTRIBUTES.get(name, _is_text)
        if not is_valid(value):
            raise ValueError(f"{kind}: {name}")
