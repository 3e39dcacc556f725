"""API tokens: created, admitted with each request of a program, and revoked; and its writes with an idempotency key.

See docs/design/accounts/api.md.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from letterhub.domain.abuse.rate_limits import BucketKey
from letterhub.domain.accounts.api_tokens import (
    API_RATE_LIMIT,
    API_WINDOW,
    KEY_RETENTION,
    MAX_API_TOKENS,
    SECRET_PREFIX,
    ApiScope,
    InvalidApiToken,
    KeyInUse,
    KeyReused,
    TokenLifetime,
    TooManyApiTokens,
    hash_secret,
    token_expires_at,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import commands_allowed, db, one_transaction
from letterhub.infrastructure.signed_links import secret_link_token
from letterhub.models import (
    ApiToken,
    ApiWrite,
    Coalition,
    Membership,
    RateLimitBucket,
    Staff,
    acquire,
    append_audit_entry,
    hash_bucket_key,
)
from letterhub.queries.accounts import StaffContext

BATCH_SIZE = 1000
USED_AT_STEP = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Admission:
    """A program that may make its request: as whom it acts in its coalition, its token's scopes, and the state of its rate
    limit: requests left, and seconds until all are back."""

    staff: StaffContext
    scopes: frozenset[ApiScope]
    remaining: int
    reset_seconds: int


@one_transaction
def create_api_token(
    staff: StaffContext, name: str, scopes: Collection[ApiScope], lifetime: TokenLifetime, at: dt.datetime, form_token: str
) -> str:
    """Create a token; return its secret, which is not stored. A form sent twice makes one. Raises TooManyApiTokens."""
    db.session.get_one(Coalition, staff.coalition_id, with_for_update={"key_share": True})
    chosen = sorted(str(scope) for scope in scopes)
    secret = SECRET_PREFIX + secret_link_token("api token", staff.coalition_id, f"{lifetime} {chosen} {name}", form_token)
    if db.session.scalar(select(ApiToken.id).where(ApiToken.secret_hash == hash_secret(secret), ApiToken.revoked_at.is_(None))):
        return secret
    works = ApiToken.revoked_at.is_(None), ApiToken.expires_at > at
    count = select(func.count(ApiToken.id)).where(ApiToken.coalition_id == staff.coalition_id, *works)
    if (db.session.scalar(count) or 0) >= MAX_API_TOKENS:
        raise TooManyApiTokens(_("%(most)s tokens work already. Revoke one that no program needs.", most=MAX_API_TOKENS))
    if db.session.scalar(select(ApiToken.id).where(ApiToken.secret_hash == hash_secret(secret))):  # a revoked one stays so
        secret = SECRET_PREFIX + secret_link_token("api token", staff.coalition_id, name)
    token = ApiToken(
        coalition_id=staff.coalition_id, name=name, secret_hash=hash_secret(secret), hint=secret[-4:], scopes=chosen,
        created_at=at, created_by_id=staff.staff_id, expires_at=token_expires_at(lifetime, at),
    )  # fmt: skip
    db.session.add(token)
    db.session.flush()
    _audit(token, staff.actor, "api token created", at, {"scopes": chosen, "expires_at": token.expires_at.isoformat()})
    return secret


@one_transaction
def revoke_api_token(staff: StaffContext, token_id: int, at: dt.datetime) -> None:
    """Revoke a token. Do nothing if it was revoked before."""
    query = select(ApiToken).where(ApiToken.id == token_id, ApiToken.coalition_id == staff.coalition_id)
    token = db.session.scalar(query.with_for_update())
    if token is not None and token.revoked_at is None:
        token.revoked_at = at
        _audit(token, staff.actor, "api token revoked", at, {})


def _audit(token: ApiToken, actor: str, action: str, at: dt.datetime, facts: dict[str, object]) -> None:
    chain, subject = ReferenceKind.COALITION.reference(token.coalition_id), ReferenceKind.TOKEN.reference(token.id)
    append_audit_entry(db.session(), chain, actor, action, at=at, subject=subject, after={"name": token.name, **facts})


def admit_program(secret: str, bucket_secret: str, at: dt.datetime) -> Admission:
    """Count a request of the program that holds this secret; the one write of a GET. Raises InvalidApiToken, and RateLimited.

    An unknown secret writes nothing.
    """
    found = _find_token(secret, at)
    if found is None:
        raise InvalidApiToken(_("This token is unknown, has expired or was revoked."))
    token, staff = found
    token_id, scopes = token.id, frozenset(ApiScope(scope) for scope in token.scopes if scope in tuple(ApiScope))
    with commands_allowed():
        full_at = _count_request(token_id, bucket_secret, at)
    missing = -(-(full_at - at) // API_RATE_LIMIT.refill_interval)  # rounded up
    seconds = -(-(full_at - at) // dt.timedelta(seconds=1))
    return Admission(staff, scopes, max(0, API_RATE_LIMIT.burst - missing), min(seconds, API_WINDOW.seconds))


def _find_token(secret: str, at: dt.datetime) -> tuple[ApiToken, StaffContext] | None:
    """Return a token that works, with the context in which its program acts."""
    query = (
        select(ApiToken, Staff.id, Coalition.slug, Coalition.name)
        .join(Coalition, Coalition.id == ApiToken.coalition_id)
        .join(Staff, Staff.id == ApiToken.created_by_id)
        .join(Membership, (Membership.staff_id == Staff.id) & (Membership.coalition_id == Coalition.id))
        .where(ApiToken.secret_hash == hash_secret(secret), ApiToken.revoked_at.is_(None), ApiToken.expires_at > at)
        .where(Staff.active, Membership.joined_at.is_not(None), Membership.role == Role.OWNER)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    token, staff_id, slug, name = row
    return token, StaffContext(staff_id, token.coalition_id, slug, name, Role.OWNER, token_id=token.id)


@one_transaction
def _count_request(token_id: int, bucket_secret: str, at: dt.datetime) -> dt.datetime:
    """Take a request from the token's rate limit, and note its use; return when the limit is full again."""
    key: BucketKey = ("api", str(token_id))
    acquire(db.session(), {key: API_RATE_LIMIT}, bucket_secret, at)
    token = db.session.get_one(ApiToken, token_id)
    if token.used_at is None or at - token.used_at >= USED_AT_STEP:
        token.used_at = at
    hashed = hash_bucket_key(key, bucket_secret)
    return db.session.scalars(select(RateLimitBucket.expires_at).where(RateLimitBucket.bucket_key == hashed)).one()


