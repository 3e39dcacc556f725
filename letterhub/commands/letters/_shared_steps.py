"""Shared steps for commands on a letter: locks, version check, and a new revision."""

import datetime as dt
from typing import Any

from sqlalchemy import select, update

from letterhub.commands.drafting._session_text import follow, settle
from letterhub.domain.alphabets import alphabet_of
from letterhub.domain.archive import check_not_deleted
from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import DraftConflict, TextIsLocked, lock_reason
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.revisions import TextChange, counts_from
from letterhub.domain.letters.serialization import fingerprint, text_to_facts
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter, Revision, Signature, Staff


def lock_letter_and_draft(letter_id: int) -> tuple[Letter, Draft]:
    """Return a letter and its draft, both locked against signing, moving and writing, with what was typed on the sheet.

    Raises DraftIsDeleted, and UserFacingError if that can't be stored.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    check_not_deleted(letter.deleted_at)
    draft = db.session.get_one(Draft, letter_id, with_for_update=True)
    settle(draft)
    return letter, draft


def check_text_editable(letter: Letter) -> None:
    """Raise TextIsLocked if the text may no longer be changed."""
    if reason := lock_reason(letter.state, is_delivered=letter.delivered_at is not None):
        raise TextIsLocked(reason)


def check_version(draft: Draft, version: int) -> None:
    """Raise DraftConflict unless the draft has the expected version."""
    if draft.version != version:
        raise conflict_with(draft)


def conflict_with(draft: Draft) -> DraftConflict:
    """Return the error about the last save of a draft."""
    saver = db.session.get(Staff, draft.saved_by_id) if draft.saved_by_id else None
    return DraftConflict((saver.name or saver.email) if saver else _("Someone else"), draft.saved_at, draft.version)


def store_draft(draft: Draft, text: LetterText, staff_id: int, at: dt.datetime) -> None:
    """Store a text as the next version of a draft that is locked, and in the document of those who write on the sheet."""
    body = draft.text["body"]
    draft.text, draft.version, draft.saved_at, draft.saved_by_id = text_to_facts(text), draft.version + 1, at, staff_id
    if text.body != body:
        follow(draft, text, staff_id, at)


def add_revision(
    last: Revision,
    content: dict[str, Any],
    change: TextChange,
    *,
    base: Revision,
    staff_id: int | None,
    at: dt.datetime,
    asked_again: int = 0,
) -> Revision:
    """Add the revision after `last`, which readers see from now on.

    If the change keeps earlier signatures valid, they count from the same revision as they do under `base`. `asked_again` is
    how many signatories are asked to confirm it.
    """
    number = last.number + 1
    revision = Revision(
        letter_id=last.letter_id, number=number, content=content, sha256=fingerprint(content),
        change=change.kind, reason=change.reason.strip(), counts_from=counts_from(change.kind, number, base.counts_from),
        reconfirmations_requested=asked_again, created_at=at, created_by_id=staff_id,
    )  # fmt: skip
    db.session.add(revision)
    set_alphabet(last.letter_id, alphabet_of(revision.text.language))
    db.session.flush()
    return revision


def set_alphabet(letter_id: int, alphabet: str) -> None:
    """Sort a letter's signatories by the alphabet of its new or first text, if that is another one."""
    letter = db.session.get_one(Letter, letter_id)
    if letter.alphabet == alphabet:
        return
    letter.alphabet = alphabet
    for signature in db.session.scalars(select(Signature).where(Signature.letter_id == letter_id)):
        signature.alphabet = alphabet
        signature.update_keys()


def bind_added_names(first: Revision) -> None:
    """Bind the names that staff added to a draft to the text that it opens with."""
    of_draft = Signature.letter_id == first.letter_id, Signature.revision_id.is_(None)
    db.session.execute(update(Signature).where(*of_draft).values(revision_id=first.id))
