"""Accounts of the whole site, for its operator: who, roles, last sign-in, second factor."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from letterhub.domain.accounts.roles import Role
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Membership, Staff
from letterhub.queries.paging import RowPage, contains_text, fetch_page
from letterhub.queries.sign_in_methods import has_second_factor, has_way_in

PAGE_SIZE = 50
MAX_ROLES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class RoleInCoalition:
    """Role of an account in a coalition; `has_joined` is False while it is only invited."""

    coalition_id: int
    coalition: str
    role: Role
    has_joined: bool


@dataclass(frozen=True, slots=True)
class SiteAccount:
    """Account of a person. Without a way to sign in, it was only invited, and is known by its address."""

    id: int
    name: str
    email: str
    has_way_in: bool
    is_active: bool
    is_operator: bool
    has_second_factor: bool
    last_signed_in_at: dt.datetime | None
    roles: tuple[RoleInCoalition, ...]
    more_roles: int


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Page of accounts by name, and how many there are on all pages."""

    accounts: tuple[SiteAccount, ...]
    found: RowPage


def account_page(words: str, page: int) -> AccountPage:
    """Return a page of the site's accounts, all or those with the words in their name or address."""
    query = select(
        Staff.id, Staff.name, Staff.email, Staff.active, Staff.is_operator, Staff.last_signed_in_at,
        has_way_in().label("has_way_in"), has_second_factor().label("has_second_factor"),
    )  # fmt: skip
    if words:
        query = query.where(or_(contains_text(Staff.name, words), contains_text(Staff.email, words)))
    found = fetch_page(query.order_by(Staff.name, Staff.email), page, PAGE_SIZE)
    roles = _roles_of([row.id for row in found.rows])
    accounts = tuple(
        SiteAccount(
            row.id, (row.name if row.has_way_in else "") or row.email, row.email, row.has_way_in, row.active,
            row.is_operator, row.has_second_factor, row.last_signed_in_at,
            tuple(roles[row.id][:MAX_ROLES_SHOWN]), max(0, len(roles[row.id]) - MAX_ROLES_SHOWN),
        )
        for row in found.rows
    )  # fmt: skip
    return AccountPage(accounts, found)


def _roles_of(staff_ids: Sequence[int]) -> defaultdict[int, list[RoleInCoalition]]:
    """Return the roles of accounts, by account, ordered by the coalition's name."""
    query = (
        select(Membership.staff_id, Coalition.id, Coalition.name, Membership.role, Membership.joined_at)
        .join(Coalition, Coalition.id == Membership.coalition_id)
        .where(Membership.staff_id.in_(staff_ids))
        .order_by(Coalition.name, Coalition.id)
    )
    roles: defaultdict[int, list[RoleInCoalition]] = defaultdict(list)
    for row in db.session.execute(query):
        roles[row.staff_id].append(RoleInCoalition(row.id, row.name, row.role, row.joined_at is not None))
    return roles
