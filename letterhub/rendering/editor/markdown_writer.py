"""An editor document as Markdown that is read as the same document again.

See docs/design/letters/editor.md.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from letterhub.rendering.editor.escaping import Place
from letterhub.rendering.editor.inline_writer import Node, inline_markdown, picture_markdown
from letterhub.rendering.letter.list_labels import LabelStyle

_LABELS = re.compile(r"(\(?)([aAiI1])([.)])")
_NOTE_LABEL = re.compile(r"[^\s\[\]^\\]{1,100}")
_MOST_LABELS = {"a": 26, "i": 39}
_ALIGNMENTS = {"left": ":--", "center": ":-:", "right": "--:", None: "---"}


def write_markdown(document: Node, *, typed_labels: bool = True) -> str:
    """Return a document as Markdown; without `typed_labels` lists with "(a)" are numbered 1, 2, 3."""
    writer = DocumentWriter(document, typed_labels=typed_labels)
    return writer.with_notes([writer.blocks(document.get("content", []))])


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes in it."""
    yield node
    for child in node.get("content", ()):
        yield from walk(child)


class DocumentWriter:
    """Writer of one document: it collects the notes that are referred to, and gives each a label of its own."""

    def __init__(self, document: Node, *, typed_labels: bool = True) -> None:
        self._typed_labels = typed_labels
        notes = [node["attrs"]["label"] for node in walk(document) if node["type"] == "footnote"]
        self._all_labels = set(notes)
        self._notes: dict[str, Sequence[Node]] = {}
        self._in_quote = 0
        self._writers: Mapping[str, Callable[[Node], str]] = {
            "paragraph": self.inline,
            "heading": self._heading,
            "annex": lambda node: f":::annex {self.inline(node, 'note') or '&nbsp;'}",
            "blockquote": self._quote,
            "keep": self._keep,
            "bullet_list": lambda node: self._items(node, lambda _: "- "),
            "ordered_list": self._numbered,
            "code_block": _code_block,
            "horizontal_rule": lambda _: "___",
            "page_break": lambda _: "\\newpage",
            "figure": lambda node: picture_markdown(node["attrs"], self.inline(node, "note")),
            "table": self._table,
        }

    def with_notes(self, parts: Sequence[str], typed: Mapping[str, tuple[Sequence[Node], str]] | None = None) -> str:
        """Return blocks as one text, followed by the notes they refer to; `typed` are notes as typed, by label."""
        notes = []
        for label, content in self._notes.items():  # a note never refers to another
            known = (typed or {}).get(label)
            if known and known[0] == content:
                notes.append(known[1])
            else:
                notes.append(f"[^{label}]: {self._inline(content, 'note')}".rstrip())
        return "\n\n".join(part for part in ("".join(parts).rstrip("\n"), *notes) if part)

    def take_notes(self, block: Node) -> None:
        """Collect the notes of a block that is not written, but kept as typed."""
        for node in walk(block):
            if node["type"] == "footnote":
                self._notes[node["attrs"]["label"]] = node.get("content", [])

    def blocks(self, nodes: Sequence[Node], *, tight: bool = False) -> str:
        """Return blocks, separated by blank lines unless they are those of a tight list."""
        parts: list[str] = []
        for (kind, _labels), group in groupby(nodes, _list_key):
            for at, block in enumerate(_joined_lists(list(group))):
                is_second_list = kind == "bullet_list" and at % 2 == 1
                text = self._items(block, lambda _: "* ") if is_second_list else self.block(block)
                parts += [text] if text else []
        return ("\n" if tight else "\n\n").join(parts)

    def following_block(self, node: Node, before: Node | None) -> str:
        """Return a block that follows another; a list of bullets after a list of bullets gets other bullets."""
        is_second_list = before is not None and before["type"] == node["type"] == "bullet_list"
        return self._items(node, lambda _: "* ") if is_second_list else self.block(node)

    def block(self, node: Node) -> str:
        """Return a block; "" for an empty paragraph."""
        return self._writers[node["type"]](node)

    def inline(self, node: Node, place: Place = "paragraph") -> str:
        """Return the contents of a block of text."""
        return self._inline(node.get("content", ()), place)

    def _inline(self, content: Sequence[Node], place: Place) -> str:
        return inline_markdown(content, place, self._reference)

    def _reference(self, node: Node) -> str:
        """Return the reference of a note, which gets the next free number where its label is taken."""
        label = str(node["attrs"]["label"])
        if node["type"] == "footnote_again":
            return f"[^{label}]" if label in self._all_labels else ""
        number = 1
        while not _NOTE_LABEL.fullmatch(label) or label in self._notes:
            label = "" if str(number) in self._all_labels | self._notes.keys() else str(number)
            number += 1
        self._notes[label] = node.get("content", [])
        return f"[^{label}]"

    def _heading(self, node: Node) -> str:
        text = self.inline(node, "heading")
        text = re.sub(r"#+$", lambda match: match[0].replace("#", "\\#"), text)
        return f"{'#' * node['attrs']['level']} {text}".rstrip()

    def _quote(self, node: Node) -> str:
        self._in_quote += 1
        text = self.blocks(node["content"])
        self._in_quote -= 1
        return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))

    def _keep(self, node: Node) -> str:
        text = self.blocks(node["content"])
        colons = ":" * (max(map(len, re.findall(r"^[ >]*(:{3,})", text, re.MULTILINE)), default=2) + 1)
        return f"{colons}keep\n\n{text}\n\n{colons}"

    def _numbered(self, node: Node) -> str:
        """Return a numbered list, with labels as typed where they can be."""
        numbers = list(_numbers(node))
        match = _LABELS.fullmatch(node["attrs"]["labels"] or "")
        if match and match[0] != "1)" and self._typed_labels and self._may_be_typed(node, numbers, match[2]):
            style = LabelStyle(match[2], match[1], match[3])
            return self._items(node, lambda at: f"{style.label(numbers[at])} ", indent=4)
        closing = ")" if match and match[0] == "1)" else "."
        return self._items(node, lambda at: f"{numbers[at]}{closing} ")

    def _may_be_typed(self, node: Node, numbers: Sequence[int], numerals: str) -> bool:
        """Return whether the labels of a list are read as a list: two at least, in a row, none of them in a quote."""
        in_row = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        firsts = [item["content"][0] for item in node["content"]]
        begins_with_words = all(first["type"] == "paragraph" and first.get("content") for first in firsts)
        has_other_lines = any(each["type"] == "code_block" or "|" in each.get("text", "") for each in walk(node))
        most = _MOST_LABELS.get(numerals.casefold(), 99)
        fits = len(numbers) > 1 and numbers[0] > 0 and numbers[-1] <= most
        return in_row and begins_with_words and fits and not has_other_lines and not self._in_quote

    def _items(self, node: Node, label: Callable[[int], str], indent: int = 0) -> str:
        """Return the items of a list, each after its label."""
        tight = node["attrs"]["tight"] and _may_be_tight(node["content"])
        items = []
        for at, item in enumerate(node["content"]):
            lead = label(at)
            first, *rest = self.blocks(item["content"], tight=tight).split("\n")
            if first.startswith("```"):  # read as code only at the beginning of a line
                first, rest = "", [first, *rest]
            spaces = " " * max(len(lead), indent)
            items.append(
                "\n".join(
                    [(lead + first).rstrip(" ") if not first else lead + first, *(line and spaces + line for line in rest)]
                )
            )
        return ("\n" if tight else "\n\n").join(items)

    def _table(self, node: Node) -> str:
        """Return a table, each row filled up to the widest."""
        rows = [
            [self._inline(cell["content"][0].get("content", ()), "cell") for cell in row["content"]] for row in node["content"]
        ]
        columns = max(map(len, rows))
        sides = [_ALIGNMENTS[cell["attrs"].get("align")] for cell in node["content"][0]["content"]]
        sides += ["---"] * (columns - len(sides))
        head, *others = [f"| {' | '.join([*row, *[''] * (columns - len(row))])} |" for row in rows]
        return "\n".join([head, f"| {' | '.join(sides)} |", *others])


