"""HTML to blocks: paragraphs, headings, lists of either kind, quotations, tables."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from letterhub.intake.docx.bullets import marker_number
from letterhub.intake.docx.document_tree import (
    Block,
    DocumentTree,
    HorizontalRule,
    ListItem,
    Paragraph,
    Quote,
    Run,
    RunKind,
    Runs,
    Table,
    TextHeading,
)
from letterhub.intake.docx.footnotes import extract_notes
from letterhub.intake.docx.html_tree import BLOCK_TAGS, Node, parse_tree
from letterhub.intake.docx.list_position import ListPosition, split_list_position
from letterhub.intake.docx.runs import InlineConverter, InlineFormat, is_hidden, normalize_runs, split_at_breaks
from letterhub.intake.docx.tables import table_cells

_LIST_LEVEL = re.compile(r"mso-list:\w*?level(\d)")
_QUOTE_CLASS = re.compile(r"mso(?:intense)?quote|quote", re.IGNORECASE)
_MAX_DEPTH = 8


def parse_html(html: str, first_note: int = 1) -> tuple[DocumentTree, Counter[str]]:
    """Return the blocks and notes of HTML, and counts of what was left out, by kind. Raises HtmlRefused."""
    root = parse_tree(html)
    reader = _HtmlParser()
    notes = extract_notes(root, first_note)
    text = DocumentTree(reader.blocks(root))
    text.notes = {number: reader.blocks(note) for number, note in notes.items()}
    return text, reader.words.left_out


class _HtmlParser:
    """Parser of one text; tracks list depth and formatting."""

    def __init__(self) -> None:
        self.words = InlineConverter()
        self._look = InlineFormat()

    def blocks(self, node: Node, depth: int = 0) -> list[Block]:
        """Return the blocks of an element; inline content between them is a paragraph."""
        found: list[Block] = []
        loose: list[Node | str] = []
        for child in node.children:
            if isinstance(child, Node) and child.is_block:
                found += self._paragraphs(loose)
                loose = []
                if not is_hidden(child):
                    found += self._block(child, depth)
            else:
                loose.append(child)
        found += self._paragraphs(loose)
        return _join_quotes(found)

    def _block(self, node: Node, depth: int) -> list[Block]:
        match node.tag:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                return list(self._heading(node, int(node.tag[1])))
            case "ul" | "ol" | "menu":
                return list(self._list(node, depth))
            case "blockquote":
                return list(_as_quote(self.blocks(node)))
            case "table":
                return self._table(node)
            case "hr":
                return [HorizontalRule()]
            case "pre":
                return self._paragraphs(_preformatted_lines(node))
            case "p":
                return self._paragraph(node, depth)
            case _:
                return self._within(node, depth)

    def _within(self, node: Node, depth: int) -> list[Block]:
        """Return the blocks of a container; an inline element such as a link passes its formatting on to them."""
        around = self._look
        if node.tag not in BLOCK_TAGS:
            self._look = self.words.look(node, around)
        found = self.blocks(node, depth)
        self._look = around
        return found

    def _paragraph(self, node: Node, depth: int) -> list[Block]:
        if node.attributes.get("class", "").casefold() == "msotitle":
            return list(self._heading(node, 1, title=True))
        if any(isinstance(child, Node) and child.is_block for child in node.children):
            return self.blocks(node, depth)
        found = self._paragraphs(node.children, _position_by_style(node))
        return list(_as_quote(found)) if _QUOTE_CLASS.fullmatch(node.attributes.get("class", "")) else found

    def _runs(self, children: Iterable[Node | str]) -> Iterator[Run]:
        return self.words.runs(children, self._look)

    def _heading(self, node: Node, level: int, *, title: bool = False) -> Iterator[Block]:
        """Yield a heading on one line; headings are bold anyway."""
        runs = [Run(" ") if run.kind is RunKind.BREAK else replace(run, bold=False) for run in self._runs(node.children)]
        if said := normalize_runs(_without_position(runs)):
            yield TextHeading(level, said, title or "title" in node.attributes.get("class", "").split())

    def _paragraphs(self, children: Iterable[Node | str], place: ListPosition | None = None) -> list[Block]:
        """Return the paragraphs of inline content: blank lines separate them, and bullets typed by hand make items."""
        found: list[tuple[ListPosition | None, list[Runs]]] = []
        begins = True
        for number, line in enumerate(split_at_breaks(self._runs(children))):
            here, rest = _split_position(line)
            here = place if number == 0 and place is not None else here
            said = normalize_runs(rest)
            if here is not None or begins:
                found.append((here, []))
            begins = not said
            found[-1][1].extend([said] if said else [])
        return [_as_list_item(here, _paragraph_of_lines(lines)) for here, lines in found if lines]

    def _list(self, node: Node, depth: int) -> Iterator[ListItem]:
        number = _int_or(node.attributes.get("start"), 1) if node.tag == "ol" else None
        for child in node.children:
            if not isinstance(child, Node) or is_hidden(child):
                continue
            if child.tag in ("ul", "ol"):
                yield from self._list(child, min(depth + 1, _MAX_DEPTH))
                continue
            at = max(depth, _declared_depth(child))
            if blocks := self.blocks(child, at + 1):
                if number is not None:
                    number = _int_or(child.attributes.get("value"), number)
                yield from _list_items(blocks, at, number)
                number = None if number is None else number + 1

    def _table(self, node: Node) -> list[Block]:
        """Return a table; one of a single column is a frame around blocks."""
        cells, merged = table_cells(node)
        if not cells or len(cells[0]) == 1:
            return [block for row in cells for cell in row if cell is not None for block in self.blocks(cell)]
        self.words.left_out["merged"] += merged
        rows = tuple(tuple(_cell_runs(self.blocks(cell)) if cell is not None else () for cell in row) for row in cells)
        return [Table(rows)] if any(cell for row in rows for cell in row) else []


def _declared_depth(node: Node) -> int:
    """Return the depth that an item declares: Word on the web makes a list of its own of each."""
    said = node.attributes.get("data-aria-level") or node.attributes.get("aria-level")
    return min(max(_int_or(said, 1) - 1, 0), _MAX_DEPTH)


def _position_by_style(node: Node) -> ListPosition | None:
    """Return the list position of a paragraph from Word's clipboard: its depth is a style, its number or bullet is text."""
    level = _LIST_LEVEL.search(node.style)
    if level is None:
        return None
    sign = next((below.text() for below in node.elements() if "mso-list:ignore" in below.style), None)
    return None if sign is None else ListPosition(int(level[1]) - 1, marker_number(sign))


