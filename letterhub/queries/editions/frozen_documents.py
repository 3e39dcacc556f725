"""Documents of editions, as they were frozen: of the letter's own text, and of the translations that an edition has."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from letterhub.domain.editions.languages import ALL_LANGUAGES
from letterhub.domain.interface_languages import own_name
from letterhub.domain.letters.letter_document import EditionInfo, LetterDocument, LetterText
from letterhub.domain.letters.serialization import decompress_lines, document_from_facts
from letterhub.infrastructure.db import db
from letterhub.models import Edition, EditionPage, EditionTranslation, TranslatedText


def frozen_document(edition_id: int, language: str = "") -> LetterDocument:
    """Return the document of an edition, with its number, public id, time and URL to print; with the text of a translation that
    it was frozen with, if a `language` is given, or with all of them."""
    edition = db.session.get_one(Edition, edition_id)
    as_of = edition.frozen_at.astimezone(ZoneInfo(edition.time_zone))
    document = document_from_facts(
        frozen_facts(edition_id), EditionInfo(edition.number, edition.public_id, as_of, edition.check_url)
    )
    if language == ALL_LANGUAGES:
        return replace(document, translations=tuple(frozen_texts(edition_id).values()))
    return replace(document, text=frozen_texts(edition_id)[language]) if language else document


def frozen_texts(edition_id: int) -> dict[str, LetterText]:
    """Return the text of each translation that an edition was frozen with, by language, in the order of its files."""
    texts = select(TranslatedText).join(EditionTranslation, EditionTranslation.text_id == TranslatedText.id)
    rows = db.session.scalars(texts.where(EditionTranslation.edition_id == edition_id)).all()
    return {row.language: row.text for row in sorted(rows, key=lambda row: own_name(row.language))}


def frozen_facts(edition_id: int) -> dict[str, Any]:
    """Return the document of an edition as it was serialized, with the signatories of its pages. Raises ValueError if a stored
    page cannot be decompressed."""
    pages = select(EditionPage.lines).where(EditionPage.edition_id == edition_id).order_by(EditionPage.number)
    document: dict[str, Any] = db.session.scalars(select(Edition.document).where(Edition.id == edition_id)).one()
    return document | {"signatories": [line for lines in db.session.scalars(pages) for line in decompress_lines(lines)]}
