"""Secret links to a draft: created, counted when they are used, and revoked."""

import datetime as dt

from sqlalchemy import func, select, update

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.drafting.draft_links import (
    LIFETIME_BY_NAME,
    MAX_DRAFT_LINKS,
    DraftLinkLifetime,
    TooManyDraftLinks,
    draft_token_hash,
)
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import commands_allowed, db, one_transaction
from letterhub.infrastructure.signed_links import secret_link_token
from letterhub.models import DraftLink, Letter, append_audit_entry


@one_transaction
def create_draft_link(
    letter_id: int,
    label: str,
    lifetime: DraftLinkLifetime,
    *,
    may_comment: bool,
    staff_id: int,
    actor: str,
    at: dt.datetime,
    form_token: str = "",
) -> str:
    """Create a secret link; return its token, which is not stored. A form sent twice makes one link. Raises TooManyDraftLinks.

    The audit log, which can't be erased, names the link by its number and not by whom it is for.
    """
    db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    token = secret_link_token("draft link", letter_id, f"{lifetime} {may_comment} {label}", form_token)
    existing = db.session.scalar(select(DraftLink).where(DraftLink.token_hash == draft_token_hash(token)))
    if existing is not None and existing.revoked_at is None:
        return token
    in_use = select(func.count(DraftLink.id)).where(
        DraftLink.letter_id == letter_id, DraftLink.revoked_at.is_(None), DraftLink.expires_at > at
    )
    if (db.session.scalar(in_use) or 0) >= MAX_DRAFT_LINKS:
        raise TooManyDraftLinks(_("%(most)s links work already. Revoke one that nobody needs.", most=MAX_DRAFT_LINKS))
    if existing is not None:  # it was revoked, and its token never works again
        token = secret_link_token("draft link", letter_id, label)
    link = DraftLink(
        letter_id=letter_id, label=label, may_comment=may_comment, token_hash=draft_token_hash(token), created_at=at,
        created_by_id=staff_id, expires_at=at + LIFETIME_BY_NAME[lifetime],
    )  # fmt: skip
    db.session.add(link)
    db.session.flush()
    _append_audit_entry(link, actor, "draft link created", at)
    return token


@one_transaction
def revoke_draft_link(letter_id: int, link_id: int, *, actor: str, at: dt.datetime) -> None:
    """Revoke a secret link. Do nothing if it was revoked before."""
    query = select(DraftLink).where(DraftLink.id == link_id, DraftLink.letter_id == letter_id)
    link = db.session.scalar(query.with_for_update())
    if link is not None and link.revoked_at is None:
        link.revoked_at = at
        _append_audit_entry(link, actor, "draft link revoked", at)


def record_draft_link_use(link_id: int, at: dt.datetime) -> None:
    """Count a visit of a browser by a secret link, for staff: the one write of its GET."""
    with commands_allowed():
        _record_use(link_id, at)


@one_transaction
def _record_use(link_id: int, at: dt.datetime) -> None:
    used = update(DraftLink).where(DraftLink.id == link_id)
    db.session.execute(used.values(use_count=DraftLink.use_count + 1, used_at=at))


def _append_audit_entry(link: DraftLink, actor: str, action: str, at: dt.datetime) -> None:
    chain = ReferenceKind.LETTER.reference(link.letter_id)
    append_audit_entry(db.session(), chain, actor, action, at=at, after={"link": link.id})
