"""Facts about the organizations of signatures, and open questions to staff: pairs that may be the same organization."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, Select, String, bindparam, cast, exists, or_, select, union
from sqlalchemy.orm import aliased

from letterhub.domain.organizations.matching import MatchReason
from letterhub.domain.signatures.evidence import NO_DIRECTORY_FACTS, DirectoryFacts
from letterhub.domain.signatures.publishing import PastReview, is_reviewed
from letterhub.infrastructure.db import db
from letterhub.models import Organization, PossibleDuplicate, ReviewedName, Signature, belongs_to, root_id_of

_OWN, _ROOT = aliased(Organization), aliased(Organization)
_IS_SAME_NAME = (ReviewedName.coalition_id == _OWN.coalition_id) & (ReviewedName.name == Signature.organization_name)
_OWN_AND_ROOT = (
    select(
        Signature.id, Signature.organization_name, Signature.email, Signature.website, _OWN.merged_by_other_name,
        _ROOT.name, _ROOT.other_names, _ROOT.domain, _ROOT.more_domains, _ROOT.vouched_at,
    )
    .join(_OWN, _OWN.id == Signature.organization_id)
    .join(_ROOT, _ROOT.id == root_id_of(_OWN))
    .where(
        or_(
            _OWN.merged_by_other_name, _ROOT.vouched_at.is_not(None), cast(_ROOT.more_domains, String) != "[]",
            exists().where(_IS_SAME_NAME),
        )
    )
)  # fmt: skip
"""Signatures with their organization and its root, without most of those of which the directory says nothing."""
_REVIEWS = (
    select(Signature.id, ReviewedName.name, ReviewedName.domain, ReviewedName.site)
    .join(_OWN, _OWN.id == Signature.organization_id)
    .join(ReviewedName, _IS_SAME_NAME)
    .where(ReviewedName.domain != "", or_(ReviewedName.signature_id.is_(None), ReviewedName.signature_id != Signature.id))
)
"""Past reviews of the names of signatures, under any of the coalition's letters, apart from the signature's own."""


def directory_facts(signatures: Select[Any]) -> Mapping[int, DirectoryFacts]:
    """Return what the directory says of the organization of each selected signature, by signature id, if it says anything."""
    signature_ids = signatures.order_by(None)
    rows = db.session.execute(_OWN_AND_ROOT.where(Signature.id.in_(signature_ids))).all()
    if not rows:
        return {}
    reviews: dict[int, list[PastReview]] = defaultdict(list)
    for row in db.session.execute(_REVIEWS.where(Signature.id.in_(signature_ids))):
        reviews[row.id].append(PastReview(row.name, row.domain, row.site))
    facts_by_signature: dict[int, DirectoryFacts] = {}
    for row in rows:
        past_reviews = (*reviews.get(row.id, ()), *_names_entered_by_staff(row))
        has_reviewed_name = bool(past_reviews) and is_reviewed(row.organization_name, row.email, row.website, past_reviews)
        facts_by_signature[row.id] = DirectoryFacts(
            frozenset(row.more_domains), row.vouched_at is not None, row.merged_by_other_name, has_reviewed_name
        )
    return {signature_id: facts for signature_id, facts in facts_by_signature.items() if facts != NO_DIRECTORY_FACTS}


def _names_entered_by_staff(row: Any) -> Iterator[PastReview]:
    """Yield each name of a root organization at each domain that staff entered for it, and at its own if they vouched for it.

    Each counts like a past review of a signature.
    """
    vouched_domains = [row.domain] if row.vouched_at is not None and row.domain else []
    for domain in (*row.more_domains, *vouched_domains):
        yield from (PastReview(name, domain, row.domain) for name in (row.name, *row.other_names))


@dataclass(frozen=True, slots=True)
class LikenessQuestion:
    """Another organization that may be the same one, with reasons."""

    other_id: int
    other_name: str
    domain: str
    reasons: tuple[MatchReason, ...]


_LEFT, _RIGHT = aliased(Organization), aliased(Organization)
_UNDECIDED = (
    select(root_id_of(_LEFT).label("left"), root_id_of(_RIGHT).label("right"), PossibleDuplicate.reasons)
    .join(_LEFT, _LEFT.id == PossibleDuplicate.one_id)
    .join(_RIGHT, _RIGHT.id == PossibleDuplicate.other_id)
    .where(PossibleDuplicate.dismissed_at.is_(None), root_id_of(_LEFT) != root_id_of(_RIGHT))
    .order_by(PossibleDuplicate.id)
)
_ENTRIES = (
    select(Organization.id)
    .where(
        Organization.coalition_id + 0 == bindparam("coalition"),  # "+ 0": use no index on it
        belongs_to(Organization, bindparam("roots", expanding=True)),
    )
    .cte()
)
_UNDECIDED_OF_ROOTS = _UNDECIDED.where(
    PossibleDuplicate.id.in_(
        union(
            *(
                select(PossibleDuplicate.id).where(side.in_(select(_ENTRIES.c.id)))
                for side in (PossibleDuplicate.one_id, PossibleDuplicate.other_id)
            )
        )
    )
)
_UNDECIDED_OF_ALL = _UNDECIDED.where(_LEFT.coalition_id == bindparam("coalition"))
"""Prebuilt statements: building one takes longer than running it."""


def select_questioned(coalition_id: int) -> CompoundSelect[int]:
    """Return a select of the ids of a coalition's organizations with an undecided question."""
    undecided = _UNDECIDED_OF_ALL.order_by(None).params(coalition=coalition_id).subquery()
    return union(select(undecided.c.left), select(undecided.c.right))


