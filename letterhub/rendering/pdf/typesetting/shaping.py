"""Text shaping: each word is shaped once by HarfBuzz and cached as the bytes that draw it in a PDF."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import uharfbuzz as hb

from letterhub.rendering.pdf.fonts import is_visible
from letterhub.rendering.pdf.typesetting.fonts import FontFace, FontStack

MISSING_GLYPH = "[?]"
_MIRRORED_BRACKETS = "()[]{}<>«»‹›"  # a mirrored bracket is drawn, and read, as its other half


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """A run of glyphs in one font: the operand of TJ between its brackets, and the rise in 1/1000 em."""

    face: int
    glyphs: bytes
    rise: float = 0


@dataclass(frozen=True, slots=True)
class ShapedWord:
    """A shaped word: its width in 1/1000 em, its glyph runs from left to right, and whether its glyphs alone give its text.

    `simple`: one run whose glyphs do, in the first font and on the baseline, as in nearly every word.
    """

    width: float
    pieces: tuple[GlyphRun, ...]
    is_extractable: bool = True
    simple: bool = False


class Shaper:
    """Shaper of words in one font stack, with a cache; one for each style of a letter."""

    def __init__(self, stack: FontStack) -> None:
        self.stack = stack
        self._language = stack.language or "en"
        self._words: tuple[dict[str, ShapedWord], dict[str, ShapedWord]] = ({}, {})
        self._buffer = hb.Buffer()
        self._buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        face = stack.faces[0]
        glyph = face.font.get_nominal_glyph(32) or 0
        face.texts.setdefault(glyph, " ")
        width, code = face.draw(glyph)
        self.space = ShapedWord(width * face.scale, (GlyphRun(0, b"<%s>" % code),), simple=True)

    def word(self, text: str, is_rtl: bool = False) -> ShapedWord:
        """Return the text as glyphs, set from left to right or from right to left."""
        cache = self._words[is_rtl]
        word = cache.get(text)
        if word is None:
            runs = [self._shape_run(run, number, is_rtl) for number, run in self._by_face(text)]
            if is_rtl:
                runs.reverse()
            pieces = tuple(piece for run in runs for piece in run.pieces)
            is_extractable = all(run.is_extractable for run in runs)
            word = runs[0] if len(runs) == 1 else ShapedWord(sum(run.width for run in runs), pieces, is_extractable)
            cache[text] = word
        return word

    def _by_face(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield the text in runs of one font each; a combining mark, joiner or selector stays with the letter before it."""
        if text.isascii():
            yield 0, text
            return
        run, current = "", 0
        for letter in text:
            number = current if run and self._stays_in_font(letter, current) else self.stack.face_for(letter)
            drawable = letter
            if number is None:
                drawable, number = (MISSING_GLYPH, 0) if is_visible(letter) else ("", current)
            if run and number != current:
                yield current, run
                run = ""
            run, current = run + drawable, number
        yield current, run

    def _stays_in_font(self, letter: str, number: int) -> bool:
        """Return whether a character stays in the font of the letter before it: a mark it covers, or an invisible character."""
        joins_previous = letter in "\u200c\u200d" or unicodedata.category(letter) in ("Mn", "Me", "Mc")
        return joins_previous and (not is_visible(letter) or ord(letter) in self.stack.faces[number].codes)

    def _shape_run(self, text: str, number: int, is_rtl: bool) -> ShapedWord:
        """Return a text in the glyphs of one font, the one with the index `number` in the stack."""
        face, buffer = self.stack.faces[number], self._buffer
        buffer.clear_contents()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if is_rtl else "ltr"
        buffer.language = self._language
        hb.shape(face.font, buffer, self.stack.features)
        infos = buffer.glyph_infos
        glyphs = [info.codepoint for info in infos]
        is_as_before = not is_rtl and list(map(face.plain.get, text)) == glyphs  # each letter is its one glyph
        is_extractable = is_as_before or _record_glyph_texts(face, text, glyphs, [info.cluster for info in infos], is_rtl)
        return _word_of_glyphs(face, number, glyphs, [place.position for place in buffer.glyph_positions], is_extractable)


def _word_of_glyphs(
    face: FontFace, number: int, glyphs: Sequence[int], places: Sequence[tuple[int, ...]], is_extractable: bool
) -> ShapedWord:
    """Return the glyphs as a word: horizontal offsets become moves in a TJ, and each vertical offset starts a run of its own.

    A place is the x offset, y offset and advance that HarfBuzz gives a glyph, in font units.
    """
    scale, drawn_glyphs = face.scale, face.drawn
    pieces: list[GlyphRun] = []
    operand: list[bytes] = [b"<"]
    rise = total = pending = 0
    for glyph, (x_offset, y_offset, advance, _) in zip(glyphs, places, strict=True):
        if y_offset != rise:
            pieces.append(GlyphRun(number, b"".join((*operand, b">")), rise * scale))
            operand, rise = [b"<"], y_offset
        if x_offset or pending:
            operand.append(_move(pending - x_offset, scale))
        width, code = drawn_glyphs.get(glyph) or face.draw(glyph)
        operand.append(code)
        pending = width - advance + x_offset
        total += advance
    if pending:
        operand.append(_move(pending, scale))
    operand.append(b">")
    pieces.append(GlyphRun(number, b"".join(operand), rise * scale))
    return ShapedWord(
        total * scale, tuple(pieces), is_extractable, simple=is_extractable and len(pieces) == 1 and not (number or rise)
    )


@lru_cache(maxsize=4096)
def _move(back: int, scale: float) -> bytes:
    """Return a move between two glyphs of a TJ, backward if positive, in units of `scale` thousandths of an em."""
    return b">%g<" % round(back * scale, 2) if back else b""


def _record_glyph_texts(face: FontFace, text: str, glyphs: Sequence[int], clusters: Sequence[int], is_rtl: bool) -> bool:
    """Record the text of each glyph in its font; return whether a program could read the whole text back from the glyphs."""
    texts = face.texts
    if not is_rtl and len(set(clusters)) == len(glyphs) == len(text):
        recorded = [glyph for glyph, letter in zip(glyphs, text, strict=True) if texts.setdefault(glyph, letter) == letter]
        face.plain.update(zip(text, glyphs, strict=True) if recorded == glyphs else ())
        return recorded == glyphs
    starts = sorted(set(clusters))
    mirrored = is_rtl and any(map(unicodedata.mirrored, text))
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    is_extractable = True
    for place, (glyph, cluster) in enumerate(zip(glyphs, clusters, strict=True)):
        part = text[cluster : ends[cluster]]
        if mirrored and unicodedata.mirrored(part[:1] or " "):
            part = next((other for other in _MIRRORED_BRACKETS if face.font.get_nominal_glyph(ord(other)) == glyph), part)
        shares_cluster = (place and clusters[place - 1] == cluster) or (
            place + 1 < len(clusters) and clusters[place + 1] == cluster
        )
        if face.texts.setdefault(glyph, part) != part or shares_cluster:
            is_extractable = False
    return is_extractable
