"""Unicode collation with weights read from a memory-mapped file: as a table in memory they would take 11 MB.

See docs/design/databases.md.
"""

import mmap
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path

from pyuca import Collator

Weights = list[list[int]]
Rules = dict[tuple[int, ...], Weights]
_RULE = re.compile(rb"^([0-9A-F]+)[^;@]*;", re.MULTILINE)
_IMPLICIT = re.compile(rb"^@implicitweights ([0-9A-F]+)\.\.([0-9A-F]+); ([0-9A-F]+)", re.MULTILINE)
_WEIGHT = re.compile(r"\[[.*]([0-9A-F]{4})\.([0-9A-F]{4})\.([0-9A-F]{4})")


class MappedCollator(Collator):  # type: ignore[misc]
    """Unicode collation algorithm, with the same keys as pyuca's Collator."""

    def load(self, filename: str) -> None:
        """Open a table in the format of allkeys.txt."""
        with Path(filename).open("rb") as opened:
            text = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)  # shared between processes by the page cache
        self.table = _RuleIndex(text)
        self.implicit_weights = [[int(part, 16) for part in found.groups()] for found in _IMPLICIT.finditer(text)]


class _RuleIndex:
    """Index of the collation rules by letter; rules are parsed on first use and cached."""

    def __init__(self, text: mmap.mmap) -> None:
        self._text = text
        rules = sorted(int(found[1], 16) << 32 | found.start() for found in _RULE.finditer(text))
        self._letters = array("I", (rule >> 32 for rule in rules))
        self._places = array("I", (rule & 0xFFFFFFFF for rule in rules))
        self._read: dict[int, tuple[int, Rules]] = {}

    def find_prefix(self, key: list[int]) -> tuple[list[int], Weights | None, list[int]]:
        """Return the longest prefix of a key that has a rule, its weights, and the rest; ([], None, key) without a rule."""
        longest, rules = self._rules(key[0]) if key else (0, {})
        for length in range(min(len(key), longest), 0, -1):
            if weights := rules.get(tuple(key[:length])):
                return key[:length], weights, key[length:]
        return [], None, key[:]

    def _rules(self, letter: int) -> tuple[int, Rules]:
        """Return the length of the longest rule that begins with a letter, and these rules."""
        if letter not in self._read:
            span = range(bisect_left(self._letters, letter), bisect_right(self._letters, letter))
            rules = dict(self._rule(self._places[at]) for at in span)
            self._read[letter] = max(map(len, rules), default=0), rules
        return self._read[letter]

    def _rule(self, place: int) -> tuple[tuple[int, ...], Weights]:
        letters, _, weights = self._text[place : self._text.find(b"\n", place)].decode().partition(";")
        return tuple(_numbers(letters.split())), [_numbers(one) for one in _WEIGHT.findall(weights.partition("#")[0])]


def _numbers(words: Sequence[str]) -> list[int]:
    return [int(word, 16) for word in words]
