"""Login sessions on the server: after signing out, the session's key is worthless."""

import datetime as dt
import secrets

from sqlalchemy import delete

from letterhub.domain.accounts.roles import SIGNED_IN_FOR, NotOnTeam
from letterhub.domain.audit.references import Reference
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Membership, SignIn, Staff, end_sign_ins, hash_of_key, remember


@one_transaction
def begin_sign_in(staff_id: int, key: str, at: dt.datetime) -> None:
    """Record a login session for the browser that holds this key."""
    db.session.add(SignIn(staff_id=staff_id, key_hash=hash_of_key(key), begun_at=at))


@one_transaction
def end_sign_in(key: str) -> None:
    """End the session with this key."""
    db.session.execute(delete(SignIn).where(SignIn.key_hash == hash_of_key(key)))


@one_transaction
def end_sessions(staff_id: int) -> None:
    """End every session of an account, on all devices, and every half-done sign-in."""
    _end(db.session.get_one(Staff, staff_id, with_for_update=True))


@one_transaction
def end_sessions_of_member(coalition_id: int, membership_id: int, actor: str, at: dt.datetime) -> None:
    """End every session of a member of the team, such as after losing a laptop. Raises NotOnTeam."""
    member = db.session.get(Membership, membership_id)
    if member is None or member.coalition_id != coalition_id or member.joined_at is None:
        raise NotOnTeam("This person is no longer on the team.")
    _end(db.session.get_one(Staff, member.staff_id, with_for_update=True))
    chain, subject = Reference.COALITION.to(coalition_id), Reference.STAFF.to(member.staff_id)
    remember(db.session(), chain, actor, "signed out everywhere", at=at, subject=subject)


@one_transaction
def forget_sign_ins(at: dt.datetime) -> None:
    """Delete expired sessions."""
    db.session.execute(delete(SignIn).where(SignIn.begun_at <= at - SIGNED_IN_FOR))


def _end(staff: Staff) -> None:
    staff.end_sessions(secrets.token_hex(32))
    end_sign_ins(db.session(), staff.id)
