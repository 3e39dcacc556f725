"""Steps that passkeys, links to the provider and roles share: audit entries, emails, and the last owner who gets in."""

import datetime as dt

from sqlalchemy import func, select

from letterhub.domain.accounts.roles import Role
from letterhub.domain.accounts.sign_in import AccountEvent, LastWayIn
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import current_settings
from letterhub.mail.outbox import queue_mail
from letterhub.models import Coalition, Membership, Staff, append_audit_entry
from letterhub.queries.sign_in_methods import is_linked_to, ways_in_of


def record_account_event(staff: Staff, event: AccountEvent, at: dt.datetime, detail: str = "") -> None:
    """Email an account about a change to its sign-in, and append it to the audit log of each of its coalitions.

    `detail` is a passkey's name or the provider's.
    """
    subject = ReferenceKind.STAFF.reference(staff.id)
    joined = select(Membership.coalition_id).where(Membership.staff_id == staff.id, Membership.joined_at.is_not(None))
    for coalition_id in db.session.scalars(joined.order_by(Membership.coalition_id)).all():
        chain = ReferenceKind.COALITION.reference(coalition_id)
        append_audit_entry(db.session(), chain, subject, event.action, at=at, subject=subject)
    email_account(staff, event, at, detail)


def email_account(staff: Staff, event: AccountEvent, at: dt.datetime, detail: str = "") -> None:
    """Email an account that its sign-in or its role changed."""
    parameters = {"staff_id": staff.id, "event": str(event), "detail": detail}
    queue_mail(MailKind.ACCOUNT_CHANGED, staff.email, parameters, at=at)


def check_way_in(staff: Staff) -> None:
    """Raise LastWayIn if an account has no way to sign in any more."""
    db.session.flush()
    if not ways_in_of(staff.fs_uniquifier).any:
        raise LastWayIn(_("This is the only way to sign in to your account. Choose a password first, or add a passkey."))


def check_linked_owner_remains(member: Membership) -> None:
    """Raise LastWayIn if the coalition opens by the provider only, and this is the last owner who can sign in that way."""
    coalition = db.session.get_one(Coalition, member.coalition_id)
    if not (coalition.provider_only and member.role is Role.OWNER and member.joined_at and count_owners(member, linked=True)):
        return
    if not count_owners(member, linked=True, others=True):
        raise LastWayIn(
            _(
                "%(coalition)s opens by its provider only, and no other owner is linked to it. Link another owner first, or "
                "let the team sign in any way.",
                coalition=coalition.name,
            )
        )


def count_owners(member: Membership, *, linked: bool, others: bool = False) -> int:
    """Return whether (1 or 0) a member is an owner who joined, or how many `others` are; `linked`, to the site's provider."""
    query = select(func.count(Membership.id)).where(
        Membership.coalition_id == member.coalition_id, Membership.role == Role.OWNER, Membership.joined_at.is_not(None)
    )
    query = query.where(Membership.id != member.id if others else Membership.id == member.id)
    provider = current_settings().identity_provider
    if linked:
        query = query.where(is_linked_to(provider.issuer if provider else ""))
    return db.session.scalar(query) or 0
