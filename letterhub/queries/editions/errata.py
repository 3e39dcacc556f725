"""Errata: names of a frozen edition that are no longer published, since when, and by whose decision."""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from letterhub.domain.editions.edition import REMOVAL_REASONS, Erratum, RemovalReason, errata_version
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Edition, Letter, Revision, Signature, is_named, is_queued
from letterhub.queries.editions.signatory_pages import frozen_lines
from letterhub.queries.letters.revisions import counts_for_current_text

ENDED_STATES = (SignatureState.WITHDRAWN, SignatureState.DECLINED)
BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class _RemovedSignature:
    """Signature printed by an edition but no longer listed; `since` is None if that is not public."""

    id: int
    state: SignatureState
    since: dt.datetime | None


def errata_of(edition_id: int) -> tuple[Erratum, ...]:
    """Return the names that an edition prints but that are no longer published, oldest removal first, unknown times last."""
    query = select(Edition.letter_id, Edition.frozen_at, Letter.awaiting_review_count, Letter.outdated_count).join(
        Letter, Letter.id == Edition.letter_id
    )
    edition = db.session.execute(query.where(Edition.id == edition_id)).one()
    printed = frozen_lines(edition_id, _unlisted_ids(edition))
    removed = sorted(
        _removed_signatures(edition, tuple(printed)),
        key=lambda signature: (signature.since is None, signature.since or edition.frozen_at, signature.id),
    )
    return tuple(
        Erratum(printed[signature.id].name, REMOVAL_REASONS.get(signature.state, RemovalReason.REVIEW), signature.since)
        for signature in removed
    )


def text_changed_since(edition_id: int) -> bool:
    """Return whether the text changed in substance since an edition was frozen."""
    letter_id, number = db.session.execute(
        select(Edition.letter_id, Revision.number)
        .join(Revision, Revision.id == Edition.revision_id)
        .where(Edition.id == edition_id)
    ).one()
    return not counts_for_current_text(letter_id, number)


def edition_validity_hash(edition_id: int) -> str:
    """Return the version hash of an edition's errata and text change; "" if it is still fully valid."""
    return errata_version(errata_of(edition_id), text_changed=text_changed_since(edition_id))


def _unlisted_ids(edition: Any) -> frozenset[int]:
    """Return the ids of the letter's signatures that ended, wait for staff, or must confirm a new text.

    Also those that the edition does not print, and regardless of when they ended, as the clocks of machines differ.
    """
    ids_of_letter = select(Signature.id).where(Signature.letter_id == edition.letter_id)
    ended = ids_of_letter.where(Signature.state.in_(ENDED_STATES), Signature.ended_at.is_not(None))
    outdated = ids_of_letter.where(Signature.state == SignatureState.OUTDATED, is_named())
    queries = [
        ended,
        *([ids_of_letter.where(is_queued())] if edition.awaiting_review_count else ()),
        *([outdated] if edition.outdated_count else ()),
    ]
    return frozenset(itertools.chain.from_iterable(db.session.scalars(query) for query in queries))


def _removed_signatures(edition: Any, printed: Sequence[int]) -> Iterator[_RemovedSignature]:
    """Yield those of the `printed` signature ids that are not published now, each with since when.

    One outdated before the freeze is off the list since the last change of the text. When a name went back to staff is not
    public.
    """
    query = select(Signature.id, Signature.state, Signature.ended_at, Signature.outdated_at)
    text_changed_at: dt.datetime | None = None
    if edition.outdated_count:  # when the revision was made from which signatures count now
        of_letter = Revision.letter_id == edition.letter_id
        newest = select(Revision.counts_from).where(of_letter).order_by(Revision.number.desc()).limit(1)
        revision = select(Revision.created_at).where(of_letter, Revision.number == newest.scalar_subquery())
        text_changed_at = db.session.scalars(revision).one()
    for start in range(0, len(printed), BATCH_SIZE):
        batch = query.where(Signature.id.in_(printed[start : start + BATCH_SIZE]), Signature.state != SignatureState.PUBLISHED)
        for row in db.session.execute(batch):
            since = row.ended_at if row.state in ENDED_STATES else None
            if row.state is SignatureState.OUTDATED:
                is_outdated_since_freeze = row.outdated_at is not None and row.outdated_at >= edition.frozen_at
                since = row.outdated_at if is_outdated_since_freeze else text_changed_at
            yield _RemovedSignature(row.id, row.state, since)
