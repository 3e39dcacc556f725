"""Line breaking: a name that is too long for its column, and the visual order of its parts by Unicode (UAX #9, #14)."""

import ctypes
import ctypes.util
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from letterhub.rendering.pdf.typesetting.shaping import GlyphRun, ShapedWord, Shaper

_LINE_BREAK, _CURSOR = 1 << 0, 1 << 4
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = 0, 1

# Anything that can change the direction: Hebrew, Arabic and the like, their presentation forms, and the controls.
_RTL_CHARACTERS = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def has_rtl(text: str) -> bool:
    """Return whether a text holds anything that may run from right to left."""
    return not text.isascii() and _RTL_CHARACTERS.search(text) is not None


def embedding_levels(text: str, is_rtl: bool) -> list[int]:
    """Return the embedding level of each character (UAX #9), odd if right-to-left; `is_rtl` is the paragraph's direction."""
    data = text.encode("utf-8", "replace")
    base = ctypes.c_int(_RIGHT_TO_LEFT if is_rtl else _LEFT_TO_RIGHT)
    levels = _pango().pango_log2vis_get_embedding_levels(data, len(data), ctypes.byref(base))
    try:
        return levels[: len(text)] if text else []
    finally:
        _glib().g_free(levels)


def break_offsets(text: str, language: str = "") -> tuple[list[int], list[int]]:
    """Return the offsets of line breaks (UAX #14) and of grapheme clusters (UAX #29), after the first character."""
    data = text.encode("utf-8", "replace")
    count = len(text) + 1
    marks = (ctypes.c_uint32 * count)()
    pango_language = _pango().pango_language_from_string(language.encode() or b"en")
    _pango().pango_get_log_attrs(data, len(data), 0, pango_language, marks, count)
    inside = range(1, len(text))
    return [at for at in inside if marks[at] & _LINE_BREAK], [at for at in inside if marks[at] & _CURSOR]


@cache
def _pango() -> ctypes.CDLL:
    """Return the Pango library, with the types of the functions that we call."""
    library = ctypes.CDLL(_library_path("pango-1.0"))
    library.pango_log2vis_get_embedding_levels.restype = ctypes.POINTER(ctypes.c_uint8)
    library.pango_language_from_string.restype = ctypes.c_void_p
    library.pango_get_log_attrs.argtypes = (
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_void_p,
        ctypes.POINTER(ctypes.c_uint32),
        ctypes.c_int,
    )
    return library


@cache
def _glib() -> ctypes.CDLL:
    library = ctypes.CDLL(_library_path("glib-2.0"))
    library.g_free.argtypes = (ctypes.c_void_p,)
    return library


def _library_path(name: str) -> str:
    return ctypes.util.find_library(name) or f"lib{name}.so.0"


@dataclass(frozen=True, slots=True)
class TypesetLine:
    """One typeset line: its width in 1/1000 em, its glyph runs from left to right, and its text if the glyphs don't give it.

    `spaced`: the next line begins a new word.
    """

    width: float
    pieces: tuple[GlyphRun, ...]
    text: str = ""
    spaced: bool = False


