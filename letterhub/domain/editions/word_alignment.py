"""Alignment of two long texts by words: finds the runs of words that only one of them has.

Its cost grows with the length of the texts, and is bounded between the runs of words that occur once in each.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain

from letterhub.domain.editions.diff import UNSPACED_SCRIPTS
from letterhub.domain.unicode import REMOVE_INVISIBLE, normalize_unicode

PRINTED_WORD = re.compile(rf"[{UNSPACED_SCRIPTS}]|[^\s{UNSPACED_SCRIPTS}]+")
ANCHOR_LENGTH = 4  # words
MAX_COST = 300_000  # product of the word counts between anchors, all together: a fifth of a second
_HYPHEN_IN_WORD = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011\x02\ufffe](?=[^\W\d_]|$)")


@dataclass(frozen=True, slots=True)
class ChangedRun:
    """Words `start` to `end` of the first text, in whose place the second has its words `new_start` to `new_end`."""

    start: int
    end: int
    new_start: int
    new_end: int


def printed_words(text: str) -> list[str]:
    """Return the words of a printed text, each with its punctuation; in scripts without spaces, its characters."""
    return PRINTED_WORD.findall(text)


def word_keys(words: Sequence[str]) -> list[str]:
    """Return what two words must have in common to be equal: all but ligatures, invisible characters and hyphens."""
    return [word if word.isalnum() and word.isascii() else _word_key(word) for word in words]


def _word_key(word: str) -> str:
    return _HYPHEN_IN_WORD.sub("", normalize_unicode("NFKC", word).translate(REMOVE_INVISIBLE))


def changed_runs(old: Sequence[str], new: Sequence[str]) -> list[ChangedRun]:
    """Return the runs of keys that differ, in order. Where only spaces or a divided word differ, nothing does."""
    runs, effort = list[ChangedRun](), MAX_COST
    if old == new:
        return runs
    for start, end, new_start, new_end in _gaps(old, new):
        before, after = old[start:end], new[new_start:new_end]
        cost = len(before) * len(after)
        if cost > effort:
            runs.append(ChangedRun(start, end, new_start, new_end))
            continue
        effort -= cost
        for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind != "equal" and "".join(before[i1:i2]) != "".join(after[j1:j2]):
                runs.append(ChangedRun(start + i1, start + i2, new_start + j1, new_start + j2))
    return runs


def _gaps(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield what is between the words that the texts have in common: their beginning, their end, and anchors."""
    prefix = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start, new_start = prefix, prefix
    for position, new_position in chain(_anchors(old, new, prefix), [(len(old), len(new))]):
        if position < start or new_position < new_start:  # overlaps the anchor before
            continue
        if position > start or new_position > new_start:
            yield start, position, new_start, new_position
        start, new_start = position + ANCHOR_LENGTH, new_position + ANCHOR_LENGTH


def _anchors(old: Sequence[str], new: Sequence[str], start: int) -> list[tuple[int, int]]:
    """Return the positions of runs of words that both texts have once, as many as stand in the same order in both."""
    places, new_places = _unique_runs(old, start), _unique_runs(new, start)
    pairs = [(position, new_places[run]) for run, position in places.items() if run in new_places]
    return _longest_increasing(pairs)


def _unique_runs(words: Sequence[str], start: int) -> dict[tuple[str, ...], int]:
    """Return the runs of ANCHOR_LENGTH words from `start` on that occur once there, with their positions, in order."""
    places: dict[tuple[str, ...], int] = {}
    repeated = set()
    for position in range(start, len(words) - ANCHOR_LENGTH + 1):
        run = tuple(words[position : position + ANCHOR_LENGTH])
        if run in places:
            repeated.add(run)
        places[run] = position
    return {run: position for run, position in places.items() if run not in repeated}


def _longest_increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return as many pairs, sorted by their first number, as also increase in their second (patience sorting)."""
    tops, top_pairs, before = list[int](), list[int](), list[int]()
    for number, (_position, new_position) in enumerate(pairs):
        pile = bisect_left(tops, new_position)
        before.append(top_pairs[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(new_position)
            top_pairs.append(number)
        else:
            tops[pile], top_pairs[pile] = new_position, number
    chosen, number = list[tuple[int, int]](), top_pairs[-1] if top_pairs else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    return chosen[::-1]
