"""Sentences for people: written in English, translated when they are shown, with counts in digits and one period at the end.

Also numbers in words, and the placeholders of a letter for its number of signatories.

The domain knows no web framework: `letterhub/web/templates.py` binds `translator.current` to the catalogs of the language that
is spoken now.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from gettext import NullTranslations
from types import SimpleNamespace
from typing import Any, Self

from letterhub.domain.digits import LATIN, formatted_number, locale_of_tag
from letterhub.domain.interface_languages import DEFAULT_LANGUAGE, spoken_language

_FIRST_TWENTY = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
_SMALL = tuple(_FIRST_TWENTY.split())
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))


@lru_cache(maxsize=1024)
def number_in_digits(number: int, language: str = "en") -> str:
    """Return a count with the separators of a language: "12,345" in English, "12.345" in German."""
    return formatted_number(number, locale_of_tag(language), LATIN)


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


COUNT_PLACEHOLDER = re.compile(r"\{\{\s*(count|organizations|individuals)(_in_words)?\s*\}\}")


def fill_counts(markdown: str, counts: Mapping[str, int], language: str, digits: str = LATIN) -> str:
    """Replace `{{count}}` and the like by the count of that name in digits, and `{{count_in_words}}` by words, which are digits
    outside English. `digits` is the numbering system of the digits.

    A count in words that opens a sentence is capitalized.
    """
    in_english = language.partition("-")[0].casefold() == "en"

    def filled(match: re.Match[str]) -> str:
        """Return the count as a matched placeholder asks for it."""
        count = counts[match[1]]
        if not match[2] or not in_english:
            return formatted_number(count, locale_of_tag(language), digits)
        words = number_in_words(count)
        before = markdown[: match.start()].rstrip(" *_\"“'")
        opens_sentence = not before or before[-1] in ".!?#>" or before.endswith("\n\n")
        return words[0].upper() + words[1:] if opens_sentence else words

    return COUNT_PLACEHOLDER.sub(filled, markdown)


def mask_count(markdown: str, replacement: str) -> str:
    """Replace the count placeholders by another text, for a text that has no signatories yet."""
    return COUNT_PLACEHOLDER.sub(lambda _: replacement, markdown)


_PLACE = re.compile(r"%\((\w+)\)s((?:</\w+>|[”’\"'»])*)([.!?])(?!\.)")
_AROUND = re.compile(r"(?:</\w+>|[”’\"'»\s]|&#34;|&#39;)*$")
IDENTIFIERS = ("line", "number", "port", "code", "year")
"""Names of values that are no counts, and have no separators."""
ENDS = (".", "?", "!", "…", "。", "！", "？", "؟", "۔", "।")


def ends_sentence(text: str) -> bool:
    """Return whether a text ends like a sentence, ignoring quotation marks and closing tags."""
    return _without_closing_marks(text).endswith(ENDS)


def _without_closing_marks(text: str) -> str:
    """Return the end of a text without quotation marks and closing tags; its last 200 characters decide.

    A search for the end of a run starts at each of its characters, and a text may come from a stranger.
    """
    return _AROUND.sub("", text[-200:])


def with_period(text: str) -> str:
    """Return a text with a final period, unless it ends a sentence already: "Otters, Inc."."""
    return text if ends_sentence(text) else f"{text}."


def filled_sentence(sentence: str, values: Mapping[str, Any], text: type[str] = str, language: str = "") -> str:
    """Return a sentence with its values filled in, as a `text`: Markup escapes them, str does not.

    Integers get the separators of the `language`, by default the one spoken now, unless they are named like an identifier,
    such as "line".
    """
    digits_of = language or spoken_language()
    formatted = {
        name: number_in_digits(value, digits_of) if type(value) is int and name not in IDENTIFIERS else value
        for name, value in values.items()
    }
    return text(fill_sentence(sentence, formatted)) % formatted


def fill_sentence(sentence: str, values: Mapping[str, Any]) -> str:
    """Return a sentence without the period after each placeholder whose value ends like a sentence; the placeholders, such as
    `%(name)s`, stay.

    A question or exclamation mark goes only if the value ends with the same: "Is it Otters, Inc.?" stays.
    """
    if not _has_end_placeholder(sentence):
        return sentence

    def without_second_period(match: re.Match[str]) -> str:
        """Return a matched placeholder with the signs after it, but without a period that its value ends with already."""
        value = str(values.get(match[1], ""))
        doubled = ends_sentence(value) if match[3] == "." else _without_closing_marks(value).endswith(match[3])
        return f"%({match[1]})s{match[2]}{'' if doubled else match[3]}"

    return _PLACE.sub(without_second_period, sentence)


@lru_cache(maxsize=4096)
def _has_end_placeholder(sentence: str) -> bool:
    """Return whether a placeholder stands before a period, question or exclamation mark. Cached: sentences are few."""
    return _PLACE.search(sentence) is not None


_ENGLISH = NullTranslations()


class Sentence(str):
    """Sentence in English whose `str()` is its translation into the language of the current reader.

    As a plain text (in a database column, in JSON, as a key) it is the English sentence: what is stored has one language. Join
    sentences with `join_sentences`, and put one into another as a value.
    """

    def __new__(cls, message: str, plural: str = "", values: dict[str, Any] | None = None) -> Self:
        """Store the message with its values; the text itself is the English sentence."""
        self = super().__new__(cls, _translate_and_fill(_ENGLISH, message, plural, values or {}, str.__str__))
        self.message, self.plural, self.values = message, plural, values or {}
        return self

    message: str
    plural: str
    values: dict[str, Any]

    def __str__(self) -> str:
        return _translate_and_fill(translator.current(), self.message, self.plural, self.values, str)

    def __format__(self, form: str) -> str:
        return format(str(self), form)

    def __getnewargs__(self) -> tuple[str, str, dict[str, Any]]:  # type: ignore[override]  # str has one
        return self.message, self.plural, self.values


Translations = Callable[[], NullTranslations]
translator = SimpleNamespace(current=NullTranslations)
"""`current()` returns the translations into the language of the reader."""


def gettext(message: str, /, **values: Any) -> str:
    """Return a sentence for people; `%(name)s` stands for a value."""
    return Sentence(message, values=values)


_ = gettext


def translate(message: str, /, **values: Any) -> str:
    """Return a sentence in the language of the current reader, for text that is shown at once and not stored."""
    return _translate_and_fill(translator.current(), message, "", values, str)


def ngettext(singular: str, plural: str, num: int, /, **values: Any) -> str:
    """Return a sentence for people in the plural form of `num`, which is `%(num)s` in it."""
    return Sentence(singular, plural, {"num": num} | values)


def join_sentences(sentences: Iterable[str]) -> str:
    """Return sentences one after the other, as one."""
    parts = {f"part{number}": sentence for number, sentence in enumerate(filter(None, sentences))}
    return Sentence(" ".join(f"%({name})s" for name in parts), values=parts) if parts else ""


def _translate_and_fill(
    translations: NullTranslations, message: str, plural: str, values: dict[str, Any], nested: Callable[[str], str]
) -> str:
    """Return the translated message with its values filled in. `plural` is "" for a message without a plural form; `nested`
    turns a Sentence among the values into text."""
    translation = translations.ngettext(message, plural, values["num"]) if plural else translations.gettext(message)
    texts = {name: nested(value) if isinstance(value, Sentence) else value for name, value in values.items()}
    language = DEFAULT_LANGUAGE if translations is _ENGLISH else ""
    return filled_sentence(translation, texts, language=language) if texts else translation
