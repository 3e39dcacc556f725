"""Document tree: the blocks between HTML input and Markdown output."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

MAX_TEXT_LENGTH = 150_000  # characters: the limit of a letter's text field


class RunKind(enum.Enum):
    """The kind of a run: text, superscript, subscript, line break, or footnote reference."""

    TEXT = "text"
    RAISED = "sup"
    LOWERED = "sub"
    BREAK = "break"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one formatting. For a footnote reference, `text` is its number."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""
    kind: RunKind = RunKind.TEXT

    @property
    def formatting(self) -> tuple[bool, bool, str, RunKind]:
        """Bold, italics, link and kind, which two adjacent runs must share to be joined."""
        return (self.bold, self.italic, self.href, self.kind)


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of prose. `blank_after`: an empty paragraph follows it, as between two addresses."""

    runs: Runs
    blank_after: bool = False


@dataclass(frozen=True, slots=True)
class TextHeading:
    """A heading; `title`: the document's own title style."""

    level: int
    runs: Runs
    title: bool = False


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item of a list, `depth` from 0; `number` is None for a bullet.

    `continues`: it continues the item before and has no bullet of its own.
    """

    depth: int
    number: int | None
    blocks: tuple["Block", ...]
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Blocks of a quotation."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, all as long as the first."""

    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True, slots=True)
class HorizontalRule:
    """A horizontal rule."""


Block = Paragraph | TextHeading | ListItem | Quote | Table | HorizontalRule


@dataclass(slots=True)
class DocumentTree:
    """A document with its notes by number."""

    blocks: list[Block] = field(default_factory=list)
    notes: dict[int, list[Block]] = field(default_factory=dict)


def demote_headings(blocks: list[Block]) -> list[Block]:
    """Return the blocks with all headings one level lower if any has level 1: that level is for the letter's own title."""
    if not any(isinstance(block, TextHeading) and block.level == 1 for block in blocks):
        return blocks
    return [replace(block, level=min(block.level + 1, 6)) if isinstance(block, TextHeading) else block for block in blocks]


def split_at_breaks(runs: Iterable[Run]) -> list[list[Run]]:
    """Return the runs of each line. A line ends at a break, which is left out."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        if run.kind is RunKind.BREAK:
            lines.append([])
        else:
            lines[-1].append(run)
    return lines


def text_of_runs(runs: Runs) -> str:
    """Return the text of runs on one line: a break becomes a space, and a footnote reference is left out."""
    replacements = {RunKind.BREAK: " ", RunKind.NOTE: ""}
    text = "".join(replacements.get(run.kind, run.text) for run in runs)
    return " ".join(text.split())
