"""Open questions to staff: pairs of organizations of a coalition that may be the same one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.organizations.matching import MatchReason
from letterhub.infrastructure.db import db
from letterhub.models import Organization, PossibleDuplicate, Signature, belongs_to, root_id_of


@dataclass(frozen=True, slots=True)
class LikenessQuestion:
    """Another organization that may be the same one, with reasons."""

    other_id: int
    other_name: str
    domain: str
    reasons: tuple[MatchReason, ...]


def likeness_questions(
    coalition_id: int, roots: Collection[int] | None = None, since: dt.datetime | None = None
) -> dict[int, tuple[LikenessQuestion, ...]]:
    """Return the open likeness questions about each of these organizations, or all; only newer ones if `since` is given."""
    one, other = aliased(Organization), aliased(Organization)
    asked = (
        select(root_id_of(one).label("left"), root_id_of(other).label("right"), PossibleDuplicate.reasons)
        .join(one, one.id == PossibleDuplicate.one_id)
        .join(other, other.id == PossibleDuplicate.other_id)
        .where(PossibleDuplicate.kept_apart_at.is_(None), root_id_of(one) != root_id_of(other))
        .order_by(PossibleDuplicate.id)
    )
    if since is not None:
        asked = asked.where(PossibleDuplicate.found_at > since)
    if roots is None:
        asked = asked.where(one.coalition_id == coalition_id)
    else:
        theirs = select(Organization.id).where(Organization.coalition_id == coalition_id, belongs_to(Organization, roots))
        asked = asked.where(or_(PossibleDuplicate.one_id.in_(theirs), PossibleDuplicate.other_id.in_(theirs)))
    pairs: dict[int, dict[int, tuple[MatchReason, ...]]] = defaultdict(dict)
    for row in db.session.execute(asked):
        for mine, its in ((row.left, row.right), (row.right, row.left)):
            pairs[mine].setdefault(its, tuple(map(MatchReason, row.reasons)))
    wanted = {mine: pairs[mine] for mine in pairs if roots is None or mine in roots}
    called = _names_and_domains({its for others in wanted.values() for its in others})
    return {
        mine: tuple(LikenessQuestion(its, *called[its], why) for its, why in others.items()) for mine, others in wanted.items()
    }


def questions_by_signature(
    signatures: Collection[int] | None = None, letter_id: int | None = None, since: dt.datetime | None = None
) -> dict[int, tuple[LikenessQuestion, ...]]:
    """Return the open questions about the organization of each of these signatures, or of all under a letter; only newer ones
    if `since` is given.
    """
    signed = (
        select(Signature.id, root_id_of(Organization).label("root"), Organization.coalition_id)
        .join(Organization, Organization.id == Signature.organization_id)
        .where(Signature.letter_id == letter_id if signatures is None else Signature.id.in_(signatures))
    )
    rows = db.session.execute(signed).all()
    if not rows:
        return {}
    asked = likeness_questions(rows[0].coalition_id, None if signatures is None else {row.root for row in rows}, since)
    return {row.id: asked[row.root] for row in rows if row.root in asked}


def _names_and_domains(numbers: Iterable[int]) -> dict[int, tuple[str, str]]:
    rows = db.session.execute(
        select(Organization.id, Organization.name, Organization.domain).where(Organization.id.in_(list(numbers)))
    )
    return {row.id: (row.name, row.domain) for row in rows}
