"""Locale of a document: its language's strings, formats of numbers and dates, and its direction."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name

from letterhub.rendering.letter.document_strings import STRINGS_BY_LANGUAGE, DocumentStrings

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"})
PART_SEPARATOR = " · "
"""Separator between the parts of a line."""


@dataclass(frozen=True, slots=True)
class DocumentLocale:
    """Locale of a document: its direction, "rtl" or "ltr", its labels, and the formats of its dates and numbers."""

    direction: str
    words: DocumentStrings
    formats: Locale


@lru_cache(maxsize=256)
def document_locale(language: str) -> DocumentLocale:
    """Return the locale of a BCP 47 tag. An unknown one has English labels, without typographic quotes, and English formats."""
    primary = language.partition("-")[0].casefold()
    try:
        formats = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        formats = Locale("en", "US")
    strings = STRINGS_BY_LANGUAGE.get(primary) or DocumentStrings(quotes=None)
    return DocumentLocale("rtl" if primary in RIGHT_TO_LEFT else "ltr", strings, formats)


def without_label(text: str, label: str) -> str:
    """Return a typed text without the label that is printed before it: only "Rivers" of "Re: Rivers"."""
    bare = re.escape(label.rstrip(":： \u00a0\u202f"))  # in French a space comes before the colon
    typed = re.match(rf"{bare}\s*[:：]\s*(?=\S)", text, re.IGNORECASE)
    return text[typed.end() :] if typed else text


def all_section_headings() -> tuple[str, ...]:
    """Return the headings of a list's sections, in every language."""
    return tuple(heading for strings in STRINGS_BY_LANGUAGE.values() for heading in strings.headings.values())


def format_timestamp(at: dt.datetime, locale: Locale) -> str:
    """Return a time in its own zone: "January 5, 2022, 12:00 PM EST"."""
    time = format_time(at, format="short", tzinfo=at.tzinfo, locale=locale).replace("\u202f", "\u00a0")
    return f"{format_date(at, format='long', locale=locale)}, {time} {get_timezone_name(at, width='short', locale=locale)}"
