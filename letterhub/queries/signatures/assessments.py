"""Filters of a letter's names by evidence and doubts, which are computed for each name that is looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, select, tuple_

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.signatures.evidence import Assessment, DirectoryFacts, FactKind, SignatureFacts, assess
from letterhub.infrastructure.db import db
from letterhub.models import Signature
from letterhub.queries.abuse.blocklist import blocklist_matches_of_rows
from letterhub.queries.organizations.likeness_questions import directory_facts
from letterhub.queries.signatures.duplicates import Duplicates, find_duplicates, with_duplicate_keys
from letterhub.queries.signatures.evidence import fact_kinds_by_signature

SCANNED = 300
"""Names that a filter looks at for one page."""

Matches = Callable[[SignatoryKind, Assessment], bool]


@dataclass(frozen=True, slots=True)
class FilterScan:
    """Names that match a filter, among the `looked_at` that come after a cursor.

    `next_cursor` is the id of the last name looked at, 0 if no more follow. `is_whole` says that all names were looked at.
    """

    ids: tuple[int, ...]
    looked_at: int
    next_cursor: int
    is_whole: bool


def scan_names(query: Select[int], order: Sequence[Any], matches: Matches, *, after_id: int, limit: int) -> FilterScan:
    """Return up to `limit` matching names of the next SCANNED that a query selects, in this order, after the name `after_id`;
    from the beginning if that is 0, or gone."""
    position = db.session.execute(select(*order).where(Signature.id == after_id)).one_or_none() if after_id else None
    if position:
        values = (bindparam(None, value, type_=column.type) for column, value in zip(order, position, strict=True))
        query = query.where(tuple_(*order) > tuple_(*values))
    ids = db.session.scalars(query.order_by(*order).limit(SCANNED + 1)).all()
    assessments = assessments_of(select(Signature.id).where(Signature.id.in_(ids[:SCANNED])))
    found = [signature_id for signature_id in ids[:SCANNED] if matches(*assessments[signature_id])]
    looked_at = ids.index(found[limit - 1]) + 1 if len(found) > limit else min(len(ids), SCANNED)
    has_more = looked_at < len(ids)
    next_cursor = ids[looked_at - 1] if has_more else 0
    return FilterScan(tuple(found[:limit]), looked_at, next_cursor, is_whole=not position and not has_more)


def assessments_of(query: Select[int]) -> dict[int, tuple[SignatoryKind, Assessment]]:
    """Return the kind, and the evidence and doubts, of each selected signature of one letter, by id, in order.

    Evidence is computed, not stored, so it is never out of date.
    """
    columns = (Signature.letter_id, Signature.source, Signature.confirmed_at)
    evidence_columns = (Signature.email, Signature.website, Signature.is_new_organization, Signature.from_flood)
    line_columns = (Signature.kind, Signature.organization_name, Signature.signer_name)
    rows = db.session.execute(with_duplicate_keys(query.add_columns(*columns, *evidence_columns, *line_columns))).all()
    duplicates = find_duplicates(rows[0].letter_id, rows, most=len(rows) > SCANNED) if rows else Duplicates({}, {}, {})
    fact_kinds, directory, blocked_ids = fact_kinds_by_signature(query), directory_facts(query), blocklist_matches_of_rows(rows)
    return {
        row.id: (
            row.kind,
            _assess_row(
                row,
                duplicates,
                fact_kinds.get(row.id, frozenset()),
                directory.get(row.id, DirectoryFacts()),
                row.id in blocked_ids,
            ),
        )
        for row in rows
    }


def _assess_row(
    row: Row[Any], duplicates: Duplicates, fact_kinds: frozenset[FactKind], facts: DirectoryFacts, is_blocked: bool
) -> Assessment:
    """Return the evidence and doubts of a row of `assessments_of`, from what else is known of it."""
    signature_facts = SignatureFacts(
        row.source, row.confirmed_at is not None, row.email, row.website, row.is_new_organization, row.from_flood,
        facts.domains, facts.reviewed,
    )  # fmt: skip
    return assess(
        signature_facts,
        turned_away=is_blocked,
        same_name=duplicates.same_name(row),
        like_another=row.id in duplicates.questions,
        other_name=facts.other_name,
        fact_kinds=facts.countable(fact_kinds),
    )