class LineBreaker:
    """Line breaker for paragraphs of one style; `is_rtl` is the direction of the page."""

    def __init__(self, shaper: Shaper, is_rtl: bool = False) -> None:
        self._shaper = shaper
        self._is_rtl = is_rtl

    def width(self, text: str) -> float:
        """Return the width of a text on one line, in 1/1000 em."""
        word, space = self._shaper.word, self._shaper.space.width
        return sum([word(part, has_rtl(part)).width + space for part in text.split(" ")]) - space

    def lines(
        self, text: str, max_width: float, indent: float = 0, language: str = "", is_rtl: bool | None = None
    ) -> list[TypesetLine]:
        """Return the text in lines no wider than `max_width`, those after the first `indent` narrower; all in 1/1000 em."""
        is_paragraph_rtl = self._is_rtl if is_rtl is None else is_rtl
        has_rtl_runs = is_paragraph_rtl or has_rtl(text)
        if not has_rtl_runs:
            line = self._single_line(text)
            if line.width <= max_width:
                return [line]
        levels = embedding_levels(text, is_paragraph_rtl) if has_rtl_runs else None
        spans = self._spans(text, max_width, indent, language)
        return [self._line(text, start, end, levels) for start, end in spans]

    def _single_line(self, text: str) -> TypesetLine:
        """Return a text that runs from left to right as one line, however long."""
        shape, space = self._shaper.word, self._shaper.space
        words = [shape(part) for part in text.split(" ")]
        width = sum([word.width for word in words]) + space.width * (len(words) - 1)
        if all(word.simple for word in words):
            return TypesetLine(width, (GlyphRun(0, space.pieces[0].glyphs.join([word.pieces[0].glyphs for word in words])),))
        pieces = list(words[0].pieces)
        for word in words[1:]:
            pieces += (space.pieces[0], *word.pieces)
        return TypesetLine(width, tuple(pieces), "" if all(word.is_extractable for word in words) else text)

    def _spans(self, text: str, max_width: float, indent: float, language: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of each line: as much as it holds, broken inside a word only if nothing else helps."""
        breaks, clusters = break_offsets(text, language)
        start = 0
        while start < len(text):
            line_width = max_width - (indent if start else 0)
            end = self._last_break(text, start, breaks, line_width)
            if end is None:
                next_cluster = next((at for at in clusters if at > start), len(text))
                end = self._last_break(text, start, clusters, line_width) or next_cluster
            yield start, end
            start = end

    def _last_break(self, text: str, start: int, breaks: list[int], max_width: float) -> int | None:
        """Return the last break opportunity up to which the text fits in a line, None if there is none."""
        later = [*breaks[bisect_right(breaks, start) :], len(text)]
        fits = bisect_right(later, max_width, key=lambda end: self.width(text[start:end].rstrip()))
        return later[fits - 1] if fits else None

    def _line(self, text: str, start: int, end: int, levels: list[int] | None) -> TypesetLine:
        """Return a part of a text as a line; `levels` are its embedding levels, None if all runs from left to right."""
        line_text = text[start:end].rstrip()
        spaced = end < len(text) and text[end - 1] == " "
        if levels is None:
            return replace(self._single_line(line_text), spaced=spaced)
        words: list[ShapedWord] = []
        for run, is_rtl in _visual_runs(line_text, levels[start : start + len(line_text)]):
            parts = [
                self._shaper.space if part == " " else self._shaper.word(part, is_rtl) for part in re.findall(" |[^ ]+", run)
            ]
            words += reversed(parts) if is_rtl else parts
        pieces = tuple(piece for word in words for piece in word.pieces)
        return TypesetLine(sum(word.width for word in words), pieces, spaced=spaced)


def _visual_runs(text: str, levels: list[int]) -> Iterator[tuple[str, bool]]:
    """Yield the runs of a line in visual order from left to right (UAX #9, rule L2), each with whether it is right-to-left."""
    runs = [(level, list(places)) for level, places in groupby(range(len(text)), key=levels.__getitem__)]
    odd_levels = [level for level, _ in runs if level % 2]
    if odd_levels:
        highest = max(level for level, _ in runs)
        for least in range(highest, min(odd_levels) - 1, -1):
            runs = _reverse_runs(runs, least)
    for level, places in runs:
        yield text[places[0] : places[-1] + 1], bool(level % 2)


def _reverse_runs(runs: list[tuple[int, list[int]]], least: int) -> list[tuple[int, list[int]]]:
    """Return the runs, each a level and its places in the text, with each sequence of levels of `least` or more reversed."""
    reordered: list[tuple[int, list[int]]] = []
    for is_reversed, group in groupby(runs, key=lambda run: run[0] >= least):
        sequence = list(group)
        reordered += reversed(sequence) if is_reversed else sequence
    return reordered
