"""Invented documents of the letter editor, with words that mean something in Markdown."""

import random
from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]
WORDS = (
    "the We ask § 1. - + # a*b _x_ snake_case it's (a) (b) a) iv. [see] <b> <sup> &amp; AT&T a|b `c` ! ~~~ ~ = • o http://x.y_z"
    " x@y.org {{count نص عربي 漢字 😀 é -- ... \\ ^ [^1] :-- --- 1) 5% Donors: “said” > *** &#35; ![ ::: :::keep \\newpage | "
    '"q" {width=50%}'
).split()
LINKS = ("https://example.org/a_(b)?x=1&y=2", "mailto:ada@example.org", "https://example.org", "https://example.org/a b<c>")


class Documents:
    """Source of documents, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def document(self) -> Node:
        """Return a document as people and programs could make it."""
        return {"type": "doc", "content": [self._block(0, top=True) for _ in range(self._random.randint(1, 3))]}

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _text(self) -> str:
        text = " ".join(self._random.choice(WORDS) for _ in range(self._random.randint(1, 5)))
        return self._random.choice(["", "", " "]) + text + self._random.choice(["", " ", "\N{NO-BREAK SPACE}", "\u3000"])

    def _marks(self) -> Iterator[Node]:
        if self._chance(0.2):
            yield {"type": "link", "attrs": {"href": self._random.choice(LINKS), "title": self._random.choice(["", 'A "t"'])}}
        for kind, share in (("strong", 0.3), ("em", 0.3), ("strike", 0.1)):
            if self._chance(share):
                yield {"type": kind}
        if self._chance(0.15):
            yield {"type": self._random.choice(["sup", "sub", "code"])}

    def _inline(self, *, in_note: bool = False) -> list[Node]:
        nodes: list[Node] = []
        for _ in range(self._random.randint(1, 5)):
            kind = self._random.choice(
                ["text"] * 8 + ["hard_break", "count"] + ["text"] * in_note + ["picture", "footnote"] * (not in_note)
            )
            node: Node = {"type": kind}
            match kind:
                case "count":
                    node["attrs"] = {"name": self._random.choice(["count", "organizations_in_words"])}
                case "picture":
                    node["attrs"] = {
                        "name": "map.png",
                        "description": "A [map] & *more*",
                        "width": self._random.choice([0, 50]),
                    }
                case "footnote":
                    node |= {"attrs": {"label": self._random.choice(["", "1", "law"])}, "content": self._inline(in_note=True)}
                case "text":
                    node["text"] = self._text()
            if marks := list(self._marks()):
                node["marks"] = marks
                if kind == "text" and marks[-1]["type"] in ("sup", "sub"):
                    node["text"] = self._random.choice(["1", "th", "2, 3"])
            nodes.append(node)
        return nodes

    def _items(self, depth: int) -> list[Node]:
        count = self._random.randint(1, 3)
        values = [self._random.choice([None, None, 2, 7]) for _ in range(count)]
        return [{"type": "list_item", "attrs": {"value": value}, "content": self._blocks(depth + 1)} for value in values]

    def _blocks(self, depth: int) -> list[Node]:
        return [self._block(depth) for _ in range(self._random.randint(1, 3))]

    def _block(self, depth: int, *, top: bool = False) -> Node:
        simple = ["paragraph"] * 8 + ["heading", "heading", "code_block", "horizontal_rule", "page_break", "table", "figure"]
        nested = ["blockquote", "bullet_list", "ordered_list", "ordered_list", "keep"]
        kind = self._random.choice(simple + nested * (depth < 3) + ["annex"] * top)
        node: Node = {"type": kind}
        tight = self._chance(0.5)
        match kind:
            case "paragraph" | "annex":
                node["content"] = self._inline()
            case "heading":
                node |= {"attrs": {"level": self._random.randint(1, 6)}, "content": self._inline()}
            case "blockquote" | "keep":
                node["content"] = self._blocks(depth + 1)
            case "bullet_list":
                node |= {"attrs": {"tight": tight}, "content": self._items(depth)}
            case "ordered_list":
                labels = self._random.choice([None, None, "1)", "(a)", "i.", "A)", "(1)"])
                attributes = {"tight": tight, "start": self._random.choice([1, 1, 3, 10]), "labels": labels}
                node |= {"attrs": attributes, "content": self._items(depth)}
            case "code_block":
                text = self._random.choice(["a\n b", "```\nx", "{{count}}", " x"])
                node |= {"attrs": {"info": ""}, "content": [{"type": "text", "text": text}]}
            case "table":
                node["content"] = list(self._rows(self._random.randint(1, 3)))
            case "figure":
                node |= {
                    "attrs": {"name": "map.png", "description": "A map", "width": 50, "numbered": tight},
                    "content": self._inline(in_note=True),
                }
        return node

    def _rows(self, columns: int) -> Iterator[Node]:
        sides = [self._random.choice([None, "left", "right", "center"]) for _ in range(columns)]
        for row in range(self._random.randint(1, 3)):
            kind = "table_cell" if row else "table_header"
            cells = []
            for side in sides:
                attributes = {"align": side, "colspan": 1, "rowspan": 1, "colwidth": None}
                cells.append({"type": kind, "attrs": attributes, "content": [{"type": "paragraph", "content": self._inline()}]})
            yield {"type": "table_row", "content": cells}
