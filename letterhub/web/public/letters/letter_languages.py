"""Languages of a letter's page: the original and its translations, each with its address.

See docs/translations.md.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from letterhub.domain.interface_languages import own_name
from letterhub.domain.letters.letter_document import LetterText
from letterhub.queries.letters.public_translations import PublicTranslation


@dataclass(frozen=True, slots=True)
class LetterLanguage:
    """Language in which a letter can be read: its tag, its name in itself, and the path of the page."""

    tag: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class LetterLanguages:
    """Languages of a letter's page, the original's first; `shown` is the one of this page.

    `translated_at` is when the text that a translation is of was published, None for the original; `is_current` whether that is
    the text that the original's page shows.
    """

    choices: tuple[LetterLanguage, ...]
    shown: LetterLanguage
    translated_at: dt.datetime | None = None
    is_current: bool = True

    @property
    def original(self) -> LetterLanguage:
        """Return the language of the binding text."""
        return self.choices[0]

    @property
    def is_translation(self) -> bool:
        """Return whether this page shows a translation."""
        return self.translated_at is not None


def letter_path(slug: str, language: str = "") -> str:
    """Return the path of a letter's page: the original's, or that of its translation into a language."""
    return url_for("letters.translation", slug=slug, language=language) if language else url_for("letters.detail", slug=slug)


def letter_languages(
    slug: str,
    original: LetterText,
    original_hash: str,
    translations: Sequence[PublicTranslation],
    shown: PublicTranslation | None,
) -> LetterLanguages | None:
    """Return the languages of a page whose original is this text with this hash; None if there is nothing to choose."""
    if not translations:
        return None
    choices = [LetterLanguage(original.language, own_name(original.language), letter_path(slug))]
    choices += [LetterLanguage(one.language, one.name, letter_path(slug, one.language)) for one in translations]
    if shown is None:
        return LetterLanguages(tuple(choices), choices[0])
    here = choices[1 + translations.index(shown)]
    return LetterLanguages(tuple(choices), here, shown.revision_at, shown.revision_hash == original_hash)
