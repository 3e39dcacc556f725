"""Secret links to a letter's progress page: created, counted when they are used, and revoked."""

import datetime as dt

from sqlalchemy import func, or_, select, update

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.progress.progress_links import (
    MAX_PROGRESS_LINKS,
    LinkLifetime,
    TooManyProgressLinks,
    link_expires_at,
    progress_token_hash,
)
from letterhub.infrastructure.db import commands_allowed, db, one_transaction
from letterhub.infrastructure.signed_links import secret_link_token
from letterhub.models import Letter, ProgressLink, append_audit_entry


@one_transaction
def create_progress_link(
    letter_id: int,
    label: str,
    lifetime: LinkLifetime,
    *,
    staff_id: int,
    actor: str,
    at: dt.datetime,
    form_token: str = "",
) -> str:
    """Create a secret link; return its token, which is not stored. A form sent twice makes one link. Raises
    TooManyProgressLinks.

    The audit log, which can't be erased, names the link by its number and not by whom it is for.
    """
    db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    token = secret_link_token("progress link", letter_id, f"{lifetime} {label}", form_token)
    existing = db.session.scalar(select(ProgressLink).where(ProgressLink.token_hash == progress_token_hash(token)))
    if existing is not None and existing.revoked_at is None:
        return token
    works = ProgressLink.revoked_at.is_(None), or_(ProgressLink.expires_at.is_(None), ProgressLink.expires_at > at)
    in_use = select(func.count(ProgressLink.id)).where(ProgressLink.letter_id == letter_id, *works)
    if (db.session.scalar(in_use) or 0) >= MAX_PROGRESS_LINKS:
        raise TooManyProgressLinks(_("%(most)s links work already. Revoke one that nobody needs.", most=MAX_PROGRESS_LINKS))
    if existing is not None:  # it was revoked, and its token never works again
        token = secret_link_token("progress link", letter_id, label)
    link = ProgressLink(
        letter_id=letter_id, label=label, token_hash=progress_token_hash(token), created_at=at, created_by_id=staff_id,
        expires_at=link_expires_at(lifetime, at),
    )  # fmt: skip
    db.session.add(link)
    db.session.flush()
    _append_audit_entry(link, actor, "progress link created", at)
    return token


@one_transaction
def revoke_progress_link(letter_id: int, link_id: int, *, actor: str, at: dt.datetime) -> None:
    """Revoke a secret link. Do nothing if it was revoked before."""
    query = select(ProgressLink).where(ProgressLink.id == link_id, ProgressLink.letter_id == letter_id)
    link = db.session.scalar(query.with_for_update())
    if link is not None and link.revoked_at is None:
        link.revoked_at = at
        _append_audit_entry(link, actor, "progress link revoked", at)


def record_progress_link_use(link_id: int, at: dt.datetime) -> None:
    """Count a visit of a browser by a secret link, for staff: the one write of its GET."""
    with commands_allowed():
        _record_use(link_id, at)


@one_transaction
def _record_use(link_id: int, at: dt.datetime) -> None:
    used = update(ProgressLink).where(ProgressLink.id == link_id)
    db.session.execute(used.values(use_count=ProgressLink.use_count + 1, used_at=at))


def _append_audit_entry(link: ProgressLink, actor: str, action: str, at: dt.datetime) -> None:
    chain = ReferenceKind.LETTER.reference(link.letter_id)
    append_audit_entry(db.session(), chain, actor, action, at=at, after={"link": link.id})
