"""Words as glyphs: each is shaped once by HarfBuzz and kept as the bytes that a PDF draws it with."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import uharfbuzz as hb

from letterhub.rendering.fonts import is_drawn
from letterhub.rendering.setting.faces import FontFace, Stack

MISSING = "[?]"
_PAIRED = "()[]{}<>«»‹›"  # a bracket that is turned around is drawn, and read, as its other half


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """A run of glyphs in one face: what stands inside the brackets of a TJ, and how far it is raised, in 1/1000 em."""

    face: int
    shown: bytes
    rise: float = 0


@dataclass(frozen=True, slots=True)
class Word:
    """A shaped word: its width in 1/1000 em, its pieces from left to right, and whether its glyphs tell its text alone.

    `simple` is a word of one piece that does, in the first face and on the line: what nearly every word is.
    """

    width: float
    pieces: tuple[GlyphRun, ...]
    tells: bool = True
    simple: bool = False


class Shaper:
    """Shapes words in one stack of faces and remembers them; one for each style of a letter."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._language = stack.language or "en"
        self._words: tuple[dict[str, Word], dict[str, Word]] = ({}, {})
        self._buffer = hb.Buffer()
        self._buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        self.space = self._space()

    def word(self, text: str, rightward: bool = False) -> Word:
        """The text as glyphs, set from left to right or from right to left."""
        known = self._words[rightward]
        found = known.get(text)
        if found is None:
            found = known[text] = self._shaped(text, rightward)
        return found

    def _space(self) -> Word:
        face = self.stack.faces[0]
        glyph = face.font.get_nominal_glyph(32) or 0
        face.texts.setdefault(glyph, " ")
        width, code = face.draw(glyph)
        return Word(width * face.scale, (GlyphRun(0, b"<%s>" % code),), simple=True)

    def _shaped(self, text: str, rightward: bool) -> Word:
        runs = [self._run(run, number, rightward) for number, run in self._by_face(text)]
        if len(runs) == 1:
            return runs[0]
        if rightward:
            runs.reverse()
        pieces = tuple(piece for run in runs for piece in run.pieces)
        return Word(sum(run.width for run in runs), pieces, all(run.tells for run in runs))

    def _by_face(self, text: str) -> Iterator[tuple[int, str]]:
        """The text in runs of one face each; a mark, a joiner or a selector stays with the letter before it."""
        if text.isascii():
            yield 0, text
            return
        run, current = "", 0
        for letter in text:
            number = current if run and self._stays(letter, current) else self.stack.face_for(letter)
            shown = letter
            if number is None:
                shown, number = (MISSING, 0) if is_drawn(letter) else ("", current)
            if run and number != current:
                yield current, run
                run = ""
            run, current = run + shown, number
        yield current, run

    def _stays(self, letter: str, number: int) -> bool:
        """Whether a character stays in the face of the letter before it: a mark that the face has, or what leaves no ink."""
        return _clings(letter) and (not is_drawn(letter) or ord(letter) in self.stack.faces[number].codes)

    def _run(self, text: str, number: int, rightward: bool) -> Word:
        face, buffer = self.stack.faces[number], self._buffer
        buffer.clear_contents()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rightward else "ltr"
        buffer.language = self._language
        hb.shape(face.font, buffer)
        infos = buffer.glyph_infos
        glyphs = [info.codepoint for info in infos]
        tells = _is_plain(face, text, glyphs, rightward) or _told(
            face, text, glyphs, [info.cluster for info in infos], rightward
        )
        return _drawn(face, number, glyphs, [place.position for place in buffer.glyph_positions], tells)


def _clings(letter: str) -> bool:
    return letter in "\u200c\u200d" or unicodedata.category(letter) in ("Mn", "Me", "Mc")


def _drawn(face: FontFace, number: int, glyphs: Sequence[int], places: Sequence[tuple[int, ...]], tells: bool) -> Word:
    """The glyphs as pieces: what HarfBuzz moves to the side stands between them, what it lifts makes a piece of its own.

    A place is the move to the side, the lift and the advance that HarfBuzz gives a glyph, in units of the font.
    """
    scale, known = face.scale, face.drawn
    pieces: list[GlyphRun] = []
    shown: list[bytes] = [b"<"]
    rise = total = owed = 0
    for glyph, (aside, lifted, advance, _) in zip(glyphs, places, strict=True):
        if lifted != rise:
            pieces.append(GlyphRun(number, b"".join((*shown, b">")), rise * scale))
            shown, rise = [b"<"], lifted
        if aside or owed:
            shown.append(_moved(owed - aside, scale))
        width, code = known.get(glyph) or face.draw(glyph)
        shown.append(code)
        owed = width - advance + aside
        total += advance
    if owed:
        shown.append(_moved(owed, scale))
    shown.append(b">")
    pieces.append(GlyphRun(number, b"".join(shown), rise * scale))
    return Word(total * scale, tuple(pieces), tells, simple=tells and len(pieces) == 1 and not (number or rise))


@lru_cache(maxsize=4096)
def _moved(back: int, scale: float) -> bytes:
    """A move between two glyphs of a TJ, backwards where it is positive, in units of `scale` thousandths of an em."""
    return b">%g<" % round(back * scale, 2) if back else b""


def _is_plain(face: FontFace, text: str, glyphs: Sequence[int], rightward: bool) -> bool:
    """Whether each letter of a text became the one glyph that tells that letter alone, as it did before."""
    return not rightward and list(map(face.plain.get, text)) == glyphs


def _told(face: FontFace, text: str, glyphs: Sequence[int], clusters: Sequence[int], rightward: bool) -> bool:
    """Notes which text each glyph stands for; False where a reader could not put the text together from that."""
    texts = face.texts
    if not rightward and len(set(clusters)) == len(glyphs) == len(text):
        told = [glyph for glyph, letter in zip(glyphs, text, strict=True) if texts.setdefault(glyph, letter) == letter]
        face.plain.update(zip(text, glyphs, strict=True) if told == glyphs else ())
        return told == glyphs
    starts = sorted(set(clusters))
    mirrored = rightward and any(map(unicodedata.mirrored, text))
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    faithful = True
    for place, (glyph, cluster) in enumerate(zip(glyphs, clusters, strict=True)):
        part = text[cluster : ends[cluster]]
        if mirrored and unicodedata.mirrored(part[:1] or " "):
            part = next((other for other in _PAIRED if face.font.get_nominal_glyph(ord(other)) == glyph), part)
        beside = (place and clusters[place - 1] == cluster) or (place + 1 < len(clusters) and clusters[place + 1] == cluster)
        if face.texts.setdefault(glyph, part) != part or beside:
            faithful = False
    return faithful
