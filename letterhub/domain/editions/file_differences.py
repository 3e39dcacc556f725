"""Differences between the words of an edition's file and those of a copy, sorted into names, text, and words at page edges."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from letterhub.domain.editions.diff import DiffSegment, NameDiff, ParagraphDiff
from letterhub.domain.editions.word_alignment import ChangedRun, changed_runs, printed_words, word_keys

MAX_SHOWN = 40
"""Differences of a kind that are shown; the others are counted."""
MAX_SHOWN_WORDS = 60
"""Words of one difference that are shown."""
CONTEXT_WORDS = 7
MAX_CANDIDATES = 50
"""Places with the first word of a name that are looked at, so that names which are not found cost little."""


@dataclass(frozen=True, slots=True)
class PrintedName:
    """Name of a signatory and, as `rest`, what its line prints after it."""

    name: str
    rest: str = ""

    @property
    def line(self) -> str:
        """Return the line as it is shown: "Example Alliance — Nia Example, Director"."""
        return f"{self.name} — {self.rest}" if self.rest else self.name


@dataclass(frozen=True, slots=True)
class AddedWords:
    """Words at the beginning or end of pages that are not ours, with the numbers of these pages."""

    text: str
    pages: tuple[int, ...]

    @property
    def page_ranges(self) -> str:
        """Return the pages as text: "1–3, 7"."""
        return page_ranges(self.pages)


@dataclass(frozen=True, slots=True)
class Differences:
    """Differences of a copy, the first of each kind. `name_count` is the number of names that differ, `hidden_count` that of
    differences that are not listed, `shared` the share of our words that the copy has in the same order."""

    additions: tuple[AddedWords, ...]
    passages: tuple[ParagraphDiff, ...]
    names: NameDiff
    name_count: int
    hidden_count: int
    shared: float


@dataclass(frozen=True, slots=True)
class _Line:
    """Place of a line of the list among our words."""

    start: int
    end: int
    text: str


class _Words:
    """Words of a file in the order of reading, with their keys and the end of each page."""

    def __init__(self, pages: Sequence[str]) -> None:
        by_page = [printed_words(page) for page in pages]
        self.words = [word for page in by_page for word in page]
        self.keys = word_keys(self.words)
        self.page_ends = [*accumulate(map(len, by_page))]

    def text(self, start: int, end: int) -> str:
        """Return some words as they are shown, the middle of many left out."""
        half = MAX_SHOWN_WORDS // 2
        if end - start <= MAX_SHOWN_WORDS:
            return " ".join(self.words[start:end])
        return " ".join((*self.words[start : start + half], "…", *self.words[end - half : end]))

    def page_parts(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield the parts of a run of words by page: the page's number, and where the part starts and ends."""
        while start < end:
            page = bisect_right(self.page_ends, start)
            part_end = min(end, self.page_ends[page])
            yield page + 1, start, part_end
            start = part_end

    def is_at_page_edge(self, start: int, end: int) -> bool:
        """Return whether a run of words begins with a page or ends with one."""
        return start == 0 or start in self.page_ends or end in self.page_ends


def page_ranges(pages: Sequence[int]) -> str:
    """Return page numbers in increasing order as text: "1–3, 7"."""
    ranges = list[list[int]]()
    for page in pages:
        if ranges and page == ranges[-1][-1] + 1:
            ranges[-1][1:] = [page]
        else:
            ranges.append([page])
    return ", ".join("–".join(map(str, ends)) for ends in ranges)


