"""Login sessions on the server: after signing out, the session's key is worthless."""

import datetime as dt

from sqlalchemy import delete

from letterhub.domain.accounts.roles import SESSION_LIFETIME, NotOnTeam
from letterhub.domain.accounts.sign_in import SignInMethod
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import LoginSession, Membership, Staff, append_audit_entry, end_every_sign_in, hash_session_key


@one_transaction
def begin_session(staff_id: int, key: str, method: SignInMethod, at: dt.datetime) -> None:
    """Record a login session for the browser that holds this key, and when the account last signed in."""
    db.session.get_one(Staff, staff_id).last_signed_in_at = at
    db.session.add(LoginSession(staff_id=staff_id, key_hash=hash_session_key(key), method=method, started_at=at))


@one_transaction
def end_session(key: str) -> None:
    """End the session with this key."""
    db.session.execute(delete(LoginSession).where(LoginSession.key_hash == hash_session_key(key)))


@one_transaction
def end_sessions(staff_id: int) -> None:
    """End every session of an account, on all devices, and every half-done sign-in."""
    end_every_sign_in(db.session(), db.session.get_one(Staff, staff_id, with_for_update=True))


@one_transaction
def end_member_sessions(coalition_id: int, membership_id: int, actor: str, at: dt.datetime) -> None:
    """End every session of a member of the team, such as after losing a laptop. Raises NotOnTeam."""
    member = db.session.get(Membership, membership_id)
    if member is None or member.coalition_id != coalition_id or member.joined_at is None:
        raise NotOnTeam(_("This person is no longer on the team."))
    end_every_sign_in(db.session(), db.session.get_one(Staff, member.staff_id, with_for_update=True))
    chain, subject = ReferenceKind.COALITION.reference(coalition_id), ReferenceKind.STAFF.reference(member.staff_id)
    append_audit_entry(db.session(), chain, actor, "signed out everywhere", at=at, subject=subject)


@one_transaction
def purge_sessions(at: dt.datetime) -> None:
    """Delete expired sessions."""
    db.session.execute(delete(LoginSession).where(LoginSession.started_at <= at - SESSION_LIFETIME))
