"""Margins of a draft copy: a label at the head of every page, and a number beside each line of the text.

Both are artifacts, seen and not read aloud. See docs/design/drafting/copies.md.
"""

from collections.abc import Iterable

from letterhub.rendering.pdf.typesetting.content_stream import HEADER_ARTIFACT, PAGINATION_ARTIFACT, PageContent
from letterhub.rendering.pdf.typesetting.entries import ListPhrase, PhraseTypesetter
from letterhub.rendering.pdf.typesetting.list_job import ListJob
from letterhub.rendering.pdf.typesetting.page_layout import HEAD_BASELINE_DISTANCE, ListArea
from letterhub.rendering.pdf.typesetting.style import ListStyle

_NUMBER_GAP = 16.0  # points between a line's number and the text


class DraftMarginPainter:
    """Painter of a draft's label and line numbers, which run on from page to page."""

    def __init__(
        self, job: ListJob, area: ListArea, label: PhraseTypesetter, number: PhraseTypesetter, style: ListStyle
    ) -> None:
        self._job = job
        self._area = area
        self._typesetters = label, number
        self._style = style
        self._lines = 0

    def draw(self, canvas: PageContent, baselines: Iterable[float]) -> None:
        """Draw the margins of the next page, whose lines have these baselines, in points from its top."""
        label, number = self._typesetters
        canvas.color(self._style.ink)
        operators, width = _typeset(label, self._job.draft_label)
        x = self._area.left if self._job.is_rtl else self._area.right - width
        _draw(canvas, HEADER_ARTIFACT, x, self._area.full_top - HEAD_BASELINE_DISTANCE, operators)
        canvas.color(self._style.ink_soft)
        for baseline in baselines:
            self._lines += 1
            operators, width = _typeset(number, str(self._lines))
            x = self._area.right + _NUMBER_GAP if self._job.is_rtl else self._area.left - _NUMBER_GAP - width
            _draw(canvas, PAGINATION_ARTIFACT, x, baseline, operators)


def _typeset(typesetter: PhraseTypesetter, text: str) -> tuple[bytes, float]:
    """Return the operators that draw a text on one line, and its width."""
    _indent, width, operators = typesetter.part(ListPhrase(text, "", False), typesetter.width(text) + 1).lines[0]
    return operators, width


def _draw(canvas: PageContent, artifact: bytes, x: float, baseline: float, operators: bytes) -> None:
    canvas.aside(artifact, b"BT 1 0 0 1 %.2f %.2f Tm %s ET" % (x, canvas.height - baseline, operators))
