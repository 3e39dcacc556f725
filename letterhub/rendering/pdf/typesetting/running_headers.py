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

    def __init__(self, job: ListJob, where: ListArea, hand: PhraseTypesetter, style: ListStyle) -> None:
        self._job = job
        self._where = where
        self._hand = hand
        self._style = style
        self._running = fit_running_head(job.running, where.width, hand.width)

    def draw(self, ink: PageContent, pages: int) -> None:
        """Draw the head from the second page on, and the foot of every page."""
        ink.color(self._style.ink_soft)
        if ink.page and self._running:
            self._head(ink)
        numbers = f"{self._job.page} {ink.page + 1} {self._job.of} {pages}"
        foot = self._where.full_bottom + _FOOT_DISTANCE
        self._text(ink, numbers, foot, at_end=True, at_head=False)
        room = self._where.width - self._hand.width(numbers) - 24
        for row, part in enumerate(self._job.foot.split("\n") if self._job.foot else ()):
            self._text(
                ink, truncate_to_width(part, room, self._hand.width), foot + row * _FOOT_LEADING, at_end=False, at_head=False
            )

    def _head(self, ink: PageContent) -> None:
        rule = ink.height - (self._where.full_top - _HEAD_RULE_DISTANCE)
        self._text(
            ink, self._running, self._where.full_top - _HEAD_RULE_DISTANCE - _HEAD_TEXT_DISTANCE, at_end=False, at_head=True
        )
        color = b"%.4g %.4g %.4g" % self._style.edge
        ink.aside(HEADER_ARTIFACT, b"%s rg %.2f %.2f %.2f %g re f" % (color, self._where.left, rule, self._where.width, _RULE))
        ink.color(self._style.ink_soft)

    def _text(self, ink: PageContent, text: str, baseline: float, *, at_end: bool, at_head: bool) -> None:
        phrase = ListPhrase(text, "", self._job.is_rtl)
        _, width, operators = self._hand.part(phrase, self._where.width).lines[0]
        to_the_right = at_end != self._job.is_rtl
        x = self._where.right - width if to_the_right else self._where.left
        ink.aside(
            HEADER_ARTIFACT if at_head else FOOTER_ARTIFACT,
            b"BT 1 0 0 1 %.2f %.2f Tm %s ET" % (x, ink.height - baseline, operators),
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
