"""Contents of a paragraph of an editor document as Markdown: text is escaped, marks begin and end at words.

See docs/design/letters/editor.md.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from letterhub.rendering.editor.escaping import Piece, Place, code_span, destination, escaped, joined, quoted

Node = dict[str, Any]
"""Node of a document as ProseMirror writes it in JSON: "type", and "attrs", "content", "marks", "text" where it has them."""

MARK_ORDER = ("link", "strong", "em", "strike", "sup", "sub", "code")
_DELIMITERS = {"strong": "**", "em": "_", "strike": "~~"}
_BLANKS = " \t\n"
_RAISED = re.compile(r"[^<>\n]{1,40}")
_AUTOLINK = re.compile(r"[a-zA-Z][\w+.-]{1,31}:[^<>\s\\]*|[\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z0-9.-]+", re.ASCII)


def inline_markdown(nodes: Sequence[Node], place: Place, write_note: Callable[[Node], str]) -> str:
    """Return the contents of a paragraph as Markdown. `write_note` returns the reference of a footnote, "" for none."""
    pieces: list[Piece] = []
    opened: list[Node] = []
    leaves = _without_outer_blanks(_split_blanks(nodes))
    spanning = [list(_spanning_marks(node)) for node in leaves]
    for at, (node, wanted) in enumerate(zip(leaves, spanning, strict=True)):
        shared = next((count for count, mark in enumerate(opened) if mark not in wanted), len(opened))
        pieces += [Piece("close", _closing(mark)) for mark in reversed(opened[shared:])]
        opened = opened[:shared]
        new = _longest_first([mark for mark in wanted if mark not in opened], spanning[at : at + 20])
        pieces += [Piece("open", _opening(mark)) for mark in new]
        opened += new
        pieces += _leaf_pieces(node, place, write_note)
    pieces += [Piece("close", _closing(mark)) for mark in reversed(opened)]
    return joined(_with_autolinks(_merged(_with_marks_at_words(pieces))), place)


def _spanning_marks(node: Node) -> Iterator[Node]:
    """Yield the marks that may go on over several nodes; no link contains a footnote."""
    for mark in node.get("marks", ()):
        if mark["type"] in _DELIMITERS or (mark["type"] == "link" and not node["type"].startswith("footnote")):
            yield mark


def _longest_first(marks: Sequence[Node], spanning: Sequence[Sequence[Node]]) -> list[Node]:
    """Return marks in the order in which they are opened: first the one that goes on over the most nodes."""

    def order(mark: Node) -> tuple[int, int]:
        length = next((count for count, others in enumerate(spanning) if mark not in others), len(spanning))
        return -length, MARK_ORDER.index(mark["type"])

    return sorted(marks, key=order)


def _is_solid(node: Node) -> bool:
    """Return whether a node is no blank: a word, or any node but a line break."""
    if node["type"] == "text":
        return bool(node["text"].strip(_BLANKS)) or _has_mark(node, "code")
    return bool(node["type"] != "hard_break")


def _has_mark(node: Node, kind: str) -> bool:
    return any(mark["type"] == kind for mark in node.get("marks", ()))


def _split_blanks(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield the nodes, with the blanks at the ends of texts as texts of their own, and line ends as breaks."""
    for node in nodes:
        if node["type"] != "text" or _has_mark(node, "code"):
            yield node
            continue
        for at, line in enumerate(node["text"].split("\n")):
            if at:
                yield {**node, "type": "hard_break"}
            words = line.strip()
            start = line.index(words) if words else len(line)
            yield from (node | {"text": part} for part in (line[:start], words, line[start + len(words) :]) if part)


def _without_outer_blanks(nodes: Iterable[Node]) -> list[Node]:
    """Return the nodes without blanks at the ends of lines, which Markdown does not keep, and without breaks at either end."""
    result: list[Node] = []
    for node in nodes:
        at_line_start = not result or result[-1]["type"] == "hard_break"
        if node["type"] == "text" and not _is_solid(node) and at_line_start:
            continue
        if node["type"] == "hard_break":
            while result and result[-1]["type"] == "text" and not _is_solid(result[-1]):
                result.pop()
            if not result:
                continue
        if _has_mark(node, "sup"):  # a superscript follows its word at once
            while result and result[-1]["type"] == "text" and not _is_solid(result[-1]):
                result.pop()
        result.append(node)
    while result and not _is_solid(result[-1]):
        result.pop()
    return result


