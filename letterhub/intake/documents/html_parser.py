"""HTML to blocks: paragraphs, headings, lists of either kind, quotations, tables."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from letterhub.intake.documents.document_tree import (
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
    split_at_breaks,
)
from letterhub.intake.documents.html_tree import BLOCK_TAGS, Node, parse_tree, table_cells
from letterhub.intake.documents.layout_tags import MAX_MARKER, TAB, opens_column
from letterhub.intake.documents.numbering import ListPosition, int_or, marker_number, split_list_position
from letterhub.intake.documents.runs import InlineConverter, InlineFormat, extract_notes, is_hidden, normalize_runs

_LIST_LEVEL = re.compile(r"mso-list:\w*?level(\d)")
_QUOTE_CLASS = re.compile(r"mso(?:intense)?quote|quote", re.IGNORECASE)
_MAX_DEPTH = 8


def parse_html(html: str, first_note: int = 1) -> tuple[DocumentTree, Counter[str]]:
    """Return the blocks and footnotes of HTML, and how much was left out, by kind, such as pictures.

    Footnotes are numbered from `first_note` on. Raises HtmlRefused.
    """
    root = parse_tree(html)
    parser = _HtmlParser()
    notes = extract_notes(root, first_note)
    text = DocumentTree(parser.blocks(root))
    text.notes = {number: parser.blocks(note) for number, note in notes.items()}
    return text, parser.inline.left_out


class _HtmlParser:
    """Parser of one text; tracks list depth and formatting."""

    def __init__(self) -> None:
        self.inline = InlineConverter()
        self._format = InlineFormat()
        self._in_columns = False

    def blocks(self, node: Node, depth: int = 0) -> list[Block]:
        """Return the blocks of an element; inline content between them is a paragraph. Lists have `depth`, from 0."""
        blocks: list[Block] = []
        inline_nodes: list[Node | str] = []
        for child in node.children:
            if isinstance(child, Node) and child.is_block:
                blocks += self._paragraphs(inline_nodes)
                inline_nodes = []
                if not is_hidden(child):
                    child_blocks = self._element_blocks(child, depth)
                    if not child_blocks and child.tag == "p":
                        blocks[-1:] = map(_with_blank_after, blocks[-1:])
                    blocks += child_blocks
            else:
                inline_nodes.append(child)
        blocks += self._paragraphs(inline_nodes)
        return _join_quotes(blocks)

    def _element_blocks(self, node: Node, depth: int) -> list[Block]:
        """Return the blocks of a block element, by its tag."""
        match node.tag:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                return self._heading(node, int(node.tag[1]))
            case "ul" | "ol" | "menu":
                return list(self._list(node, depth))
            case "blockquote":
                return _as_quote(self.blocks(node))
            case "table":
                return self._table(node)
            case "hr":
                return [HorizontalRule()]
            case "pre":
                return self._paragraphs(_preformatted_lines(node))
            case "p":
                return self._paragraph(node, depth)
            case _:
                return self._container_blocks(node, depth)

    def _container_blocks(self, node: Node, depth: int) -> list[Block]:
        """Return the blocks of a container; an inline element such as a link passes its formatting on to them."""
        outer_format = self._format
        if node.tag not in BLOCK_TAGS:
            self._format = self.inline.format_within(node, outer_format)
        blocks = self.blocks(node, depth)
        self._format = outer_format
        return blocks

    def _paragraph(self, node: Node, depth: int) -> list[Block]:
        """Return a `p` element as paragraphs, or as what Word's class for it says: a title, a quotation, a list item."""
        if node.attributes.get("class", "").casefold() == "msotitle":
            return self._heading(node, 1, title=True)
        if any(isinstance(child, Node) and child.is_block for child in node.children):
            return self.blocks(node, depth)
        paragraphs = self._paragraphs(node.children, _position_by_style(node))
        return _as_quote(paragraphs) if _QUOTE_CLASS.fullmatch(node.attributes.get("class", "")) else paragraphs

    def _runs(self, children: Iterable[Node | str]) -> Iterator[Run]:
        return self.inline.runs(children, self._format)

    def _heading(self, node: Node, level: int, *, title: bool = False) -> list[Block]:
        """Return a heading on one line; headings are bold anyway."""
        runs = [
            Run(" ") if run.kind is RunKind.BREAK else replace(run, text=run.text.replace(TAB, " "), bold=False)
            for run in self._runs(node.children)
        ]
        heading_runs = normalize_runs(_split_position(runs)[1])
        is_title = title or "title" in node.attributes.get("class", "").split()
        return [TextHeading(level, heading_runs, is_title)] if heading_runs else []

    def _paragraphs(self, children: Iterable[Node | str], first_position: ListPosition | None = None) -> list[Block]:
        """Return inline content as paragraphs, or as list items where a line begins with a marker or a bullet typed by hand.

        A blank line ends a paragraph. `first_position` is the list position of the first line if its style gives one.
        """
        paragraphs: list[tuple[ListPosition | None, list[Runs]]] = []
        starts_paragraph = True
        for index, tabbed_line in enumerate(split_at_breaks(self._runs(children))):
            line = self._keep_column_tabs(tabbed_line)
            position, rest = _split_position(line)
            position = first_position if index == 0 and first_position is not None else position
            runs = normalize_runs(rest)
            if position is not None or starts_paragraph:
                paragraphs.append((position, []))
            starts_paragraph = not runs
            if runs:
                paragraphs[-1][1].append(runs)
        filled = [(position, lines) for position, lines in paragraphs if lines]
        blocks = [
            (position, Paragraph(_join_lines(lines), blank_after=number < len(filled)))
            for number, (position, lines) in enumerate(filled, start=1)
        ]
        return [
            paragraph if position is None else ListItem(position.depth, position.number, (paragraph,))
            for position, paragraph in blocks
        ]

    def _keep_column_tabs(self, line: list[Run]) -> list[Run]:
        """Return a line whose tabs stand between columns; one that only indents, or follows a number, becomes a space.

        A tab at the start is an empty column below a line of columns.
        """
        if not any(TAB in run.text for run in line):
            self._in_columns = self._in_columns and not any(run.text.strip() for run in line)
            return line
        before, spaced = "", list[Run]()
        for run in line:
            text = ""
            for letter in run.text:
                text += " " if letter == TAB and not opens_column(before, below_columns=self._in_columns) else letter
                before = (before + letter)[:MAX_MARKER]
            spaced.append(replace(run, text=text))
        self._in_columns = any(TAB in run.text for run in spaced)
        return spaced

    def _list(self, node: Node, depth: int) -> Iterator[ListItem]:
        """Yield the items of a list and of the lists inside it; `depth` is 0 for a list outside of others."""
        number = int_or(node.attributes.get("start"), 1) if node.tag == "ol" else None
        for child in node.children:
            if not isinstance(child, Node) or is_hidden(child):
                continue
            if child.tag in ("ul", "ol"):
                yield from self._list(child, min(depth + 1, _MAX_DEPTH))
                continue
            # Word on the web makes a list of its own of each item, which declares its depth.
            level = child.attributes.get("data-aria-level") or child.attributes.get("aria-level")
            item_depth = max(depth, min(max(int_or(level, 1) - 1, 0), _MAX_DEPTH))
            if blocks := self.blocks(child, item_depth + 1):
                if number is not None:
                    number = int_or(child.attributes.get("value"), number)
                yield from _list_items(blocks, item_depth, number)
                number = None if number is None else number + 1

    def _table(self, node: Node) -> list[Block]:
        """Return a table, or the blocks in it if it has a single column, which is a frame; nothing for an empty one."""
        cells, has_merged_cells = table_cells(node)
        if not cells or len(cells[0]) == 1:
            return [block for row in cells for cell in row if cell is not None for block in self.blocks(cell)]
        self.inline.left_out["merged"] += has_merged_cells
        rows = tuple(tuple(map(self._cell_runs, row)) for row in cells)
        return [Table(rows)] if any(map(any, rows)) else []

    def _cell_runs(self, cell: Node | None) -> Runs:
        """Return the content of a table cell, a line for each of its blocks; () for a missing cell."""
        return () if cell is None else _join_lines(_lines_of_blocks(self.blocks(cell)))