def differences_between(ours: Sequence[str], copy: Sequence[str], names: Sequence[PrintedName]) -> Differences:
    """Return the differences between the texts of our pages and those of a copy; our list prints these names in this order."""
    our_words, words = _Words(ours), _Words(copy)
    runs = changed_runs(our_words.keys, words.keys)
    lines = _find_lines(our_words.keys, names) if runs else []
    pages_by_addition = defaultdict[str, list[int]](list)
    passages, added, removed, changed = [], list[str](), list[str](), list[tuple[str, str]]()
    for run, touched in _whole_lines(runs, lines):
        new_text = words.text(run.new_start, run.new_end)
        if touched and (run.start < touched[0].start or run.end > touched[-1].end):  # text around the list is missing too
            removed += [line.text for line in touched]
            passages.append(_passage(our_words, words, run))
        elif len(touched) == 1 and new_text:
            changed.append((touched[0].text, new_text))
        elif touched:
            removed += [line.text for line in touched]
            added += [new_text] if new_text else []
        elif run.start == run.end and words.is_at_page_edge(run.new_start, run.new_end):
            for page, start, end in words.page_parts(run.new_start, run.new_end):
                pages_by_addition[words.text(start, end)].append(page)
        elif run.start == run.end and lines and lines[0].start < run.start <= lines[-1].end:
            added.append(new_text)
        else:
            passages.append(_passage(our_words, words, run))
    additions = [AddedWords(text, tuple(dict.fromkeys(pages))) for text, pages in pages_by_addition.items()]
    kinds = (additions, passages, added, removed, changed)
    return Differences(
        tuple(additions[:MAX_SHOWN]),
        tuple(passages[:MAX_SHOWN]),
        NameDiff(tuple(added[:MAX_SHOWN]), tuple(removed[:MAX_SHOWN]), tuple(changed[:MAX_SHOWN])),
        name_count=len(added) + len(removed) + len(changed),
        hidden_count=sum(max(len(kind) - MAX_SHOWN, 0) for kind in kinds),
        shared=1 - sum(run.end - run.start for run in runs) / max(len(our_words.words), 1),
    )


def _whole_lines(runs: Sequence[ChangedRun], lines: Sequence[_Line]) -> Iterator[tuple[ChangedRun, Sequence[_Line]]]:
    """Yield the runs, extended to whole lines of the list; runs that touch the same line are joined."""
    starts, number = [line.start for line in lines], 0
    while number < len(runs):
        first = last = runs[number]
        number += 1
        touched = _touched(first, lines, starts)
        while touched and number < len(runs) and runs[number].start < touched[-1].end:
            last = runs[number]
            number += 1
            touched += [line for line in _touched(last, lines, starts) if line.start >= touched[-1].end]
        start = min(first.start, touched[0].start) if touched else first.start
        end = max(last.end, touched[-1].end) if touched else last.end
        new_start, new_end = max(first.new_start - (first.start - start), 0), last.new_end + end - last.end
        yield ChangedRun(start, end, new_start, new_end), touched


def _touched(run: ChangedRun, lines: Sequence[_Line], starts: Sequence[int]) -> list[_Line]:
    """Return the lines that a run changes words of, or adds words in."""
    begin = max(bisect_right(starts, run.start) - 1, 0)
    stop = bisect_right(starts, max(run.end - 1, run.start))
    is_insertion = run.start == run.end
    return [line for line in lines[begin:stop] if line.end > run.start and (not is_insertion or line.start < run.start)]


def _passage(ours: _Words, copy: _Words, run: ChangedRun) -> ParagraphDiff:
    """Return the changed words of both sides with the words around them."""
    sides = []
    for words, start, end in ((ours, run.start, run.end), (copy, run.new_start, run.new_end)):
        before, after = max(start - CONTEXT_WORDS, 0), min(end + CONTEXT_WORDS, len(words.words))
        parts = ((before, start, False), (start, end, True), (end, after, False))
        texts = [(words.text(part_start, part_end), is_changed) for part_start, part_end, is_changed in parts]
        sides.append(tuple(DiffSegment(f"{text} ", is_changed) for text, is_changed in texts if text))
    return ParagraphDiff(*sides)


def _find_lines(keys: Sequence[str], names: Sequence[PrintedName]) -> list[_Line]:
    """Return where our words print each name, from the last to the first, as text before the list may hold names too."""
    positions = defaultdict[str, list[int]](list)
    for position, key in enumerate(keys):
        positions[key].append(position)
    lines, limit = list[_Line](), len(keys)
    for name in reversed(names):
        words = word_keys(printed_words(name.name))
        candidates = positions.get(words[0], []) if words else []
        place = bisect_right(candidates, limit - len(words))
        for start in candidates[max(place - MAX_CANDIDATES, 0) : place][::-1]:
            if list(keys[start : start + len(words)]) == words:
                end = _line_end(keys, start + len(words), limit, name)
                lines.append(_Line(start, end, name.line))
                limit = start
                break
    return lines[::-1]


def _line_end(keys: Sequence[str], end: int, limit: int, name: PrintedName) -> int:
    """Return the end of a line whose name ends at `end`: after what it prints below the name."""
    rest = word_keys(printed_words(name.rest))
    return end + len(rest) if end + len(rest) <= limit and list(keys[end : end + len(rest)]) == rest else end
