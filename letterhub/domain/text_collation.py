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
        with Path(filename).open("rb") as file:
            text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # shared between processes by the page cache
        self.table = _RuleIndex(text)
        self.implicit_weights = [[int(part, 16) for part in match.groups()] for match in _IMPLICIT.finditer(text)]


class _RuleIndex:
    """Index of the collation rules by letter; rules are parsed on first use and cached."""

    def __init__(self, text: mmap.mmap) -> None:
        self._text = text
        rules = sorted(int(match[1], 16) << 32 | match.start() for match in _RULE.finditer(text))
        self._letters = array("I", (rule >> 32 for rule in rules))
        self._offsets = array("I", (rule & 0xFFFFFFFF for rule in rules))
        self._cache: dict[int, tuple[int, Rules]] = {}

    def find_prefix(self, key: list[int]) -> tuple[list[int], Weights | None, list[int]]:
        """Return the longest prefix of a key that has a rule, its weights, and the rest; ([], None, key) without a rule."""
        longest, rules = self._rules(key[0]) if key else (0, {})
        for length in range(min(len(key), longest), 0, -1):
            if weights := rules.get(tuple(key[:length])):
                return key[:length], weights, key[length:]
        return [], None, key[:]

    def _rules(self, letter: int) -> tuple[int, Rules]:
        """Return the length of the longest rule that begins with a letter, and these rules."""
        if letter not in self._cache:
            span = range(bisect_left(self._letters, letter), bisect_right(self._letters, letter))
            rules = dict(self._rule(self._offsets[at]) for at in span)
            self._cache[letter] = max(map(len, rules), default=0), rules
        return self._cache[letter]

    def _rule(self, offset: int) -> tuple[tuple[int, ...], Weights]:
        """Parse the rule that begins at an offset of the text: its letters and their weights."""
        letters, _, weights = self._text[offset : self._text.find(b"\n", offset)].decode().partition(";")
        return tuple(_parse_code_points(letters.split())), [
            _parse_code_points(weight) for weight in _WEIGHT.findall(weights.partition("#")[0])
        ]


def _parse_code_points(words: Sequence[str]) -> list[int]:
    return [int(word, 16) for word in words]
