"""HTML to blocks: paragraphs, headings, lists of either kind, quotations, tables."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from letterhub.intake.docx.bullets import sign_of
from letterhub.intake.docx.document_tree import (
    Block,
    Form,
    Item,
    Paragraph,
    Quote,
    Rule,
    Run,
    Runs,
    Table,
    TextHeading,
    Written,
)
from letterhub.intake.docx.footnotes import take_notes
from letterhub.intake.docx.html_tree import BLOCKS, Node, tree_of
from letterhub.intake.docx.list_position import ItemPlace, place_of
from letterhub.intake.docx.runs import LetterLook, WordsOf, is_unseen, lines_of, tidied
from letterhub.intake.docx.tables import cells_of

_LEVEL = re.compile(r"mso-list:\w*?level(\d)")
_QUOTE_CLASS = re.compile(r"mso(?:intense)?quote|quote", re.IGNORECASE)
_DEEPEST_ITEM = 8


def written(html: str, first_note: int = 1) -> tuple[Written, Counter[str]]:
    """Return the blocks and notes of HTML, and counts of what was left out, by kind. Raises HtmlRefused."""
    root = tree_of(html)
    reader = _Reader()
    notes = take_notes(root, first_note)
    text = Written(reader.blocks(root))
    text.notes = {number: reader.blocks(note) for number, note in notes.items()}
    return text, reader.words.left_out


class _Reader:
    """Parser of one text; tracks list depth and formatting."""

    def __init__(self) -> None:
        self.words = WordsOf()
        self._look = LetterLook()

    def blocks(self, node: Node, depth: int = 0) -> list[Block]:
        """Return the blocks of an element; inline content between them is a paragraph."""
        found: list[Block] = []
        loose: list[Node | str] = []
        for child in node.children:
            if isinstance(child, Node) and child.is_block:
                found += self._paragraphs(loose)
                loose = []
                if not is_unseen(child):
                    found += self._block(child, depth)
            else:
                loose.append(child)
        found += self._paragraphs(loose)
        return _quotes_joined(found)

    def _block(self, node: Node, depth: int) -> list[Block]:
        match node.tag:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                return list(self._heading(node, int(node.tag[1])))
            case "ul" | "ol" | "menu":
                return list(self._list(node, depth))
            case "blockquote":
                return list(_quoted(self.blocks(node)))
            case "table":
                return self._table(node)
            case "hr":
                return [Rule()]
            case "pre":
                return self._paragraphs(_with_breaks(node))
            case "p":
                return self._paragraph(node, depth)
            case _:
                return self._within(node, depth)

    def _within(self, node: Node, depth: int) -> list[Block]:
        """Return the blocks of a container; an inline element such as a link passes its formatting on to them."""
        around = self._look
        if node.tag not in BLOCKS:
            self._look = self.words.look(node, around)
        found = self.blocks(node, depth)
        self._look = around
        return found

    def _paragraph(self, node: Node, depth: int) -> list[Block]:
        if node.attributes.get("class", "").casefold() == "msotitle":
            return list(self._heading(node, 1, title=True))
        if any(isinstance(child, Node) and child.is_block for child in node.children):
            return self.blocks(node, depth)
        found = self._paragraphs(node.children, _place_by_style(node))
        return list(_quoted(found)) if _QUOTE_CLASS.fullmatch(node.attributes.get("class", "")) else found

    def _runs(self, children: Iterable[Node | str]) -> Iterator[Run]:
        return self.words.runs(children, self._look)

    def _heading(self, node: Node, level: int, *, title: bool = False) -> Iterator[Block]:
        """Yield a heading on one line; headings are bold anyway."""
        runs = [Run(" ") if run.form is Form.BREAK else replace(run, bold=False) for run in self._runs(node.children)]
        if said := tidied(_without_place(runs)):
            yield TextHeading(level, said, title or "title" in node.attributes.get("class", "").split())

    def _paragraphs(self, children: Iterable[Node | str], place: ItemPlace | None = None) -> list[Block]:
        """Return the paragraphs of inline content: blank lines separate them, and bullets typed by hand make items."""
        found: list[tuple[ItemPlace | None, list[Runs]]] = []
        begins = True
        for number, line in enumerate(lines_of(self._runs(children))):
            here, rest = _placed(line)
            here = place if number == 0 and place is not None else here
            said = tidied(rest)
            if here is not None or begins:
                found.append((here, []))
            begins = not said
            found[-1][1].extend([said] if said else [])
        return [_as_item(here, _closed(lines)) for here, lines in found if lines]

    def _list(self, node: Node, depth: int) -> Iterator[Item]:
        number = _whole(node.attributes.get("start"), 1) if node.tag == "ol" else None
        for child in node.children:
            if not isinstance(child, Node) or is_unseen(child):
                continue
            if child.tag in ("ul", "ol"):
                yield from self._list(child, min(depth + 1, _DEEPEST_ITEM))
                continue
            at = max(depth, _depth_said(child))
            if blocks := self.blocks(child, at + 1):
                if number is not None:
                    number = _whole(child.attributes.get("value"), number)
                yield from _itemized(blocks, at, number)
                number = None if number is None else number + 1

    def _table(self, node: Node) -> list[Block]:
        """Return a table; one of a single column is a frame around blocks."""
        cells, merged = cells_of(node)
        if not cells or len(cells[0]) == 1:
            return [block for row in cells for cell in row if cell is not None for block in self.blocks(cell)]
        self.words.left_out["merged"] += merged
        rows = tuple(tuple(_in_cell(self.blocks(cell)) if cell is not None else () for cell in row) for row in cells)
        return [Table(rows)] if any(cell for row in rows for cell in row) else []


def _depth_said(node: Node) -> int:
    """Return the depth that an item declares: Word on the web makes a list of its own of each."""
    said = node.attributes.get("data-aria-level") or node.attributes.get("aria-level")
    return min(max(_whole(said, 1) - 1, 0), _DEEPEST_ITEM)


def _place_by_style(node: Node) -> ItemPlace | None:
    """Return the list position of a paragraph from Word's clipboard: its depth is a style, its number or bullet is text."""
    level = _LEVEL.search(node.style)
    if level is None:
        return None
    sign = next((below.text() for below in node.elements() if "mso-list:ignore" in below.style), None)
    return None if sign is None else ItemPlace(int(level[1]) - 1, sign_of(sign))


