"""Locale of a document: its language's strings, formats of numbers and dates, and its direction."""

import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_name

from letterhub.domain.digits import digits_of, formatted_number, locale_of_tag, with_digits
from letterhub.domain.interface_languages import direction_of, primary_subtag
from letterhub.domain.letters.letter_document import LAYOUT_VERSION
from letterhub.rendering.letter.document_strings import STRINGS_BY_LANGUAGE, DocumentStrings
from letterhub.rendering.letter.further_strings.asia import STRINGS_OF_ASIA
from letterhub.rendering.letter.further_strings.europe import STRINGS_OF_EUROPE
from letterhub.rendering.letter.further_strings.since_layout_3 import CHANGED_STRINGS

PART_SEPARATOR = " · "
"""Separator between the parts of a line."""
_SECOND_STRINGS = {**STRINGS_BY_LANGUAGE, **STRINGS_OF_EUROPE, **STRINGS_OF_ASIA}
_LATEST_STRINGS = _SECOND_STRINGS | {
    language: replace(strings, **{**changed, "headings": {**strings.headings, **changed.get("headings", {})}})
    for language, changed in CHANGED_STRINGS.items()
    for strings in [_SECOND_STRINGS[language]]
}
_STRINGS_BY_LAYOUT = {1: STRINGS_BY_LANGUAGE, 2: _SECOND_STRINGS}
_HANT = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")
_PLURAL_FORMS = {"one": 0, "few": 1}


@dataclass(frozen=True, slots=True)
class DocumentLocale:
    """Locale of a document: its direction, "rtl" or "ltr", its labels, and the formats of its dates and numbers.

    `digits` is the numbering system of its own numbers.
    """

    direction: str
    words: DocumentStrings
    formats: Locale
    digits: str

    @property
    def draft_label(self) -> str:
        """Return the word at the head of each page of a draft copy: "DRAFT"."""
        return re.split(r"[\s,،，（]", self.words.draft)[0].upper()

    def number(self, number: int) -> str:
        """Return a number with the language's separators and digits."""
        return formatted_number(number, self.formats, self.digits)

    def plain_number(self, number: int) -> str:
        """Return a number without separators, as pages, notes and figures have it."""
        return with_digits(str(number), self.digits)

    def long_date(self, on: dt.date) -> str:
        """Return a date as letters have it: "January 8, 2022"."""
        return with_digits(format_date(on, format="long", locale=self.formats), self.digits)

    def counted(self, count: int, forms: tuple[str, ...]) -> str:
        """Return a number with its noun in the right plural form: singular and plural, or one, few and many. The number stands
        before the noun, or where the form says."""
        form = forms[count != 1] if len(forms) == 2 else forms[_PLURAL_FORMS.get(self.formats.plural_form(count), 2)]
        number = self.number(count)
        return form.format(count=number) if "{count}" in form else f"{number} {form}"


@lru_cache(maxsize=256)
def document_locale(language: str, layout: int = LAYOUT_VERSION) -> DocumentLocale:
    """Return the locale of a BCP 47 tag. An unknown one has English labels, without typographic quotes, and English formats.

    Layout 1 has labels in fewer languages, and layout 2 older ones in some. Before layout 4, all numbers are in 0 to 9.
    """
    primary = primary_subtag(language)
    known = _STRINGS_BY_LAYOUT.get(layout, _LATEST_STRINGS)
    strings = known.get("zh-hant" if language.casefold().startswith(_HANT) else primary) or DocumentStrings(quotes=None)
    return DocumentLocale(direction_of(language), strings, locale_of_tag(language), digits_of(language, layout))


def without_label(text: str, label: str) -> str:
    """Return a typed text without the label that is printed before it: only "Rivers" of "Re: Rivers"."""
    bare = re.escape(label.rstrip(":： \u00a0\u202f"))  # in French a space comes before the colon
    typed = re.match(rf"{bare}\s*[:：]\s*(?=\S)", text, re.IGNORECASE)
    return text[typed.end() :] if typed else text


def all_section_headings() -> tuple[str, ...]:
    """Return the headings of a list's sections, in every language."""
    return tuple(
        heading
        for known in (_SECOND_STRINGS, _LATEST_STRINGS)
        for strings in known.values()
        for heading in strings.headings.values()
    )


def format_timestamp(at: dt.datetime, locale: Locale) -> str:
    """Return a time in its own zone: "January 5, 2022, 12:00 PM EST"."""
    time = format_time(at, format="short", tzinfo=at.tzinfo, locale=locale).replace("\u202f", "\u00a0")
    return f"{format_date(at, format='long', locale=locale)}, {time} {get_timezone_name(at, width='short', locale=locale)}"
