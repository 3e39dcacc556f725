"""A letter's Markdown as an editor document: read from the tokens that page and PDF are rendered from.

See docs/design/letters/editor.md.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from markdown_it.token import Token
from markdown_it.utils import EnvType

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import COUNT_PLACEHOLDER, _
from letterhub.rendering.editor.inline_writer import MARK_ORDER, Node
from letterhub.rendering.editor.typed_tokens import letter_tokens
from letterhub.rendering.letter.list_labels import LabelStyle

_SKIPPED = {"thead_open", "thead_close", "tbody_open", "tbody_close", "caption_open", "caption_close", "annex"}
_NOTE_BOUNDARIES = {"footnote_close", "footnote_block_open", "footnote_block_close"}
_MARKS = {"em_open": "em", "strong_open": "strong", "s_open": "strike", "link_open": "link"}


class UnsupportedText(UserFacingError):
    """Raised for a text that has something the editor cannot hold; the message names it."""


def read_document(markdown: str, pictures: Collection[str] = ()) -> Node:
    """Return a text as a document. `pictures` are the names of the letter's.

    Raises UnsupportedText, TextTooLong and TextTooDeep.
    """
    tokens, env = letter_tokens(markdown, pictures)
    _require_used_definitions(tokens, env)
    notes, body = _separate_notes(tokens)
    content = _Reader(notes, env.get("typed_labels", {})).blocks(body)
    return {"type": "doc", "content": content or [{"type": "paragraph"}]}


def _require_used_definitions(tokens: Sequence[Token], env: EnvType) -> None:
    """Refuse notes and addresses that are defined and never used: a document has no place for them. Raises UnsupportedText."""
    unused = [label.removeprefix(":") for label, number in env.get("footnotes", {}).get("refs", {}).items() if number < 0]
    if unused:
        raise UnsupportedText(_("The text never refers to its footnote “%(label)s”.", label=unused[0]))
    used = {child.meta.get("label") for token in tokens for child in token.children or ()}
    if unused := [label for label in env.get("references", {}) if label not in used]:
        raise UnsupportedText(_("The text never uses its link address “%(label)s”.", label=unused[0].lower()))


def _separate_notes(tokens: Sequence[Token]) -> tuple[Mapping[int, list[Token]], list[Token]]:
    """Return the tokens of each note by its id, and the tokens of the text."""
    notes: dict[int, list[Token]] = {}
    body: list[Token] = []
    current: list[Token] | None = None
    for token in tokens:
        if token.type == "footnote_open":
            current = notes.setdefault(int(token.meta["id"]), [])
        elif token.type in _NOTE_BOUNDARIES:
            current = None
        elif token.type != "footnote_anchor":
            (body if current is None else current).append(token)
    return notes, body


class _Reader:
    """Reader of one text, with its notes by id, and the labels that were typed by line."""

    def __init__(self, notes: Mapping[int, list[Token]], typed_labels: Mapping[int, Any]) -> None:
        self._notes, self._labels = notes, typed_labels
        self._read_notes: set[int] = set()
        self._openings: Mapping[str, Callable[[Token], Node]] = {
            "paragraph_open": lambda _: {},
            "blockquote_open": lambda _: {},
            "container_keep_open": lambda _: {},
            "table_open": lambda _: {},
            "tr_open": lambda _: {},
            "heading_open": lambda token: {"level": int(token.tag[1])},
            "bullet_list_open": lambda _: {"tight": True},
            "ordered_list_open": lambda token: {"start": _integer(token, "start", 1), "tight": True, "labels": None},
            "list_item_open": lambda token: {"value": _integer(token, "value", None)},
            "th_open": _cell,
            "td_open": _cell,
            "figure_open": _figure,
        }

    def blocks(self, tokens: Sequence[Token]) -> list[Node]:
        """Return the blocks of a text."""
        root: Node = {"type": "doc", "content": []}
        stack = [root]
        for before, token in zip([None, *tokens], tokens, strict=False):
            if token.type in _SKIPPED:
                continue
            if token.type == "inline":
                stack[-1]["content"] = self.inline(token.children or [])
            elif token.type in self._openings:
                stack += self._opened(token, stack, is_annex=before is not None and before.type == "annex")
            elif token.nesting < 0:
                _close(stack, 2 if token.type in ("th_close", "td_close") else 1)
            else:
                stack[-1].setdefault("content", []).append(_leaf(token))
        content: list[Node] = root["content"]
        return content

    def _opened(self, token: Token, stack: Sequence[Node], *, is_annex: bool) -> list[Node]:
        """Return the node that a token opens, which is added to the innermost open one, and the paragraph of a cell."""
        kind = _NODE_TYPES.get(token.type, token.type.removesuffix("_open"))
        attributes = self._openings[token.type](token)
        node: Node = {"type": "annex"} if is_annex else {"type": kind, **({"attrs": attributes} if attributes else {})}
        stack[-1].setdefault("content", []).append(node)
        if kind == "paragraph" and stack[-1]["type"] == "list_item" and not token.hidden:
            stack[-2]["attrs"]["tight"] = False
        if kind == "list_item" and stack[-1]["type"] == "ordered_list":
            self._label(token, stack[-1])
        if kind not in ("table_header", "table_cell"):
            return [node]
        paragraph: Node = {"type": "paragraph"}
        node["content"] = [paragraph]
        return [node, paragraph]

    def _label(self, item: Token, numbered: Node) -> None:
        """Record the labels of a numbered list: those typed, if each item has one of the same run, else "1)"."""
        label = self._labels.get(item.map[0]) if item.map else None
        if len(numbered["content"]) == 1:
            numbered["run"] = label.run if label else None
            typed = LabelStyle(label.numerals, label.before, label.after) if label else None
            closing = ")" if item.markup == ")" else None
            numbered["attrs"]["labels"] = f"{typed.before}{typed.numerals}{typed.after}" if typed else closing and "1)"
        elif numbered["run"] != (label.run if label else None):
            numbered["attrs"]["labels"] = "1)" if item.markup == ")" else None
            numbered["run"] = None

    def inline(self, children: Sequence[Token]) -> list[Node]:
        """Return the contents of a paragraph."""
        content = _Inline()
        for child in children:
            match child.type:
                case "em_open" | "strong_open" | "s_open" | "link_open":
                    content.marks.append(_mark(child))
                case "em_close" | "strong_close" | "s_close" | "link_close":
                    content.marks.pop()
                case "code_inline":
                    content.add_text(child.content, "code")
                case "raised":
                    content.add_text(child.content, child.tag)
                case "footnote_ref":
                    content.add(self._note(child))
                case "text" | "softbreak":
                    content.add_words(child.content or (" " if child.type == "softbreak" else ""))
                case _:
                    content.add(_inline_leaf(child))
        return content.nodes

    def _note(self, reference: Token) -> Node:
        """Return the note of a reference with its text; of a further reference its label alone. Raises UnsupportedText."""
        number = int(reference.meta["id"])
        label = str(reference.meta.get("label") or number + 1)
        if number in self._read_notes:
            return {"type": "footnote_again", "attrs": {"label": label}}
        self._read_notes.add(number)
        content = _Inline()
        for paragraph in _note_paragraphs(self._notes.get(number, ())):
            if content.nodes:
                content.add_text(" ")
            for node in self.inline(paragraph):
                content.add(node)
        if any(node["type"].startswith("footnote") for node in content.nodes):
            raise UnsupportedText(_("A footnote has a footnote of its own."))
        return {"type": "footnote", "attrs": {"label": label}, **({"content": content.nodes} if content.nodes else {})}


def _note_paragraphs(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the contents of a note's paragraphs; the label of a list item is part of its words, as in print."""
    label = ""
    for token in tokens:
        if token.type in ("fence", "figure_open", "table_open", "hr", "page_break"):
            raise UnsupportedText(_("A footnote has a table, a figure, a line or a block of code."))
        if token.type == "list_item_open":
            label = str(token.meta.get("label", ""))
        if token.type == "inline":
            words = [Token("text", "", 0, content=f"{label} ")] if label else []
            yield [*words, *(token.children or ())]
            label = ""