def _position_by_style(node: Node) -> ListPosition | None:
    """Return the list position of a paragraph from Word's clipboard, by its style and its marker; None if it is in no list."""
    level = _LIST_LEVEL.search(node.style)
    if level is None:
        return None
    marker = next((element.text() for element in node.elements() if "mso-list:ignore" in element.style), None)
    return None if marker is None else ListPosition(int(level[1]) - 1, marker_number(marker))


def _split_position(line: list[Run]) -> tuple[ListPosition | None, list[Run]]:
    """Return the list position at the start of a line, None if it has neither marker nor bullet, and the line without it."""
    text = "".join(run.text for run in line if run.kind is not RunKind.NOTE)
    start = len(text) - len(text.lstrip())
    position, rest = split_list_position(text.lstrip())
    if position is None:
        return None, line
    marker_length = start + len(text.lstrip()) - len(rest)
    shortened: list[Run] = []
    for run in line:
        dropped = 0 if run.kind is RunKind.NOTE else min(marker_length, len(run.text))
        marker_length -= dropped
        shortened.append(replace(run, text=run.text[dropped:]))
    return position, shortened


def _join_lines(lines: Iterable[Runs]) -> Runs:
    """Return the runs of all lines, with a break between two lines."""
    runs: list[Run] = []
    for line in lines:
        if runs:
            runs.append(Run("", kind=RunKind.BREAK))
        runs += line
    return tuple(runs)


