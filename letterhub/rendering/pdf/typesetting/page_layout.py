"""Page layout around the list: the start of the names, the pages added for them, and running heads and page numbers.

The letter is laid out once by WeasyPrint, with an empty list in place of the names, what follows the names on a page of its
own, then the annexes, and one blank page at the end. Nothing here knows what a name looks like.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from weasyprint import Document
from weasyprint.document import Page
from weasyprint.formatting_structure.boxes import Box, FootnoteAreaBox, LineBox, ReplacedBox, TextBox

from letterhub.domain.digits import with_digits
from letterhub.rendering.letter.running_heads import fit_running_head, truncate_to_width
from letterhub.rendering.pdf.typesetting.content_stream import FOOTER_ARTIFACT, HEADER_ARTIFACT, PageContent
from letterhub.rendering.pdf.typesetting.entries import ListPhrase, PhraseTypesetter
from letterhub.rendering.pdf.typesetting.list_job import ListJob
from letterhub.rendering.pdf.typesetting.style import ListStyle

LaidOutDocument = Document

POINTS_PER_PIXEL = 0.75  # points in a CSS pixel
TAIL_SPACE = 18.0
LIST_ID = "roll"
ANNEXES_ID = "annexes"
_SAME_LINE = 4.0  # points: baselines closer than this are one line, as in cells side by side
_LETTERHEAD_CLASS = "letter-head"


@dataclass(frozen=True, slots=True)
class ListArea:
    """The list area: the number of its first page, its edges, and its lowest point; in points from the top left.

    `tail` is the number of pages after the list, and `tail_height` the height of their content if there is just one.
    """

    page: int
    top: float
    bottom: float
    left: float
    right: float
    full_top: float
    full_bottom: float
    tail: int
    tail_height: float

    @property
    def width(self) -> float:
        """The width of the text."""
        return self.right - self.left


def list_area(document: Document) -> ListArea:
    """Return the list area of a laid-out letter; its last page must be the blank one."""
    pages = document.pages
    first = first_list_page(document)
    box, blank = page_box(pages[first]), page_box(pages[-1])
    left, top = blank.content_box_x(), blank.content_box_y()
    foot = min([area.position_y for area in footnotes(box)], default=top + blank.height)
    tail = pages[first + 1 : first_annex_page(document)]
    return ListArea(
        page=first,
        top=pages[first].anchors[LIST_ID][1] * POINTS_PER_PIXEL,
        bottom=foot * POINTS_PER_PIXEL,
        left=left * POINTS_PER_PIXEL,
        right=(left + blank.width) * POINTS_PER_PIXEL,
        full_top=top * POINTS_PER_PIXEL,
        full_bottom=(top + blank.height) * POINTS_PER_PIXEL,
        tail=len(tail),
        tail_height=_content_height(tail[0]) * POINTS_PER_PIXEL if len(tail) == 1 else 0.0,
    )


def first_list_page(document: Document) -> int:
    """Return the number of the page on which the list begins."""
    return next(number for number, page in enumerate(document.pages) if LIST_ID in page.anchors)


def first_pages(document: Document, job: ListJob) -> Sequence[int]:
    """Return the numbers of the pages on which the parts of a letter begin, and at last its list; the first one for a letter in
    one language."""
    if not job.parts:
        return (0,)
    pages_by_id = {anchor: number for number, page in reversed([*enumerate(document.pages)]) for anchor in page.anchors}
    return (*(pages_by_id[part.id] for part in job.parts), first_list_page(document))


def first_annex_page(document: Document) -> int:
    """Return the number of the page on which the annexes begin; without annexes, that of the blank page at the end."""
    pages = document.pages
    return next((number for number, page in enumerate(pages) if ANNEXES_ID in page.anchors), len(pages) - 1)


def add_list_pages(document: Document, area: ListArea, last: int, end: float) -> Document:
    """Return the letter with `last` pages added for names, and the tail moved below `end` if it fits.

    `end` is the end of the names on the last page, in points from the top of the page.
    """
    pages = document.pages
    annexes = first_annex_page(document)
    letter, tail, blank = pages[: area.page + 1], pages[area.page + 1 : annexes], pages[-1]
    names = [*letter, *[blank] * last]
    bottom = area.full_bottom if last else area.bottom
    if len(tail) == 1 and end + TAIL_SPACE + area.tail_height <= bottom:
        moved, last_box = text_boxes(page_box(tail[0])), page_box(names[-1])
        for box in moved:
            box.translate(dy=(end + TAIL_SPACE - area.full_top) / POINTS_PER_PIXEL)
        names[-1] = Page(last_box.copy_with_children([*last_box.children, *moved]))
        tail = []
    return document.copy([*names, *tail, *pages[annexes:-1]])


def page_box(page: Page) -> Box:
    """Return the box of a page: WeasyPrint has no public way to join two pages."""
    return page._page_box  # noqa: SLF001


def _content_height(page: Page) -> float:
    """Return the distance from the top of the text to the foot of the last line or picture of a page."""
    box = page_box(page)
    leaves = (leaf for child in text_boxes(box) for leaf in child.descendants() if isinstance(leaf, LineBox | ReplacedBox))
    return float(max((leaf.position_y + leaf.margin_height() for leaf in leaves), default=0.0) - box.content_box_y())


def text_boxes(page_box: Box) -> Sequence[Box]:
    """Return the boxes of the text itself on a page."""
    return [child for child in page_box.children if child.element is not None and child.element_tag == "html"]


def footnotes(page_box: Box) -> Iterator[Box]:
    """Yield the footnote areas of a page."""
    return (child for child in page_box.children if isinstance(child, FootnoteAreaBox) and child.children)


def own_lines(box: Box) -> list[Box]:
    """Return the lines of a box itself, and of none inside it."""
    return [child for child in getattr(box, "children", ()) if isinstance(child, LineBox)]


def line_baselines(page: Page) -> Iterator[float]:
    """Yield the baseline of each printed line of a page's text, in points from its top; notes and letterhead have none."""
    lines = (line for child in text_boxes(page_box(page)) for line in _numbered_lines(child))
    last = -_SAME_LINE
    for baseline in sorted((line.position_y + line.baseline) * POINTS_PER_PIXEL for line in lines):
        if baseline - last >= _SAME_LINE:
            last = baseline
            yield baseline


