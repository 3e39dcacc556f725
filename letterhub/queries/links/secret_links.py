"""Secret links to pages of a letter: as staff list them, and the letter that one leads to."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.links.secret_links import LinkKind, LinkPermission, token_hash
from letterhub.infrastructure.db import db
from letterhub.models import Letter, SecretLink, Staff


@dataclass(frozen=True, slots=True)
class ListedLink:
    """Secret link as staff see it, without its token; `works` says whether it still opens its page."""

    id: int
    label: str
    permission: LinkPermission
    created_at: dt.datetime
    created_by: str
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None
    use_count: int
    used_at: dt.datetime | None
    works: bool


def secret_links(letter_id: int, kind: LinkKind, at: dt.datetime) -> tuple[ListedLink, ...]:
    """Return a letter's secret links to a page, the newest first."""
    query = select(SecretLink, Staff.name).outerjoin(Staff, Staff.id == SecretLink.created_by_id)
    of_page = query.where(SecretLink.letter_id == letter_id, SecretLink.kind == kind)
    rows = db.session.execute(of_page.order_by(SecretLink.created_at.desc(), SecretLink.id.desc()))
    return tuple(
        ListedLink(
            link.id, link.label, link.permission, link.created_at, created_by or "", link.expires_at, link.revoked_at,
            link.use_count, link.used_at, link.is_valid_at(at),
        )
        for link, created_by in rows
    )  # fmt: skip


def find_secret_link(kind: LinkKind, token: str, at: dt.datetime) -> tuple[int, int] | None:
    """Return the id of the link to a page with this token, and of its letter; None if the link does not work, or its draft was
    deleted."""
    query = select(SecretLink).join(Letter, Letter.id == SecretLink.letter_id).where(Letter.deleted_at.is_(None))
    link = db.session.scalar(query.where(SecretLink.token_hash == token_hash(token), SecretLink.kind == kind))
    return (link.id, link.letter_id) if link is not None and link.is_valid_at(at) else None
