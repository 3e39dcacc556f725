"""Reads about errata: which names of a frozen edition do not stand any more, since when, and by whose decision."""

import datetime as dt
from collections.abc import Set
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.db import db
from letterhub.domain.listing import NAMES_A_PAGE
from letterhub.domain.snapshot import signatory_from_facts
from letterhub.domain.states import SignatureState
from letterhub.models import Edition, EditionPage, Signature

GONE = (SignatureState.WITHDRAWN, SignatureState.DECLINED)


@dataclass(frozen=True, slots=True)
class Erratum:
    """A name that an edition prints and that was taken off since; `by_signatory` where it withdrew itself."""

    name: str
    at: dt.datetime
    by_signatory: bool


def errata_of(edition_id: int) -> tuple[Erratum, ...]:
    """The errata of an edition, the oldest first, each name as the edition prints it."""
    facts = select(Edition.letter_id, Edition.as_of).where(Edition.id == edition_id)
    edition = db.session.execute(facts).one()
    found = (
        select(Signature.id, Signature.state, Signature.ended_at)
        .where(Signature.letter_id == edition.letter_id, Signature.state.in_(GONE))
        .where(Signature.ended_at.is_not(None), Signature.ended_at >= edition.as_of)
        .order_by(Signature.ended_at, Signature.id)
    )
    gone = db.session.execute(found).all()
    names = _names(edition_id, {row.id for row in gone}) if gone else {}
    return tuple(Erratum(names[row.id], row.ended_at, row.state is SignatureState.WITHDRAWN) for row in gone if row.id in names)


def _names(edition_id: int, signature_ids: Set[int]) -> dict[int, str]:
    """The names of those of the signatures that an edition lists, from the pages that they stand on."""
    listed = db.session.scalars(select(Edition.signature_ids).where(Edition.id == edition_id)).one()
    places = {one: place for place, one in enumerate(listed) if one in signature_ids}
    numbers = {place // NAMES_A_PAGE + 1 for place in places.values()}
    found = select(EditionPage.number, EditionPage.lines).where(
        EditionPage.edition_id == edition_id, EditionPage.number.in_(numbers)
    )
    pages = {row.number: row.lines for row in db.session.execute(found)}
    return {
        one: signatory_from_facts(pages[place // NAMES_A_PAGE + 1][place % NAMES_A_PAGE]).name for one, place in places.items()
    }
