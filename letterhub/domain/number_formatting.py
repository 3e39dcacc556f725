"""Counts as people read them: in digits with a language's separators, and in English words."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

_FIRST_TWENTY = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
_SMALL = tuple(_FIRST_TWENTY.split())
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))


@lru_cache(maxsize=1024)
def number_in_digits(number: int, language: str = "en") -> str:
    """Return a count with the separators of a language: "12,345" in English, "12.345" in German."""
    try:
        locale = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        locale = Locale("en", "US")
    return format_decimal(number, locale=locale)


def number_in_words(number: int) -> str:
    """Spell out a count in American English: 147 is "one hundred forty-seven". Raises ValueError below zero."""
    if number < 0:
        raise ValueError(f"a count is never negative: {number}")
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
    size, name = next(group for group in _GROUPS if number >= group[0])
    many, rest = divmod(number, size)
    return f"{number_in_words(many)} {name}" + (f" {number_in_words(rest)}" if rest else "")
