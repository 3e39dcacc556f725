"""Secret links to pages of a letter: created, counted when they are used, and revoked."""

import datetime as dt

from sqlalchemy import func, select, update

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.links.secret_links import (
    LINK_RULES,
    LinkKind,
    LinkLifetime,
    LinkPermission,
    TooManyLinks,
    link_expires_at,
    token_hash,
)
from letterhub.domain.press.press_page import CannotRelease
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import commands_allowed, db, one_transaction
from letterhub.infrastructure.signed_links import secret_link_token
from letterhub.models import Letter, PressPage, SecretLink, append_audit_entry


@one_transaction
def create_secret_link(
    letter_id: int,
    kind: LinkKind,
    label: str,
    lifetime: LinkLifetime,
    permission: LinkPermission = LinkPermission.READ,
    *,
    staff_id: int,
    actor: str,
    at: dt.datetime,
    form_token: str = "",
) -> str:
    """Create a secret link; return its token, which is not stored. A form sent twice makes one link. Raises TooManyLinks, and
    CannotRelease for a press page that isn't written.

    The audit log, which can't be erased, names the link by its number and not by whom it is for.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    is_written = letter.state is not LetterState.DRAFT and db.session.get(PressPage, letter_id) is not None
    if kind is LinkKind.PRESS and not is_written:
        raise CannotRelease(_("Open the letter and write its press page first."), "label")
    token = secret_link_token(f"{kind} link", letter_id, f"{lifetime} {permission} {label}", form_token)
    existing = db.session.scalar(select(SecretLink).where(SecretLink.token_hash == token_hash(token)))
    if existing is not None and existing.revoked_at is None:
        return token
    of_kind = (SecretLink.letter_id == letter_id, SecretLink.kind == kind)
    in_use, most = select(func.count(SecretLink.id)).where(*of_kind, SecretLink.works_at(at)), LINK_RULES[kind].most
    if (db.session.scalar(in_use) or 0) >= most:
        raise TooManyLinks(_("%(most)s links work already. Revoke one that nobody needs.", most=most))
    if existing is not None:  # it was revoked, and its token never works again
        token = secret_link_token(f"{kind} link", letter_id, label)
    link = SecretLink(
        letter_id=letter_id, kind=kind, permission=permission, label=label, token_hash=token_hash(token), created_at=at,
        created_by_id=staff_id, expires_at=link_expires_at(lifetime, at),
    )  # fmt: skip
    db.session.add(link)
    db.session.flush()
    _append_audit_entry(link, actor, "created", at)
    return token


@one_transaction
def revoke_secret_link(letter_id: int, kind: LinkKind, link_id: int, *, actor: str, at: dt.datetime) -> None:
    """Revoke a secret link. Do nothing if it was revoked before."""
    query = select(SecretLink).where(SecretLink.id == link_id, SecretLink.letter_id == letter_id, SecretLink.kind == kind)
    link = db.session.scalar(query.with_for_update())
    if link is not None and link.revoked_at is None:
        link.revoked_at = at
        _append_audit_entry(link, actor, "revoked", at)


def record_link_use(link_id: int, at: dt.datetime) -> None:
    """Count a visit of a browser by a secret link, for staff: the one write of its GET."""
    with commands_allowed():
        _record_use(link_id, at)


@one_transaction
def _record_use(link_id: int, at: dt.datetime) -> None:
    used = update(SecretLink).where(SecretLink.id == link_id)
    db.session.execute(used.values(use_count=SecretLink.use_count + 1, used_at=at))


def _append_audit_entry(link: SecretLink, actor: str, done: str, at: dt.datetime) -> None:
    chain = ReferenceKind.LETTER.reference(link.letter_id)
    append_audit_entry(db.session(), chain, actor, f"{link.kind} link {done}", at=at, after={"link": link.id})
