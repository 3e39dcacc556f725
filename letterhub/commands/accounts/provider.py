"""Sign-in by the identity provider: accounts that it links or creates, and coalitions that open by it only.

See docs/design/accounts/sign-in.md.
"""

import datetime as dt
import secrets
from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.exc import IntegrityError

from letterhub.commands.accounts._claimed_roles import apply_claimed_roles
from letterhub.commands.accounts._sign_in_steps import check_linked_owner_remains, check_way_in, record_account_event
from letterhub.domain.accounts.sign_in import AccountEvent, CannotSignIn, LastWayIn, ProviderIdentity, claimed_roles
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import CannotMail
from letterhub.identity_provider import RoleRule
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import normalized_address
from letterhub.models import Coalition, Membership, ProviderLink, Staff, append_audit_entry, end_every_sign_in
from letterhub.queries.sign_in_methods import has_linked_owner, may_join_any, ways_in_of, with_current_slugs


@one_transaction
def sign_in_by_provider(identity: ProviderIdentity, rules: Iterable[RoleRule], provider: str, at: dt.datetime) -> int:
    """Return the id of the account that the provider's person signs in to, after its claims gave and took roles.

    An account that is linked, or a new one if the claims give a role in a coalition that lets people join by them, and no
    account has the verified address. Raises CannotSignIn with what to do instead; an account is never linked because of its
    address. `provider` is its name.
    """
    rules = with_current_slugs(rules)
    claimed = claimed_roles(identity.groups, rules)
    link = _find_link(identity)
    staff = db.session.get_one(Staff, link.staff_id, with_for_update=True) if link else None
    if link is None or staff is None:
        staff = _create_account(identity, may_join_any(claimed), provider, at)
        link = _add_link(staff, identity, at)
    if not staff.active:
        raise CannotSignIn(_("This account was closed. Ask whoever runs this site."))
    link.use(identity.label, at)
    apply_claimed_roles(staff, claimed, frozenset(rule.coalition for rule in rules), at)
    return staff.id


@one_transaction
def link_provider(staff_id: int, identity: ProviderIdentity, provider: str, at: dt.datetime) -> None:
    """Link an account to the provider's person, from within a session. Raises CannotSignIn if either is linked already."""
    staff = db.session.get_one(Staff, staff_id, with_for_update=True)
    if (link := _find_link(identity)) is not None:
        if link.staff_id == staff_id:
            raise CannotSignIn(_("Your account is already linked to %(provider)s.", provider=provider))
        raise CannotSignIn(_("Another account on this site is linked to this person at %(provider)s.", provider=provider))
    if db.session.scalar(select(ProviderLink.id).where(_is_of(staff_id, identity.issuer))) is not None:
        raise CannotSignIn(_("Your account is already linked to %(provider)s. Unlink it first.", provider=provider))
    _add_link(staff, identity, at)
    record_account_event(staff, AccountEvent.PROVIDER_LINKED, at, provider)


@one_transaction
def unlink_provider(staff_id: int, issuer: str, provider: str, uniquifier: str, at: dt.datetime) -> None:
    """End an account's link, its sessions and half-done sign-ins: it gets this uniquifier. Raises LastWayIn, also if a
    coalition opens by the provider only and no other owner is linked; CannotSignIn if there is no link."""
    staff = db.session.get_one(Staff, staff_id, with_for_update=True)
    link = db.session.scalar(select(ProviderLink).where(_is_of(staff_id, issuer)).with_for_update())
    if link is None:
        raise CannotSignIn(_("Your account is not linked to %(provider)s.", provider=provider))
    for member in db.session.scalars(select(Membership).where(Membership.staff_id == staff_id)).all():
        db.session.get_one(Coalition, member.coalition_id, with_for_update=True)
        check_linked_owner_remains(member)
    db.session.delete(link)
    check_way_in(staff)
    end_every_sign_in(db.session(), staff, uniquifier)
    record_account_event(staff, AccountEvent.PROVIDER_UNLINKED, at, provider)


