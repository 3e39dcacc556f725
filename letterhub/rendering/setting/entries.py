"""Signatories as set entries: their lines as the bytes that draw them, their height, and what a reader is told of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from letterhub.rendering.setting.faces import FontFace, Stack
from letterhub.rendering.setting.lines import Breaker, SetLine
from letterhub.rendering.setting.shape import Shaper
from letterhub.rendering.setting.style import ListStyle
from letterhub.rendering.setting.unicode import turns


@dataclass(frozen=True, slots=True)
class Phrase:
    """A name or what stands below it: its language where its script tells one, and whether it runs from right to left."""

    text: str
    language: str
    rightward: bool


@dataclass(frozen=True, slots=True)
class SetPhrase:
    """The set lines of one phrase: for each its distance from the column's edge, its width in points, and its operators.

    `said` is the phrase in the order of writing where some of it is drawn the other way round.
    """

    language: str
    said: str
    lines: tuple[tuple[float, float, bytes], ...]


@dataclass(frozen=True, slots=True)
class SetEntry:
    """One signatory in its column: its parts from top to bottom, and its height without the gap after it, in points.

    `above` is what the text leaves free on top; the logo named there, if any, stands in it.
    """

    parts: tuple[SetPhrase, ...]
    height: float
    above: float = 0.0
    logo: str = ""


class FontNames:
    """What each face is called in the file, in the order of first use."""

    def __init__(self) -> None:
        self._names: dict[FontFace, bytes] = {}

    def of(self, face: FontFace) -> bytes:
        """The resource's name of a face: L0, L1, …"""
        return self._names.setdefault(face, b"L%d" % len(self._names))

    def items(self) -> Iterable[tuple[FontFace, bytes]]:
        """Every face that something was drawn with, and its name."""
        return self._names.items()


class Hand:
    """Sets phrases in one weight, size and width of column."""

    def __init__(self, stack: Stack, size: float, names: FontNames, rightward: bool) -> None:
        self._stack = stack
        self._size = size
        self._names = names
        shaper = Shaper(stack)
        self._breaker = Breaker(shaper, rightward)
        self._space = shaper.space.pieces[0].shown
        self._chosen_faces: dict[int, bytes] = {}

    def width(self, text: str) -> float:
        """How wide a text is on one line, in points."""
        return self._breaker.width(text) * self._size / 1000

    def part(self, phrase: Phrase, room: float, indent: float = 0, *, goes_on: bool = False) -> SetPhrase:
        """The phrase in lines of a width, those after the first set in by an indent, in points; `goes_on`: more is below it."""
        scale = self._size / 1000
        set_lines = self._breaker.lines(phrase.text, room / scale, indent / scale, phrase.language, phrase.rightward)
        last = len(set_lines) - 1
        return SetPhrase(
            phrase.language,
            phrase.text if phrase.rightward or turns(phrase.text) else "",
            tuple(
                (
                    indent if number else 0.0,
                    line.width * scale,
                    self._operators(line, goes_on if number == last else line.spaced),
                )
                for number, line in enumerate(set_lines)
            ),
        )

    def _operators(self, line: SetLine, goes_on: bool) -> bytes:
        """The operators that draw a line where the pen stands; one that goes on ends with a space, for those who listen."""
        if len(line.pieces) == 1 and not (line.text or line.pieces[0].rise or line.pieces[0].face):
            return b"%s[%s%s] TJ" % (self._chosen(0), line.pieces[0].shown, self._space if goes_on else b"")
        drawn = b"".join(self._runs(line, goes_on))
        if not line.text:
            return drawn
        said = line.text + " " * goes_on
        return b"/Span <</ActualText <feff%s>>> BDC %s EMC" % (said.encode("utf-16-be", "replace").hex().encode(), drawn)

    def _chosen(self, face: int) -> bytes:
        """The operator that chooses a face in the hand's size; "/L0 9.9 Tf "."""
        if face not in self._chosen_faces:
            self._chosen_faces[face] = b"/%s %g Tf " % (self._names.of(self._stack.faces[face]), self._size)
        return self._chosen_faces[face]

    def _runs(self, line: SetLine, goes_on: bool) -> Iterator[bytes]:
        """Runs of one face and one rise each: `/L0 9.9 Tf [<…>] TJ`."""
        shown: list[bytes] = []
        face, rise = -1, 0.0
        for piece in line.pieces:
            if piece.face != face or piece.rise != rise:
                if shown:
                    yield b"[%s] TJ " % b"".join(shown)
                    shown = []
                if piece.face != face:
                    yield self._chosen(piece.face)
                if piece.rise != rise:
                    yield b"%g Ts " % round(piece.rise * self._size / 1000, 3)
                face, rise = piece.face, piece.rise
            shown.append(piece.shown)
        if goes_on and face == 0:
            shown.append(self._space)
        yield b"[%s] TJ" % b"".join(shown)
        if rise:
            yield b" 0 Ts"


def entry(phrases: Sequence[tuple[Hand, Phrase]], room: float, style: ListStyle) -> SetEntry:
    """A signatory's phrases one below the other, each in its own hand."""
    last = len(phrases) - 1
    parts = tuple(hand.part(phrase, room, style.indent, goes_on=place < last) for place, (hand, phrase) in enumerate(phrases))
    return SetEntry(parts, style.leading * sum(len(part.lines) for part in parts))


def cut_to(height: float, one: SetEntry, leading: float) -> Iterator[SetEntry]:
    """The entry, or its pieces where no page is as tall as it is: the only one that is ever cut."""
    most = max(1, int(height / leading))
    rows = [(part.language, line) for part in one.parts for line in part.lines]
    if len(rows) <= most:
        yield one
        return
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        yield SetEntry(tuple(SetPhrase(language, "", (line,)) for language, line in some), leading * len(some))