def likeness_questions(
    coalition_id: int, roots: Collection[int] | None = None, since: dt.datetime | None = None
) -> dict[int, tuple[LikenessQuestion, ...]]:
    """Return the undecided questions whether two organizations are the same, by the id of either one.

    `roots` limits them to these organizations, the main entries of merged ones; `since` to questions found later.
    """
    query = _UNDECIDED_OF_ALL if roots is None else _UNDECIDED_OF_ROOTS
    if since is not None:
        query = query.where(PossibleDuplicate.found_at > since)
    values = {"coalition": coalition_id} | ({} if roots is None else {"roots": list(roots)})
    reasons_by_pair: dict[int, dict[int, tuple[MatchReason, ...]]] = defaultdict(dict)
    for row in db.session.execute(query, values):
        for root, other_root in ((row.left, row.right), (row.right, row.left)):
            reasons_by_pair[root].setdefault(other_root, tuple(map(MatchReason, row.reasons)))
    others_by_root = {root: others for root, others in reasons_by_pair.items() if roots is None or root in roots}
    names = _names_and_domains({other_root for others in others_by_root.values() for other_root in others})
    return {
        root: tuple(LikenessQuestion(other_root, *names[other_root], reasons) for other_root, reasons in others.items())
        for root, others in others_by_root.items()
    }


_ROOTS = (
    select(Signature.id, root_id_of(Organization).label("root"), Organization.coalition_id)
    .join(Organization, Organization.id == Signature.organization_id)
    .where(Signature.id.in_(bindparam("signatures", expanding=True)))
)


def questions_by_signature(
    signatures: Collection[int], since: dt.datetime | None = None
) -> dict[int, tuple[LikenessQuestion, ...]]:
    """Return the `likeness_questions` about the organizations of these signatures, by signature id.

    Signatures without questions are left out; `since` limits them to questions found later.
    """
    rows = db.session.execute(_ROOTS, {"signatures": list(signatures)}).all()
    if not rows:
        return {}
    questions = likeness_questions(rows[0].coalition_id, {row.root for row in rows}, since)
    return {row.id: questions[row.root] for row in rows if row.root in questions}


def _names_and_domains(organization_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return the name and domain of each organization, by id."""
    ids = list(organization_ids)
    if not ids:
        return {}
    rows = db.session.execute(select(Organization.id, Organization.name, Organization.domain).where(Organization.id.in_(ids)))
    return {row.id: (row.name, row.domain) for row in rows}