@one_transaction
def change_team_sign_in(
    coalition_id: int, issuer: str, actor: str, at: dt.datetime, *, provider_only: bool, invitation_only: bool | None = None
) -> None:
    """Change whether a coalition's pages open only to who signed in by the provider, and whether nobody joins by a group there
    (None: as before). Raises LastWayIn unless an owner is linked to the `issuer`."""
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update=True)
    before = {"provider_only": coalition.provider_only, "invitation_only": coalition.invitation_only}
    wanted = {"provider_only": provider_only, "invitation_only": invitation_only}
    changes = {name: value for name, value in wanted.items() if value is not None and value is not before[name]}
    if changes.get("provider_only") and not has_linked_owner(coalition_id, issuer):
        raise LastWayIn(_("No owner is linked to the provider yet, so nobody could change this back. Link your account first."))
    if changes:
        coalition.provider_only = changes.get("provider_only", coalition.provider_only)
        coalition.invitation_only = changes.get("invitation_only", coalition.invitation_only)
        append_audit_entry(
            db.session(), ReferenceKind.COALITION.reference(coalition_id), actor, "sign-in changed", at=at,
            before={name: before[name] for name in changes}, after=changes,
        )  # fmt: skip


def _find_link(identity: ProviderIdentity) -> ProviderLink | None:
    query = select(ProviderLink).where(ProviderLink.issuer == identity.issuer, ProviderLink.subject == identity.subject)
    return db.session.scalar(query.with_for_update())


def _is_of(staff_id: int, issuer: str) -> ColumnElement[bool]:
    return and_(ProviderLink.staff_id == staff_id, ProviderLink.issuer == issuer)


def _add_link(staff: Staff, identity: ProviderIdentity, at: dt.datetime) -> ProviderLink:
    """Add a link. Raises CannotSignIn if another request linked the same person at this moment."""
    link = ProviderLink(staff_id=staff.id, issuer=identity.issuer, subject=identity.subject, label=identity.label, linked_at=at)
    try:
        with db.session.begin_nested():
            db.session.add(link)
            db.session.flush()
    except IntegrityError as error:
        raise CannotSignIn(_("Someone signed in as you at the same moment. Try again.")) from error
    return link


def _create_account(identity: ProviderIdentity, has_role: bool, provider: str, at: dt.datetime) -> Staff:
    """Return a new account with the verified address and no password. Raises CannotSignIn."""
    words = {"provider": provider, "email": identity.email}
    try:
        address = normalized_address(identity.email).lower() if identity.email else ""
    except CannotMail:
        address = ""
    existing = db.session.scalar(select(Staff).where(func.lower(Staff.email) == address)) if address else None
    if existing is not None and not ways_in_of(existing.fs_uniquifier).any:
        raise CannotSignIn(
            _("You were invited to this site. Open the link in that email first, then link your account.", **words)
        )
    if existing is not None:
        raise CannotSignIn(
            _(
                "%(email)s already has an account here, which isn’t linked to %(provider)s. Sign in as usual, then link it on "
                "your account page.",
                **words,
            )
        )
    if not address:
        raise CannotSignIn(
            _(
                "%(provider)s didn’t confirm an email address of yours, and no account is linked to you. Sign in as usual, "
                "then link your account.",
                **words,
            )
        )
    if not has_role:
        raise CannotSignIn(
            _("Nobody has given %(email)s a role on this site. Ask an owner of your coalition to invite you.", **words)
        )
    staff = Staff(email=address, name=identity.name[:200], created_at=at, fs_uniquifier=secrets.token_hex(32))
    try:
        with db.session.begin_nested():
            db.session.add(staff)
            db.session.flush()
    except IntegrityError as error:
        raise CannotSignIn(_("Someone signed in as you at the same moment. Try again.")) from error
    return staff
