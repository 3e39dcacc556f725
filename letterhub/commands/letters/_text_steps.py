"""Shared steps for a letter's text: locks, version check, and a new revision."""

import datetime as dt
from typing import Any

from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import DraftConflict, TextIsLocked, lock_reason
from letterhub.domain.letters.revisions import TextChange, counts_from
from letterhub.domain.letters.serialization import fingerprint
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter, Revision, Staff


def lock_letter_and_draft(letter_id: int) -> tuple[Letter, Draft]:
    """Return a letter and its draft, both locked against signing, moving and writing."""
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    return letter, db.session.get_one(Draft, letter_id, with_for_update=True)


def check_text_editable(letter: Letter) -> None:
    """Raise TextIsLocked if the text may no longer be changed."""
    if reason := lock_reason(letter.state):
        raise TextIsLocked(reason)


def check_version(draft: Draft, version: int) -> None:
    """Raise DraftConflict unless the draft has the expected version."""
    if draft.version == version:
        return
    saver = db.session.get(Staff, draft.saved_by_id) if draft.saved_by_id else None
    raise DraftConflict((saver.name or saver.email) if saver else _("Someone else"), draft.saved_at, draft.version)


def add_revision(
    last: Revision,
    content: dict[str, Any],
    change: TextChange,
    *,
    like: Revision,
    staff_id: int | None,
    at: dt.datetime,
    asked_again: int = 0,
) -> Revision:
    """Add the revision after `last`, which readers see from now on. If earlier signatures stay valid, it counts from where
    `like` does.
    """
    number = last.number + 1
    revision = Revision(
        letter_id=last.letter_id, number=number, content=content, sha256=fingerprint(content),
        change=change.kind, reason=change.reason.strip(), counts_from=counts_from(change.kind, number, like.counts_from),
        reconfirmations_requested=asked_again, created_at=at, created_by_id=staff_id,
    )  # fmt: skip
    db.session.add(revision)
    db.session.flush()
    return revision
