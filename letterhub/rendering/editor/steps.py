"""Steps of an edited document: applied, checked, and those that lead from one document to another.

See docs/design/letters/writing-together.md.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from importlib import import_module
from typing import TYPE_CHECKING, Any

from letterhub.rendering.editor.document_check import MALFORMED, UNREADABLE, InvalidDocument, editor_schema, require_bounds
from letterhub.rendering.editor.inline_writer import Node as Document
from letterhub.rendering.letter.markdown import MAX_CHARACTERS

if TYPE_CHECKING:
    from prosemirror.model import Node, Slice

MAX_STEPS = 100
"""Steps that are taken in one request."""
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def node_of(document: Document) -> "Node":
    """Return a document that was checked before as a node."""
    return editor_schema().node_from_json(document)


def apply_steps(node: "Node", steps: Sequence[Any]) -> "Node":
    """Return a document after steps that were checked before. Raises ValueError if one doesn't fit."""
    step_type, schema = import_module("prosemirror.transform").Step, editor_schema()
    for step in steps:
        result = step_type.from_json(schema, step).apply(node)
        if result.doc is None:
            raise ValueError(result.failed)
        node = result.doc
    return node


def take_steps(node: "Node", steps: Sequence[Any]) -> "Node":
    """Return a document after steps that a browser sent. Raises InvalidDocument for what the editor could not have made."""
    try:
        if len(steps) > MAX_STEPS:
            raise ValueError("too many steps")
        for step in steps:
            places = [step[name] for name in ("from", "gapFrom", "gapTo", "to") if name in step]
            if places != sorted(places) or not all(type(place) is int for place in places):
                raise ValueError("an end before its start")
        changed = apply_steps(node, steps)
        if changed.content.size > MAX_CHARACTERS:
            raise ValueError("too long")
        changed.check()
        require_bounds(changed.to_json())
    except MALFORMED as error:
        raise InvalidDocument(UNREADABLE) from error
    return changed


def steps_between(before: "Node", after: "Node") -> list[dict[str, Any]]:
    """Return the steps from one document to another: words within blocks that both have, whole blocks elsewhere.

    Empty paragraphs, which Markdown doesn't have, stay: somebody may be about to write there.
    """
    transform = import_module("prosemirror.transform")
    steps, node = [], before
    for start, end, content in reversed(list(_changes(before, after, 0))):
        step = transform.ReplaceStep(start, end, content)
        result = step.apply(node)
        if result.doc is None:
            whole = transform.ReplaceStep(0, before.content.size, after.slice(0, after.content.size))
            return [dict(whole.to_json())]
        node = result.doc
        steps.append(dict(step.to_json()))
    return steps


def _changes(before: "Node", after: "Node", at: int) -> Iterator[tuple[int, int, "Slice"]]:
    """Yield ranges of `before`, whose content begins at `at`, with what `after` has there."""
    old, starts = [], []
    for index in range(before.child_count):
        child = before.child(index)
        if child.type.name != "paragraph" or child.content.size:
            old.append(child)
            starts.append(at)
        at += child.node_size
    new = [after.child(index) for index in range(after.child_count)]
    ends = [start + child.node_size for start, child in zip(starts, old, strict=True)]
    matcher = SequenceMatcher(None, [str(child.to_json()) for child in old], [str(child.to_json()) for child in new], False)
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag == "equal":
            continue
        pairs = list(zip(old[first:last], new[new_first:new_last], strict=False))
        if last - first == new_last - new_first and all(one.same_markup(other) for one, other in pairs):
            for start, (one, other) in zip(starts[first:last], pairs, strict=True):
                if one.is_textblock:
                    yield from _word_changes(one, other, start + 1)
                elif one.is_leaf:
                    continue
                else:
                    yield from _changes(one, other, start + 1)
        else:
            start = starts[first] if first < len(starts) else at
            yield start, ends[last - 1] if last > first else start, _slice(new[new_first:new_last])


def _word_changes(before: "Node", after: "Node", at: int) -> Iterator[tuple[int, int, "Slice"]]:
    """Yield ranges of a block's words that differ, with what `after` has there; its content begins at `at`."""
    old, new = _words(before), _words(after)
    matcher = SequenceMatcher(None, [word for _start, _end, word in old], [word for _start, _end, word in new], False)
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag == "equal":
            continue
        start = old[first][0] if first < len(old) else before.content.size
        end = old[last - 1][1] if last > first else start
        content = after.slice(new[new_first][0], new[new_last - 1][1]) if new_last > new_first else _slice([])
        yield at + start, at + end, content


def _words(block: "Node") -> list[tuple[int, int, str]]:
    """Return the words and nodes of a block, each with its start and end in it, as a text that says what it is."""
    words, at = [], 0
    for index in range(block.child_count):
        node = block.child(index)
        if not node.is_text:
            words.append((at, at + node.node_size, str(node.to_json())))
            at += node.node_size
            continue
        marks = str([mark.to_json() for mark in node.marks])
        for word in _WORDS.findall(node.text or ""):
            size = len(word.encode("utf-16-le")) // 2
            words.append((at, at + size, word + marks))
            at += size
    return words


def _slice(nodes: Sequence["Node"]) -> "Slice":
    model = import_module("prosemirror.model")
    content: Slice = model.Slice(model.Fragment.from_(list(nodes)), 0, 0)
    return content
