"""Blocks as Markdown: lists with their depth and numbers, tables, quotations, and notes at the end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from letterhub.intake.docx.document_tree import (
    Block,
    DocumentTree,
    HorizontalRule,
    ListItem,
    Paragraph,
    Quote,
    Runs,
    Table,
    TextHeading,
)
from letterhub.intake.docx.inline_markdown import inline_markdown

_NOTE_INDENT = "    "


def document_markdown(text: DocumentTree) -> str:
    """Return a document with its notes as Markdown, without a final newline."""
    notes = (f"[^{number}]: {_indented(_blocks(blocks), _NOTE_INDENT)}" for number, blocks in text.notes.items())
    return "\n\n".join(part for part in (_blocks(text.blocks), *notes) if part)


def _blocks(blocks: Sequence[Block]) -> str:
    parts: list[str] = []
    items: list[ListItem] = []
    for block in blocks:
        if isinstance(block, ListItem):
            items.append(block)
            continue
        parts += [*_list(items), _block(block)]
        items = []
    return "\n\n".join(part for part in (*parts, *_list(items)) if part)


def _block(block: Block) -> str:
    match block:
        case Paragraph(runs):
            return inline_markdown(runs)
        case TextHeading(level, runs):
            return f"{'#' * level} {_escape_closing_hash(inline_markdown(runs, heading=True))}"
        case Quote(blocks):
            return "\n".join(f"> {line}".rstrip() for line in _blocks(blocks).split("\n"))
        case Table(rows):
            return _table(rows)
        case HorizontalRule():
            return "---"
        case ListItem():
            return "\n".join(_list([block]))


def _escape_closing_hash(said: str) -> str:
    """Escape a number sign at the end of a heading, which would be taken for its closing sequence."""
    return f"{said[:-1]}\\#" if said.endswith("#") and not said.endswith("\\#") else said


def _table(rows: Sequence[Sequence[Runs]]) -> str:
    head, *rest = [f"| {' | '.join(inline_markdown(cell, cell=True) for cell in row)} |" for row in rows]
    return "\n".join([head, f"|{' --- |' * len(rows[0])}", *rest])


def _indented(text: str, indent: str) -> str:
    """Return a text whose lines after the first are indented."""
    return "\n".join(f"{indent}{line}" if at and line else line for at, line in enumerate(text.split("\n")))


@dataclass(slots=True)
class _OpenList:
    """A list that is open: its depth in the document, the width of its marker, and its next number."""

    depth: int
    width: int
    next_number: int | None
    other: bool = False

    def mark(self, number: int | None) -> str:
        """Return the marker of an item; adjacent lists differ in it, or they would be one."""
        if number is None:
            return "* " if self.other else "- "
        return f"{number}{')' if self.other else '.'} "


def _list(items: Sequence[ListItem]) -> Iterator[str]:
    """Yield adjacent items as one text."""
    stack: list[_OpenList] = []
    said: list[str] = []
    for at, item in enumerate(items):
        deeper, begins = _enter_list(stack, item)
        indent = " " * sum(one.width for one in stack[:-1])
        mark = "" if item.continues else stack[-1].mark(item.number)
        lead = mark or " " * stack[-1].width
        text = _indented(_blocks(item.blocks), " " * len(lead))
        apart = len(item.blocks) > 1 or item.continues or (at > 0 and len(items[at - 1].blocks) > 1)
        apart = apart or (deeper and begins and item.number not in (None, 1))
        said += ["\n\n" if apart else "\n"] if said else []
        said.append(_indented(f"{indent}{lead}{text}", indent).rstrip())
    if said:
        yield "".join(said)


def _enter_list(stack: list[_OpenList], item: ListItem) -> tuple[bool, bool]:
    """Open and close lists for an item; return whether its list is deeper than before, and whether it is new.

    The item's list is then the last on the stack.
    """
    before = len(stack)
    closed = None
    while stack and stack[-1].depth > item.depth:
        closed = stack.pop()
    if not stack or stack[-1].depth < item.depth:
        stack.append(_OpenList(item.depth, 0, item.number, closed is not None and not closed.other))
    here = stack[-1]
    begins = here.width == 0
    if item.continues and not begins:
        return False, False
    if not begins and here.next_number != item.number:
        alike = (here.next_number is None) == (item.number is None)
        here.other = not here.other if alike else False
    here.width = len(here.mark(item.number))
    here.next_number = None if item.number is None else item.number + 1
    return len(stack) > before, begins
