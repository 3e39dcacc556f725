"""Document tree: the blocks between HTML input and Markdown output."""

import enum
from dataclasses import dataclass, field, replace

LONGEST_TEXT = 150_000  # characters: the limit of a letter's text field


class Form(enum.Enum):
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
    form: Form = Form.TEXT

    @property
    def look(self) -> tuple[bool, bool, str, Form]:
        """The formatting; adjacent runs with the same can be joined."""
        return (self.bold, self.italic, self.href, self.form)


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of prose."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class TextHeading:
    """A heading; `title`: the document's own title style."""

    level: int
    runs: Runs
    title: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list, `depth` from 0; `number` is None for a bullet.

    `goes_on`: it continues the item before and has no bullet of its own.
    """

    depth: int
    number: int | None
    blocks: tuple["Block", ...]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Blocks of a quotation."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, all as long as the first."""

    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal rule."""


Block = Paragraph | TextHeading | Item | Quote | Table | Rule


@dataclass(slots=True)
class Written:
    """A document with its notes by number."""

    blocks: list[Block] = field(default_factory=list)
    notes: dict[int, list[Block]] = field(default_factory=dict)


def below_the_title(blocks: list[Block]) -> list[Block]:
    """Return blocks whose headings leave the first level to the title of the letter, which is a field of its own."""
    if not any(isinstance(block, TextHeading) and block.level == 1 for block in blocks):
        return blocks
    return [replace(block, level=min(block.level + 1, 6)) if isinstance(block, TextHeading) else block for block in blocks]


def plain(runs: Runs) -> str:
    """Return the text of runs, on one line."""
    return " ".join(
        "".join(" " if run.form is Form.BREAK else "" if run.form is Form.NOTE else run.text for run in runs).split()
    )
