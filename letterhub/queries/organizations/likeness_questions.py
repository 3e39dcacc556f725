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
    left, right = aliased(Organization), aliased(Organization)
    query = (
        select(root_id_of(left).label("left"), root_id_of(right).label("right"), PossibleDuplicate.reasons)
        .join(left, left.id == PossibleDuplicate.one_id)
        .join(right, right.id == PossibleDuplicate.other_id)
        .where(PossibleDuplicate.kept_apart_at.is_(None), root_id_of(left) != root_id_of(right))
        .order_by(PossibleDuplicate.id)
    )
    if since is not None:
        query = query.where(PossibleDuplicate.found_at > since)
    if roots is None:
        query = query.where(left.coalition_id == coalition_id)
    else:
        entry_ids = select(Organization.id).where(Organization.coalition_id == coalition_id, belongs_to(Organization, roots))
        query = query.where(or_(PossibleDuplicate.one_id.in_(entry_ids), PossibleDuplicate.other_id.in_(entry_ids)))
    pairs: dict[int, dict[int, tuple[MatchReason, ...]]] = defaultdict(dict)
    for row in db.session.execute(query):
        for root, other_root in ((row.left, row.right), (row.right, row.left)):
            pairs[root].setdefault(other_root, tuple(map(MatchReason, row.reasons)))
    pairs_by_root = {root: pairs[root] for root in pairs if roots is None or root in roots}
    names = _names_and_domains({other_root for others in pairs_by_root.values() for other_root in others})
    return {
        root: tuple(LikenessQuestion(other_root, *names[other_root], reasons) for other_root, reasons in others.items())
        for root, others in pairs_by_root.items()
    }


def questions_by_signature(
    signatures: Collection[int] | None = None, letter_id: int | None = None, since: dt.datetime | None = None
) -> dict[int, tuple[LikenessQuestion, ...]]:
    """Return the open questions about the organization of each of these signatures, or of all under a letter; only newer ones
    if `since` is given.
    """
    query = (
        select(Signature.id, root_id_of(Organization).label("root"), Organization.coalition_id)
        .join(Organization, Organization.id == Signature.organization_id)
        .where(Signature.letter_id == letter_id if signatures is None else Signature.id.in_(signatures))
    )
    rows = db.session.execute(query).all()
    if not rows:
        return {}
    questions = likeness_questions(rows[0].coalition_id, None if signatures is None else {row.root for row in rows}, since)
    return {row.id: questions[row.root] for row in rows if row.root in questions}


def _names_and_domains(organization_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    rows = db.session.execute(
        select(Organization.id, Organization.name, Organization.domain).where(Organization.id.in_(list(organization_ids)))
    )
    return {row.id: (row.name, row.domain) for row in rows}
