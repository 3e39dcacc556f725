"""Edited document to Markdown: blocks that were not touched keep their bytes, and nothing that was typed is lost.

See docs/design/letters/editor.md.
"""

import json
import re
from collections import defaultdict, deque
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import normalize_body
from letterhub.rendering.editor.inline_writer import Node
from letterhub.rendering.editor.markdown_reader import UnsupportedText, read_document
from letterhub.rendering.editor.markdown_writer import DocumentWriter, walk, write_markdown
from letterhub.rendering.editor.typed_tokens import block_lines

_NOTE = re.compile(r"\[\^([^\]\s]+)\]:")


class UnwritableDocument(UserFacingError):
    """Raised for a document that Markdown cannot hold without losing words."""


class _TypedBlock(NamedTuple):
    """Block of a text as typed: its first line, the line after its last, and its Markdown."""

    start: int
    end: int
    markdown: str


def document_markdown(document: Node, typed: str, pictures: Collection[str] = ()) -> str:
    """Return a document as Markdown. `typed` is the Markdown that was opened: what is unchanged keeps its lines and blanks.

    Raises UnwritableDocument, TextTooLong and TextTooDeep.
    """
    plain = normalize_body(write_markdown(document))
    target = _read(plain, pictures)
    if target is None or text_of_document(target) != text_of_document(document):
        plain = normalize_body(write_markdown(document, typed_labels=False))
        target = _read(plain, pictures)
    if target is None or text_of_document(target) != text_of_document(document):
        raise UnwritableDocument(
            _("Part of this text would be lost when it is saved. Undo your last change, or write it as Markdown.")
        )
    if target == _read(typed, pictures):
        return typed
    edited = _with_typed_blocks(document, typed, tuple(pictures))
    return edited if _read(edited, pictures) == target else plain


def text_of_document(document: Node) -> str:
    """Return the letters of a document without blanks, counts and pictures among them, to compare it with another."""
    parts = (node["text"] if node["type"] == "text" else f"{{{{{node['attrs']['name']}}}}}" for node in _leaves(document))
    return "".join("".join(parts).split())


def _leaves(document: Node) -> list[Node]:
    return [node for node in walk(document) if node["type"] in ("text", "count")]


def _read(markdown: str, pictures: Collection[str]) -> Node | None:
    """Return a text as a document, None if it has what a document cannot hold."""
    try:
        return read_document(markdown, pictures)
    except UnsupportedText:
        return None


def _with_typed_blocks(document: Node, typed: str, pictures: tuple[str, ...]) -> str:
    """Return a document as Markdown, with the typed lines of each block that is in `typed`, and of its notes."""
    known, notes = _typed_blocks(typed, pictures)
    unused = {key: deque(blocks) for key, blocks in known.items()}
    lines = typed.split("\n")
    writer = DocumentWriter(document)
    parts: list[str] = []
    last_end = -1
    before: Node | None = None
    for block in document["content"]:
        is_second_list = before is not None and before["type"] == block["type"] and block["type"].endswith("_list")
        found = None if is_second_list else next(iter(unused.get(_key(block), ())), None)
        if found:
            unused[_key(block)].popleft()
            writer.take_notes(block)
        text = found.markdown if found else writer.following_block(block, before)
        if not text:
            continue
        gap = lines[last_end : found.start] if found and 0 <= last_end <= found.start else ["?"]
        is_typed_gap = bool(gap) and not any(map(str.strip, gap))
        parts += ["\n" * (len(gap) + 1) if is_typed_gap else "\n\n"] if parts else []
        parts.append(text)
        last_end, before = found.end if found else -1, block
    return writer.with_notes(parts, notes)


def _key(block: Node) -> str:
    """Return the content of a block as a key: equal for equal blocks, in whatever order a browser names attributes."""
    return json.dumps(block, sort_keys=True)


@lru_cache(maxsize=16)
def _typed_blocks(
    typed: str, pictures: tuple[str, ...]
) -> tuple[Mapping[str, Sequence[_TypedBlock]], Mapping[str, tuple[Sequence[Node], str]]]:
    """Return the blocks of a text by their content, and its notes by label, each as typed."""
    document, lines = _read(typed, pictures), typed.split("\n")
    spans = block_lines(typed, pictures)
    if document is None or len(spans) != len(document["content"]):
        return {}, {}
    blocks: defaultdict[str, list[_TypedBlock]] = defaultdict(list)
    for (start, end, _hash), block in zip(spans, document["content"], strict=True):
        markdown = "\n".join(lines[start:end]).rstrip("\n")
        blocks[_key(block)].append(_TypedBlock(start, start + markdown.count("\n") + 1, markdown))
    contents = {node["attrs"]["label"]: node.get("content", []) for node in walk(document) if node["type"] == "footnote"}
    definitions = _typed_notes(lines)
    return blocks, {label: (contents[label], text) for label, text in definitions.items() if label in contents}


def _typed_notes(lines: Sequence[str]) -> Mapping[str, str]:
    """Return the definitions of a text's notes by label, each with its lines."""
    notes: dict[str, list[str]] = {}
    label = ""
    for line in lines:
        if match := _NOTE.match(line):
            label = match[1]
            notes[label] = [line]
        elif label and (line[:1].isspace() or (line and notes[label][-1])):
            notes[label].append(line)
        elif label and not line:
            notes[label].append("")
        else:
            label = ""
    return {label: "\n".join(text).rstrip("\n ") for label, text in notes.items()}
