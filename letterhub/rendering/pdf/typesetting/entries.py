"""Typeset signatories: their lines as PDF operators, their height, and their text for screen readers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from letterhub.rendering.pdf.typesetting.fonts import FontFace, FontStack
from letterhub.rendering.pdf.typesetting.line_breaking import LineBreaker, TypesetLine, has_rtl
from letterhub.rendering.pdf.typesetting.shaping import Shaper
from letterhub.rendering.pdf.typesetting.style import ListStyle


@dataclass(frozen=True, slots=True)
class ListPhrase:
    """Name, or a text below it: its language if its script implies one, and whether it runs from right to left."""

    text: str
    language: str
    is_rtl: bool


@dataclass(frozen=True, slots=True)
class TypesetPhrase:
    """The typeset lines of one phrase: for each its offset from the column's edge and its width, in points, and its operators.

    `spoken_text` is the phrase in logical order if some of it is drawn from right to left.
    """

    language: str
    spoken_text: str
    lines: tuple[tuple[float, float, bytes], ...]


@dataclass(frozen=True, slots=True)
class TypesetEntry:
    """One typeset signatory: its parts from top to bottom, and its height without the gap after it, in points.

    `above` is the space above the text, for the logo named by `logo`, if any.
    """

    parts: tuple[TypesetPhrase, ...]
    height: float
    above: float = 0.0
    logo: str = ""


class FontResources:
    """Resource names of fonts in the PDF, in the order of first use."""

    def __init__(self) -> None:
        self._names: dict[FontFace, bytes] = {}

    def of(self, face: FontFace) -> bytes:
        """Return the resource name of a font: L0, L1, …"""
        return self._names.setdefault(face, b"L%d" % len(self._names))

    def items(self) -> Iterable[tuple[FontFace, bytes]]:
        """Return every font that something was drawn with, and its name."""
        return self._names.items()


class PhraseTypesetter:
    """Typesetter of phrases in one weight, size and column width."""

    def __init__(self, stack: FontStack, size: float, names: FontResources, is_rtl: bool) -> None:
        self._stack = stack
        self._size = size
        self._names = names
        shaper = Shaper(stack)
        self._breaker = LineBreaker(shaper, is_rtl)
        self._space = shaper.space.pieces[0].glyphs
        self._font_operators: dict[int, bytes] = {}

    def width(self, text: str) -> float:
        """Return the width of a text on one line, in points."""
        return self._breaker.width(text) * self._size / 1000

    def part(
        self, phrase: ListPhrase, max_width: float, indent: float = 0, start: float = 0, *, continues: bool = False
    ) -> TypesetPhrase:
        """Return the phrase in lines of a width: the first is set in by `start`, the others by `indent`. Widths are in points.

        `continues` says that another phrase of the signatory follows below it."""
        scale = self._size / 1000
        widths = (max_width - start) / scale, (indent - start) / scale
        typeset_lines = self._breaker.lines(phrase.text, *widths, phrase.language, phrase.is_rtl)
        last = len(typeset_lines) - 1
        return TypesetPhrase(
            phrase.language,
            phrase.text if phrase.is_rtl or has_rtl(phrase.text) else "",
            tuple(
                (
                    indent if number else start,
                    line.width * scale,
                    self._operators(line, continues if number == last else line.spaced),
                )
                for number, line in enumerate(typeset_lines)
            ),
        )

    def _operators(self, line: TypesetLine, continues: bool) -> bytes:
        """Return the operators that draw a line. If the text `continues` on the next line, this one ends with a space, so that
        screen readers do not join two words."""
        first = line.pieces[0] if len(line.pieces) == 1 else None
        if first and not (line.text or first.rise or first.face):  # one run in the first font, as nearly always
            return b"%s[%s%s] TJ" % (self._font_operator(0), first.glyphs, self._space if continues else b"")
        drawn = b"".join(self._runs(line, continues))
        if not line.text:
            return drawn
        text = line.text + " " * continues
        return b"/Span <</ActualText <feff%s>>> BDC %s EMC" % (text.encode("utf-16-be", "replace").hex().encode(), drawn)

    def _font_operator(self, face: int) -> bytes:
        """Return the operator that selects a font in this size; "/L0 9.9 Tf "."""
        if face not in self._font_operators:
            self._font_operators[face] = b"/%s %g Tf " % (self._names.of(self._stack.faces[face]), self._size)
        return self._font_operators[face]

    def _runs(self, line: TypesetLine, continues: bool) -> Iterator[bytes]:
        """Yield runs of one font and one rise each: `/L0 9.9 Tf [<…>] TJ`."""
        shown: list[bytes] = []
        face, rise = -1, 0.0
        for piece in line.pieces:
            if piece.face != face or piece.rise != rise:
                if shown:
                    yield b"[%s] TJ " % b"".join(shown)
                    shown = []
                if piece.face != face:
                    yield self._font_operator(piece.face)
                if piece.rise != rise:
                    yield b"%g Ts " % round(piece.rise * self._size / 1000, 3)
                face, rise = piece.face, piece.rise
            shown.append(piece.glyphs)
        if continues and face == 0:
            shown.append(self._space)
        yield b"[%s] TJ" % b"".join(shown)
        if rise:
            yield b" 0 Ts"


def typeset_entry(phrases: Sequence[tuple[PhraseTypesetter, ListPhrase]], max_width: float, style: ListStyle) -> TypesetEntry:
    """Return a signatory's phrases one below the other, each set in its own weight."""
    last = len(phrases) - 1
    parts = tuple(
        typesetter.part(phrase, max_width, style.indent, style.detail_indent if number else 0.0, continues=number < last)
        for number, (typesetter, phrase) in enumerate(phrases)
    )
    return TypesetEntry(parts, style.leading * sum(len(part.lines) for part in parts))


def split_entry(height: float, entry: TypesetEntry, leading: float) -> Iterator[TypesetEntry]:
    """Yield the entry, in pieces of as many lines as fit in `height` if it has more; only an entry taller than a page has."""
    most = max(1, int(height / leading))
    rows = [(part.language, line) for part in entry.parts for line in part.lines]
    if len(rows) <= most:
        yield entry
        return
    for start in range(0, len(rows), most):
        piece = rows[start : start + most]
        yield TypesetEntry(tuple(TypesetPhrase(language, "", (line,)) for language, line in piece), leading * len(piece))
