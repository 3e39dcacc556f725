"""Invitations to found a coalition: an operator sends, repeats and revokes them; whoever has the mailbox founds it."""

import datetime as dt

from sqlalchemy import delete, select

from letterhub.commands.accounts._coalition_steps import add_coalition, find_or_create_account
from letterhub.domain.accounts.roles import NotOnTeam, Role
from letterhub.domain.audit.log import SITE_CHAIN, WORKER, ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.interface_languages import spoken_language
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.coalition_invitations import (
    ENDED_INVITATIONS,
    ENDED_RETENTION,
    INVITATION_LIFETIME,
    AlreadyInvited,
    InvitationEnded,
)
from letterhub.domain.signatures.signing import check_mail_frequency
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import normalized_address, queue_mail
from letterhub.models import (
    CoalitionInvitation,
    Membership,
    OutboxMessage,
    Staff,
    append_audit_entry,
    end_login_sessions,
)
from letterhub.queries.sign_in_methods import ways_in_of


@one_transaction
def invite_coalition(name: str, email: str, *, actor: str, staff_id: int | None, at: dt.datetime) -> int:
    """Invite a mailbox to found a coalition of this name, by mail; return the invitation's id. `staff_id` is the operator's,
    None on the command line. Raises AlreadyInvited, CannotMail, MailedTooOften.
    """
    address = normalized_address(email).lower()
    still_open = (
        CoalitionInvitation.accepted_at.is_(None),
        CoalitionInvitation.revoked_at.is_(None),
        CoalitionInvitation.invited_at > at - INVITATION_LIFETIME,
    )
    same = select(CoalitionInvitation.id).where(CoalitionInvitation.email == address, CoalitionInvitation.name == name)
    if db.session.scalar(same.where(*still_open).limit(1)) is not None:
        raise AlreadyInvited(_("%(email)s has already been invited. You can send the invitation again.", email=address))
    invitation = CoalitionInvitation(name=name, email=address, created_at=at, invited_at=at, invited_by_id=staff_id)
    db.session.add(invitation)
    db.session.flush()
    append_audit_entry(db.session(), SITE_CHAIN, actor, "coalition invited", at=at, after={"name": name})
    _email_invitation(invitation, at)
    return invitation.id


@one_transaction
def resend_coalition_invitation(invitation_id: int, *, actor: str, at: dt.datetime) -> None:
    """Mail an invitation again, with a link whose lifetime starts anew. Raises InvitationEnded and MailedTooOften."""
    invitation = _lock_invitation(invitation_id)
    invitation.send_again(at)
    append_audit_entry(db.session(), SITE_CHAIN, actor, "coalition invited again", at=at, after={"name": invitation.name})
    _email_invitation(invitation, at)


@one_transaction
def revoke_coalition_invitation(invitation_id: int, *, actor: str, at: dt.datetime) -> None:
    """Revoke an invitation: its link no longer works. Raises InvitationEnded."""
    invitation = _lock_invitation(invitation_id)
    invitation.revoke(at)
    append_audit_entry(db.session(), SITE_CHAIN, actor, "coalition invitation revoked", at=at, after={"name": invitation.name})


@one_transaction
def found_invited_coalition(
    invitation_id: int, name: str, slug: str, at: dt.datetime, *, person: str = "", password_hash: str = ""
) -> None:
    """Found the coalition of an invitation, at `slug`; its mailbox's account becomes the owner. A new account gets the name of
    the `person` and a password, which comes hashed, as hashing is too slow for a transaction.

    Raises InvitationEnded, CoalitionExists, UserFacingError for an invalid slug, and NotOnTeam for a new account without one.
    """
    invitation = _lock_invitation(invitation_id)
    invitation.check_open()
    owner = db.session.get_one(Staff, find_or_create_account(invitation.email, at).id, with_for_update=True)
    had_account = ways_in_of(owner.fs_uniquifier).any
    if had_account:
        end_login_sessions(db.session(), owner.id)
    elif password_hash:
        owner.set_credentials(person, password_hash)
        owner.language = spoken_language()
    else:
        raise NotOnTeam(_("This invitation is for someone without an account. Open the link in the email again."))
    actor = ReferenceKind.STAFF.reference(owner.id)
    coalition = add_coalition(name, slug, actor, at)
    db.session.add(
        Membership(
            staff_id=owner.id, coalition_id=coalition.id, role=Role.OWNER, invited_at=invitation.invited_at, joined_at=at
        )
    )
    invitation.accept(coalition.id, at)
    chain = ReferenceKind.COALITION.reference(coalition.id)
    append_audit_entry(db.session(), chain, actor, "joined", at=at, subject=actor, after={"role": str(Role.OWNER)})
    append_audit_entry(db.session(), SITE_CHAIN, actor, "coalition founded", at=at, after={"name": name, "slug": slug})


@one_transaction
def purge_coalition_invitations(at: dt.datetime) -> int:
    """Delete the invitations whose retention period is over, with the address in their mails; return how many."""
    old = select(CoalitionInvitation.id).where(CoalitionInvitation.invited_at <= at - ENDED_RETENTION)
    ids = db.session.scalars(old).all()
    if not ids:
        return 0
    invitation_id = OutboxMessage.parameters["coalition_invitation_id"].as_integer()
    mails = select(OutboxMessage).where(OutboxMessage.kind == MailKind.FOUNDING, OutboxMessage.coalition_id.is_(None))
    for message in db.session.scalars(mails.where(invitation_id.in_(ids))).all():
        message.erase("", _("Erased with the invitation."), at)
    db.session.execute(delete(CoalitionInvitation).where(CoalitionInvitation.id.in_(ids)))
    after = {"count": len(ids), "what": ENDED_INVITATIONS}
    append_audit_entry(db.session(), SITE_CHAIN, WORKER, "erased", at=at, after=after)
    return len(ids)


def _lock_invitation(invitation_id: int) -> CoalitionInvitation:
    """Return an invitation, locked. Raises InvitationEnded if it was erased."""
    invitation = db.session.get(CoalitionInvitation, invitation_id, with_for_update=True)
    if invitation is None:
        raise InvitationEnded(accepted=False)
    return invitation


def _email_invitation(invitation: CoalitionInvitation, at: dt.datetime) -> None:
    """Mail the invitation. Raises MailedTooOften if this mailbox was invited too often."""
    canonical = EmailAddress(invitation.email).canonical
    to_mailbox = OutboxMessage.canonical_recipient == canonical, OutboxMessage.created_at > at - dt.timedelta(days=1)
    mailed = select(OutboxMessage.created_at).where(*to_mailbox, OutboxMessage.kind == MailKind.FOUNDING)
    check_mail_frequency(db.session.scalars(mailed).all(), at)
    facts = {"coalition_invitation_id": invitation.id, "language": spoken_language()}
    queue_mail(MailKind.FOUNDING, invitation.email, facts, at=at)
