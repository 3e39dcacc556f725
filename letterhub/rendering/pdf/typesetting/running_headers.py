"""Page margins: the running head with its rule, the edition, "Page 3 of 7"."""

from collections.abc import Callable

from letterhub.rendering.letter.document_strings import PART_SEPARATOR
from letterhub.rendering.pdf.typesetting.content_stream import FOOTER_ARTIFACT, HEADER_ARTIFACT, PageContent
from letterhub.rendering.pdf.typesetting.entries import ListPhrase, PhraseTypesetter
from letterhub.rendering.pdf.typesetting.list_job import ListJob
from letterhub.rendering.pdf.typesetting.page_layout import ListArea
from letterhub.rendering.pdf.typesetting.style import ListStyle

_HEAD_RULE_DISTANCE = 20.0  # above the text
_HEAD_TEXT_DISTANCE = 8.5  # above the rule
_FOOT_DISTANCE = 29.5  # below the text
_FOOT_LEADING = 11.0
_RULE = 0.5
_MIN_LENGTH = 12

MeasureWidth = Callable[[str], float]


class MarginPainter:
    """Painter of a letter's margins, as artifacts and not as part of the text."""

    def __init__(self, job: ListJob, area: ListArea, typesetter: PhraseTypesetter, style: ListStyle) -> None:
        self._job = job
        self._area = area
        self._typesetter = typesetter
        self._style = style
        self._running = fit_running_head(job.running, area.width, typesetter.width)

    def draw(self, canvas: PageContent, pages: int) -> None:
        """Draw the head from the second page on, and the foot of every page."""
        canvas.color(self._style.ink_soft)
        if canvas.page and self._running:
            self._draw_head(canvas)
        numbers = f"{self._job.page} {canvas.page + 1} {self._job.of} {pages}"
        foot = self._area.full_bottom + _FOOT_DISTANCE
        self._draw_text(canvas, numbers, foot, at_end=True, at_head=False)
        room = self._area.width - self._typesetter.width(numbers) - 24
        for row, part in enumerate(self._job.foot.split("\n") if self._job.foot else ()):
            self._draw_text(
                canvas,
                truncate_to_width(part, room, self._typesetter.width),
                foot + row * _FOOT_LEADING,
                at_end=False,
                at_head=False,
            )

    def _draw_head(self, canvas: PageContent) -> None:
        rule = canvas.height - (self._area.full_top - _HEAD_RULE_DISTANCE)
        self._draw_text(
            canvas, self._running, self._area.full_top - _HEAD_RULE_DISTANCE - _HEAD_TEXT_DISTANCE, at_end=False, at_head=True
        )
        color = b"%.4g %.4g %.4g" % self._style.edge
        canvas.aside(HEADER_ARTIFACT, b"%s rg %.2f %.2f %.2f %g re f" % (color, self._area.left, rule, self._area.width, _RULE))
        canvas.color(self._style.ink_soft)

    def _draw_text(self, canvas: PageContent, text: str, baseline: float, *, at_end: bool, at_head: bool) -> None:
        phrase = ListPhrase(text, "", self._job.is_rtl)
        _, width, operators = self._typesetter.part(phrase, self._area.width).lines[0]
        to_the_right = at_end != self._job.is_rtl
        x = self._area.right - width if to_the_right else self._area.left
        canvas.aside(
            HEADER_ARTIFACT if at_head else FOOTER_ARTIFACT,
            b"BT 1 0 0 1 %.2f %.2f Tm %s ET" % (x, canvas.height - baseline, operators),
        )


def fit_running_head(running: str, room: float, width: MeasureWidth) -> str:
    """Return a running head that fits: of "Subject · To whom · When" the first part is shortened, so that the date stays."""
    subject, apart, rest = running.partition(PART_SEPARATOR)
    others = width(running) - width(subject)
    return truncate_to_width(truncate_to_width(subject, room - others, width) + apart + rest, room, width)


def truncate_to_width(text: str, room: float, width: MeasureWidth) -> str:
    """Return the text, cut at a word with an ellipsis if it is wider than its room."""
    while width(text) > room and len(text) > _MIN_LENGTH:
        shorter = text.rstrip("…")
        text = (shorter.rpartition(" ")[0] or shorter[:-1]).rstrip(" ·,") + "…"
    return text
