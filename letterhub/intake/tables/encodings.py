"""Encodings of text files without a byte order mark: the likely readings of a file, by the letters that each would give.

A code page fits if the words that it gives are spelled with letters of one language. See docs/design/tables-in.md.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from letterhub.intake.tables.code_pages import CODE_PAGES, LETTERS, CodePage

MAX_READINGS = 5
LIKELY_MARGIN = 0.4
_MAX_COST = 0.8
"""Cost per letter above which a reading is none: what it gives is no text."""
_NO_CAPITALS = 0.15  # names begin with one, where there are any
_SEARCHED_BYTES, _SAMPLE_BYTES = 200_000, 6_000
_SAMPLE_LINES = 500
_MAX_SAMPLE_LENGTH = 90
_MAX_WORD_BYTES = 400
_NON_ASCII_WORDS = re.compile(rb"(?<![^\s,;\"])[^\s,;\"\x80-\xff]*+[\x80-\xff][^\s,;\"]*")
_CELLS = re.compile("[^,;\t|\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_TYPOGRAPHY = frozenset("’‘“”„«»–—•…€£™®©§°ºª№·¡¿\u00a0、。「」『』・（）：，！？；〜ー々《》【】　")
_INSIDE_WORDS = frozenset("’·‑–—\u00a0ー々・")


@dataclass(frozen=True, slots=True)
class Reading:
    """A likely reading of a file: its encoding, its cost (0 is sure), and some of the file's words as it gives them."""

    encoding: str
    cost: float
    sample: str


def likely_readings(data: bytes) -> tuple[Reading, ...]:
    """Return how a file that is no Unicode may be read, the likeliest first; readings that give the same words are one."""
    lines = [line for line in data.splitlines() if not line.isascii()]
    letters, words = b"\n".join(lines), _sample_words(lines)
    shown = b"\n".join(lines[:_SAMPLE_LINES])
    readings: dict[str, Reading] = {}
    for page in CODE_PAGES:
        text = _decode(words, page.codec)
        if text is None or (cost := _cost(text.split("\n"), page)) > _MAX_COST or _decode(letters, page.codec) is None:
            continue
        if (sample := sample_of(shown, page.codec)) and (sample not in readings or cost < readings[sample].cost):
            readings[sample] = Reading(page.codec, cost, sample)
    ranked = sorted(readings.values(), key=lambda reading: reading.cost)
    return tuple(reading for reading in ranked if reading.cost <= ranked[0].cost + LIKELY_MARGIN)[:MAX_READINGS]


def sample_of(data: bytes, codec: str) -> str:
    """Return a few cells that have letters beyond ASCII, as a codec reads them; "" if it cannot read the bytes."""
    text = _decode(data, codec)
    cells = (cell[0].strip(' "') for cell in _CELLS.finditer(text or ""))
    sample = ""
    for cell in _each_once(cell for cell in cells if not cell.isascii()):
        if sample and len(sample) + len(cell) > _MAX_SAMPLE_LENGTH:
            break
        sample = f"{sample} · {cell}" if sample else cell[:_MAX_SAMPLE_LENGTH]
    return sample


def _each_once(cells: Iterator[str]) -> Iterator[str]:
    seen = set[str]()
    for cell in cells:
        if cell not in seen:
            seen.add(cell)
            yield cell