@one_transaction
def begin_api_write(token_id: int, key: str, fingerprint: str, at: dt.datetime) -> tuple[int, str] | None:
    """Claim an idempotency key for a request; return status and answer if it was carried out before.

    Raises KeyReused for another request, and KeyInUse if the first one still runs, or ended without an answer: whether it took
    effect must be looked up.
    """
    query = select(ApiWrite).where(ApiWrite.token_id == token_id, ApiWrite.key == key)
    earlier = db.session.scalar(query)
    if earlier is None:
        try:
            with db.session.begin_nested():
                db.session.add(ApiWrite(token_id=token_id, key=key, fingerprint=fingerprint, started_at=at))
                db.session.flush()
        except IntegrityError:
            earlier = db.session.scalars(query).one()
        else:
            return None
    if earlier.fingerprint != fingerprint:
        raise KeyReused(_("This idempotency key was used for another request. Choose a new key."))
    if earlier.status is None:
        raise KeyInUse(
            _("A request with this key was begun and has no answer yet. Read what it changes, then use a new key if needed.")
        )
    return earlier.status, earlier.answer


@one_transaction
def finish_api_write(token_id: int, key: str, status: int | None, answer: str) -> None:
    """Store the answer of a write; without a status, release its key, since nothing was done."""
    write = db.session.scalars(select(ApiWrite).where(ApiWrite.token_id == token_id, ApiWrite.key == key)).one()
    if status is None:
        db.session.delete(write)
    else:
        write.status, write.answer = status, answer


@one_transaction
def purge_api_writes(at: dt.datetime) -> int:
    """Delete a batch of old idempotency keys; return how many."""
    old = select(ApiWrite.id).where(ApiWrite.started_at <= at - KEY_RETENTION).order_by(ApiWrite.started_at).limit(BATCH_SIZE)
    return len(db.session.scalars(delete(ApiWrite).where(ApiWrite.id.in_(old)).returning(ApiWrite.id)).all())