class _Inline:
    """Contents of a paragraph under construction, with the marks that are open."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.marks: list[Node] = []

    def add(self, node: Node) -> None:
        """Add a node with the open marks; a text of the same marks continues the one before it."""
        if self.marks:
            marks = {mark["type"]: mark for mark in (*self.marks, *node.get("marks", ()))}
            node = node | {"marks": [marks[kind] for kind in MARK_ORDER if kind in marks]}
        last = self.nodes[-1] if self.nodes else None
        if node["type"] != "text" or last is None or last["type"] != "text" or last.get("marks") != node.get("marks"):
            if node.get("text") != "":
                self.nodes.append(node)
        else:
            self.nodes[-1] = last | {"text": last["text"] + node["text"]}

    def add_text(self, text: str, mark: str = "") -> None:
        """Add a text, with a mark of its own."""
        self.add({"type": "text", "text": text, **({"marks": [{"type": mark}]} if mark else {})})

    def add_words(self, text: str) -> None:
        """Add a text in which placeholders are counts."""
        at = 0
        for match in COUNT_PLACEHOLDER.finditer(text):
            self.add_text(text[at : match.start()])
            self.add({"type": "count", "attrs": {"name": match[1] + (match[2] or "")}})
            at = match.end()
        self.add_text(text[at:])


_NODE_TYPES = {"container_keep_open": "keep", "tr_open": "table_row", "th_open": "table_header", "td_open": "table_cell"}


def _close(stack: list[Node], count: int) -> None:
    """Close the innermost nodes. Items, quotes and blocks that stay on one page have a paragraph at least."""
    for _closed in range(count):
        node = stack.pop()
        node.pop("run", None)
        if node["type"] in ("list_item", "blockquote", "keep") and not node.get("content"):
            node["content"] = [{"type": "paragraph"}]
        if node.get("content") == []:
            del node["content"]


def _leaf(token: Token) -> Node:
    """Return a block without blocks inside. Raises UnsupportedText."""
    if token.type == "hr":
        return {"type": "horizontal_rule"}
    if token.type == "page_break":
        return {"type": "page_break"}
    if token.type == "fence":
        text = token.content.removesuffix("\n")
        content = {"content": [{"type": "text", "text": text}]} if text else {}
        return {"type": "code_block", "attrs": {"info": token.info.strip()}, **content}
    raise UnsupportedText(_("The text has a block that only Markdown can show: %(kind)s.", kind=token.type))


def _inline_leaf(child: Token) -> Node:
    """Return a picture or a line break. Raises UnsupportedText."""
    if child.type == "hardbreak":
        return {"type": "hard_break"}
    if child.type == "picture":
        attributes = {"name": child.meta["name"], "description": child.content, "width": int(child.meta.get("width", 0))}
        return {"type": "picture", "attrs": attributes}
    if child.type == "image":
        source, title = str(child.attrGet("src")), str(child.attrGet("title") or "")
        return {"type": "image", "attrs": {"src": source, "alt": child.content, "title": title}}
    raise UnsupportedText(_("The text has something that only Markdown can show: %(kind)s.", kind=child.type))


def _mark(token: Token) -> Node:
    """Return the mark that a token opens."""
    if token.type != "link_open":
        return {"type": _MARKS[token.type]}
    return {"type": "link", "attrs": {"href": str(token.attrGet("href")), "title": str(token.attrGet("title") or "")}}


def _cell(token: Token) -> Node:
    alignment = str(token.attrGet("style") or "").removeprefix("text-align:")
    return {"align": alignment or None, "colspan": 1, "rowspan": 1, "colwidth": None}


def _figure(token: Token) -> Node:
    meta = token.meta
    return {**{name: meta[name] for name in ("name", "description", "width")}, "numbered": bool(meta["number"])}


def _integer(token: Token, name: str, default: int | None) -> int | None:
    value = token.attrGet(name)
    return default if value is None else int(value)
