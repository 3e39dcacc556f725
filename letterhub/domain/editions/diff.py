"""Diff of two editions: changed words of the text, and names added, removed or changed."""

import enum
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile, zip_longest
from typing import Literal, TypeAlias

UNSPACED_SCRIPTS = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # scripts without spaces between words
WORD = re.compile(rf"\s*(?:[{UNSPACED_SCRIPTS}]|[^\W{UNSPACED_SCRIPTS}]+|[^\w\s])\s*")

MAX_COST = 2_000_000  # product of the word counts: about a second
Opcode: TypeAlias = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]


class DiffKind(enum.StrEnum):
    """Kind of a run of words in a merged diff."""

    UNCHANGED = "unchanged"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class DiffSegment:
    """Run of words in a paragraph; `changed` if only one of the texts has it."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class ParagraphDiff:
    """Paragraph before and after; empty on the side that does not have it."""

    before: tuple[DiffSegment, ...]
    after: tuple[DiffSegment, ...]

    @property
    def changed(self) -> bool:
        """Return whether the two sides differ."""
        return self.before != self.after

    @property
    def inline_diff(self) -> tuple[tuple[DiffKind, str], ...]:
        """Runs of words of both sides merged into one, each with its kind; removed words precede those that replace them."""
        before, merged = list(self.before), []
        for segment in self.after:
            while before and before[0].changed:
                merged.append((DiffKind.REMOVED, before.pop(0).text))
            merged.append((DiffKind.ADDED if segment.changed else DiffKind.UNCHANGED, segment.text))
            if not segment.changed:
                del before[:1]
        return (*merged, *((DiffKind.REMOVED, segment.text) for segment in before))


@dataclass(frozen=True, slots=True)
class NameDiff:
    """Diff of two signatory lists: lines added, removed, and changed as (before, after)."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def diff_texts(before: Sequence[str], after: Sequence[str]) -> tuple[ParagraphDiff, ...]:
    """Diff two texts by paragraph; changed ones are compared by word until MAX_COST is used up.

    The cost is the product of the lengths and anyone may ask for it: beyond the limit whole paragraphs are marked.
    """
    pairs = [
        (kind == "equal", old, new)
        for kind, i1, i2, j1, j2 in _opcodes(before, after, MAX_COST)
        for old, new in zip_longest(before[i1:i2], after[j1:j2], fillvalue="")
    ]
    changed = iter(diff_pairs((old, new) for is_equal, old, new in pairs if not is_equal))
    return tuple(
        ParagraphDiff((DiffSegment(old, False),), (DiffSegment(new, False),)) if is_equal else next(changed)
        for is_equal, old, new in pairs
    )


def diff_pairs(pairs: Iterable[tuple[str, str]]) -> tuple[ParagraphDiff, ...]:
    """Diff paragraphs by word, each with another, until MAX_COST is used up by all of them."""
    effort, diffs = MAX_COST, list[ParagraphDiff]()
    for old, new in pairs:
        words = WORD.findall(old), WORD.findall(new)
        diffs.append(_diff_words(*words, effort))
        effort = max(effort - len(words[0]) * len(words[1]), 0)
    return tuple(diffs)


def _diff_words(old: list[str], new: list[str], effort: int) -> ParagraphDiff:
    """Diff two paragraphs, given as words, ignoring the spaces around each. Paragraphs whose word counts multiply to more than
    `effort` are compared roughly."""
    before: list[DiffSegment] = []
    after: list[DiffSegment] = []
    bare = [word.strip() for word in old], [word.strip() for word in new]
    for kind, i1, i2, j1, j2 in _opcodes(*bare, effort):
        for side, words in ((before, old[i1:i2]), (after, new[j1:j2])):
            if words:
                side.append(DiffSegment("".join(words), kind != "equal"))
    return ParagraphDiff(tuple(before), tuple(after))


def _opcodes(old: Sequence[str], new: Sequence[str], effort: int) -> list[Opcode]:
    """Return the steps from `old` to `new` as difflib's opcodes.

    If the lengths multiply to more than `effort`, only the common beginning and end are equal, and all between is replaced.
    """
    if len(old) * len(new) <= effort:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    prefix = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    suffix = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old[::-1], new[::-1], strict=False)))
    suffix = min(suffix, min(len(old), len(new)) - prefix)  # the two may not overlap
    old_end, new_end = len(old) - suffix, len(new) - suffix
    return [
        ("equal", 0, prefix, 0, prefix),
        ("replace", prefix, old_end, prefix, new_end),
        ("equal", old_end, len(old), new_end, len(new)),
    ]


def diff_names(before: Mapping[Hashable, str], after: Mapping[Hashable, str]) -> NameDiff:
    """Diff two signatory lists by key: the same key on both sides is the same signatory.

    A signatory who left and came again with the same line has not changed.
    """
    added = [line for key, line in after.items() if key not in before]
    removed = [line for key, line in before.items() if key not in after]
    repeated = Counter(added) & Counter(removed)
    return NameDiff(
        added=tuple(_without_repeated(added, repeated)),
        removed=tuple(_without_repeated(removed, repeated)),
        changed=tuple((before[key], line) for key, line in after.items() if key in before and before[key] != line),
    )


def _without_repeated(lines: Sequence[str], repeated: Counter[str]) -> Iterator[str]:
    """Yield the lines, leaving out as many of each as `repeated` counts."""
    remaining = Counter(repeated)
    for line in lines:
        if remaining[line]:
            remaining[line] -= 1
        else:
            yield line
