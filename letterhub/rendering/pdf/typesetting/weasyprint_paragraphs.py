"""Line breaking of whole paragraphs inside WeasyPrint, which by itself ends each line where it is full.

`ParagraphPlan` finds the best line ends of a paragraph from the widths of its text. Then each line is given just the
room that it needs, so that WeasyPrint's own way of filling a line ends it there: links, notes, code and directions stay its
business. Four functions of its inline layout are wrapped. `tests/unit/rendering/test_weasyprint_internals.py` fails if they
change, and says what to do.

See docs/design/pdf.md.
"""

from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline

from letterhub.rendering.pdf.typesetting.hyphenation import HyphenationDictionaries
from letterhub.rendering.pdf.typesetting.knuth_plass import Measure, ParagraphPlan
from letterhub.rendering.pdf.typesetting.paragraph_text import ParagraphText

Box = Any
Context = Any

_ELEMENTS = frozenset({"p", "li", "blockquote", "span", "dd"})
_FULL_LINES = ("ja", "zh")  # written without spaces, each line is filled
_MIN_LENGTH = 20
_MAX_SHRINK = 0.06  # of the width of a justified line

_split_inline_box = inline.split_inline_box
_split_text_box = inline.split_text_box
_text_align = inline.text_align
_count_expandable_spaces = inline.count_expandable_spaces


def break_whole_paragraphs() -> None:
    """Let WeasyPrint break paragraphs as wholes, for the rest of this process."""
    inline.split_inline_box = _split_planned
    inline.split_text_box = _split_text
    inline.text_align = _align
    inline.count_expandable_spaces = _count_spaces


class _Paragraph:
    """Paragraph to be planned: its text, and a plan for each width that it is given, for it may stand on several pages."""

    def __init__(self, context: Context, box: Box) -> None:
        self.text = ParagraphText(context, _dictionaries(context))
        self._is_planned = self.text.gather(box) and len(self.text.characters) > _MIN_LENGTH
        self._ends = list(self.text.line_ends()) if self._is_planned else []
        self._indent = float(box.text_indent) if isinstance(box.text_indent, int | float) else 0.0
        self._is_justified = box.style["text_align_all"] == "justify"
        self._plans: dict[float, ParagraphPlan] = {}

    def line_width(self, start: int | None, available: float, indent: float) -> float | None:
        """Return the width to give to the line that begins at a character, at most the available one unless it is justified."""
        if start is None or not self._is_planned:
            return None
        width = available + indent
        key = round(width, 1)
        if key not in self._plans:
            measure = Measure(width, self._indent, self.text.space_width(), self._is_justified)
            self._plans[key] = ParagraphPlan(self.text.characters, self.text.reach, self._ends, measure)
        line = self._plans[key].line_from(start)
        return None if line is None else line[0] if self._is_justified else min(line[0], available)


def _dictionaries(context: Context) -> HyphenationDictionaries:
    if not isinstance(context.dictionaries, HyphenationDictionaries):
        context.dictionaries = HyphenationDictionaries()
    return context.dictionaries


def _split_planned(context: Context, box: Box, position_x: float, max_x: float, bottom: Any, skip: Any, *rest: Any) -> Any:
    """Fill a line as WeasyPrint does, in the room that the plan of its paragraph gives it."""
    if isinstance(box, boxes.LineBox) and not context.excluded_shapes:
        if "letterhub_paragraph" not in box.__dict__:
            box.letterhub_paragraph = _paragraph(context, box)
        if paragraph := box.letterhub_paragraph:
            width = paragraph.line_width(paragraph.text.offset(skip), max_x - position_x, box.text_indent or 0.0)
            if width is not None:
                max_x = position_x + width
    return _split_inline_box(context, box, position_x, max_x, bottom, skip, *rest)


def _paragraph(context: Context, box: Box) -> _Paragraph | None:
    """Return the paragraph whose lines a line box holds, None if they are not to be planned."""
    _dictionaries(context)
    wraps = box.style["white_space"] in ("normal", "pre-line", "pre-wrap")
    fills_lines = (box.style["lang"] or "").startswith(_FULL_LINES)
    return _Paragraph(context, box) if wraps and not fills_lines and box.element_tag.partition("::")[0] in _ELEMENTS else None


def _split_text(context: Context, box: Box, available_width: float, skip: int, **options: bool) -> Any:
    """Split a text as WeasyPrint does, and remember where it divided a word: a reader of the file gets the whole one."""
    made, resume_at, is_forced = _split_text_box(context, box, available_width, skip, **options)
    if made is not None and resume_at is not None:
        hyphen = box.style["hyphenate_character"]
        made.letterhub_divides_word = made.text == box.text.encode()[skip:resume_at].decode() + hyphen
    return made, resume_at, is_forced


def _count_spaces(box: Box) -> int:
    """Return the number of spaces that may be stretched: those of code may not."""
    is_code = isinstance(box, boxes.TextBox) and box.element_tag == "code"
    return 0 if is_code else int(_count_expandable_spaces(box))


def _align(context: Context, line: Box, available_width: float, last: bool) -> float:
    """Align a line as WeasyPrint does, but let the spaces of a justified line that is a little too long shrink."""
    excess = line.width - available_width
    if 0 < excess < available_width * _MAX_SHRINK and not last and line.style["text_align_all"] == "justify":
        inline.justify_line(context, line, -excess)
        return 0.0
    return float(_text_align(context, line, available_width, last))
