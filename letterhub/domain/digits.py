"""Digits of languages: those that CLDR gives as a locale's default, for the five numbering systems whose fonts and readers we
know. All other locales write 0 to 9.

See docs/design/letter-text.md.
"""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

LATIN = "latn"
DIGITS = {"arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹", "beng": "০১২৩৪৫৬৭৮৯", "deva": "०१२३४५६७८९", "mymr": "၀၁၂၃၄၅၆၇၈၉"}
"""Digits from zero to nine of each numbering system but Latin's own, by its name in CLDR."""
_TABLES = {system: str.maketrans("0123456789", digits) for system, digits in DIGITS.items()}


@lru_cache(maxsize=256)
def locale_of_tag(language: str) -> Locale:
    """Return the locale of a BCP 47 tag, American English for one that CLDR doesn't know."""
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en", "US")


def digits_of(language: str, layout: int) -> str:
    """Return the numbering system of the own numbers of a letter in a language: a key of DIGITS, or LATIN, as always before
    layout 4."""
    system = locale_of_tag(language).default_numbering_system
    return system if system in DIGITS and layout > 3 else LATIN


def with_digits(text: str, system: str) -> str:
    """Return a text with the digits of a numbering system in place of 0 to 9."""
    return text.translate(_TABLES[system]) if system in _TABLES else text


def formatted_number(number: int, locale: Locale, system: str) -> str:
    """Return a number with the locale's separators, in the digits of a numbering system: "12,345", "۱۲٬۳۴۵"."""
    return with_digits(format_decimal(number, locale=locale, numbering_system=system), system)
