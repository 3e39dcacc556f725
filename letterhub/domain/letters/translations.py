"""Translations of a letter: which parts are translated, what a translation needs, and whether it is of the current text.

See docs/translations.md.
"""

import enum
from collections.abc import Collection
from dataclasses import replace
from itertools import zip_longest

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import Addressee, LetterText

LANGUAGE_TAG_LENGTH = 35
TRANSLATED_PARTS = (
    "title", "date_words", "via", "addressees", "re", "short_subject", "salutation", "body", "closing", "cc", "enclosures",
)  # fmt: skip
"""Parts of a text that a translation has of its own. All else, such as date, letterhead, pictures and layout, is the
original's."""
_WRITTEN_ANEW = ("title", "body")


class TranslationState(enum.StrEnum):
    """State of a translation for readers: none is published, one of the current text, or one of an earlier text."""

    UNPUBLISHED = "unpublished"
    CURRENT = "current"
    OUTDATED = "outdated"


class CannotTranslate(UserFacingError):
    """Raised for a language that a letter cannot be translated into."""

    field = "language"


class CannotPublishTranslation(UserFacingError):
    """Raised for a translation that readers cannot see yet."""


def translate_text(original: LetterText, translation: LetterText) -> LetterText:
    """Return the original with the language and the parts of a translation. A part that is empty there, but for title and
    body, is the original's, and so is each addressee."""
    written = zip_longest(translation.addressees, original.addressees, fillvalue=Addressee(""))
    parts = {
        part: getattr(translation, part) or getattr(original, part) for part in TRANSLATED_PARTS if part not in _WRITTEN_ANEW
    }
    parts["addressees"] = tuple(one if one.name or one.lines else of_original for one, of_original in written)
    anew = {part: getattr(translation, part) for part in _WRITTEN_ANEW}
    return replace(original, **parts, **anew, language=translation.language)


def parts_to_translate(original: LetterText) -> tuple[str, ...]:
    """Return the names of the parts that an original has; title and body are always among them."""
    return tuple(part for part in TRANSLATED_PARTS if part in _WRITTEN_ANEW or getattr(original, part))


def check_language(language: str, original: LetterText, others: Collection[str]) -> None:
    """Raise CannotTranslate for the original's language, and for one that a translation is in already."""
    if language == original.language:
        raise CannotTranslate(_("The original is in this language. Choose another."))
    if language in others:
        raise CannotTranslate(_("There is a translation into this language. Edit that one."))


def translation_state(published_for: str | None, current: str) -> TranslationState:
    """Return the state of a translation that was published for the text with a hash, None if none was, where the `current` text
    has this hash."""
    if published_for is None:
        return TranslationState.UNPUBLISHED
    return TranslationState.CURRENT if published_for == current else TranslationState.OUTDATED


def missing_parts(original: LetterText, translation: LetterText) -> tuple[str, ...]:
    """Return the names of parts that the original has and the translation does not, and of lists with fewer entries."""
    return tuple(
        part
        for part in parts_to_translate(original)
        if not getattr(translation, part) or _length(getattr(translation, part)) < _length(getattr(original, part))
    )


def _length(part: object) -> int:
    return len(part) if isinstance(part, tuple) else 0
