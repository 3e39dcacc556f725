"""Directory facts about the organizations of signatures; one query for many names."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from letterhub.domain.signatures.evidence import DirectoryFacts
from letterhub.domain.signatures.past_reviews import PastReview, is_reviewed
from letterhub.infrastructure.db import db
from letterhub.models import Organization, ReviewedName, Signature, root_id_of


def directory_facts(signatures: Select[Any]) -> Mapping[int, DirectoryFacts]:
    """Return the directory's facts about the organization of each selected signature id, if there are any."""
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
        facts_by_signature[signature_id] = DirectoryFacts(
            frozenset(row.more_domains), row.vouched_at is not None, other_name, is_reviewed(name, email, website, reviews)
        )
    return {signature_id: facts for signature_id, facts in facts_by_signature.items() if facts != DirectoryFacts()}


def _reviewed_names(signature_ids: Select[Any]) -> Mapping[int, list[PastReview]]:
    """Return what staff published by the name of each signature under the coalition's letters, excluding that signature."""
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
    """Yield what staff entered for an organization: its names at each domain entered, and at its own if they vouch."""
    vouched = [row.domain] if row.vouched_at is not None and row.domain else []
    for domain in (*row.more_domains, *vouched):
        yield from (PastReview(name, domain, row.domain) for name in (row.name, *row.other_names))