def _placed(line: list[Run]) -> tuple[ItemPlace | None, list[Run]]:
    """Return the list position at the start of a line, and the line without."""
    said = "".join(run.text for run in line if run.form is not Form.NOTE)
    begin = len(said) - len(said.lstrip())
    place, rest = place_of(said.lstrip())
    if place is None:
        return None, line
    return place, list(_cut(line, begin + len(said.lstrip()) - len(rest)))


def _without_place(runs: list[Run]) -> list[Run]:
    return _placed(runs)[1]


def _cut(line: list[Run], letters: int) -> Iterator[Run]:
    for run in line:
        if run.form is Form.NOTE:
            yield run
            continue
        gone = min(letters, len(run.text))
        letters -= gone
        yield replace(run, text=run.text[gone:])


def _closed(lines: list[Runs]) -> Paragraph:
    runs: list[Run] = []
    for line in lines:
        runs += [*([Run("", form=Form.BREAK)] if runs else []), *line]
    return Paragraph(tuple(runs))


def _as_item(place: ItemPlace | None, said: Paragraph) -> Block:
    return said if place is None else Item(place.depth, place.number, (said,))


def _itemized(blocks: list[Block], depth: int, number: int | None) -> Iterator[Item]:
    """Yield an item with its content: what comes before nested items, those, and what continues after them."""
    own: list[Block] = []
    begun = False
    for block in blocks:
        if isinstance(block, Item) and block.depth <= depth:  # a bullet typed by hand within a list
            own += block.blocks
        elif isinstance(block, Item):
            if own or not begun:
                yield Item(depth, number, tuple(own), goes_on=begun)
                own, begun = [], True
            yield block
        else:
            own.append(_as_prose(block))
    if own:
        yield Item(depth, number, tuple(own), goes_on=begun)


def _as_prose(block: Block) -> Block:
    return Paragraph(block.runs) if isinstance(block, TextHeading) else block


def _quoted(blocks: list[Block]) -> Iterator[Block]:
    if blocks:
        yield Quote(tuple(blocks))


def _quotes_joined(blocks: list[Block]) -> list[Block]:
    """Return adjacent quoted paragraphs joined into one quotation."""
    kept: list[Block] = []
    for quoted, together in groupby(blocks, key=lambda block: isinstance(block, Quote)):
        alike = list(together)
        said = tuple(inner for block in alike if isinstance(block, Quote) for inner in block.blocks)
        kept += [Quote(said)] if quoted else alike
    return kept


def _in_cell(blocks: Iterable[Block]) -> Runs:
    """Return the content of a cell as lines: a Markdown table has no blocks in it."""
    runs: list[Run] = []
    for block in blocks:
        for said in _runs_within(block):
            runs += [*([Run("", form=Form.BREAK)] if runs else []), *said]
    return tuple(runs)


def _runs_within(block: Block) -> Iterator[Runs]:
    match block:
        case Paragraph(runs) | TextHeading(_, runs):
            yield runs
        case Item(_, number, blocks):
            for at, inner in enumerate(said for one in blocks for said in _runs_within(one)):
                yield (Run("• " if number is None else f"{number}. "), *inner) if at == 0 else inner
        case Quote(blocks):
            yield from (said for one in blocks for said in _runs_within(one))
        case Table(rows):
            yield from (cell for row in rows for cell in row if cell)
        case Rule():
            pass


def _with_breaks(node: Node) -> Iterator[Node | str]:
    """Yield the lines of preformatted text, with breaks between."""
    for child in node.children:
        if isinstance(child, str):
            for at, line in enumerate(child.strip("\n").split("\n")):
                yield from ([Node("br")] if at else [])
                yield line
        else:
            yield child


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else otherwise
