"""Translations of a letter: begun, saved, published for the text that readers see, and taken off the page.

See docs/translations.md.
"""

import datetime as dt

from sqlalchemy import select

from letterhub.commands.letters._shared_steps import lock_letter_and_draft
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import DraftConflict, LetterNotReady, trim_text
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.opening_rules import missing_requirements
from letterhub.domain.letters.serialization import fingerprint, text_from_facts, text_to_facts
from letterhub.domain.letters.translations import CannotPublishTranslation, check_language, translate_text
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, Staff, TranslatedText, Translation, append_audit_entry
from letterhub.queries.letters.revisions import newest_revision_if_any


@one_transaction
def add_translation(letter_id: int, text: LetterText, *, actor: str, staff_id: int, at: dt.datetime) -> None:
    """Begin a translation into the text's language. Raises CannotTranslate and DraftIsDeleted."""
    letter, draft = lock_letter_and_draft(letter_id)
    revision = newest_revision_if_any(letter_id)
    others = db.session.scalars(select(Translation.language).where(Translation.letter_id == letter_id)).all()
    check_language(text.language, revision.text if revision else text_from_facts(draft.text), others)
    db.session.add(
        Translation(
            letter_id=letter_id, language=text.language, text=text_to_facts(text), version=1, saved_at=at, saved_by_id=staff_id
        )
    )
    _append_audit_entry(letter, actor, "translation added", at, {"language": text.language})


@one_transaction
def save_translation(letter_id: int, text: LetterText, version: int, *, staff_id: int, at: dt.datetime) -> int:
    """Save the translation in the text's language on top of a version; return the new version.

    Raises DraftConflict if another version was saved since. A retry with the same text is no conflict.
    """
    _letter, translation = _lock(letter_id, text.language)
    facts = text_to_facts(text)
    if translation.text == facts:
        return translation.version
    if translation.version != version:
        saver = db.session.get(Staff, translation.saved_by_id) if translation.saved_by_id else None
        name = (saver.name or saver.email) if saver else _("Someone else")
        raise DraftConflict(name, translation.saved_at, translation.version)
    translation.text, translation.version = facts, version + 1
    translation.saved_at, translation.saved_by_id = at, staff_id
    return translation.version


@one_transaction
def publish_translation(letter_id: int, language: str, version: int, *, actor: str, staff_id: int, at: dt.datetime) -> None:
    """Publish the saved translation as that of the text that readers see now.

    Raises CannotPublishTranslation before the letter has opened and where another version was saved since, and LetterNotReady.
    The same text for the same revision is published once.
    """
    letter, translation = _lock(letter_id, language)
    revision = newest_revision_if_any(letter_id)
    if revision is None:
        raise CannotPublishTranslation(_("Open the letter first: readers see translations once they see the original."))
    if letter.state is LetterState.WITHDRAWN:
        raise CannotPublishTranslation(_("This letter was withdrawn, so its translations can no longer be changed."))
    if language == revision.text.language:
        raise CannotPublishTranslation(_("The original is in this language by now, so readers need no translation into it."))
    if translation.version != version:
        raise CannotPublishTranslation(_("This translation was saved again since you opened it. Read it, then publish it."))
    text = trim_text(translate_text(revision.text, text_from_facts(translation.text)))
    if missing := missing_requirements(text, None, at):
        raise LetterNotReady(missing)
    content = text_to_facts(text)
    sha256 = fingerprint(content)
    before = db.session.get(TranslatedText, translation.published_id) if translation.published_id else None
    if before and (before.revision_id, before.sha256) == (revision.id, sha256):
        return
    published = TranslatedText(
        revision_id=revision.id, language=language, content=content, sha256=sha256, created_at=at, created_by_id=staff_id
    )
    db.session.add(published)
    db.session.flush()
    translation.published_id = published.id
    facts = {"language": language, "revision": revision.number, "sha256": sha256}
    _append_audit_entry(letter, actor, "translation published", at, facts)


@one_transaction
def unpublish_translation(letter_id: int, language: str, *, actor: str, at: dt.datetime) -> None:
    """Take a translation off the public page; what staff have written stays. Doing so twice changes nothing."""
    letter, translation = _lock(letter_id, language)
    if translation.published_id is not None:
        translation.published_id = None
        _append_audit_entry(letter, actor, "translation unpublished", at, {"language": language})


def _lock(letter_id: int, language: str) -> tuple[Letter, Translation]:
    """Return a letter and its translation into a language, both locked. Raises NoResultFound if there is none."""
    letter, _draft = lock_letter_and_draft(letter_id)
    return letter, db.session.get_one(Translation, (letter_id, language), with_for_update=True)


def _append_audit_entry(letter: Letter, actor: str, action: str, at: dt.datetime, after: dict[str, object]) -> None:
    append_audit_entry(db.session(), ReferenceKind.LETTER.reference(letter.id), actor, action, at=at, after=after)
