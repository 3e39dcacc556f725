"""Blocks of a draft as its parts are found in them: plain lines, or columns made with tabs or a table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from letterhub.intake.documents.layout_tags import BLANK_LINE, TAB

MAX_PLAIN_LENGTH = 100
MAX_MARKED_LENGTH = 400
_MARKUP = re.compile(r"[#>|]|[-+*] |\d+[.)] |!?\[|:::|```|\t|---")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS = re.compile(r"(\*{1,3})(\S(?:.*\S)?)\1")
_INDENT = f" \n\t{TAB}{BLANK_LINE}"
_CELL = re.compile(r"(?<!\\)\|")
_FENCE = re.compile(r"```\w*\n(.*)\n```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DraftBlock:
    """Block of a draft: its Markdown, its plain lines if it is nothing else, and its columns of lines if it has several.

    `is_set_off`: an empty line follows it in the word processor.
    """

    source: str
    lines: tuple[str, ...] = ()
    columns: tuple[tuple[str, ...], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    is_set_off: bool = False

    @property
    def is_plain(self) -> bool:
        """True if it may be a part: neither prose nor markup."""
        return bool(self.lines or self.columns)


def draft_blocks(markdown: str) -> list[DraftBlock]:
    """Return the blocks of a draft in order; adjacent lines of columns are one block."""
    blocks: list[DraftBlock] = []
    rows: list[str] = []
    for source in (part.strip("\n") for part in markdown.split("\n\n") if part.strip()):
        is_tabbed = _has_columns(source)
        if rows and not is_tabbed:
            blocks.append(_columns_block("\n\n".join(rows)))
            rows = []
        if is_tabbed:
            rows.append(source)
        else:
            blocks.append(_block(source))
    return [*blocks, *([_columns_block("\n\n".join(rows))] if rows else ())]


def plain_line(line: str) -> str:
    """Return a line without escapes, emphasis and layout tags; one that is too long to be a part, as it is."""
    if len(line) > MAX_MARKED_LENGTH:  # finding emphasis takes the square of the length
        return line
    return _ESCAPE.sub(r"\1", _EMPHASIS.sub(r"\2", line.rstrip("\\").replace(BLANK_LINE, "").strip()))


def _has_columns(source: str) -> bool:
    lines = source.split("\n")
    is_tabbed = any(TAB in line.strip(_INDENT) or "\t" in line.strip(_INDENT) for line in lines)
    return is_tabbed and not any(map(_MARKUP.match, lines))


def _block(source: str) -> DraftBlock:
    if source.startswith("|"):
        return _table_block(source)
    fenced = _FENCE.fullmatch(source.strip())
    return DraftBlock(source, tuple(_plain_lines(fenced[1] if fenced else source)), is_set_off=source.endswith(BLANK_LINE))


def _plain_lines(source: str) -> list[str]:
    """Return the lines of a block that is nothing but short lines, without escapes and emphasis; else none."""
    lines = [line.rstrip("\\").replace(BLANK_LINE, "").replace(TAB, " ").strip() for line in source.strip().split("\n")]
    if any(not line or len(line) > MAX_PLAIN_LENGTH * 2 or _MARKUP.match(line) or "](" in line for line in lines):
        return []
    plain = [plain_line(line) for line in lines]
    return [] if any(len(line) > MAX_PLAIN_LENGTH for line in plain) else plain


def _columns_block(source: str) -> DraftBlock:
    rows = []
    for line in filter(str.strip, source.split("\n")):
        cells = re.split(rf"[{TAB}\t]+", plain_line(line)) if line[:1] in (TAB, "\t") or TAB in line or "\t" in line else [line]
        rows.append([plain_line(cell) for cell in cells])
    return _grid(source, rows)


def _table_block(source: str) -> DraftBlock:
    head, *rest = source.rstrip(BLANK_LINE).split("\n")
    lines = [head, *(line for line in rest if not re.fullmatch(r"[|\s:-]+", line))]
    if any("](" in line for line in lines):
        return DraftBlock(source)
    cells = [[cell.strip() for cell in _CELL.split(line.strip().strip("|"))] for line in lines]
    rows = [list(row) for cell_row in cells for row in _split_cells(cell_row)]
    return _grid(source, rows) if all(len(line) <= MAX_PLAIN_LENGTH for row in rows for line in row) else DraftBlock(source)


def _split_cells(cells: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield a row of a table line by line."""
    parts = [[plain_line(part) for part in cell.split("<br>")] for cell in cells]
    for index in range(max(map(len, parts))):
        yield tuple(part[index] if index < len(part) else "" for part in parts)


def _grid(source: str, rows: list[list[str]]) -> DraftBlock:
    width = max(map(len, rows), default=0)
    if any(len(cell) > MAX_PLAIN_LENGTH for row in rows for cell in row):
        return DraftBlock(source)
    full = tuple((*row, *[""] * (width - len(row))) for row in rows)
    columns = tuple(tuple(cell for cell in column if cell) for column in zip(*full, strict=True))
    return DraftBlock(source, (), tuple(filter(None, columns)), full, source.endswith(BLANK_LINE))
