"""Reads about staff: who works where, and with which role."""

from dataclasses import dataclass

from sqlalchemy import select

from letterhub.db import db
from letterhub.domain.roles import Role
from letterhub.models import Coalition, Membership


@dataclass(frozen=True, slots=True)
class Desk:
    """A member of staff at work in one coalition: what every staff page is scoped to."""

    staff_id: int
    coalition_id: int
    coalition: str
    name: str
    role: Role

    @property
    def actor(self) -> str:
        """How the record names this member."""
        return f"staff-{self.staff_id}"


def desk_of(staff_id: int, coalition: str) -> Desk | None:
    """The desk of a member in the coalition with this slug; None where she does not work there."""
    return next((desk for desk in desks_of(staff_id) if desk.coalition == coalition), None)


def desks_of(staff_id: int) -> tuple[Desk, ...]:
    """Every coalition that a member has joined, by name."""
    rows = db.session.execute(
        select(Coalition.id, Coalition.slug, Coalition.name, Membership.role)
        .join(Membership, Membership.coalition_id == Coalition.id)
        .where(Membership.staff_id == staff_id, Membership.joined_at.is_not(None))
        .order_by(Coalition.name)
    )
    return tuple(Desk(staff_id, row.id, row.slug, row.name, row.role) for row in rows)
