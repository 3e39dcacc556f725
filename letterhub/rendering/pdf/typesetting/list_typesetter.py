"""List typesetter: measures names, plans columns, adds pages, and draws names into the PDF. See docs/design/pdf.md."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pydyf

from letterhub.rendering.pdf.tagged_pdf import StructureTree
from letterhub.rendering.pdf.typesetting.columns import HeadingPosition, ListHeights, ListLayout, SectionHeights, plan_layout
from letterhub.rendering.pdf.typesetting.content_stream import ColumnBox, MarkedContent, PageContent, paint_entry, paint_parts
from letterhub.rendering.pdf.typesetting.draft_margins import DraftMarginPainter
from letterhub.rendering.pdf.typesetting.entries import (
    FontResources,
    ListPhrase,
    PhraseTypesetter,
    TypesetEntry,
    TypesetPhrase,
    split_entry,
    typeset_entry,
)
from letterhub.rendering.pdf.typesetting.font_embedding import embed_font
from letterhub.rendering.pdf.typesetting.fonts import FontRegistry, FontStack
from letterhub.rendering.pdf.typesetting.list_job import ListJob, ListSection
from letterhub.rendering.pdf.typesetting.logos import LogoGrid
from letterhub.rendering.pdf.typesetting.page_layout import (
    POINTS_PER_PIXEL,
    TAIL_SPACE,
    LaidOutDocument,
    MarginPainter,
    add_list_pages,
    first_pages,
    line_baselines,
    list_area,
)
from letterhub.rendering.pdf.typesetting.pdf_writer import CompressedStream, resolve_reference
from letterhub.rendering.pdf.typesetting.structure_tags import Bookmark, ListStructure, TaggedSection, bookmark_sections
from letterhub.rendering.pdf.typesetting.style import ListStyle

_PROGRESS_EVERY = 2000
_SAMPLE_SIZE = 400
_COLUMN_CHOICES = (3, 2)
_ONE_COLUMN_MAX = 6  # as many names or fewer are in one column
_FITTING_SHARE = 0.9  # the share of names that must be on one line

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Typesetters:
    """The typesetters for the parts of a list."""

    name: PhraseTypesetter
    detail: PhraseTypesetter
    heading: PhraseTypesetter
    margin: PhraseTypesetter


class ListTypesetter:
    """Typesetter of one letter's names, in the document that WeasyPrint has laid out for them; logos are read from `folder`."""

    def __init__(self, document: LaidOutDocument, job: ListJob, style: ListStyle, on_progress: Progress, folder: Path) -> None:
        self._job = job
        self._logo_grid = LogoGrid((name for section in job.sections for name in section.logos), folder, style)
        self._style = style = replace(style, indent=0.0, detail_indent=0.0) if job.logos else style
        self._progress = on_progress
        self._names = FontResources()
        self._registry = FontRegistry()
        self._typesetters = self._make_typesetters()
        self._area = list_area(document)
        self._columns = column_count(job, self._area.width, style, self._typesetters.name, self._typesetters.detail)
        self._gap = style.plain_gap if job.plain else style.gap
        if job.logos:
            self._gap = style.logos_gap
        self._headings = [self._heading_part(section.heading) for section in job.sections]
        self._repeated_headings = [
            self._heading_part(section.heading and job.continued.format(heading=section.heading)) for section in job.sections
        ]
        self._entries = [self._typeset_section(section) for section in job.sections]
        self._plan = self._plan_layout()
        self.document = add_list_pages(
            document, self._area, self._plan.last_page, self._list_top(self._plan.last_page) + self._plan.end
        )

    def finish(self, pdf: pydyf.PDF, structure: StructureTree) -> None:
        """Draw into a PDF that WeasyPrint has painted, and add to the structure of its text."""
        tree = ListStructure(pdf, structure)
        heights = [page.height * POINTS_PER_PIXEL for page in self.document.pages]
        canvases = [PageContent(number, height, tree.next_mcid(number)) for number, height in enumerate(heights)]
        sections = list(self._paint_sections(canvases))
        bookmarks: list[Bookmark] = []
        for heading in self._plan.headings:
            repeated = self._repeated_headings[heading.section]
            if not heading.is_repeated:
                page = self._area.page + heading.page
                foot = heights[page] - self._list_top(heading.page) - heading.top
                title = self._job.sections[heading.section].heading
                bookmarks.append((title, pdf.page_references[page], self._area.left, foot))
            elif repeated:
                self._paint_heading(canvases, heading, repeated)
        for canvas, margins in zip(canvases, self._margin_painters(), strict=True):
            margins.draw(canvas, len(canvases))
        if self._job.draft_label:
            self._paint_draft_margins(canvases)
        if sections:
            tree.add_sections(sections, self._job.level)
        bookmark_sections(pdf, bookmarks)
        self._add_to_pages(pdf, canvases)
        resources = resolve_reference(pdf, resolve_reference(pdf, pdf.page_references[0])["Resources"])
        fonts = resolve_reference(pdf, resources["Font"])
        for face, name in self._names.items():
            fonts[name.decode()] = embed_font(pdf, face)
        self._logo_grid.embed(pdf, resources)

    def _margin_painters(self) -> Iterator[MarginPainter]:
        """Yield the painter of each page's margins: that of the part which the page belongs to, in the part's language."""
        starts = first_pages(self.document, self._job)
        jobs = [*(part.job(self._job) for part in self._job.parts), self._job]
        painters = [
            MarginPainter(job, self._area, self._margin_typesetter(job), self._style, start)
            for job, start in zip(jobs, starts, strict=True)
        ]
        for page in range(len(self.document.pages)):
            yield painters[bisect_right(starts, page) - 1]

    def _paint_draft_margins(self, canvases: list[PageContent]) -> None:
        """Draw the label and the line numbers of a draft copy."""
        painter = DraftMarginPainter(self._job, self._area, self._typesetters.heading, self._typesetters.margin, self._style)
        for canvas, page in zip(canvases, self.document.pages, strict=True):
            painter.draw(canvas, line_baselines(page))

    def _make_typesetters(self) -> _Typesetters:
        """Return the typesetters of the list's parts; names are bold unless the list has neither details nor logos."""
        style, job, registry = self._style, self._job, self._registry
        bold, text, heading = (
            FontStack(registry, families, is_bold, job.language, localized=job.has_localized_forms)
            for families, is_bold in ((style.families, True), (style.families, False), (style.heading_families, True))
        )
        return _Typesetters(
            name=PhraseTypesetter(text if job.plain and not job.logos else bold, style.size, self._names, job.is_rtl),
            detail=PhraseTypesetter(text, style.size, self._names, job.is_rtl),
            heading=PhraseTypesetter(heading, style.heading_size, self._names, job.is_rtl),
            margin=self._margin_typesetter(job),
        )

    def _margin_typesetter(self, job: ListJob) -> PhraseTypesetter:
        families = self._style.heading_families
        faces = FontStack(self._registry, families, False, job.language, localized=job.has_localized_forms)
        return PhraseTypesetter(faces, self._style.margin_size, self._names, job.is_rtl)

    @property
    def _column_width(self) -> float:
        return (self._area.width - (self._columns - 1) * self._style.column_gap) / self._columns

    def _typeset_section(self, section: ListSection) -> list[TypesetEntry]:
        """Return the section's signatories as entries; each is in the detail's font altogether if it has a logo."""
        name, detail = self._typesetters.name, self._typesetters.detail
        tallest = self._area.full_bottom - self._area.full_top - self._style.heading_leading - self._style.heading_after
        entries: list[TypesetEntry] = []
        for number, phrases in enumerate(section.signatories):
            has_logo = bool(section.logos and section.logos[number])
            typesetters = (detail if has_logo else name, *[detail] * len(phrases))
            entry = typeset_entry(list(zip(typesetters, phrases, strict=False)), self._column_width, self._style)
            entries += split_entry(tallest, entry, self._style.leading) if entry.height > tallest else (entry,)
            if not number % _PROGRESS_EVERY:
                self._progress(number / max(self._job.count, 1))
        return list(self._logo_grid.cells(entries, section.logos)) if section.logos else entries

    def _plan_layout(self) -> ListLayout:
        """Return the place of each heading and entry on the pages."""
        style, area = self._style, self._area
        section_heights = [
            SectionHeights(
                heading=self._heading_height(heading),
                before=style.heading_before,
                heights=[entry.height + self._gap for entry in entries],
                gap=self._gap,
                repeated_heading=self._heading_height(repeated),
            )
            for heading, repeated, entries in zip(self._headings, self._repeated_headings, self._entries, strict=True)
        ]
        list_heights = ListHeights(area.bottom - area.top, area.full_bottom - area.full_top)
        tail = area.tail_height + TAIL_SPACE if area.tail_height else 0.0
        return plan_layout(section_heights, self._columns, list_heights, tail, keeps_few_company=self._job.layout > 2)

    def _list_top(self, page: int) -> float:
        """Return the top of a page's list area, in points from the top of the page."""
        return self._area.full_top if page else self._area.top

    def _paint_sections(self, canvases: list[PageContent]) -> Iterator[TaggedSection]:
        """Draw section by section, and yield what was drawn, in reading order."""
        style, width = self._style, self._column_width
        baseline_offset = style.leading / 2 + style.size * 0.35  # from the top of a line
        headings = {heading.section: heading for heading in self._plan.headings if not heading.is_repeated}
        columns = iter(self._plan.columns)
        column = next(columns, None)
        for number, entries in enumerate(self._entries):
            part = self._headings[number]
            heading = self._paint_heading(canvases, headings[number], part) if part else None
            marks: list[list[MarkedContent]] = []
            while column and column.section == number:
                canvas = canvases[self._area.page + column.page]
                canvas.color(style.ink)
                place_in_row = self._columns - 1 - column.column if self._job.is_rtl else column.column
                left = self._area.left + place_in_row * (width + style.column_gap)
                top = self._list_top(column.page) + column.top
                for entry in entries[column.first : column.last]:
                    place = ColumnBox(left, left + width, top, self._job.is_rtl)
                    self._logo_grid.paint(canvas, entry, place)
                    marks.append(paint_entry(canvas, entry, place, style.leading, baseline_offset))
                    top += entry.height + self._gap
                column = next(columns, None)
            yield TaggedSection(heading, marks)

    def _heading_height(self, part: TypesetPhrase | None) -> float:
        return self._style.heading_leading * len(part.lines) + self._style.heading_after if part else 0.0

    def _heading_part(self, heading: str) -> TypesetPhrase | None:
        return self._typesetters.heading.part(ListPhrase(heading, "", self._job.is_rtl), self._area.width) if heading else None

    def _paint_heading(
        self, canvases: list[PageContent], heading: HeadingPosition, part: TypesetPhrase
    ) -> MarkedContent | None:
        """Draw a heading and return its marked content; None for a repeated one, an artifact."""
        style, area, mark = self._style, self._area, None
        canvas = canvases[area.page + heading.page]
        canvas.color(style.ink)
        if heading.is_repeated:
            canvas.open_artifact()
        else:
            mark = canvas.open(b"H%d" % self._job.level, spoken_text=part.spoken_text)
        place = ColumnBox(area.left, area.right, self._list_top(heading.page) + heading.top, self._job.is_rtl)
        paint_parts(canvas, [part], place, style.heading_leading, style.heading_leading / 2 + style.heading_size * 0.35)
        canvas.close()
        return mark

    def _add_to_pages(self, pdf: pydyf.PDF, canvases: list[PageContent]) -> None:
        """Add what was drawn to the content streams of the pages, compressed anew."""
        for canvas, reference in zip(canvases, pdf.page_references, strict=True):
            page = resolve_reference(pdf, reference)
            number = int(bytes(page["Contents"]).split()[0])
            stream = pdf.objects[number]
            content = pydyf.Array(stream.stream).data[1:-1]
            packed = CompressedStream(content + canvas.content(), stream.extra)
            packed.number = number
            pdf.objects[number] = packed


def column_count(job: ListJob, width: float, style: ListStyle, name: PhraseTypesetter, detail: PhraseTypesetter) -> int:
    """Return the number of columns: up to three, as many as keep most names on one line."""
    signatories = [phrases for section in job.sections for phrases in section.signatories]
    if job.logos:
        return {1: 1, 2: 2, 4: 2}.get(len(signatories), 3)  # four logos are two rows of two
    if len(signatories) <= _ONE_COLUMN_MAX:
        return 1
    sample = signatories[:: max(1, len(signatories) // _SAMPLE_SIZE)]
    typesetters = (name, detail, detail)  # a signature block has a third line, often the longest
    starts = (0.0, style.detail_indent, style.detail_indent)
    widths = [
        max(
            typesetter.width(phrase.text) + start
            for typesetter, phrase, start in zip(typesetters, phrases, starts, strict=False)
        )
        for phrases in sample
    ]
    for columns in _COLUMN_CHOICES:
        column_width = (width - (columns - 1) * style.column_gap) / columns
        if sum(text_width <= column_width for text_width in widths) >= _FITTING_SHARE * len(widths):
            return columns
    return 2
