"""Coalitions and their staff: found, invite, join, change roles, and remove."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update

from letterhub.commands.accounts._coalition_steps import (
    add_coalition,
    check_slug,
    find_or_create_account,
    flush_slug,
)
from letterhub.commands.accounts._sign_in_steps import check_linked_owner_remains
from letterhub.domain.accounts.roles import AlreadyOnTeam, NotOnTeam, Role, RoleChange, check_owner_remains
from letterhub.domain.audit.log import OPERATOR, ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.interface_languages import spoken_language
from letterhub.domain.letters.slugs import slugify
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.signatures.signing import check_mail_frequency
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import normalized_address, queue_mail
from letterhub.models import (
    Coalition,
    Contact,
    FormerSlug,
    Membership,
    OutboxMessage,
    Staff,
    append_audit_entry,
    end_login_sessions,
)
from letterhub.queries.sign_in_methods import ways_in_of


@one_transaction
def invite_staff(coalition_id: int, email: str, role: Role, actor: str, at: dt.datetime) -> None:
    """Invite someone to the team by mail. Raises AlreadyOnTeam, CannotMail, MailedTooOften."""
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update=True)
    staff = find_or_create_account(normalized_address(email).lower(), at)
    statement = select(Membership).where(Membership.coalition_id == coalition.id, Membership.staff_id == staff.id)
    if member := db.session.scalar(statement):
        if member.joined_at:
            raise AlreadyOnTeam(_("%(email)s is already on the team.", email=staff.email))
        raise AlreadyOnTeam(_("%(email)s has already been invited. You can send the invitation again.", email=staff.email))
    member = Membership(staff_id=staff.id, coalition_id=coalition.id, role=role, invited_at=at)
    db.session.add(member)
    db.session.flush()
    _append_audit_entry(member, actor, "invited", at, after={"role": str(role)})
    _email_invitation(member, staff, at)


@one_transaction
def resend_staff_invitation(coalition_id: int, membership_id: int, actor: str, at: dt.datetime) -> None:
    """Mail an invitation again, with a link whose lifetime starts anew. Raises AlreadyJoined, MailedTooOften, NotOnTeam."""
    member = _lock_member(coalition_id, membership_id)
    member.invite_again(at)
    _append_audit_entry(member, actor, "invited again", at)
    _email_invitation(member, db.session.get_one(Staff, member.staff_id), at)


@one_transaction
def change_role(coalition_id: int, membership_id: int, role: Role, actor: str, at: dt.datetime) -> RoleChange:
    """Change a member's role, and end their sessions: a session never gains rights. Raises LastOwner, NotOnTeam.

    Return NONE if the member has the role already, WAITS if they have yet to join (then no session is ended, as theirs belong
    to other coalitions), and SIGNED_OUT otherwise.
    """
    member = _lock_member(coalition_id, membership_id)
    if member.role is role:
        return RoleChange.NONE
    _check_owner_remains(member, role)
    before, member.role, member.from_claims = member.role, role, False
    if member.joined_at is not None:
        end_login_sessions(db.session(), member.staff_id)
    _append_audit_entry(member, actor, "role changed", at, before={"role": str(before)}, after={"role": str(role)})
    return RoleChange.WAITS if member.joined_at is None else RoleChange.SIGNED_OUT


@one_transaction
def remove_member(coalition_id: int, membership_id: int, actor: str, at: dt.datetime) -> None:
    """End a membership, or take an invitation back, at once. Raises LastOwner, NotOnTeam."""
    member = _lock_member(coalition_id, membership_id)
    _check_owner_remains(member, None)
    _append_audit_entry(member, actor, "removed", at, before={"role": str(member.role)})
    contacts = update(Contact).where(Contact.coalition_id == coalition_id, Contact.owner_id == member.staff_id)
    db.session.execute(contacts.values(owner_id=None))
    db.session.delete(member)


@one_transaction
def join_with_new_account(membership_id: int, staff_id: int, name: str, password_hash: str, at: dt.datetime) -> None:
    """Accept an invitation with a new account's name and password. The password comes hashed, as hashing is too slow for a
    transaction. Raises AlreadyJoined, NotOnTeam.
    """
    member, staff = _lock_invitation(membership_id, staff_id)
    member.join(at)
    if not ways_in_of(staff.fs_uniquifier).any:
        staff.set_credentials(name, password_hash)
        staff.language = spoken_language()
    _append_audit_entry(member, ReferenceKind.STAFF.reference(staff.id), "joined", at, after={"role": str(member.role)})


@one_transaction
def join_with_existing_account(membership_id: int, staff_id: int, at: dt.datetime) -> None:
    """Accept an invitation with an existing account. Raises AlreadyJoined, NotOnTeam."""
    member, staff = _lock_invitation(membership_id, staff_id)
    if not ways_in_of(staff.fs_uniquifier).any:
        raise NotOnTeam(_("This invitation is for someone without an account. Open the link in the email again."))
    member.join(at)
    end_login_sessions(db.session(), staff.id)
    _append_audit_entry(member, ReferenceKind.STAFF.reference(staff.id), "joined", at, after={"role": str(member.role)})


def _lock_member(coalition_id: int, membership_id: int) -> Membership:
    """Return a member of the coalition, locked. The coalition is locked first, so that two owners cannot remove each other."""
    db.session.get_one(Coalition, coalition_id, with_for_update=True)
    member = db.session.get(Membership, membership_id, with_for_update=True)
    if member is None or member.coalition_id != coalition_id:
        raise NotOnTeam(_("This person is no longer on the team."))
    return member


def _lock_invitation(membership_id: int, staff_id: int) -> tuple[Membership, Staff]:
    """Return the membership that an invitation is for, and the invited account, both locked. Raises NotOnTeam."""
    member = db.session.get(Membership, membership_id, with_for_update=True)
    if member is None or member.staff_id != staff_id:
        raise NotOnTeam(_("This invitation was withdrawn. Ask whoever invited you for a new one."))
    return member, db.session.get_one(Staff, staff_id, with_for_update=True)


def _check_owner_remains(member: Membership, after: Role | None) -> None:
    """Raise LastOwner if no owner is left once a member has the role `after`, or is removed (None)."""
    if member.joined_at is None:
        return
    if after is not Role.OWNER:
        check_linked_owner_remains(member)
    owners = select(func.count(Membership.id)).where(
        Membership.coalition_id == member.coalition_id, Membership.role == Role.OWNER, Membership.joined_at.is_not(None)
    )
    check_owner_remains(db.session.scalar(owners) or 0, member.role, after)


def _append_audit_entry(member: Membership, actor: str, action: str, at: dt.datetime, **values: dict[str, str]) -> None:
    chain, subject = ReferenceKind.COALITION.reference(member.coalition_id), ReferenceKind.STAFF.reference(member.staff_id)
    append_audit_entry(db.session(), chain, actor, action, at=at, subject=subject, **values)


def _email_invitation(member: Membership, staff: Staff, at: dt.datetime) -> None:
    """Mail the invitation. Raises MailedTooOften if the coalition mailed this mailbox too often."""
    to_mailbox = (
        OutboxMessage.canonical_recipient == EmailAddress(staff.email).canonical,
        OutboxMessage.created_at > at - dt.timedelta(days=1),
    )
    from_coalition = OutboxMessage.kind == MailKind.JOIN, OutboxMessage.coalition_id == member.coalition_id
    check_mail_frequency(db.session.scalars(select(OutboxMessage.created_at).where(*to_mailbox, *from_coalition)).all(), at)
    facts = {"membership_id": member.id, "language": spoken_language()}
    queue_mail(MailKind.JOIN, staff.email, facts, at=at, coalition_id=member.coalition_id)


@one_transaction
def found_coalition(name: str, slug: str, at: dt.datetime) -> str:
    """Found a coalition without staff, at `slug` or a slug made of its name; return the slug. Raises CoalitionExists."""
    return add_coalition(name, slugify(slug or name), OPERATOR, at).slug


@one_transaction
def change_contact(coalition_id: int, contact: str, *, actor: str, at: dt.datetime) -> None:
    """Set the coalition's contact address; "" for none. Raises CannotMail."""
    contact = normalized_address(contact) if contact else ""
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update=True)
    if (before := coalition.contact_email) == contact:
        return
    coalition.contact_email = contact
    append_audit_entry(
        db.session(), ReferenceKind.COALITION.reference(coalition_id), actor, "contact changed", at=at,
        before={"contact": before}, after={"contact": contact},
    )  # fmt: skip


