"""Pseudo-locale: each sentence for signatories and readers with accents, longer, and between brackets; made on the fly.

What is on a page or in an email without brackets and in plain letters was not translated. Dates and numbers are Greek, whose
alphabet no English sentence has.
"""

import re
from collections.abc import Iterable, Iterator
from gettext import NullTranslations
from xml.etree.ElementTree import Element

import pytest

from letterhub.infrastructure.catalogs import translations_into
from letterhub.web.languages import negotiated_language
from tests.support.languages.messages import Part, catalog_of

PSEUDO = "el"
PLAIN, ACCENTS = "abcdefghijklmnopqrstuvwxyz", "áƀçðéƒğĥíĵķļɱñóþɋřšţúṽŵẋýž"
ACCENTED = str.maketrans(PLAIN + PLAIN.upper(), ACCENTS + ACCENTS.upper())
UNTOUCHED = re.compile(r"(%\(\w+\)s|<[^>]+>)")
PLAIN_WORD = re.compile(r"[A-Za-z]{2,}")
IGNORED = re.compile(
    r"Letterhub|https?://\S+|\S+@\S+|\S+\.example\S*|[0-9A-Z]{4}(-[0-9A-Z]{4})+|\b[0-9a-f]{8,64}\b|\S+\.(pdf|txt|csv|zip|json)\b"
    r"|(?<!\S)/\S+|UTC|PDF|GB|MB|kB|SHA-256|DOCX|ODT|TXT|Python|SQLite|PostgreSQL( \S+ \(.*\))?",
)
"""Names, addresses, ids and signs that no language translates."""
SHOWN_ATTRIBUTES = ("title", "alt", "placeholder", "aria-label", "data-question", "data-waiting")


class PseudoTranslations(NullTranslations):
    """Translations of the public catalog, or of those for staff, into the pseudo-locale; other sentences stay English."""

    def __init__(self, parts: Iterable[Part]) -> None:
        super().__init__()
        self._known = {one for part in parts for message in catalog_of(part) if message.id for one in self._ids(message.id)}

    @staticmethod
    def _ids(message: str | tuple[str, str]) -> tuple[str, ...]:
        return (message,) if isinstance(message, str) else tuple(message)

    def gettext(self, message: str) -> str:
        """Return the sentence in the pseudo-locale, as long as a wordy language's."""
        if message not in self._known:
            return message
        parts = UNTOUCHED.split(message)
        accented = "".join(part if UNTOUCHED.match(part) else part.translate(ACCENTED) for part in parts)
        return f"⟦{accented}{' ~~~~' * (len(message) // 15 + 1)}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the plural form of English in the pseudo-locale."""
        return self.gettext(msgid1 if n == 1 else msgid2)


def speak_pseudo(
    monkeypatch: pytest.MonkeyPatch, pseudo_language: str = PSEUDO, parts: Iterable[Part] = (Part.PUBLIC,)
) -> None:
    """Make the pseudo-locale the sentences of a language of the site until the test ends."""
    pseudo = PseudoTranslations(parts)
    languages = ("en", pseudo_language)
    for name in ("PUBLIC_LANGUAGES", "STAFF_LANGUAGES"):
        monkeypatch.setattr(f"letterhub.domain.interface_languages.{name}", languages)
        monkeypatch.setattr(f"letterhub.web.languages.{name}", languages)
    monkeypatch.setattr(
        "letterhub.web.templates.translations_into",
        lambda language: pseudo if language == pseudo_language else translations_into(language),
    )
    negotiated_language.cache_clear()


def untranslated(tree: Element) -> list[str]:
    """Return the texts of a page that are in no language but English: those that people read, hear, or hover over."""
    return [text for text in map(_without_known, _shown_texts(tree)) if PLAIN_WORD.search(text)]


def untranslated_text(text: str) -> list[str]:
    """Return the lines of an email's text that are in English."""
    return [line for line in map(_without_known, text.splitlines()) if PLAIN_WORD.search(line)]


def _without_known(text: str) -> str:
    return " ".join(IGNORED.sub("", text).split())


def _shown_texts(element: Element) -> Iterator[str]:
    if element.get("lang", PSEUDO) != PSEUDO or (element.tag == "option" and "/" in element.get("value", "")):
        return  # another language, or a city of a time zone, which CLDR translates
    for attribute in SHOWN_ATTRIBUTES:
        if value := element.get(attribute):
            yield value
    if element.tag == "meta" and element.get("name") == "description":
        yield element.get("content", "")
    if element.tag not in ("script", "style", "pre", "code") and element.get("translate") != "no":
        yield element.text or ""
        for child in element:
            if isinstance(child.tag, str):
                yield from _shown_texts(child)
            yield child.tail or ""
