"""Best line ends of a whole paragraph, after Knuth and Plass: of all ways to break it, the one that costs least.

Where lines are ragged, they should be about equally long; where they are justified, spaces should be near their natural width.
The best way on is found from every place, so that a line that ends elsewhere costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

_TOLERANCE = 0.01  # pixels
_SHORT_LAST_LINE = 0.12  # of the width
_IMPOSSIBLE = float("inf")


@dataclass(frozen=True, slots=True)
class LineEnd:
    """Place where a line may end: its text ends at `end`, the next line's begins at `start`; `is_forced` if it must.

    `hyphen` is the width of the hyphen that is added, in pixels; `is_hyphen` is true of a typed hyphen, too; `is_name` if a
    name is divided there.
    """

    end: int
    start: int
    hyphen: float = 0.0
    is_forced: bool = False
    is_hyphen: bool = False
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class LineCosts:
    """Cost of each fault of a line. `line` is that of any line, so that fewer are better."""

    line: float
    hyphen: float
    two_hyphens: float
    divided_name: float
    divided_last_word: float
    short_last_line: float


RAGGED = LineCosts(line=3, hyphen=4, two_hyphens=40, divided_name=25, divided_last_word=20, short_last_line=30)
JUSTIFIED = LineCosts(line=10, hyphen=30, two_hyphens=150, divided_name=60, divided_last_word=100, short_last_line=60)


@dataclass(frozen=True, slots=True)
class Measure:
    """Room for the lines of a paragraph, in pixels: width, the first line's indent, and the natural width of a space."""

    width: float
    indent: float
    space: float
    is_justified: bool


class ParagraphPlan:
    """Best line ends of one paragraph.

    `text` is its characters, `reach` the distance to each of them, and `ends` the places where a line may end; `measure` is
    the width of its lines, and whether they are justified.
    """

    def __init__(self, text: Sequence[str], reach: Sequence[float], ends: Sequence[LineEnd], measure: Measure) -> None:
        self._reach, self._ends, self._measure = reach, ends, measure
        self._costs = JUSTIFIED if measure.is_justified else RAGGED
        self._starts = [0, *(end.start for end in ends[:-1])]
        self._numbers = {start: number for number, start in enumerate(self._starts)}
        self._spaces = [0, *accumulate(character in " \xa0" for character in text)]
        self._chosen = self._best_ends()

    def line_from(self, start: int) -> tuple[float, LineEnd] | None:
        """Return the width in which the line that begins at a character ends where it should, and that end.

        None where any width does: the line runs to the end, or begins where no line was expected to.
        """
        number = self._numbers.get(start)
        if number is None or self._ends[self._chosen[number]].is_forced:
            return None
        at = self._chosen[number]
        width = self._width(start, self._ends[at])
        longer = (self._width(start, end) for end in self._ends[at + 1 : at + 12])
        following = next((other for other in longer if other > width + 0.5), width + 8)
        return (width + following) / 2, self._ends[at]

    def _width(self, start: int, end: LineEnd) -> float:
        return self._reach[end.end] - self._reach[start] + end.hyphen

    def _best_ends(self) -> list[int]:
        """Return for each start the number of the end of its line, by going backward from the end of the text.

        `cost_from` is the cost of the best lines from each start to the end of the text. A line that ends at the end with a
        number leaves the text from the start with the next number.
        """
        count = len(self._starts)
        cost_from, chosen = [_IMPOSSIBLE] * count + [0.0], [0] * count
        for number, start in reversed(list(enumerate(self._starts))):
            available = self._measure.width - (0.0 if number else self._measure.indent)
            for at in range(number, count):
                end = self._ends[at]
                width, gaps = self._width(start, end), self._spaces[end.end] - self._spaces[start]
                is_too_long = width - available > self._shrink(gaps) + _TOLERANCE
                if is_too_long and at > number:  # the nearest end always makes a line
                    break
                cost = self._costs.line + self._badness(number, end, width, available, gaps) + cost_from[at + 1]
                if end.is_hyphen:
                    cost += self._hyphen_cost(number, at, chosen)
                if cost < cost_from[number]:
                    cost_from[number], chosen[number] = cost, at
                if end.is_forced:
                    break
        return chosen

    def _shrink(self, gaps: int) -> float:
        """Return by how much a line may be too long: by a quarter of each of its spaces, if it is justified."""
        return gaps * self._measure.space / 4 if self._measure.is_justified else 0.0

    def _hyphen_cost(self, number: int, at: int, chosen: Sequence[int]) -> float:
        """Return the cost of a hyphen at an end: higher after another, in a name, and before a last line."""
        end, costs = self._ends[at], self._costs
        cost = costs.hyphen if end.hyphen else 0.0
        if number and self._ends[number - 1].is_hyphen:
            cost += costs.two_hyphens
        if end.is_name:
            cost += costs.divided_name
        if end.hyphen and self._ends[chosen[at + 1]].is_forced:
            cost += costs.divided_last_word
        return cost

    def _badness(self, number: int, end: LineEnd, width: float, available: float, gaps: int) -> float:
        """Return how far a line is from the ideal: for ragged lines the full width, for justified ones natural spaces."""
        slack = available - width
        if end.is_forced:
            is_short = number and width < available * _SHORT_LAST_LINE
            return self._costs.short_last_line if is_short else 0.0 if slack >= -_TOLERANCE else 100.0
        if not self._measure.is_justified:
            return (slack / available * 100) ** 2 / 16 if slack >= -_TOLERANCE else 1000.0
        if not gaps:
            return 2000.0
        stretch = slack / (gaps * self._measure.space * (0.5 if slack >= 0 else 0.25))
        return float(min(abs(stretch) ** 3 * 10, 3000.0)) if stretch >= -1.001 else 5000.0
