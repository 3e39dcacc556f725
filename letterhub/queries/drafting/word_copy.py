"""Word copy of a draft, with an identity by which it can be brought back. See docs/design/drafting/word_back.md."""

import base64
import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import select

from letterhub.domain.drafting.word_file import COPIED_TEXT, DraftIdentity
from letterhub.domain.letters.drafts import trim_text
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_from_facts, text_to_facts
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import Purpose, current_link_signer, seal_facts
from letterhub.models import Draft, Letter
from letterhub.queries.letters.pdf_previews import copy_document
from letterhub.rendering.lazy_imports import lazy_function

_docx_file = lazy_function("docx.file", "docx_file")
_PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")


def word_copy(letter_id: int, at: dt.datetime) -> tuple[str, bytes]:
    """Return the file name and the Word document of a draft as it is saved. Raises TextTooDeep and TextTooLong."""
    letter, draft = db.session.execute(
        select(Letter, Draft).join(Draft, Draft.letter_id == Letter.id).where(Letter.id == letter_id)
    ).one()
    text, slug, zone = trim_text(text_from_facts(draft.text)), letter.slug, ZoneInfo(letter.deadline_zone)
    identity = draft_identity(letter, draft.version, text)
    end_read_transaction()
    document = copy_document(text, at.astimezone(zone))
    return f"{slug}-draft.docx", _docx_file(document, is_draft_copy=True, identity=identity)


def draft_identity(letter: Letter, version: int, text: LetterText) -> DraftIdentity:
    """Return the identity of a copy of a draft's text: only this site can read or make it."""
    facts = {"letter": letter.id, "version": version, "text": text_to_facts(_with_small_pictures(text))}
    token = current_link_signer().token(Purpose.WORD_COPY, letter.id, version, since=letter.created_at)
    return DraftIdentity(token, seal_facts(facts, COPIED_TEXT))


def _with_small_pictures(text: LetterText) -> LetterText:
    """Return a text with a pixel for each picture and logo, which has its place in the file."""
    head = text.letterhead
    logo = head.logo and replace(head.logo, media_type="image/png", data=_PIXEL)
    logos = tuple(replace(one, media_type="image/png", data=_PIXEL) for one in head.more_logos)
    pictures = tuple(replace(one, media_type="image/png", data=_PIXEL) for one in text.pictures)
    return replace(text, letterhead=replace(head, logo=logo, more_logos=logos), pictures=pictures)