def _code_block(node: Node) -> str:
    text = "".join(child["text"] for child in node.get("content", ()))
    fence = "`" * (max(map(len, re.findall(r"`{3,}", text)), default=2) + 1)
    return f"{fence}{node['attrs']['info'].replace('`', '')}\n{text}{chr(10) if text else ''}{fence}"


def _list_key(node: Node) -> tuple[str, str | None]:
    return node["type"], node.get("attrs", {}).get("labels")


def _joined_lists(blocks: list[Node]) -> list[Node]:
    """Return blocks of one kind in a row; numbered lists as one, since Markdown would read them as one."""
    if blocks[0]["type"] != "ordered_list" or blocks[0]["attrs"]["labels"] not in (None, "1)") or len(blocks) == 1:
        return blocks
    items = [item for block in blocks for item in block["content"]]
    tight = all(block["attrs"]["tight"] for block in blocks)
    return [blocks[0] | {"content": items, "attrs": blocks[0]["attrs"] | {"tight": tight}}]


def _numbers(numbered: Node) -> Iterator[int]:
    """Yield the number of each item; an item's own number counts if it rises."""
    number = numbered["attrs"]["start"]
    for at, item in enumerate(numbered["content"]):
        own = item["attrs"]["value"]
        number = own if at and own and own > number else number
        yield number
        number += 1


def _may_be_tight(items: Sequence[Node]) -> bool:
    """Return whether items need no blank lines: each is a paragraph and lists that may follow one at once."""
    for item in items:
        first, *rest = item["content"]
        is_list_alone = first["type"] in ("bullet_list", "ordered_list") and not rest
        if not is_list_alone and (first["type"] != "paragraph" or (rest and not first.get("content"))):
            return False
        if not all(map(_may_follow_paragraph, rest)):
            return False
    return True


def _may_follow_paragraph(block: Node) -> bool:
    """Return whether a block is a list that begins with 1 and a word, which may follow a paragraph without a blank line."""
    if block["type"] not in ("bullet_list", "ordered_list") or block["attrs"].get("start", 1) != 1:
        return False
    first = block["content"][0]["content"][0]
    return first["type"] == "paragraph" and bool(first.get("content"))
