"""The weights by which the world's letters sort, read where they lie: as a table in memory they would take 11 MB."""

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


class Collation(Collator):  # type: ignore[misc]
    """The Unicode collation algorithm; gives the same keys as the class that it is made of."""

    def load(self, filename: str) -> None:
        """Opens the table in a file of the form of allkeys.txt."""
        with Path(filename).open("rb") as opened:
            text = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)  # of all processes together, as the system holds it
        self.table = _Table(text)
        self.implicit_weights = [[int(part, 16) for part in found.groups()] for found in _IMPLICIT.finditer(text)]


class _Table:
    """Where the rules of each letter stand; those that were asked for are kept as they were read."""

    def __init__(self, text: mmap.mmap) -> None:
        self._text = text
        rules = sorted(int(found[1], 16) << 32 | found.start() for found in _RULE.finditer(text))
        self._letters = array("I", (rule >> 32 for rule in rules))
        self._places = array("I", (rule & 0xFFFFFFFF for rule in rules))
        self._read: dict[int, tuple[int, Rules]] = {}

    def find_prefix(self, key: list[int]) -> tuple[list[int], Weights | None, list[int]]:
        """The longest beginning of a key that has a rule, its weights, and the rest; without a rule the rest is all of it."""
        longest, rules = self._rules(key[0]) if key else (0, {})
        for length in range(min(len(key), longest), 0, -1):
            if weights := rules.get(tuple(key[:length])):
                return key[:length], weights, key[length:]
        return [], None, key[:]

    def _rules(self, letter: int) -> tuple[int, Rules]:
        """The rules of all that begins with a letter, and how long the longest of these is."""
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
