"""Translations of a letter as readers and signatories see them.

See docs/translations.md.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from letterhub.domain.interface_languages import own_name
from letterhub.domain.letters.letter_document import LetterText
from letterhub.infrastructure.db import db
from letterhub.models import EditionTranslation, Revision, TranslatedText, Translation
from letterhub.queries.letters.public_letter import PublicLetter


@dataclass(frozen=True, slots=True)
class PublicTranslation:
    """Published translation: the text and its hash, and of the revision that it translates the number, hash and time."""

    id: int
    language: str
    sha256: str
    revision_number: int
    revision_hash: str
    revision_at: dt.datetime

    @property
    def name(self) -> str:
        """Return the name of its language in itself."""
        return own_name(self.language)

    @property
    def evidence(self) -> dict[str, str]:
        """Return what shows which translation was read."""
        return {"language": self.language, "sha256": self.sha256}

    @property
    def text(self) -> LetterText:
        """Return its whole text."""
        return _translated_text(self.id, self.sha256)


@dataclass(frozen=True, slots=True)
class ReadText:
    """Text in which a signatory reads a letter: a current translation into the `language` that was chosen, or the original.

    `language` is "" for the letter's own. `translation_id` is None where the original is shown. `page_language` is that of the
    letter's page to link to, "" for the original's.
    """

    text: LetterText
    language: str = ""
    translation_id: int | None = None
    page_language: str = ""

    @property
    def tag(self) -> str:
        """Return the language to speak to the signatory."""
        return self.language or self.text.language


_COLUMNS = (
    TranslatedText.id, TranslatedText.language, TranslatedText.sha256, Revision.number, Revision.sha256, Revision.created_at,
)  # fmt: skip
"""Columns of a PublicTranslation, in the order of its fields."""


def public_translations(letter_id: int, original_language: str) -> tuple[PublicTranslation, ...]:
    """Return a letter's published translations, by the names of their languages; none into the language that the original has
    by now."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .join(Translation, Translation.published_id == TranslatedText.id)
        .join(Revision, Revision.id == TranslatedText.revision_id)
        .where(Translation.letter_id == letter_id, Translation.language != original_language)
    )
    return tuple(sorted((PublicTranslation(*row) for row in rows), key=lambda one: one.name))


def frozen_translations(edition_id: int) -> dict[str, PublicTranslation]:
    """Return the translations that an edition was frozen with, by language."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .join(EditionTranslation, EditionTranslation.text_id == TranslatedText.id)
        .join(Revision, Revision.id == TranslatedText.revision_id)
        .where(EditionTranslation.edition_id == edition_id)
    )
    return {row.language: PublicTranslation(*row) for row in rows}


_OF_NEWEST = aliased(Revision)
_PUBLISHED = (
    select(*_COLUMNS, _OF_NEWEST.sha256.label("newest_hash"))
    .join(Translation, Translation.published_id == TranslatedText.id)
    .join(Revision, Revision.id == TranslatedText.revision_id)
    .join(_OF_NEWEST, _OF_NEWEST.letter_id == Translation.letter_id)
    .where(Translation.letter_id == bindparam("letter"), Translation.language == bindparam("language"))
    .order_by(_OF_NEWEST.number.desc())
    .limit(1)
)


def published_translation(letter_id: int, language: str) -> tuple[PublicTranslation, bool] | None:
    """Return a letter's published translation into a language, and whether it is of the newest text; None if there is none."""
    row = db.session.execute(_PUBLISHED, {"letter": letter_id, "language": language}).one_or_none()
    if row is None:
        return None
    translation = PublicTranslation(*row[:-1])
    return translation, translation.revision_hash == row.newest_hash


def translations_by_id(ids: Collection[int]) -> dict[int, PublicTranslation]:
    """Return translations that are or were published, by id."""
    if not ids:
        return {}
    query = select(*_COLUMNS).join(Revision, Revision.id == TranslatedText.revision_id)
    return {row[0]: PublicTranslation(*row) for row in db.session.execute(query.where(TranslatedText.id.in_(ids)))}


def current_translation(letter_id: int, language: str) -> PublicTranslation | None:
    """Return a letter's published translation into a language if it is of the newest text."""
    found = published_translation(letter_id, language)
    return found[0] if found and found[1] else None


def read_text(letter: PublicLetter, language: str) -> ReadText:
    """Return the text in which the letter is read by someone who chose a language, "" for the letter's own."""
    if language in ("", letter.text.language):
        return ReadText(letter.text)
    found = published_translation(letter.id, language)
    if found is None:
        return ReadText(letter.text, language)
    translation, is_current = found
    if not is_current:
        return ReadText(letter.text, language, page_language=language)
    return ReadText(translation.text, language, translation.id, language)


@lru_cache(maxsize=32)
def _translated_text(text_id: int, sha256: str) -> LetterText:  # noqa: ARG001 - tells texts of several databases apart
    """Return a published translation's text. It never changes, so it is cached per process."""
    return db.session.get_one(TranslatedText, text_id).text
