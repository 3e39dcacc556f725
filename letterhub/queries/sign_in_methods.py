"""Ways to sign in without a password: passkeys and links to the identity provider, of accounts and of teams."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.accounts.roles import Role
from letterhub.identity_provider import RoleRule
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import current_settings
from letterhub.models import Coalition, FormerSlug, Membership, Passkey, ProviderLink, Staff


@dataclass(frozen=True, slots=True)
class StoredPasskey:
    """Passkey as its owner sees it, and as an answer of it is checked."""

    id: int
    staff_id: int
    name: str
    created_at: dt.datetime
    last_used_at: dt.datetime | None
    credential_id: str
    account_handle: str
    public_key: bytes
    sign_count: int


def _stored(row: Passkey) -> StoredPasskey:
    return StoredPasskey(
        row.id, row.staff_id, row.name, row.created_at, row.last_used_at, row.credential_id, row.account_handle,
        row.public_key, row.sign_count,
    )  # fmt: skip


def passkeys_of(staff_id: int) -> tuple[StoredPasskey, ...]:
    """Return an account's passkeys, oldest first."""
    return tuple(map(_stored, db.session.scalars(select(Passkey).where(Passkey.staff_id == staff_id).order_by(Passkey.id))))


def passkey_of(staff_id: int, passkey_id: int) -> StoredPasskey | None:
    """Return one passkey of an account; None if it has none with this id."""
    return next((passkey for passkey in passkeys_of(staff_id) if passkey.id == passkey_id), None)


def passkey_by_credential(credential_id: str) -> StoredPasskey | None:
    """Return the passkey with this credential id, base64url; None if there is none, or its account is not active."""
    query = select(Passkey).join(Staff, Staff.id == Passkey.staff_id)
    row = db.session.scalar(query.where(Passkey.credential_id == credential_id, Staff.active))
    return _stored(row) if row else None


def staff_account(staff_id: int) -> Staff:
    """Return an account, as Flask-Security signs it in."""
    return db.session.get_one(Staff, staff_id)


@dataclass(frozen=True, slots=True)
class StoredLink:
    """Link of an account to the identity provider: the name or address that the provider showed last."""

    staff_id: int
    label: str
    linked_at: dt.datetime
    last_used_at: dt.datetime | None


def link_of(staff_id: int, issuer: str) -> StoredLink | None:
    """Return an account's link to an issuer; None if there is none."""
    row = db.session.scalar(select(ProviderLink).where(ProviderLink.staff_id == staff_id, ProviderLink.issuer == issuer))
    return StoredLink(row.staff_id, row.label, row.linked_at, row.last_used_at) if row else None


def linked_staff_id(issuer: str, subject: str) -> int | None:
    """Return the id of the account that is linked to this person at an issuer; None if there is none."""
    query = select(ProviderLink.staff_id).where(ProviderLink.issuer == issuer, ProviderLink.subject == subject)
    return db.session.scalar(query)


@dataclass(frozen=True, slots=True)
class WaysIn:
    """Ways to sign in to an account."""

    has_password: bool = False
    passkeys: int = 0
    is_linked: bool = False

    @property
    def any(self) -> bool:
        """Return whether there is one."""
        return self.has_password or bool(self.passkeys) or self.is_linked


def ways_in_of(uniquifier: str) -> WaysIn:
    """Return the ways to sign in to the account with this `fs_uniquifier`."""
    passkeys = select(func.count()).where(Passkey.staff_id == Staff.id).scalar_subquery()
    query = select(Staff.password.is_not(None), passkeys, has_link())
    row = db.session.execute(query.where(Staff.fs_uniquifier == uniquifier)).one_or_none()
    return WaysIn(bool(row[0]), row[1], bool(row[2])) if row else WaysIn()


def has_link() -> ColumnElement[bool]:
    """Build the SQL condition that the selected account is linked to the site's provider: a link to a former one opens
    nothing."""
    provider = current_settings().identity_provider
    link = ProviderLink.staff_id == Staff.id, ProviderLink.issuer == (provider.issuer if provider else "")
    return select(ProviderLink.id).where(*link).correlate(Staff).exists()


def has_passkey() -> ColumnElement[bool]:
    """Build the SQL condition that the selected account has a passkey."""
    return select(Passkey.id).where(Passkey.staff_id == Staff.id).correlate(Staff).exists()


def has_way_in() -> ColumnElement[bool]:
    """Build the SQL condition that the selected account has a way to sign in; without one, it was only invited."""
    return or_(Staff.password.is_not(None), has_passkey(), has_link())


def has_second_factor() -> ColumnElement[bool]:
    """Build the SQL condition that the selected account has a second factor: an app, a passkey or the provider."""
    return or_(Staff.tf_primary_method.is_not(None), has_passkey(), has_link())


def is_linked_to(issuer: str) -> ColumnElement[bool]:
    """Build the SQL condition that the selected membership's account is linked to an issuer."""
    link = aliased(ProviderLink)
    return select(link.id).where(link.staff_id == Membership.staff_id, link.issuer == issuer).correlate(Membership).exists()


def unlinked_members(coalition_id: int, issuer: str) -> tuple[str, ...]:
    """Return the names of who joined a coalition's team and is not linked to an issuer."""
    query = select(Staff.name, Staff.email).join(Membership, Membership.staff_id == Staff.id)
    joined = Membership.coalition_id == coalition_id, Membership.joined_at.is_not(None), ~is_linked_to(issuer)
    return tuple(row.name or row.email for row in db.session.execute(query.where(*joined).order_by(Staff.name, Staff.id)))


def has_linked_owner(coalition_id: int, issuer: str) -> bool:
    """Return whether an owner of the coalition is linked to an issuer."""
    owner = Membership.role == Role.OWNER, Membership.joined_at.is_not(None), is_linked_to(issuer)
    return db.session.scalar(select(Membership.id).where(Membership.coalition_id == coalition_id, *owner).limit(1)) is not None


def provider_only_slugs() -> tuple[str, ...]:
    """Return the slugs of the coalitions that open only to who signed in by the provider."""
    return tuple(db.session.scalars(select(Coalition.slug).where(Coalition.provider_only).order_by(Coalition.slug)))


def may_join_any(slugs: Collection[str]) -> bool:
    """Return whether one of the coalitions with these slugs lets people join by the provider's groups."""
    query = select(Coalition.id).where(Coalition.slug.in_(slugs), ~Coalition.invitation_only)
    return db.session.scalar(query.limit(1)) is not None


def with_current_slugs(rules: Iterable[RoleRule]) -> tuple[RoleRule, ...]:
    """Return rules by the slugs that their coalitions have now: a table of roles outlives the renaming of a coalition."""
    given = tuple(rules)
    former = select(FormerSlug.slug, Coalition.slug).join(Coalition, Coalition.id == FormerSlug.coalition_id)
    current = {old: new for old, new in db.session.execute(former.where(FormerSlug.slug.in_({one.coalition for one in given})))}  # noqa: C416
    return tuple(replace(one, coalition=current.get(one.coalition, one.coalition)) for one in given)


def rules_for(slug: str, rules: Iterable[RoleRule]) -> tuple[RoleRule, ...]:
    """Return the rules that give roles in the coalition with this slug, whatever slug they know it by."""
    return tuple(one for one in with_current_slugs(rules) if one.coalition == slug)
