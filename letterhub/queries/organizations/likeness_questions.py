"""Facts about the organizations of signatures, and open questions to staff: pairs that may be the same organization."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.organizations.matching import MatchReason
from letterhub.domain.signatures.evidence import NO_DIRECTORY_FACTS, DirectoryFacts
from letterhub.domain.signatures.publishing import PastReview, is_reviewed
from letterhub.infrastructure.db import db
from letterhub.models import Organization, PossibleDuplicate, ReviewedName, Signature, belongs_to, root_id_of


def directory_facts(signatures: Select[Any]) -> Mapping[int, DirectoryFacts]:
    """Return what the directory says of the organization of each selected signature, by signature id, if it says anything."""
    own, root, signature_ids = aliased(Organization), aliased(Organization), signatures.order_by(None)
    rows = db.session.execute(
        select(Signature.id, Signature.organization_name, Signature.email, Signature.website, own.merged_by_other_name, root)
        .join(own, own.id == Signature.organization_id)
        .join(root, root.id == root_id_of(own))
        .where(Signature.id.in_(signature_ids))
    ).all()
    reviewed = _reviewed_names(signature_ids) if rows else {}
    facts_by_signature: dict[int, DirectoryFacts] = {}
    for signature_id, name, email, website, other_name, row in rows:
        reviews = (*reviewed.get(signature_id, ()), *_names_entered_by_staff(row))
        has_reviewed_name = is_reviewed(name, email, website, reviews)
        facts_by_signature[signature_id] = DirectoryFacts(
            frozenset(row.more_domains), row.vouched_at is not None, other_name, has_reviewed_name
        )
    return {signature_id: facts for signature_id, facts in facts_by_signature.items() if facts != NO_DIRECTORY_FACTS}


def _reviewed_names(signature_ids: Select[Any]) -> Mapping[int, list[PastReview]]:
    """Return by signature id where staff published its organization's name under the coalition's letters, apart from itself."""
    own = aliased(Organization)
    other = or_(ReviewedName.signature_id.is_(None), ReviewedName.signature_id != Signature.id)
    same = (ReviewedName.coalition_id == own.coalition_id) & (ReviewedName.name == Signature.organization_name)
    rows = db.session.execute(
        select(Signature.id, ReviewedName.name, ReviewedName.domain, ReviewedName.site)
        .join(own, own.id == Signature.organization_id)
        .join(ReviewedName, same)
        .where(Signature.id.in_(signature_ids), ReviewedName.domain != "", other)
    )
    reviews: dict[int, list[PastReview]] = defaultdict(list)
    for row in rows:
        reviews[row.id].append(PastReview(row.name, row.domain, row.site))
    return reviews


def _names_entered_by_staff(row: Organization) -> Iterator[PastReview]:
    """Yield each name of an organization at each domain that staff entered for it, and at its own if they vouched for it.

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


def likeness_questions(
    coalition_id: int, roots: Collection[int] | None = None, since: dt.datetime | None = None
) -> dict[int, tuple[LikenessQuestion, ...]]:
    """Return the undecided questions whether two organizations are the same, by the id of either one.

    `roots` limits them to these organizations, the main entries of merged ones; `since` to questions found later.
    """
    left, right = aliased(Organization), aliased(Organization)
    query = (
        select(root_id_of(left).label("left"), root_id_of(right).label("right"), PossibleDuplicate.reasons)
        .join(left, left.id == PossibleDuplicate.one_id)
        .join(right, right.id == PossibleDuplicate.other_id)
        .where(PossibleDuplicate.dismissed_at.is_(None), root_id_of(left) != root_id_of(right))
        .order_by(PossibleDuplicate.id)
    )
    if since is not None:
        query = query.where(PossibleDuplicate.found_at > since)
    if roots is None:
        query = query.where(left.coalition_id == coalition_id)
    else:
        entry_ids = select(Organization.id).where(Organization.coalition_id == coalition_id, belongs_to(Organization, roots))
        query = query.where(or_(PossibleDuplicate.one_id.in_(entry_ids), PossibleDuplicate.other_id.in_(entry_ids)))
    reasons_by_pair: dict[int, dict[int, tuple[MatchReason, ...]]] = defaultdict(dict)
    for row in db.session.execute(query):
        for root, other_root in ((row.left, row.right), (row.right, row.left)):
            reasons_by_pair[root].setdefault(other_root, tuple(map(MatchReason, row.reasons)))
    others_by_root = {root: others for root, others in reasons_by_pair.items() if roots is None or root in roots}
    names = _names_and_domains({other_root for others in others_by_root.values() for other_root in others})
    return {
        root: tuple(LikenessQuestion(other_root, *names[other_root], reasons) for other_root, reasons in others.items())
        for root, others in others_by_root.items()
    }


def questions_by_signature(
    signatures: Collection[int] | None = None, letter_id: int | None = None, since: dt.datetime | None = None
) -> dict[int, tuple[LikenessQuestion, ...]]:
    """Return the `likeness_questions` about the organizations of these signatures, or of all under a letter, by signature id.

    Signatures without questions are left out; `since` limits them to questions found later.
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
    """Return the name and domain of each organization, by id."""
    rows = db.session.execute(
        select(Organization.id, Organization.name, Organization.domain).where(Organization.id.in_(list(organization_ids)))
    )
    return {row.id: (row.name, row.domain) for row in rows}
