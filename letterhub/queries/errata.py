"""Reads about errata: which names of a frozen edition do not stand any more, since when, and by whose decision."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import undefer

from letterhub.db import db
from letterhub.domain.states import SignatureState
from letterhub.models import Edition, Signature
from letterhub.queries.documents import document_of_edition

GONE = (SignatureState.WITHDRAWN, SignatureState.DECLINED)


@dataclass(frozen=True, slots=True)
class Erratum:
    """A name that an edition prints and that was taken off since; `by_signatory` where it withdrew itself."""

    name: str
    at: dt.datetime
    by_signatory: bool


def errata_of(edition_id: int) -> tuple[Erratum, ...]:
    """The errata of an edition, the oldest first, each name as the edition prints it."""
    edition = db.session.get_one(Edition, edition_id, options=[undefer(Edition.signature_ids)])
    found = (
        select(Signature.id, Signature.state, Signature.ended_at)
        .where(Signature.letter_id == edition.letter_id, Signature.state.in_(GONE), Signature.ended_at >= edition.as_of)
        .order_by(Signature.ended_at, Signature.id)
    )
    listed = {signature_id: place for place, signature_id in enumerate(edition.signature_ids)}
    gone = [row for row in db.session.execute(found) if row.id in listed]
    names = document_of_edition(edition_id).signatories if gone else ()
    return tuple(Erratum(names[listed[row.id]].name, row.ended_at, row.state is SignatureState.WITHDRAWN) for row in gone)
