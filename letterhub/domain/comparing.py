"""Two editions side by side: which words of the text changed, and which names came, went or read otherwise."""

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

WORD = re.compile(r"\s+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a paragraph, and whether they stand in one text alone."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as it was and as it is; empty on a side that does not have it."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Names:
    """Lines of the list that only the later one has, that only the earlier one has, and that read otherwise now."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def compared_texts(before: Sequence[str], after: Sequence[str]) -> tuple[Passage, ...]:
    """The paragraphs of two texts beside one another, changed words marked in those that changed."""
    return tuple(_passages(before, after))


def _passages(before: Sequence[str], after: Sequence[str]) -> Iterator[Passage]:
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for old, new in zip_longest(before[i1:i2], after[j1:j2], fillvalue=""):
            if kind == "equal":
                yield Passage((Piece(old, False),), (Piece(new, False),))
            else:
                yield _compared_words(WORD.findall(old), WORD.findall(new))


def _compared_words(old: list[str], new: list[str]) -> Passage:
    before: list[Piece] = []
    after: list[Piece] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, words in ((before, old[i1:i2]), (after, new[j1:j2])):
            if words:
                side.append(Piece("".join(words), kind != "equal"))
    return Passage(tuple(before), tuple(after))


def compared_names(before: Mapping[Hashable, str], after: Mapping[Hashable, str]) -> Names:
    """What became of the lines of a list; whoever has the same key on both sides is the same signatory.

    Who went and came again with the same line has not changed.
    """
    added = [line for key, line in after.items() if key not in before]
    removed = [line for key, line in before.items() if key not in after]
    again = Counter(added) & Counter(removed)
    return Names(
        added=tuple(_without(added, again)),
        removed=tuple(_without(removed, again)),
        changed=tuple((before[key], line) for key, line in after.items() if key in before and before[key] != line),
    )


def _without(lines: Sequence[str], again: Counter[str]) -> Iterator[str]:
    left = Counter(again)
    for line in lines:
        if left[line]:
            left[line] -= 1
        else:
            yield line
