"""List typesetter: measures names, plans columns, adds pages, and draws names into the PDF. See docs/design/pdf.md."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pydyf

from letterhub.rendering.pdf.tagged_pdf import Structure
from letterhub.rendering.pdf.typesetting.bookmarks import Bookmark, bookmark_sections
from letterhub.rendering.pdf.typesetting.columns import Heading, Plan, Rooms, Stretch, planned
from letterhub.rendering.pdf.typesetting.content_stream import Ink, Marked, Place, paint_entry, paint_parts
from letterhub.rendering.pdf.typesetting.entries import FontNames, Hand, Phrase, SetEntry, SetPhrase, cut_to, entry
from letterhub.rendering.pdf.typesetting.font_embedding import embedded
from letterhub.rendering.pdf.typesetting.fonts import Case, Stack
from letterhub.rendering.pdf.typesetting.list_job import ListJob, ListSection
from letterhub.rendering.pdf.typesetting.logos import Gallery
from letterhub.rendering.pdf.typesetting.page_layout import TAIL_SPACE, Laid, paged, sheet
from letterhub.rendering.pdf.typesetting.pdf_objects import Packed, find
from letterhub.rendering.pdf.typesetting.running_headers import Margins
from letterhub.rendering.pdf.typesetting.structure_tags import ReadSection, Tree
from letterhub.rendering.pdf.typesetting.style import ListStyle

_TOLD_EVERY = 2000
_SAMPLE = 400
_COLUMNS = (3, 2)
_FEW = 6  # as many names or fewer are in one column
_FITTING = 0.9  # the share of names that must be on one line

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Hands:
    """The typesetters for the parts of a list."""

    name: Hand
    detail: Hand
    heading: Hand
    margin: Hand


class ListSetter:
    """Typesetter of one letter's names, in the document that WeasyPrint has laid out for them; logos are read from `folder`."""

    def __init__(self, document: Laid, job: ListJob, style: ListStyle, on_progress: Progress, folder: Path) -> None:
        self._job = job
        self._gallery = Gallery((name for section in job.sections for name in section.logos), folder, style)
        self._style = style = replace(style, indent=0.0) if job.logos else style
        self._progress = on_progress
        self._names = FontNames()
        self._hands = self._make_hands()
        self._where = sheet(document)
        self._columns = columns_for(job, self._where.width, style, self._hands.name, self._hands.detail)
        self._gap = style.logos_gap if job.logos else style.plain_gap if job.plain else style.gap
        self._headings = [self._heading_part(section.heading) for section in job.sections]
        self._again = [
            self._heading_part(section.heading and job.continued.format(heading=section.heading)) for section in job.sections
        ]
        self._entries = [list(self._celled(section)) for section in job.sections]
        self._plan = self._planned()
        self.document = paged(document, self._where, self._plan.last_page, self._top(self._plan.last_page) + self._plan.end)

    def finish(self, pdf: pydyf.PDF, structure: Structure) -> None:
        """Draw into a PDF that WeasyPrint has painted, and add to the structure of its text."""
        tree = Tree(pdf, structure)
        inks = [Ink(number, page.height * 0.75, tree.next_mark(number)) for number, page in enumerate(self.document.pages)]
        told = list(self._painted(inks))
        self._paint_again(inks)
        margins = Margins(self._job, self._where, self._hands.margin, self._style)
        for ink in inks:
            margins.draw(ink, len(inks))
        if told:
            tree.add(told, self._job.level)
        bookmark_sections(pdf, list(self._bookmarks(pdf)))
        self._put(pdf, inks)
        self._embed(pdf)

    def _make_hands(self) -> _Hands:
        style, job = self._style, self._job
        case = Case()
        strong, text = (Stack(case, style.families, weight, job.language) for weight in (True, False))
        heading, margin = (Stack(case, style.heading_families, weight, job.language) for weight in (True, False))
        return _Hands(
            name=Hand(text if job.plain and not job.logos else strong, style.size, self._names, job.rightward),
            detail=Hand(text, style.size, self._names, job.rightward),
            heading=Hand(heading, style.heading_size, self._names, job.rightward),
            margin=Hand(margin, style.margin_size, self._names, job.rightward),
        )

    @property
    def _column_width(self) -> float:
        return (self._where.width - (self._columns - 1) * self._style.column_gap) / self._columns

    def _celled(self, section: ListSection) -> Iterator[SetEntry]:
        entries = self._section(section)
        return self._gallery.cells(list(entries), section.logos) if section.logos else entries

    def _section(self, section: ListSection) -> Iterator[SetEntry]:
        hands, room = (self._hands.name, self._hands.detail), self._column_width
        tallest = self._where.full_bottom - self._where.full_top - self._style.heading_leading - self._style.heading_after
        for number, phrases in enumerate(section.signatories):
            strong = not (section.logos and section.logos[number])
            written = [(hands[min(place, 1) if strong else 1], phrase) for place, phrase in enumerate(phrases)]
            one = entry(written, room, self._style)
            yield from cut_to(tallest, one, self._style.leading) if one.height > tallest else (one,)
            if not number % _TOLD_EVERY:
                self._progress(number / max(self._job.count, 1))

    def _planned(self) -> Plan:
        style, where = self._style, self._where
        stretches = [
            Stretch(
                heading=self._heading_height(heading),
                before=style.heading_before,
                heights=[one.height + self._gap for one in entries],
                gap=self._gap,
                again=self._heading_height(again),
            )
            for heading, again, entries in zip(self._headings, self._again, self._entries, strict=True)
        ]
        rooms = Rooms(where.bottom - where.top, where.full_bottom - where.full_top)
        return planned(stretches, self._columns, rooms, where.tail_height + TAIL_SPACE if where.tail_height else 0.0)

    def _top(self, page: int) -> float:
        """Return the top of a page's list area, in points from the top of the page."""
        return self._where.full_top if page else self._where.top

    def _painted(self, inks: list[Ink]) -> Iterator[ReadSection]:
        """Draw section by section, and yield what was drawn, in reading order."""
        headings = {heading.section: heading for heading in self._plan.headings if not heading.again}
        columns = iter(self._plan.columns)
        column = next(columns, None)
        for number, entries in enumerate(self._entries):
            part = self._headings[number]
            heading = self._heading(inks, headings[number], part) if part else None
            marks: list[list[Marked]] = []
            while column and column.section == number:
                ink = inks[self._where.page + column.page]
                ink.color(self._style.ink)
                left = self._left(column.column)
                top = self._top(column.page) + column.top
                for one in entries[column.first : column.last]:
                    place = Place(left, left + self._column_width, top, self._job.rightward)
                    self._gallery.paint(ink, one, place)
                    marks.append(paint_entry(ink, one, place, self._style.leading, self._rise))
                    top += one.height + self._gap
                column = next(columns, None)
            yield ReadSection(heading, marks)

    @property
    def _rise(self) -> float:
        """The distance of the baseline from the top of a line."""
        return self._style.leading / 2 + self._style.size * 0.35

    def _left(self, column: int) -> float:
        place = self._columns - 1 - column if self._job.rightward else column
        return self._where.left + place * (self._column_width + self._style.column_gap)

    def _heading_height(self, part: SetPhrase | None) -> float:
        return self._style.heading_leading * len(part.lines) + self._style.heading_after if part else 0.0

    def _heading_part(self, heading: str) -> SetPhrase | None:
        return self._hands.heading.part(Phrase(heading, "", self._job.rightward), self._where.width) if heading else None

    def _heading(self, inks: list[Ink], heading: Heading, part: SetPhrase) -> Marked:
        ink = inks[self._where.page + heading.page]
        ink.color(self._style.ink)
        mark = ink.open(b"H%d" % self._job.level, said=part.said)
        self._paint_heading(ink, heading, part)
        return mark

    def _paint_again(self, inks: list[Ink]) -> None:
        """Draw the repeated headings of sections that continue from the page before."""
        for heading in self._plan.headings:
            if heading.again and (part := self._again[heading.section]):
                ink = inks[self._where.page + heading.page]
                ink.color(self._style.ink)
                ink.open_again()
                self._paint_heading(ink, heading, part)

    def _paint_heading(self, ink: Ink, heading: Heading, part: SetPhrase) -> None:
        style, where = self._style, self._where
        place = Place(where.left, where.right, self._top(heading.page) + heading.top, self._job.rightward)
        paint_parts(ink, [part], place, style.heading_leading, style.heading_leading / 2 + style.heading_size * 0.35)
        ink.close()

    def _bookmarks(self, pdf: pydyf.PDF) -> Iterator[Bookmark]:
        for heading in self._plan.headings:
            if not heading.again:
                page = self._where.page + heading.page
                foot = self.document.pages[page].height * 0.75 - self._top(heading.page) - heading.top
                yield self._job.sections[heading.section].heading, pdf.page_references[page], self._where.left, foot

    def _put(self, pdf: pydyf.PDF, inks: list[Ink]) -> None:
        """Add what was drawn to the content streams of the pages, compressed anew."""
        for ink, reference in zip(inks, pdf.page_references, strict=True):
            page = find(pdf, reference)
            number = int(bytes(page["Contents"]).split()[0])
            stream = pdf.objects[number]
            content = pydyf.Array(stream.stream).data[1:-1]
            packed = Packed(content + ink.content(), stream.extra)
            packed.number = number
            pdf.objects[number] = packed

    def _embed(self, pdf: pydyf.PDF) -> None:
        resources = find(pdf, find(pdf, pdf.page_references[0])["Resources"])
        fonts = find(pdf, resources["Font"])
        for face, name in self._names.items():
            fonts[name.decode()] = embedded(pdf, face)
        self._gallery.embed(pdf, resources)


def columns_for(job: ListJob, width: float, style: ListStyle, name: Hand, detail: Hand) -> int:
    """Return the number of columns: up to three, as many as keep most names on one line."""
    signatories = [phrases for section in job.sections for phrases in section.signatories]
    if job.logos:
        return {1: 1, 2: 2, 4: 2}.get(len(signatories), 3)
    if len(signatories) <= _FEW:
        return 1
    some = signatories[:: max(1, len(signatories) // _SAMPLE)]
    hands = (name, detail, detail)  # a signature block has a third line, often the longest
    widths = [max(hand.width(phrase.text) for hand, phrase in zip(hands, phrases, strict=False)) for phrases in some]
    for columns in _COLUMNS:
        room = (width - (columns - 1) * style.column_gap) / columns
        if sum(one <= room for one in widths) >= _FITTING * len(widths):
            return columns
    return 2
