"""Freezing of a letter as an edition: a numbered snapshot, and jobs for its files. See docs/design/editions.md."""

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select

from letterhub.commands.changes._settling import settle_batch
from letterhub.domain.abuse.submission_limits import make_idempotency_key
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.editions.edition import check_freezable, check_letter_unchanged, check_not_empty, new_public_id
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.editions.languages import edition_files
from letterhub.domain.letters.letter_document import LAYOUT_VERSION
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.messages import edition_url
from letterhub.models import Edition, EditionFile, EditionPage, EditionTranslation, Letter, append_audit_entry
from letterhub.queries.editions.next_edition import EditionContent, edition_content, letter_version


def freeze(
    letter_id: int,
    expected_version: str,
    *,
    actor: str,
    staff_id: int | None,
    at: dt.datetime,
    form_token: str = "",
    all_languages: bool = False,
) -> int:
    """Freeze the letter as an edition with the translations of its text, and jobs for its files; return its number.

    `expected_version` is the version of the letter that was shown, `form_token` the form's idempotency token: sent again, the
    first edition's number is returned. `all_languages` asks for one PDF of all languages, too, if it has several. The content
    is built before the letter is locked, since signers wait for the lock.
    A change whose deadline has passed is settled first, so that the edition prints by its rule.
    Raises CannotFreeze and LetterChanged.
    """
    key = make_idempotency_key(form_token, letter_id)
    if (number := _number_by_key(key)) is not None:
        return number
    check_freezable(db.session.get_one(Letter, letter_id).state)
    while _settle_due_change(letter_id, at):
        pass
    check_letter_unchanged(expected_version, letter_version(letter_id))  # before the work, and again once it is locked
    content = edition_content(letter_id)
    check_not_empty(len(content.signature_ids))
    files = edition_files([one.language for one in content.translations], with_all=all_languages)
    return _store_edition(letter_id, expected_version, content, files, key, actor, staff_id, at)


@one_transaction
def _settle_due_change(letter_id: int, at: dt.datetime) -> bool:
    """Settle a batch of the replies to a change whose deadline has passed, if the worker has not; return whether it did."""
    return settle_batch(letter_id, at)


@one_transaction
def _store_edition(
    letter_id: int,
    expected_version: str,
    content: EditionContent,
    files: Sequence[tuple[FileFormat, str]],
    key: str | None,
    actor: str,
    staff_id: int | None,
    at: dt.datetime,
) -> int:
    """Store an edition of this content with these files, unless the letter has changed; return its number."""
    letter = db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    if (number := _number_by_key(key)) is not None:  # the letter's lock keeps out concurrent requests
        return number
    check_freezable(letter.state)
    for version in (content.version, letter_version(letter_id)):
        check_letter_unchanged(expected_version, version)
    edition = _add_edition(letter, content, staff_id, at, key)
    db.session.add_all(
        EditionFile(edition_id=edition.id, format=form, language=language, warnings=[], requested_at=at)
        for form, language in files
    )
    facts = {"id": edition.public_id, "count": edition.count, "revision": content.revision, "sha256": edition.sha256}
    if content.translations:
        facts["translations"] = {one.language: one.sha256 for one in content.translations}
    subject = ReferenceKind.EDITION.reference(edition.number)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "frozen", at=at, subject=subject, after=facts
    )
    return edition.number


def _number_by_key(key: str | None) -> int | None:
    """Return the number of the edition with this idempotency key; None if there is none."""
    return db.session.scalar(select(Edition.number).where(Edition.idempotency_key == key)) if key else None


def _add_edition(letter: Letter, content: EditionContent, staff_id: int | None, at: dt.datetime, key: str | None) -> Edition:
    """Add the letter's next edition. The lock on the letter keeps its number unique."""
    last = db.session.scalar(select(func.max(Edition.number)).where(Edition.letter_id == letter.id)) or 0
    public_id = new_public_id(secrets.choice)
    edition = Edition(
        letter_id=letter.id, revision_id=content.revision_id, number=last + 1, public_id=public_id, frozen_at=at,
        count=len(content.signature_ids), individuals=content.individuals, unnamed=content.unnamed,
        layout=LAYOUT_VERSION,
        document=content.document, sha256=content.sha256,
        signature_ids=content.signature_ids, letter_version=content.version, created_by_id=staff_id,
        time_zone=letter.deadline_zone, check_url=edition_url(public_id), idempotency_key=key,
    )  # fmt: skip
    db.session.add(edition)
    db.session.flush()
    pages: list[dict[str, Any]] = [
        {"edition_id": edition.id, "number": number, "lines": lines, "search_words": words}
        for number, (lines, words) in enumerate(content.pages, 1)
    ]
    db.session.execute(insert(EditionPage), pages)
    db.session.add_all(
        EditionTranslation(edition_id=edition.id, language=one.language, text_id=one.id) for one in content.translations
    )
    return edition
