"""Translations of a letter as staff work on them, and the languages in which letters can be read.

See docs/translations.md.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.interface_languages import own_name
from letterhub.domain.letters.drafts import published_hash, trim_text
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.letters.translations import TranslationState, translate_text, translation_state
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Revision, Staff, TranslatedText, Translation
from letterhub.queries.letters.letter_lookup import is_newest_revision
from letterhub.queries.letters.revisions import newest_revision_if_any


@dataclass(frozen=True, slots=True)
class TranslationWork:
    """Translation as staff see it: the text that they saved last, and what readers see.

    `of_revision` is the id of the revision that the published one translates, None if none is published; `differs` says that
    the saved one is not what readers see.
    """

    language: str
    text: LetterText
    version: int
    saved_at: dt.datetime
    saved_by: str
    state: TranslationState
    of_revision: int | None
    differs: bool


@dataclass(frozen=True, slots=True)
class TranslatedLetter:
    """Letter for its translators: the text to translate, the number of its revision (0 before it opens), and translations."""

    original: LetterText
    revision_number: int
    translations: tuple[TranslationWork, ...]

    def translation(self, language: str) -> TranslationWork | None:
        """Return the translation into a language; None if there is none."""
        return next((one for one in self.translations if one.language == language), None)


def translated_letter(letter_id: int, draft: LetterText) -> TranslatedLetter:
    """Return a letter with its translations, by the names of their languages; before it opens, they are of the `draft`."""
    revision = newest_revision_if_any(letter_id)
    original = revision.text if revision else trim_text(draft)
    rows = db.session.execute(
        select(Translation, TranslatedText, Revision.sha256, Staff.name, Staff.email)
        .outerjoin(TranslatedText, TranslatedText.id == Translation.published_id)
        .outerjoin(Revision, Revision.id == TranslatedText.revision_id)
        .outerjoin(Staff, Staff.id == Translation.saved_by_id)
        .where(Translation.letter_id == letter_id)
    )
    found = []
    for row in rows:
        text = text_from_facts(row.Translation.text)
        published = row.TranslatedText
        state = translation_state(row.sha256, revision.sha256 if revision else "")
        sha256 = published_hash(translate_text(original, text))
        found.append(
            TranslationWork(
                row.Translation.language, text, row.Translation.version, row.Translation.saved_at, row.name or row.email or "",
                state, published.revision_id if published else None, published is None or published.sha256 != sha256,
            )
        )  # fmt: skip
    translations = tuple(sorted(found, key=lambda one: own_name(one.language)))
    return TranslatedLetter(original, revision.number if revision else 0, translations)


def languages_of(slugs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the languages in which letters with translations can be read, by slug; the original's comes first."""
    rows = db.session.execute(
        select(Letter.slug, Revision.content["language"].as_string(), Translation.language)
        .join(Translation, Translation.letter_id == Letter.id)
        .join(Revision, is_newest_revision())
        .where(Translation.published_id.is_not(None), Letter.state != LetterState.DRAFT)
        .order_by(Letter.id, Translation.language)
    )
    wanted, found = frozenset(slugs), dict[str, list[str]]()
    for slug, original, language in rows:
        if slug in wanted and language != original:
            found.setdefault(slug, [original]).append(language)
    return {slug: tuple(languages) for slug, languages in found.items()}
