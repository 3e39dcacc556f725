"""Unicode: normalization in linear time, invisible characters, and collation, also in the alphabets of languages.

See docs/design/security.md and docs/design/databases.md.
"""

import mmap
import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import compress, groupby, pairwise
from pathlib import Path
from typing import Literal

from pyuca import Collator

from letterhub.domain.alphabets import spell_out

MAX_CONSECUTIVE_MARKS = 30
"""Limit of Unicode's Stream-Safe Text Format. No language has ten marks on one letter."""

_ARABIC = re.compile(r"[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\ufb50-\ufdfb\ufe70-\ufefc]")
_IDEOGRAPH = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_WIDE_COMMAS = {"ja": "\N{IDEOGRAPHIC COMMA}", "zh": "\N{FULLWIDTH COMMA}"}
_STARTS_WITH_A_MARK = "\u0f73\u0f75\u0f81\uff9e\uff9f"
"""Letters that decompose into nothing but combining marks."""


@cache  # not at import: it takes hundredths of a second, and few texts need it
def _excess_marks() -> re.Pattern[str]:
    """Return the pattern of too many characters in a row that normalization reorders; its first group is what may stay."""
    letters = [chr(code) for code in range(0x300, 0x1F000)]
    codes = sorted(map(ord, (*compress(letters, map(unicodedata.combining, letters)), *_STARTS_WITH_A_MARK)))
    # in a run of consecutive codes the difference of code and position is the same
    spans = (list(span) for _difference, span in groupby(enumerate(codes), lambda pair: pair[1] - pair[0]))
    members = "".join(f"{chr(span[0][1])}-{chr(span[-1][1])}" for span in spans)
    return re.compile(f"([{members}]{{{MAX_CONSECUTIVE_MARKS}}})[{members}]+")