def _split_position(line: list[Run]) -> tuple[ListPosition | None, list[Run]]:
    """Return the list position at the start of a line, and the line without."""
    said = "".join(run.text for run in line if run.kind is not RunKind.NOTE)
    begin = len(said) - len(said.lstrip())
    place, rest = split_list_position(said.lstrip())
    if place is None:
        return None, line
    return place, list(_drop_characters(line, begin + len(said.lstrip()) - len(rest)))


def _without_position(runs: list[Run]) -> list[Run]:
    return _split_position(runs)[1]


def _drop_characters(line: list[Run], letters: int) -> Iterator[Run]:
    for run in line:
        if run.kind is RunKind.NOTE:
            yield run
            continue
        gone = min(letters, len(run.text))
        letters -= gone
        yield replace(run, text=run.text[gone:])


def _paragraph_of_lines(lines: list[Runs]) -> Paragraph:
    runs: list[Run] = []
    for line in lines:
        runs += [*([Run("", kind=RunKind.BREAK)] if runs else []), *line]
    return Paragraph(tuple(runs))


def _as_list_item(place: ListPosition | None, said: Paragraph) -> Block:
    return said if place is None else ListItem(place.depth, place.number, (said,))


def _list_items(blocks: list[Block], depth: int, number: int | None) -> Iterator[ListItem]:
    """Yield an item with its content: what comes before nested items, those, and what continues after them."""
    own: list[Block] = []
    begun = False
    for block in blocks:
        if isinstance(block, ListItem) and block.depth <= depth:  # a bullet typed by hand within a list
            own += block.blocks
        elif isinstance(block, ListItem):
            if own or not begun:
                yield ListItem(depth, number, tuple(own), continues=begun)
                own, begun = [], True
            yield block
        else:
            own.append(_as_prose(block))
    if own:
        yield ListItem(depth, number, tuple(own), continues=begun)


def _as_prose(block: Block) -> Block:
    return Paragraph(block.runs) if isinstance(block, TextHeading) else block


def _as_quote(blocks: list[Block]) -> Iterator[Block]:
    if blocks:
        yield Quote(tuple(blocks))


def _join_quotes(blocks: list[Block]) -> list[Block]:
    """Return adjacent quoted paragraphs joined into one quotation."""
    kept: list[Block] = []
    for quoted, together in groupby(blocks, key=lambda block: isinstance(block, Quote)):
        alike = list(together)
        said = tuple(inner for block in alike if isinstance(block, Quote) for inner in block.blocks)
        kept += [Quote(said)] if quoted else alike
    return kept


def _cell_runs(blocks: Iterable[Block]) -> Runs:
    """Return the content of a cell as lines: a Markdown table has no blocks in it."""
    runs: list[Run] = []
    for block in blocks:
        for said in _runs_within(block):
            runs += [*([Run("", kind=RunKind.BREAK)] if runs else []), *said]
    return tuple(runs)


def _runs_within(block: Block) -> Iterator[Runs]:
    match block:
        case Paragraph(runs) | TextHeading(_, runs):
            yield runs
        case ListItem(_, number, blocks):
            for at, inner in enumerate(said for one in blocks for said in _runs_within(one)):
                yield (Run("• " if number is None else f"{number}. "), *inner) if at == 0 else inner
        case Quote(blocks):
            yield from (said for one in blocks for said in _runs_within(one))
        case Table(rows):
            yield from (cell for row in rows for cell in row if cell)
        case HorizontalRule():
            pass


def _preformatted_lines(node: Node) -> Iterator[Node | str]:
    """Yield the lines of preformatted text, with breaks between."""
    for child in node.children:
        if isinstance(child, str):
            for at, line in enumerate(child.strip("\n").split("\n")):
                yield from ([Node("br")] if at else [])
                yield line
        else:
            yield child


def _int_or(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else otherwise
