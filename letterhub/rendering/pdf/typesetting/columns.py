"""Layout of names in columns: page, column and offset of each entry. Numbers only, in points."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

_MIN_ROWS = 2  # rows of names that are on a last page at least, and move with a tail to its page


@dataclass(frozen=True, slots=True)
class SectionHeights:
    """A section to be placed: the heights of its heading (0 for none) and of its entries, and the space before it.

    Each entry's height includes the gap after it, which falls away at a column's foot. `repeated_heading` is the height
    of the heading repeated on each further page.
    """

    heading: float
    before: float
    heights: Sequence[float]
    gap: float
    repeated_heading: float = 0.0


@dataclass(frozen=True, slots=True)
class ColumnSlice:
    """Entries `first` to `last` (exclusive) of a section, in one column of a page, `top` below the start of the list area."""

    section: int
    page: int
    column: int
    top: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class HeadingPosition:
    """Position of a section's heading, first or repeated: its page and its distance from the start of the page's list area."""

    section: int
    page: int
    top: float
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class ListHeights:
    """Height of the list area on the page where the list begins, and on every page after."""

    first: float
    later: float

    def on(self, page: int) -> float:
        """Return the height that a page has for names; page 0 is the one on which the list begins."""
        return self.later if page else self.first


@dataclass(frozen=True, slots=True)
class ListLayout:
    """Positions of headings and columns, and the end of the list: its page, and its offset in the list area."""

    headings: tuple[HeadingPosition, ...]
    columns: tuple[ColumnSlice, ...]
    last_page: int
    end: float


def plan_layout(
    sections: Sequence[SectionHeights],
    columns: int,
    list_heights: ListHeights,
    tail: float = 0,
    *,
    keeps_few_company: bool = False,
) -> ListLayout:
    """Plan the list page by page; on the page where a section ends, its columns are balanced.

    An entry is never split, and a heading always has an entry below it on its page. If the last name, or the `tail` (height of
    what follows the list), would be alone on a page, the last names go with it. Since layout 3, which `keeps_few_company`, so
    do the last names before a last section of few names.
    """
    page, used = 0, 0.0
    headings: list[HeadingPosition] = []
    slices: list[ColumnSlice] = []
    for number, section in enumerate(sections):
        page, used = _section_start(section, page, used, list_heights)
        if section.heading:
            headings.append(HeadingPosition(number, page, used))
            used += section.heading
        follows = _following_height(sections[number:], columns, tail, keeps_few_company=keeps_few_company)
        is_last = number == len(sections) - 1
        for column_slice, bottom in _fill_columns(section, number, columns, page, used, list_heights, follows, is_last=is_last):
            if section.repeated_heading and column_slice.page > page:
                headings.append(HeadingPosition(number, column_slice.page, 0.0, is_repeated=True))
            slices.append(column_slice)
            page, used = column_slice.page, bottom
    return ListLayout(tuple(headings), tuple(slices), page, used)


def _following_height(sections: Sequence[SectionHeights], columns: int, tail: float, *, keeps_few_company: bool) -> float:
    """Return the height of what should not be alone on a page after the first of these sections, the last ones."""
    few = _MIN_ROWS * columns
    match sections:
        case [_]:
            return tail
        case [before, last] if keeps_few_company and len(last.heights) < few and len(before.heights) >= 2 * few:
            rows = last.heights[: -(-len(last.heights) // columns)]
            return last.before + last.heading + sum(rows) - last.gap + tail
    return 0.0


def _section_start(section: SectionHeights, page: int, used: float, list_heights: ListHeights) -> tuple[int, float]:
    """Return the page and offset of a section's start, where the list has `used` a height of a page so far.

    It starts there, after a space, or on the next page if its heading and first entry don't fit.
    """
    before = section.before if used else 0.0
    is_new_page = page > 0 and used == 0
    first = section.heights[0] - section.gap if section.heights else 0.0
    available_height = list_heights.on(page) - used
    if is_new_page or before + section.heading + first <= available_height:
        return page, used + before
    return page + 1, 0.0


def _fill_columns(
    section: SectionHeights,
    number: int,
    columns: int,
    page: int,
    top: float,
    list_heights: ListHeights,
    tail: float,
    *,
    is_last: bool,
) -> Iterator[tuple[ColumnSlice, float]]:
    """Yield the columns of a section from the offset `top` of a page on, each with the lowest point so far on its page.

    `number` is the section's; `tail` is the height of what should not be alone on a page after it.
    """
    sums = [0.0, *accumulate(section.heights)]  # the height of so many entries
    at, last, is_page_empty = 0, len(section.heights), not top
    while at < last:
        available_height = list_heights.on(page) - top
        until = _avoid_orphans(sums, at, last, section.gap, columns, available_height) if is_last else last
        balanced = _balanced_height(sums, at, until, section.gap, columns, available_height)
        if balanced and tail and balanced + tail > available_height:
            until = max(at + 1, last - _MIN_ROWS * columns)
            balanced = _balanced_height(sums, at, until, section.gap, columns, available_height)
        bottom = top
        for column in range(columns):
            end = min(until, _end_in_column(sums, at, section.gap, balanced or available_height))
            if end == at and column == 0 and is_page_empty:
                end = at + 1  # an entry higher than a page has a page of its own
            if end > at:
                bottom = max(bottom, top + sums[end] - sums[at] - section.gap)
                yield ColumnSlice(number, page, column, top, at, end), bottom
            at = end
        if at < last:
            page, top, is_page_empty = page + 1, section.repeated_heading, True


def _avoid_orphans(sums: Sequence[float], at: int, last: int, gap: float, columns: int, available_height: float) -> int:
    """Return the end of the entries from `at` to `last` that go on this page: `last`, unless only a few would be left for the
    next page. Then more entries are kept for it."""
    end = at
    for _ in range(columns):
        end = _end_in_column(sums, end, gap, available_height)
    moved = _MIN_ROWS * columns
    leaves_few = last - moved < end < last
    has_enough = last - at >= 2 * moved
    return last - moved if leaves_few and has_enough else last


def _end_in_column(sums: Sequence[float], at: int, gap: float, available_height: float) -> int:
    """Return the end of the entries, counted from `at`, that fit in one column of a height; `at` if not even one fits."""
    return bisect_right(sums, sums[at] + available_height + gap + 1e-6) - 1


def _balanced_height(sums: Sequence[float], at: int, until: int, gap: float, columns: int, available_height: float) -> float:
    """Return the least height at which the columns hold the entries from `at` to `until`; 0 if they are not high enough."""
    if (sums[until] - sums[at]) / columns - gap > available_height or not _fits(
        sums, at, until, gap, columns, available_height
    ):
        return 0.0
    low, high = 0.0, available_height
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (low, middle) if _fits(sums, at, until, gap, columns, middle) else (middle, high)
    return high


def _fits(sums: Sequence[float], at: int, until: int, gap: float, columns: int, height: float) -> bool:
    """Return whether columns of a height hold the entries from `at` to `until`."""
    for _ in range(columns):
        at = _end_in_column(sums, at, gap, height)
    return at >= until
