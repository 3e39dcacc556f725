"""Roles that the provider's claims give and take at a sign-in. See docs/design/accounts/sign-in.md."""

import datetime as dt
from collections.abc import Collection, Mapping

from sqlalchemy import select, update

from letterhub.commands.accounts._sign_in_steps import count_owners, email_account
from letterhub.domain.accounts.roles import Role
from letterhub.domain.accounts.sign_in import AccountEvent, ClaimedRole, RoleStep, next_role_step
from letterhub.domain.audit.log import WORKER, ReferenceKind
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Contact, Membership, Staff, append_audit_entry, end_login_sessions


def apply_claimed_roles(staff: Staff, claimed: Mapping[str, ClaimedRole], slugs: Collection[str], at: dt.datetime) -> None:
    """Give, change and take an account's roles by what its groups give, in the coalitions with these slugs, and in those where
    an earlier table gave a role."""
    given_before = select(Membership.coalition_id).where(Membership.staff_id == staff.id, Membership.from_claims)
    query = select(Coalition).where(Coalition.slug.in_(slugs) | Coalition.id.in_(given_before)).order_by(Coalition.id)
    has_changed = False
    for coalition in db.session.scalars(query.with_for_update()).all():
        of_account = Membership.staff_id == staff.id, Membership.coalition_id == coalition.id
        member = db.session.scalar(select(Membership).where(*of_account).with_for_update())
        has_changed |= _apply(staff, coalition, member, claimed.get(coalition.slug), at)
    if has_changed:
        end_login_sessions(db.session(), staff.id)


def _apply(staff: Staff, coalition: Coalition, member: Membership | None, claim: ClaimedRole | None, at: dt.datetime) -> bool:
    """Apply the claim in one coalition; return whether the account's rights changed."""
    current = member.role if member and member.joined_at else None
    is_last_owner = (
        member is not None and current is Role.OWNER and not count_owners(member, linked=coalition.provider_only, others=True)
    )
    claimed = claim.role if claim else None
    from_claims = bool(member and member.from_claims)
    step = next_role_step(
        current, claimed, may_join=not coalition.invitation_only, from_claims=from_claims, is_last_owner=is_last_owner
    )
    before = {"role": str(current)} if current else {}
    match step:
        case RoleStep.JOIN if claim:
            member = member or Membership(staff_id=staff.id, coalition_id=coalition.id, invited_at=at)
            member.role, member.joined_at, member.from_claims = claim.role, at, True
            db.session.add(member)
        case RoleStep.CHANGE if claim and member:
            member.role = claim.role
            email_account(staff, AccountEvent.ROLE_CHANGED, at, coalition.name)
        case RoleStep.REMOVE:
            _end_membership(staff, coalition, member)
            email_account(staff, AccountEvent.ROLE_REMOVED, at, coalition.name)
        case RoleStep.RETAIN_OWNER if member:
            member.from_claims = False
            email_account(staff, AccountEvent.OWNER_RETAINED, at, coalition.name)
    if step is not RoleStep.NOTHING:
        after = {"role": str(claim.role), "group": claim.group} if claim and step is not RoleStep.RETAIN_OWNER else {}
        _append_audit_entry(staff, coalition, step, before, after, at)
    return step in (RoleStep.JOIN, RoleStep.CHANGE, RoleStep.REMOVE)


ACTIONS = {
    RoleStep.JOIN: "joined by provider",
    RoleStep.CHANGE: "role changed by provider",
    RoleStep.REMOVE: "removed by provider",
    RoleStep.RETAIN_OWNER: "owner retained",
}


def _end_membership(staff: Staff, coalition: Coalition, member: Membership | None) -> None:
    contacts = update(Contact).where(Contact.coalition_id == coalition.id, Contact.owner_id == staff.id)
    db.session.execute(contacts.values(owner_id=None))
    db.session.delete(member)


def _append_audit_entry(
    staff: Staff, coalition: Coalition, step: RoleStep, before: dict[str, str], after: dict[str, str], at: dt.datetime
) -> None:
    chain, subject = ReferenceKind.COALITION.reference(coalition.id), ReferenceKind.STAFF.reference(staff.id)
    append_audit_entry(db.session(), chain, WORKER, ACTIONS[step], at=at, subject=subject, before=before, after=after)
