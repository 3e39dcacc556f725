"""Press page of a letter: saved, released at an hour, and held back again; its secret links.

See docs/design/press.md.
"""

import datetime as dt
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select, update

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.press.press_page import (
    MAX_LINKS,
    CannotRelease,
    PressPageChanged,
    PressWords,
    TooManyLinks,
    press_token_hash,
)
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import commands_allowed, db, one_transaction
from letterhub.infrastructure.signed_links import secret_link_token
from letterhub.models import Letter, PressLink, PressPage, append_audit_entry


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


@one_transaction
def create_press_link(letter_id: int, name: str, *, staff_id: int, actor: str, at: dt.datetime, form_token: str = "") -> str:
    """Create a secret link to a press page; return its token, which is not stored. A form sent twice makes one link. Raises
    TooManyLinks and CannotRelease.

    The audit log, which can't be erased, names the link by its number and not by whom it is for.
    """
    letter = _lock_letter(letter_id)
    if letter.state is LetterState.DRAFT or db.session.get(PressPage, letter_id) is None:
        raise CannotRelease(_("Open the letter and write its press page first."), "name")
    token = secret_link_token("press link", letter_id, name, form_token)
    existing = db.session.scalar(select(PressLink).where(PressLink.token_hash == press_token_hash(token)))
    if existing is not None and existing.revoked_at is None:
        return token
    in_use = select(func.count(PressLink.id)).where(PressLink.letter_id == letter_id, PressLink.revoked_at.is_(None))
    if (db.session.scalar(in_use) or 0) >= MAX_LINKS:
        raise TooManyLinks(_("%(most)s links work already. Revoke one that nobody needs.", most=MAX_LINKS))
    if existing is not None:  # it was revoked, and its token never works again
        token = secret_link_token("press link", letter_id, name)
    token_hash = press_token_hash(token)
    link = PressLink(letter_id=letter_id, name=name, token_hash=token_hash, created_at=at, created_by_id=staff_id, uses=0)
    db.session.add(link)
    db.session.flush()
    _append_audit_entry(letter_id, "press link created", actor, at, {"link": link.id})
    return token


@one_transaction
def revoke_press_link(letter_id: int, link_id: int, *, actor: str, at: dt.datetime) -> None:
    """End a secret link. Do nothing if it ended before."""
    link = db.session.scalar(select(PressLink).where(PressLink.id == link_id, PressLink.letter_id == letter_id))
    if link is not None and link.revoked_at is None:
        link.revoked_at = at
        _append_audit_entry(letter_id, "press link revoked", actor, at, {"link": link.id})


def record_link_use(link_id: int, at: dt.datetime) -> None:
    """Count a use of a secret link, for staff: the one write of its GET."""
    with commands_allowed():
        _record_use(link_id, at)


@one_transaction
def _record_use(link_id: int, at: dt.datetime) -> None:
    used = update(PressLink).where(PressLink.id == link_id).values(uses=PressLink.uses + 1, used_at=at)
    db.session.execute(used, execution_options={"synchronize_session": False})


def _lock_letter(letter_id: int) -> Letter:
    return db.session.get_one(Letter, letter_id, with_for_update=True)


def _append_audit_entry(letter_id: int, action: str, actor: str, at: dt.datetime, after: dict[str, Any]) -> None:
    append_audit_entry(db.session(), ReferenceKind.LETTER.reference(letter_id), actor, action, at=at, after=after)
