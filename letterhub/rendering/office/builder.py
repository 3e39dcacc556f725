"""Interface of the files for word processors: a file with its stories, and builders that add paragraphs to a story."""

from abc import ABC, abstractmethod
from collections.abc import Container, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import ClassVar, NamedTuple, Self

from lxml.etree import _Element

from letterhub.domain.letters.note_choices import NotePlacement
from letterhub.rendering.letter.list_labels import LabelStyle

INCH = 914_400  # English Metric Units, in which lengths are
MAX_PICTURE_HEIGHT = 7 * INCH


@dataclass(frozen=True, slots=True)
class RunFormat:
    """Formatting of a run; `language` and `direction` only if they differ from the letter's."""

    bold: bool = False
    italic: bool = False
    struck: bool = False
    mono: bool = False
    raised: str = ""  # "superscript" or "subscript"
    link: bool = False
    language: str = ""
    direction: str = ""


UNFORMATTED = RunFormat()


class ListPlace(NamedTuple):
    """Place of a paragraph in a list: the list's id, its level from 0, and whether an item begins with the paragraph.

    `indent` is that of a paragraph that goes on with an item, in twentieths of a point.
    """

    list_id: int
    level: int
    begins_item: bool
    indent: int = 0


@dataclass(slots=True)
class OfficeBuilder(ABC):
    """Builder of one story of a file: its body, a note, a cell, a head or foot of pages.

    `width` is that of the text; `note_kind` is "foot" or "end" in a note.
    """

    story: _Element
    rtl: bool
    width: int
    note_kind: str = field(default="", kw_only=True)

    def facing(self, *, rtl: bool) -> Self:
        """Return a builder of the same story whose paragraphs have a direction."""
        return replace(self, rtl=rtl)

    @abstractmethod
    def paragraph(
        self,
        style: str,
        *,
        place: ListPlace | None = None,
        keep: bool = False,
        new_page: bool = False,
        alignment: str = "",
    ) -> _Element:
        """Return a new paragraph at the end of the story; `place` is its place in a list, `keep` ties it to the next one,
        `new_page` begins a page with it, and `alignment` is "end", "center" or "".
        """

    @abstractmethod
    def untie(self, paragraph: _Element) -> None:
        """Let the page end after a paragraph that was tied to the next one."""

    @abstractmethod
    def underline(self, paragraph: _Element) -> None:
        """Draw a line below a paragraph, over its whole width."""

    @abstractmethod
    def run(self, into: _Element, text: str, run_format: RunFormat = UNFORMATTED) -> None:
        """Add text to the end of a paragraph or link."""

    @abstractmethod
    def note_reference(self, into: _Element, note: "OfficeBuilder") -> None:
        """Add the reference of a new note to a paragraph."""

    @abstractmethod
    def line_break(self, into: _Element) -> None:
        """Add a line break to a paragraph."""

    @abstractmethod
    def link(self, into: _Element, address: str) -> _Element:
        """Return a new link to a web or mail address, to be filled with runs."""

    @abstractmethod
    def field(self, into: _Element, instruction: str, digits: str) -> None:
        """Add a field that the word processor computes: "PAGE", "NUMPAGES"; `digits` is its numbering system."""

    @abstractmethod
    def picture(self, into: _Element, data: bytes, description: str, share: float) -> None:
        """Add a picture to a paragraph: a share of the text's width, or with 0 its own, as far as a page has room."""

    @abstractmethod
    def logo(self, into: _Element, data: bytes, description: str, height: int, *, gap: str = "") -> None:
        """Add a picture of a height to a paragraph, after a gap; without a description it is decorative."""

    @abstractmethod
    def table(self, style: str = "TableGrid") -> _Element:
        """Return a new table at the end of the story, to be filled with rows."""

    @abstractmethod
    def row(self, table: _Element, *, head: bool = False, whole: bool = False) -> _Element:
        """Return a new row of a table, to be filled with cells; no page ends within a `whole` one."""

    @abstractmethod
    def cell(self, row: _Element) -> Self:
        """Return a builder for a new cell of a row; the table gets a column for it if it has none."""

    @abstractmethod
    def columns(self, count: int) -> AbstractContextManager[Self]:
        """Return a context whose builder sets what it adds at the end of the body in columns."""


@dataclass(slots=True)
class OfficeFile(ABC):
    """File for a word processor, with the builders of its body, of the head of later pages, and of the feet of pages.

    `counted_digits` are the numbering systems in which its programs number lists, notes and pages, beside 0 to 9.
    """

    body: OfficeBuilder
    head: OfficeBuilder
    feet: Sequence[OfficeBuilder]
    counted_digits: ClassVar[Container[str]]

    def begin_block(self, line: int) -> None:  # noqa: B027 - most files need no such thing
        """Receive the line of the Markdown at which the next block of the text begins, -1 where the text ends."""

    @abstractmethod
    def begin_text(self, notes: NotePlacement) -> None:
        """Prepare the file for the lists and notes of the letter's text."""

    @abstractmethod
    def new_list(self, start: int, style: LabelStyle) -> int:
        """Return the id of a new list that starts at a number, 0 for bullets, with labels of a style."""

    @abstractmethod
    def new_note(self, number: int, label: str) -> OfficeBuilder:
        """Return the builder of a new note, to be filled with paragraphs once it has its reference; `label` is its number in
        the letter's digits."""


def picture_size(width: int, height: int, share: float, text_width: int) -> tuple[int, int]:
    """Return the size of a picture that takes a share of the text's width, or with 0 its own, as far as a page has room."""
    scale = min((share or min(1.0, width / text_width)) * text_width / width, MAX_PICTURE_HEIGHT / height)
    return int(width * scale), int(height * scale)