def _list_items(blocks: list[Block], depth: int, number: int | None) -> Iterator[ListItem]:
    """Yield a list item and the items nested in it; its blocks after a nested item follow as an item that continues it."""
    item_blocks: list[Block] = []
    started = False
    for block in blocks:
        if isinstance(block, ListItem) and block.depth <= depth:  # a bullet typed by hand within a list
            item_blocks += block.blocks
        elif isinstance(block, ListItem):
            if item_blocks or not started:
                yield ListItem(depth, number, tuple(item_blocks), continues=started)
                item_blocks, started = [], True
            yield block
        else:
            item_blocks.append(Paragraph(block.runs) if isinstance(block, TextHeading) else block)
    if item_blocks:
        yield ListItem(depth, number, tuple(item_blocks), continues=started)


def _with_blank_after(block: Block) -> Block:
    return replace(block, blank_after=True) if isinstance(block, Paragraph) else block


def _as_quote(blocks: list[Block]) -> list[Block]:
    return [Quote(tuple(blocks))] if blocks else []


def _join_quotes(blocks: list[Block]) -> list[Block]:
    """Return adjacent quoted paragraphs joined into one quotation."""
    joined: list[Block] = []
    for is_quote, group in groupby(blocks, key=lambda block: isinstance(block, Quote)):
        adjacent = list(group)
        quoted_blocks = tuple(inner for block in adjacent if isinstance(block, Quote) for inner in block.blocks)
        joined += [Quote(quoted_blocks)] if is_quote else adjacent
    return joined


def _lines_of_blocks(blocks: Iterable[Block]) -> Iterator[Runs]:
    """Yield blocks as lines, list items with their bullet or number: a cell of a Markdown table has no blocks in it."""
    for block in blocks:
        match block:
            case Paragraph(runs) | TextHeading(_, runs):
                yield runs
            case ListItem(_, number, inner_blocks):
                marker = Run("• " if number is None else f"{number}. ")
                for index, line in enumerate(_lines_of_blocks(inner_blocks)):
                    yield (marker, *line) if index == 0 else line
            case Quote(inner_blocks):
                yield from _lines_of_blocks(inner_blocks)
            case Table(rows):
                yield from (cell for row in rows for cell in row if cell)
            case HorizontalRule():
                pass


def _preformatted_lines(node: Node) -> Iterator[Node | str]:
    """Yield the lines of preformatted text, with breaks between."""
    for child in node.children:
        if isinstance(child, str):
            for index, line in enumerate(child.strip("\n").split("\n")):
                if index:
                    yield Node("br")
                yield line
        else:
            yield child
