"""Sentences for people: written in English, and translated when they are shown.

The domain knows no web framework: `letterhub/web/translations.py` binds `translator.current` to the reader's translations.
"""

from collections.abc import Callable, Iterable
from gettext import NullTranslations
from types import SimpleNamespace
from typing import Any, Self

from letterhub.domain.sentence_punctuation import filled_sentence


class Sentence(str):
    """Sentence in English whose `str()` is the sentence in the language of whoever reads it now.

    As a plain text (in a database column, in JSON, as a key) it is the English sentence: what is stored has one language. Join
    sentences with `join_sentences`, and put one into another as a value.
    """

    def __new__(cls, message: str, plural: str = "", values: dict[str, Any] | None = None) -> Self:
        """Store the message with its values; the text itself is the English sentence."""
        self = super().__new__(cls, _translate_and_fill(NullTranslations(), message, plural, values or {}, str.__str__))
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
    """Return the translated message with its values; `nested` turns a sentence among them into text."""
    translation = translations.ngettext(message, plural, values["num"]) if plural else translations.gettext(message)
    texts = {name: nested(value) if isinstance(value, Sentence) else value for name, value in values.items()}
    return filled_sentence(translation, texts) if texts else translation
