"""A text in blocks, as it stands between the HTML that it comes from and the Markdown that it becomes."""

import enum
from dataclasses import dataclass, field, replace

LONGEST_TEXT = 150_000  # characters: as much as the field of a letter takes


class Form(enum.Enum):
    """What a run is: letters, raised or lowered ones, the end of a line, or the mark of a note."""

    TEXT = "text"
    RAISED = "sup"
    LOWERED = "sub"
    BREAK = "break"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that look alike. Of a note, `text` is its number."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""
    form: Form = Form.TEXT

    @property
    def look(self) -> tuple[bool, bool, str, Form]:
        """What two runs share that can be one."""
        return (self.bold, self.italic, self.href, self.form)


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of prose."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class TextHeading:
    """A heading; `title`: the document calls it its title."""

    level: int
    runs: Runs
    title: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a list, `depth` from 0; `number` is None for a bullet. One that only goes on has no mark of its own."""

    depth: int
    number: int | None
    blocks: tuple["Block", ...]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Blocks that somebody else said."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, all as long as the first."""

    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the page."""


Block = Paragraph | TextHeading | Item | Quote | Table | Rule


@dataclass(slots=True)
class Written:
    """A text with its notes, each by its number."""

    blocks: list[Block] = field(default_factory=list)
    notes: dict[int, list[Block]] = field(default_factory=dict)


def below_the_title(blocks: list[Block]) -> list[Block]:
    """Blocks whose headings leave the first level to the title of the letter, which is a field of its own."""
    if not any(isinstance(block, TextHeading) and block.level == 1 for block in blocks):
        return blocks
    return [replace(block, level=min(block.level + 1, 6)) if isinstance(block, TextHeading) else block for block in blocks]


def plain(runs: Runs) -> str:
    """The letters of runs, on one line."""
    return " ".join(
        "".join(" " if run.form is Form.BREAK else "" if run.form is Form.NOTE else run.text for run in runs).split()
    )