def _numbered_lines(box: Box) -> Iterator[LineBox]:
    """Yield the lines with words in a box, but those of the letterhead."""
    if box.element is not None and _LETTERHEAD_CLASS in box.element.get("class", "").split():
        return
    children: Iterable[Box] = getattr(box, "children", ())
    if isinstance(box, LineBox) and any(isinstance(part, TextBox) and part.text.strip() for part in box.descendants()):
        yield box
    for child in children:
        yield from _numbered_lines(child)


_HEAD_RULE_DISTANCE = 20.0  # above the text
_HEAD_TEXT_DISTANCE = 8.5  # above the rule
HEAD_BASELINE_DISTANCE = _HEAD_RULE_DISTANCE + _HEAD_TEXT_DISTANCE
_LABEL_SPACE = 60.0  # that the running head leaves to the label of a draft
_FOOT_DISTANCE = 29.5  # below the text
_FOOT_LEADING = 11.0
_RULE = 0.5


class MarginPainter:
    """Painter of a letter's margins, as artifacts and not as part of the text."""

    def __init__(
        self, job: ListJob, area: ListArea, typesetter: PhraseTypesetter, style: ListStyle, first_page: int = 0
    ) -> None:
        self._job = job
        self._first_page = first_page
        self._area = area
        self._typesetter = typesetter
        self._style = style
        width = area.width - _LABEL_SPACE if job.draft_label else area.width
        self._running = fit_running_head(job.running, width, typesetter.width)

    def draw(self, canvas: PageContent, pages: int) -> None:
        """Draw the head of all pages but the first, and the foot of every page."""
        canvas.color(self._style.ink_soft)
        if canvas.page > self._first_page and self._running:
            rule = self._area.full_top - _HEAD_RULE_DISTANCE
            self._draw_text(canvas, self._running, rule - _HEAD_TEXT_DISTANCE, at_end=False, at_head=True)
            frame = (self._area.left, canvas.height - rule, self._area.width, _RULE)
            canvas.aside(HEADER_ARTIFACT, b"%.4g %.4g %.4g rg %.2f %.2f %.2f %g re f" % (*self._style.edge, *frame))
            canvas.color(self._style.ink_soft)
        numbers = with_digits(f"{self._job.page} {canvas.page + 1} {self._job.of} {pages}", self._job.digits)
        foot = self._area.full_bottom + _FOOT_DISTANCE
        self._draw_text(canvas, numbers, foot, at_end=True, at_head=False)
        max_width = self._area.width - self._typesetter.width(numbers) - 24
        for row, part in enumerate(self._job.foot.split("\n") if self._job.foot else ()):
            text = truncate_to_width(part, max_width, self._typesetter.width)
            self._draw_text(canvas, text, foot + row * _FOOT_LEADING, at_end=False, at_head=False)

    def _draw_text(self, canvas: PageContent, text: str, baseline: float, *, at_end: bool, at_head: bool) -> None:
        """Draw a text in the head or the foot, at the edge where lines begin or, `at_end`, where they end."""
        phrase = ListPhrase(text, "", self._job.is_rtl)
        _, width, operators = self._typesetter.part(phrase, self._area.width).lines[0]
        to_the_right = at_end != self._job.is_rtl
        x = self._area.right - width if to_the_right else self._area.left
        canvas.aside(
            HEADER_ARTIFACT if at_head else FOOTER_ARTIFACT,
            b"BT 1 0 0 1 %.2f %.2f Tm %s ET" % (x, canvas.height - baseline, operators),
        )