def normalize_unicode(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Normalize a text, dropping combining marks beyond the thirtieth in a row.

    Python reorders such a row by comparing each mark with those before it: 60,000 block the process for seconds.
    """
    if text.isascii():
        return text
    if len(text) > MAX_CONSECUTIVE_MARKS:
        text = _excess_marks().sub(r"\1", text)
    return unicodedata.normalize(form, text)


_DEFAULT_IGNORABLE = """
    ad 34f 61c 115f-1160 17b4-17b5 180b-180f 200b-200f 202a-202e 2060-206f 3164 fe00-fe0f feff ffa0 fff0-fffb 1bca0-1bca3
    1d173-1d17a e0000-e0fff"""
_NEEDED = """
    61c 180b-180d 180f 200c-200f fe00-fe0f e0020-e007f e0100-e01ef"""
_BLANKS = "2800 1d159"
_NEVER_SEEN = frozenset({"Cc", "Cs", "Zl", "Zp", "Zs"})


def _code_points(spans: str) -> frozenset[int]:
    """Return the code points of spans in hex, such as "ad 115f-1160"."""
    ends = (span.split("-") for span in spans.split())
    return frozenset(code for end in ends for code in range(int(end[0], 16), int(end[-1], 16) + 1))


DEFAULT_IGNORABLE = _code_points(_DEFAULT_IGNORABLE)
"""Default_Ignorable_Code_Point of Unicode 16 (with the Hangul fillers), and the interlinear annotation characters."""

NEEDED_IGNORABLE = _code_points(_NEEDED)
"""Ignorable characters that scripts, emoji and Japanese names need: joiners, direction marks, variation selectors, flag
tags."""

BLANKS = _code_points(_BLANKS)
"""Blank braille pattern and null notehead: symbols without ink."""

REMOVE_DIRECTION_OVERRIDES = dict.fromkeys(range(0x202A, 0x202F))
"""Table for `str.translate` that removes what makes a text show in another order than it has: overrides and embeddings."""

REMOVE_INVISIBLE = dict.fromkeys(DEFAULT_IGNORABLE)
"""Table for `str.translate` that removes invisible characters."""


_INVISIBLE = DEFAULT_IGNORABLE | BLANKS


def is_visible(text: str) -> bool:
    """Return whether a text has any visible character."""
    return any(ord(letter) not in _INVISIBLE and unicodedata.category(letter) not in _NEVER_SEEN for letter in text)


Weights = list[list[int]]
Rules = dict[tuple[int, ...], Weights]
_IMPLICIT = re.compile(rb"^@implicitweights ([0-9A-F]+)\.\.([0-9A-F]+); ([0-9A-F]+)", re.MULTILINE)
_WEIGHT = re.compile(r"\[[.*]([0-9A-F]{4})\.([0-9A-F]{4})\.([0-9A-F]{4})")


class MappedCollator(Collator):  # type: ignore[misc]
    """Unicode collation algorithm, with the same keys as pyuca's Collator."""

    def load(self, filename: str) -> None:
        """Open a table in the format of allkeys.txt."""
        with Path(filename).open("rb") as file:
            text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # shared between processes by the page cache
        self.table = _RuleIndex(text)
        implicit = _IMPLICIT.finditer(text, 0, self.table.start)
        self.implicit_weights = [[int(part, 16) for part in match.groups()] for match in implicit]


class _RuleIndex:
    """Index of the collation rules by letter; rules are parsed on first use and cached."""

    def __init__(self, text: mmap.mmap) -> None:
        """Find where each rule of a table begins, sorted by the rule's first code point."""
        self._text = text
        rules, offset = list[tuple[int, int]](), 0
        for line in text[:].split(b"\n"):
            if line[:1] not in (b"", b"#", b"@"):
                rules.append((int(line[: line.index(b" ")], 16), offset))
            offset += len(line) + 1
        self.start = rules[0][1]
        rules.sort()
        self._letters = array("I", [letter for letter, _ in rules])
        self._offsets = array("I", [at for _, at in rules])
        self._cache: dict[int, tuple[int, Rules]] = {}

    def find_prefix(self, key: list[int]) -> tuple[list[int], Weights | None, list[int]]:
        """Split a list of code points at the longest beginning that has a collation rule.

        Return that beginning, its weights, and the rest of the list; without a rule an empty beginning, None, and the whole
        list.
        """
        if not key:
            return [], None, []
        if key[0] not in self._cache:
            span = range(bisect_left(self._letters, key[0]), bisect_right(self._letters, key[0]))
            parsed = dict(self._rule(self._offsets[at]) for at in span)
            self._cache[key[0]] = max(map(len, parsed), default=0), parsed
        longest, rules = self._cache[key[0]]
        for length in range(min(len(key), longest), 0, -1):
            if weights := rules.get(tuple(key[:length])):
                return key[:length], weights, key[length:]
        return [], None, key[:]

    def _rule(self, offset: int) -> tuple[tuple[int, ...], Weights]:
        """Parse the rule that begins at an offset of the table, and return its code points and their weights."""
        letters, _, weights = self._text[offset : self._text.find(b"\n", offset)].decode().partition(";")
        return tuple(_parse_code_points(letters.split())), [
            _parse_code_points(weight) for weight in _WEIGHT.findall(weights.partition("#")[0])
        ]


def _parse_code_points(words: Sequence[str]) -> list[int]:
    return [int(word, 16) for word in words]


_SHORT = " -,.'()&/0123456789abcdefghijklmnopqrstuvwxyz"
"""Characters whose primary weight takes one character of a collation key; others take five."""
_LEVEL_END, _FIRST = "!", 0x22  # the end of a level sorts before every weight, so that "Arc" stands before "Arc of Ohio"
_PLAIN_WEIGHTS = (0x20, 0x02)  # of letters without accents, and of small letters
_PLAIN_TIE = chr(_FIRST)  # code of either
_LONGEST_SHORT = 0x50


def collation_key(text: str, alphabet: str = "") -> str:
    """Return the Unicode collation key of a text as ASCII that sorts by code points as the text does by its weights. In an
    alphabet, a letter of its own sorts as the letter before it with a mark.

    Accents and case only break ties: their levels end where only plain letters follow, whose weights are the lowest.
    """
    if alphabet:
        text = spell_out(normalize_unicode("NFC", text), alphabet)
    primary, *ties = map(text.translate, _ascii_codes()) if text.isascii() else _level_codes(text)
    return _LEVEL_END.join((primary, *(codes.rstrip(_PLAIN_TIE) for codes in ties), ""))


@cache
def _ascii_codes() -> list[dict[int, str]]:
    """Return the codes of ASCII characters, by level: no collation rule takes two of them together."""
    return [dict(enumerate(codes)) for codes in zip(*(_level_codes(chr(code)) for code in range(128)), strict=True)]


def _level_codes(text: str) -> list[str]:
    """Return the codes of a text's weights: of its letters, accents and capitals."""
    levels = [list[int]()]
    for weight in _collator().sort_key(text):
        if weight:
            levels[-1].append(weight)
        else:
            levels.append([])
    ties = zip(levels[1:], _PLAIN_WEIGHTS, strict=False)
    return [
        "".join(map(_primary_code, levels[0])),
        *("".join(_tie_code(weight - plain) for weight in weights) for weights, plain in ties),
    ]


@cache
def _primary_code(weight: int) -> str:
    """Return the code of a primary weight: one character for plain letters, with an odd code point; other letters get the
    even one between their neighbors, and their weight to tell them apart."""
    weights = _short_weights()
    place = bisect_left(weights, weight)
    if weights[place : place + 1] == [weight]:
        return chr(_FIRST + 2 * place + 1)
    return f"{chr(_FIRST + 2 * place)}{weight:04x}"


def _tie_code(excess: int) -> str:
    """Return the code of an accent's or capital's weight, given by how far it is above the plain one."""
    return chr(_FIRST + excess) if excess < _LONGEST_SHORT else f"{chr(_FIRST + _LONGEST_SHORT)}{excess:04x}"


@cache
def _short_weights() -> list[int]:
    return sorted(_collator().sort_key(letter)[0] for letter in _SHORT)


@cache
def _collator() -> MappedCollator:
    return MappedCollator()


def join_with_commas(phrases: Iterable[str], language: str = "") -> str:
    """Return the phrases that are not empty, with commas: those of Arabic, or of a text in Chinese or Japanese, between two in
    such a script."""
    given = [phrase for phrase in phrases if phrase]
    if len(given) < 2:
        return "".join(given)
    kinds = ((_ARABIC, "\N{ARABIC COMMA} "), (_IDEOGRAPH, _WIDE_COMMAS.get(language.partition("-")[0].casefold(), ", ")))
    commas = [next((comma for letter, comma in kinds if all(map(letter.search, pair))), ", ") for pair in pairwise(given)]
    return "".join(phrase + comma for phrase, comma in zip(given, [*commas, ""], strict=False))
