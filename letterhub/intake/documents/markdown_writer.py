"""Blocks as Markdown: lists with their depth and numbers, tables, quotations, and notes at the end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from letterhub.intake.documents.document_tree import (
    Block,
    DocumentTree,
    HorizontalRule,
    ListItem,
    Paragraph,
    Quote,
    Table,
    TextHeading,
)
from letterhub.intake.documents.inline_markdown import inline_markdown
from letterhub.intake.documents.layout_tags import BLANK_LINE

_NOTE_INDENT = "    "


def document_markdown(text: DocumentTree) -> str:
    """Return a document with its notes and layout marks as Markdown, without a final newline."""
    notes = (f"[^{number}]: {_indent_lines(_blocks_markdown(blocks), _NOTE_INDENT)}" for number, blocks in text.notes.items())
    return "\n\n".join(part for part in (_blocks_markdown(text.blocks), *notes) if part)


def _blocks_markdown(blocks: Sequence[Block]) -> str:
    """Return blocks as Markdown, with blank lines between; adjacent list items are one list."""
    parts: list[str] = []
    items: list[ListItem] = []
    for block in blocks:
        if isinstance(block, ListItem):
            items.append(block)
            continue
        parts += [*_list_markdown(items), _block_markdown(block)]
        items = []
    return "\n\n".join(part for part in (*parts, *_list_markdown(items)) if part)


def _block_markdown(block: Block) -> str:
    """Return one block as Markdown."""
    match block:
        case Paragraph(runs, blank_after):
            return inline_markdown(runs) + (BLANK_LINE if blank_after else "")
        case TextHeading(level, runs):
            heading = inline_markdown(runs, heading=True)
            if heading.endswith("#") and not heading.endswith("\\#"):  # it would be taken for the closing sequence
                heading = f"{heading[:-1]}\\#"
            return f"{'#' * level} {heading}"
        case Quote(blocks):
            return "\n".join(f"> {line}".rstrip() for line in _blocks_markdown(blocks).split("\n"))
        case Table(rows):
            head, *rest = [f"| {' | '.join(inline_markdown(cell, cell=True) for cell in row)} |" for row in rows]
            return "\n".join([head, f"|{' --- |' * len(rows[0])}", *rest])
        case HorizontalRule():
            return "---"
        case ListItem():
            return "\n".join(_list_markdown([block]))


def _indent_lines(text: str, indent: str) -> str:
    """Return a text whose lines after the first are indented."""
    return "\n".join(f"{indent}{line}" if at and line else line for at, line in enumerate(text.split("\n")))


@dataclass(slots=True)
class _OpenList:
    """A list that is open: its depth in the document, the width of its marker, and its next number, None for bullets.

    An `alternate` list has the markers `*` and `1)` instead of `-` and `1.`.
    """

    depth: int
    width: int
    next_number: int | None
    alternate: bool = False

    def marker(self, number: int | None) -> str:
        """Return the marker of an item; adjacent lists differ in it, or they would be one."""
        if number is None:
            return "* " if self.alternate else "- "
        return f"{number}{')' if self.alternate else '.'} "


def _list_markdown(items: Sequence[ListItem]) -> Iterator[str]:
    """Yield the Markdown of adjacent list items as one text; nothing if there are no items."""
    stack: list[_OpenList] = []
    parts: list[str] = []
    for at, item in enumerate(items):
        is_deeper, is_new = _enter_list(stack, item)
        indent = " " * sum(open_list.width for open_list in stack[:-1])
        marker = "" if item.continues else stack[-1].marker(item.number)
        lead = marker or " " * stack[-1].width
        text = _indent_lines(_blocks_markdown(item.blocks), " " * len(lead))
        is_loose = len(item.blocks) > 1 or item.continues or (at > 0 and len(items[at - 1].blocks) > 1)
        is_loose = is_loose or (is_deeper and is_new and item.number not in (None, 1))
        if parts:
            parts.append("\n\n" if is_loose else "\n")
        parts.append(_indent_lines(f"{indent}{lead}{text}", indent).rstrip())
    if parts:
        yield "".join(parts)


def _enter_list(stack: list[_OpenList], item: ListItem) -> tuple[bool, bool]:
    """Open and close lists for an item; return whether its list is deeper than before, and whether it is new.

    The item's list is then the last on the stack.
    """
    before = len(stack)
    closed = None
    while stack and stack[-1].depth > item.depth:
        closed = stack.pop()
    if not stack or stack[-1].depth < item.depth:
        stack.append(_OpenList(item.depth, 0, item.number, closed is not None and not closed.alternate))
    current = stack[-1]
    is_new = current.width == 0
    if item.continues and not is_new:
        return False, False
    if not is_new and current.next_number != item.number:
        same_kind = (current.next_number is None) == (item.number is None)
        current.alternate = not current.alternate if same_kind else False
    current.width = len(current.marker(item.number))
    current.next_number = None if item.number is None else item.number + 1
    return len(stack) > before, is_new
