"""Content streams: the operators that draw entries, headings and margins, as marked content for screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from letterhub.rendering.pdf.typesetting.entries import TypesetEntry, TypesetPhrase
from letterhub.rendering.pdf.typesetting.style import Color


@dataclass(slots=True)
class MarkedContent:
    """One piece of marked content: its page and number (MCID), and its language and text if it has its own."""

    page: int
    number: int
    language: str = ""
    spoken_text: str = ""


PAGINATION_ARTIFACT = b"/Artifact <</Type /Pagination>> BDC"
HEADER_ARTIFACT = b"/Artifact <</Type /Pagination /Subtype /Header /Attached [/Top]>> BDC"
FOOTER_ARTIFACT = b"/Artifact <</Type /Pagination /Subtype /Footer /Attached [/Bottom]>> BDC"


@dataclass(slots=True)
class PageContent:
    """The content drawn on one page, and the number of its next marked content."""

    page: int
    height: float
    next_mcid: int
    drawn: list[bytes] = field(default_factory=list)

    def open(self, tag: bytes, language: str = "", spoken_text: str = "") -> MarkedContent:
        """Begin a marked content; `close` ends it."""
        mark = MarkedContent(self.page, self.next_mcid, language, spoken_text)
        self.next_mcid += 1
        self.drawn.append(b"/%s <</MCID %d>> BDC BT" % (tag, mark.number))
        return mark

    def open_artifact(self) -> None:
        """Begin an artifact: repeated content that is seen and not read again; `close` ends it."""
        self.drawn.append(PAGINATION_ARTIFACT + b" BT")

    def close(self) -> None:
        """End the marked content that was begun last."""
        self.drawn.append(b"ET EMC")

    def line(self, x: float, baseline: float, operators: bytes) -> None:
        """Draw a line that starts at x, its baseline `baseline` below the top of the page; in points."""
        self.drawn.append(b"1 0 0 1 %.2f %.2f Tm %s" % (x, self.height - baseline, operators))

    def picture(self, name: bytes, left: float, bottom: float, size: tuple[float, float]) -> None:
        """Draw a picture whose foot is `bottom` below the page's top, as an artifact: the name below it says what it shows."""
        frame = (*size, left, self.height - bottom)
        self.drawn.append(b"/Artifact BMC q %.2f 0 0 %.2f %.2f %.2f cm /%s Do Q EMC" % (*frame, name))

    def color(self, color: Color) -> None:
        """Set the color for the operators that follow."""
        self.drawn.append(b"%.4g %.4g %.4g rg" % color)

    def aside(self, artifact: bytes, operators: bytes) -> None:
        """Draw in a margin, as one of the artifacts above."""
        self.drawn.append(b"%s %s EMC" % (artifact, operators))

    def content(self) -> bytes:
        """Return the content stream, in coordinates that grow upward from the page's lower left."""
        return b"\nq 1 0 0 -1 0 %.2f cm\n" % self.height + b"\n".join(self.drawn) + b"\nQ\n"


class ColumnBox(NamedTuple):
    """A column on a page: its left and right edge and its top, in points from the top left."""

    left: float
    right: float
    top: float
    is_rtl: bool


def paint_entry(
    canvas: PageContent, entry: TypesetEntry, column: ColumnBox, leading: float, rise: float
) -> list[MarkedContent]:
    """Draw an entry and return its marked contents: one, or one for each part if any part has a language or text of its own."""
    column = column._replace(top=column.top + entry.above) if entry.above else column
    if not any(part.language or part.spoken_text for part in entry.parts):
        mark = canvas.open(b"LBody")
        paint_parts(canvas, entry.parts, column, leading, rise)
        canvas.close()
        return [mark]
    marks, top = [], column.top
    for part in entry.parts:
        marks.append(canvas.open(b"Span", part.language, part.spoken_text))
        paint_parts(canvas, [part], column._replace(top=top), leading, rise)
        canvas.close()
        top += leading * len(part.lines)
    return marks


def paint_parts(canvas: PageContent, parts: Sequence[TypesetPhrase], column: ColumnBox, leading: float, rise: float) -> None:
    """Draw lines one below the other; `rise` is the distance of the baseline from a line's top."""
    for row, (indent, width, operators) in enumerate(line for part in parts for line in part.lines):
        x = column.right - indent - width if column.is_rtl else column.left + indent
        canvas.line(x, column.top + row * leading + rise, operators)
