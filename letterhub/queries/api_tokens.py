"""API tokens as staff see them, without their secrets."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import and_, select

from letterhub.domain.accounts.roles import Role
from letterhub.infrastructure.db import db
from letterhub.models import ApiToken, Membership, Staff


@dataclass(frozen=True, slots=True)
class ListedApiToken:
    """Token in the list. `works` says whether it is accepted now; `maker_left`, that its maker is no owner any more."""

    id: int
    name: str
    hint: str
    scopes: tuple[str, ...]
    created_at: dt.datetime
    created_by: str
    expires_at: dt.datetime
    used_at: dt.datetime | None
    revoked_at: dt.datetime | None
    maker_left: bool
    works: bool


def api_tokens_of(coalition_id: int, at: dt.datetime) -> tuple[ListedApiToken, ...]:
    """Return a coalition's tokens, the newest first."""
    is_owner = and_(
        Membership.staff_id == ApiToken.created_by_id, Membership.coalition_id == ApiToken.coalition_id,
        Membership.joined_at.is_not(None), Membership.role == Role.OWNER,
    )  # fmt: skip
    rows = db.session.execute(
        select(ApiToken, Staff.name, Staff.active, Membership.id)
        .outerjoin(Staff, Staff.id == ApiToken.created_by_id)
        .outerjoin(Membership, is_owner)
        .where(ApiToken.coalition_id == coalition_id)
        .order_by(ApiToken.id.desc())
    )
    return tuple(
        ListedApiToken(
            token.id, token.name, token.hint, tuple(token.scopes), token.created_at, name or "", token.expires_at,
            token.used_at, token.revoked_at, maker_left := not (active and membership),
            works=token.revoked_at is None and at < token.expires_at and not maker_left,
        )
        for token, name, active, membership in rows
    )  # fmt: skip
