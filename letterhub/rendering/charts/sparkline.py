"""Sparkline: signatures of the last days as small columns, as geometry for a template."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 84, 20
GAP = 1


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Columns of a sparkline, each with its left edge, its top, its width and its height; and what they are of."""

    columns: tuple[tuple[float, float, float, float], ...]
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        """Return the number of signatures."""
        return sum(self.numbers)


def draw_sparkline(numbers: Sequence[int]) -> Sparkline:
    """Return the sparkline of some numbers, the oldest first; where there was nothing, a column of no height."""
    highest, step = max(*numbers, 1), WIDTH / len(numbers)
    heights = [round(HEIGHT * number / highest, 2) for number in numbers]
    columns = tuple(
        (round(index * step, 2), round(HEIGHT - height, 2), round(step - GAP, 2), height)
        for index, height in enumerate(heights)
    )
    return Sparkline(columns, tuple(numbers))