def _sample_words(lines: Sequence[bytes]) -> bytes:
    """Return words with bytes beyond ASCII from all over the lines of a file, each once."""
    sampled = b"\n".join(lines[:: 1 + sum(map(len, lines)) // _SEARCHED_BYTES])
    words = [word for word in dict.fromkeys(_NON_ASCII_WORDS.findall(sampled)) if len(word) <= _MAX_WORD_BYTES]
    return b"\n".join(words[:: 1 + sum(map(len, words)) // _SAMPLE_BYTES])


def _decode(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _cost(words: Sequence[str], page: CodePage) -> float:
    """Return how badly words read: the mean cost of their letters beyond ASCII, plus the doubt in the code page.

    A list has names of several languages, and mostly those of one: letters count half against the language that fits each
    word, and half against the one that fits them all.
    """
    letters = [[letter for letter in word if not letter.isascii()] for word in words]
    count = sum(map(len, letters))
    places: float = sum(_place_cost(word, at) for word in words for at, letter in enumerate(word) if not letter.isascii())
    by_language = [
        [rank * 0.01 + sum(map(_letter_cost(language), found)) for found in letters]
        for rank, language in enumerate(page.languages)
    ]
    each: float = sum(map(min, zip(*by_language, strict=True)))
    whole: float = min(map(sum, by_language))
    text = "".join(map("".join, letters))
    lacks_capitals = len(words) > 1 and text.islower() and _script(text[0]) in ("CYRILLIC", "GREEK")
    return (places + (each + whole) / 2) / max(count, 1) + page.doubt + _NO_CAPITALS * lacks_capitals


def _place_cost(word: str, at: int) -> float:
    """Return what speaks against a letter at its place: a capital after a small letter, a sign within a word, no letter."""
    letter, before, after = word[at], word[at - 1 : at] if at else "", word[at + 1 : at + 2]
    category = unicodedata.category(letter)
    if category in ("Cc", "Co", "Cn", "Cf"):
        return 2.0
    if category[0] not in "LM":
        return _sign_cost(letter, category, before, after)
    if category == "Lu" and before.islower():
        return 1.0
    neighbors = [other for other in (before, after) if other.isalpha()]
    strangers = sum(_script(other) != _script(letter) for other in neighbors)
    if category == "Lo" and _script(letter) == "CJK":  # “NPO法人” is one word
        return 1.0 if strangers and strangers == len(neighbors) else 0.2 * strangers
    return 1.0 * bool(strangers)


def _sign_cost(letter: str, category: str, before: str, after: str) -> float:
    """Return what speaks against a sign beside these letters: "Gro§", "Sch”n", "€van", "‘оюз"."""
    touches = before.isalpha() or after.isalpha()
    is_within = before.isalpha() and after.isalpha()
    if (is_within and letter not in _INSIDE_WORDS) or (category[0] == "S" and touches) or (letter in "§¶†‡" and touches):
        return 1.0
    is_odd = (category == "Pd" and before.islower() and after.islower()) or (category in ("Pi", "Ps") and after.islower())
    return 0.4 if is_odd else 0.0


@cache
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").partition(" ")[0]
    return "CJK" if name in ("HIRAGANA", "KATAKANA", "HALFWIDTH", "HANGUL") else name


@cache
def _letter_cost(language: str) -> Callable[[str], float]:
    """Return the function that gives the cost of a letter in a language: 1 for one that it does not have."""
    common = frozenset(LETTERS[language] + LETTERS[language].upper())
    rows = _ROWS.get(language)

    @cache
    def cost(letter: str) -> float:
        if letter in common:
            return 0.0
        if letter in _TYPOGRAPHY:
            return 0.05
        return rows(letter) if rows else 1.0

    return cost


def _by_row(codec: str, common_rows: range, kana: float = 1.0, common: float = 0.15) -> Callable[[str], float]:
    """Return the function that gives the cost of a character by its row in a standard, whose first rows are the common ones."""

    def cost(letter: str) -> float:
        if "\u3040" <= letter <= "\u30ff" or "\uff61" <= letter <= "\uff9f":
            return kana
        try:
            encoded = letter.encode(codec)
        except UnicodeEncodeError:
            return 1.2
        return common if len(encoded) > 1 and encoded[0] in common_rows else 0.6

    return cost


_ROWS: Mapping[str, Callable[[str], float]] = {
    "japanese": _by_row("euc_jp", range(0xB0, 0xD0), kana=0.0),
    "chinese": _by_row("gb2312", range(0xB0, 0xD8)),
    "taiwanese": _by_row("big5", range(0xA4, 0xC7)),
    "korean": _by_row("euc_kr", range(0xB0, 0xC9), common=0.05),
}
