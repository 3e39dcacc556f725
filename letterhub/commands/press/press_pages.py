"""Press page of a letter: saved, released at an hour, and held back again.

See docs/design/press.md.
"""

import datetime as dt
from dataclasses import asdict
from typing import Any

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.press.press_page import CannotRelease, PressPageChanged, PressWords
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, PressPage, append_audit_entry


@one_transaction
def save_press_page(
    letter_id: int, words: PressWords, expected_version: int, *, staff_id: int, actor: str, at: dt.datetime
) -> None:
    """Save the words of a press page; its hour stays. Raises PressPageChanged unless they are those that were shown."""
    letter = _lock_letter(letter_id)
    page = db.session.get(PressPage, letter_id)
    if (page.version if page else 0) != expected_version:
        raise PressPageChanged(_("Someone else changed this page. Yours is below: save again to replace theirs."))
    if page is None:
        page = PressPage(letter_id=letter_id, version=0, release_zone=letter.deadline_zone)
        db.session.add(page)
    page.headline, page.statement, page.announcement = words.headline, words.statement, words.announcement
    page.facts, page.contacts = list(words.facts), [asdict(contact) for contact in words.contacts]
    page.version, page.saved_at, page.saved_by_id = page.version + 1, at, staff_id
    _append_audit_entry(letter_id, "press page saved", actor, at, {"title": words.headline})


@one_transaction
def release_press_page(letter_id: int, release_at: dt.datetime, *, actor: str, at: dt.datetime) -> None:
    """Make a press page public from an hour on; one that has passed is now. Raises CannotRelease."""
    letter, page = _lock_letter(letter_id), db.session.get(PressPage, letter_id)
    if letter.state is LetterState.DRAFT:
        raise CannotRelease(_("Open the letter first: its press page leads to it."))
    if page is None:
        raise CannotRelease(_("Write the press page first."))
    page.release_at, page.release_zone = max(release_at, at), letter.deadline_zone
    _append_audit_entry(letter_id, "press page released", actor, at, {"release_at": page.release_at.isoformat()})


@one_transaction
def hold_press_page(letter_id: int, *, actor: str, at: dt.datetime) -> None:
    """Take a press page back, or its hour: it is public no more. Do nothing if it was not to be."""
    _lock_letter(letter_id)
    page = db.session.get(PressPage, letter_id)
    if page is not None and page.release_at is not None:
        page.release_at = None
        _append_audit_entry(letter_id, "press page held", actor, at, {})


def _lock_letter(letter_id: int) -> Letter:
    return db.session.get_one(Letter, letter_id, with_for_update=True)


def _append_audit_entry(letter_id: int, action: str, actor: str, at: dt.datetime, after: dict[str, Any]) -> None:
    append_audit_entry(db.session(), ReferenceKind.LETTER.reference(letter_id), actor, action, at=at, after=after)