def _leaf_pieces(node: Node, place: Place, write_note: Callable[[Node], str]) -> list[Piece]:
    """Return a node without its spanning marks."""
    attributes: Mapping[str, Any] = node.get("attrs", {})
    match node["type"]:
        case "text":
            return _text_pieces(node, place)
        case "hard_break":
            return [Piece("break", "  \n" if place == "paragraph" else "<br>")]
        case "count":
            return [Piece("leaf", f"{{{{{attributes['name']}}}}}")]
        case "picture":
            return [Piece("leaf", picture_markdown(attributes, ""))]
        case "image":
            title = f' "{quoted(attributes["title"])}"' if attributes["title"] else ""
            return [Piece("leaf", f"![{attributes['alt']}]({destination(attributes['src'])}{title})")]
        case _:
            return [Piece("leaf", write_note(node))]


def _text_pieces(node: Node, place: Place) -> list[Piece]:
    text: str = node["text"]
    if _has_mark(node, "code"):
        return [Piece("leaf", code_span(text.replace("\n", " "), place))]
    for tag in ("sup", "sub"):
        if _has_mark(node, tag) and _RAISED.fullmatch(text) and text.strip():
            return [Piece("leaf", f"<{tag}>{text}</{tag}>")]
    return [Piece("text", text)]


def picture_markdown(attributes: Mapping[str, Any], caption: str) -> str:
    """Return a picture with its settings; a caption is Markdown itself."""
    settings = [f"width={attributes['width']}%"] if attributes["width"] else []
    settings += ["numbered"] if attributes.get("numbered") else []
    title = f' "{quoted(caption)}"' if caption else ""
    description = escaped(attributes["description"].strip() or attributes["name"]).replace("]", r"\]")
    address = destination(attributes["name"])
    return f"![{description}]({address}{title})" + (f"{{{' '.join(settings)}}}" if settings else "")


def _opening(mark: Node) -> str:
    return _DELIMITERS.get(mark["type"], "[")


def _closing(mark: Node) -> str:
    if mark["type"] != "link":
        return _DELIMITERS[mark["type"]]
    title = f' "{quoted(mark["attrs"]["title"])}"' if mark["attrs"].get("title") else ""
    return f"]({destination(mark['attrs']['href'])}{title})"


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces without empty ones, texts in a row as one."""
    result: list[Piece] = []
    for piece in pieces:
        if piece.kind == "text" and result and result[-1].kind == "text":
            result[-1] = Piece("text", result[-1].text + piece.text)
        elif piece.text:
            result.append(piece)
    return result


def _with_autolinks(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces; a link whose text is its address becomes the address between angle brackets."""
    result: list[Piece] = []
    for piece in pieces:
        result.append(piece)
        if piece.kind == "close" and piece.text.startswith("](") and len(result) > 2 and result[-3] == ("open", "["):
            address, text = piece.text[2:-1], result[-2].text
            if result[-2].kind == "text" and address in (text, f"mailto:{text}") and _AUTOLINK.fullmatch(text):
                result[-3:] = [Piece("leaf", f"<{text}>")]
    return result


def _with_marks_at_words(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces with blanks and breaks outside of marks that begin or end there, without marks around nothing."""
    result: list[Piece] = []
    held: list[Piece] = []  # blanks at the end of a mark
    for piece in pieces:
        if piece.kind != "close":
            for blank in (*held, *([piece] if _is_blank(piece) else [])):
                at = next((end for end in range(len(result), 0, -1) if result[end - 1].kind != "open"), 0)
                result.insert(at, blank)
            held = []
            result += [] if _is_blank(piece) else [piece]
            continue
        while result and _is_blank(result[-1]):
            held.insert(0, result.pop())
        if result[-1].kind == "open":
            result.pop()
        else:
            result.append(piece)
    return result + held


def _is_blank(piece: Piece) -> bool:
    return piece.kind == "break" or (piece.kind == "text" and piece.text.isspace())