@one_transaction
def change_embed_sites(coalition_id: int, sites: Sequence[str], *, actor: str, at: dt.datetime) -> None:
    """Set the origins of the websites that may show the coalition's letters in a frame; none turns embedding off."""
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update=True)
    if (before := list(coalition.embed_sites)) == list(sites):
        return
    coalition.embed_sites = list(sites)
    append_audit_entry(
        db.session(), ReferenceKind.COALITION.reference(coalition_id), actor, "embedding changed", at=at,
        before={"websites": ", ".join(before)}, after={"websites": ", ".join(sites)},
    )  # fmt: skip


@one_transaction
def change_slug(coalition_id: int, slug: str, *, actor: str, at: dt.datetime) -> None:
    """Change the last part of a coalition's addresses; its former ones still lead to it. Raises CoalitionExists, and
    UserFacingError for an invalid slug."""
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update=True)
    if (before := coalition.slug) == slug:
        return
    check_slug(slug, coalition_id)
    own = FormerSlug.slug == slug, FormerSlug.coalition_id == coalition_id  # a coalition may return to an address of its own
    db.session.execute(delete(FormerSlug).where(*own))
    db.session.add(FormerSlug(slug=before, coalition_id=coalition_id))
    coalition.slug = slug
    flush_slug(slug)
    append_audit_entry(
        db.session(), ReferenceKind.COALITION.reference(coalition_id), actor, "coalition address changed", at=at,
        before={"slug": before}, after={"slug": slug},
    )  # fmt: skip
