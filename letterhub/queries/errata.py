"""Reads about errata: which names of a frozen edition do not stand any more, since when, and by whose decision."""

import datetime as dt
from collections.abc import Iterable, Set
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.db import db
from letterhub.domain.errata import Erratum, mark_of_errata, why_gone
from letterhub.domain.listing import NAMES_A_PAGE
from letterhub.domain.snapshot import signatory_from_facts
from letterhub.domain.states import SignatureState
from letterhub.models import Edition, EditionPage, Letter, Revision, Signature, is_named, is_queued

GONE = (SignatureState.WITHDRAWN, SignatureState.DECLINED)


@dataclass(frozen=True, slots=True)
class _Gone:
    """A signature of a letter that was in the list, or may have been; `since` when it is not, where everyone may know."""

    id: int
    state: SignatureState
    since: dt.datetime | None


def errata_of(edition_id: int) -> tuple[Erratum, ...]:
    """The errata of an edition, the oldest first: each name that is not published now, as the edition prints it."""
    gone = _gone_since(edition_id)
    names = _names(edition_id, {row.id for row in gone}) if gone else {}
    return tuple(Erratum(names[row.id], why_gone(row.state), row.since) for row in gone if row.id in names)


def text_changed_since(edition_id: int) -> bool:
    """Whether the text changed in substance since an edition was frozen, so that readers and signatories have another one."""
    letter_id, number = db.session.execute(
        select(Edition.letter_id, Revision.number)
        .join(Revision, Revision.id == Edition.revision_id)
        .where(Edition.id == edition_id)
    ).one()
    return number < _counts_from(letter_id)


def mark_of_edition(edition_id: int) -> str:
    """What is to be seen before an edition is delivered of which not all stands any more; "" where all of it does."""
    return mark_of_errata(errata_of(edition_id), text_changed=text_changed_since(edition_id))


def _gone_since(edition_id: int) -> list[_Gone]:
    """All of an edition's letter that ended since, or that wait for staff or for their signatories: printed in it or not."""
    facts = select(Edition.letter_id, Edition.as_of, Letter.waiting, Letter.outdated).join(
        Letter, Letter.id == Edition.letter_id
    )
    edition = db.session.execute(facts.where(Edition.id == edition_id)).one()
    gone = [*_ended(edition.letter_id, edition.as_of)]
    if edition.waiting:
        gone += _queued(edition.letter_id)
    if edition.outdated:
        gone += _outdated(edition.letter_id, edition.as_of)
    return sorted(gone, key=lambda one: (one.since is None, one.since or edition.as_of, one.id))


def _ended(letter_id: int, as_of: dt.datetime) -> Iterable[_Gone]:
    found = (
        select(Signature.id, Signature.state, Signature.ended_at)
        .where(Signature.letter_id == letter_id, Signature.state.in_(GONE))
        .where(Signature.ended_at.is_not(None), Signature.ended_at >= as_of)
    )
    return (_Gone(row.id, row.state, row.ended_at) for row in db.session.execute(found))


def _queued(letter_id: int) -> Iterable[_Gone]:
    """What waits for staff to look: since when, and who brought it there, is theirs to know."""
    found = select(Signature.id).where(Signature.letter_id == letter_id, is_queued())
    return (_Gone(number, SignatureState.CONFIRMED, None) for number in db.session.scalars(found))


def _outdated(letter_id: int, as_of: dt.datetime) -> Iterable[_Gone]:
    """What holds an earlier text; one that was outdated before the edition too is so since the last change."""
    state = SignatureState.OUTDATED
    found = select(Signature.id, Signature.outdated_at).where(
        Signature.letter_id == letter_id, Signature.state == state, is_named()
    )
    changed_at = _changed_at(letter_id)
    for row in db.session.execute(found):
        since = row.outdated_at if row.outdated_at and row.outdated_at >= as_of else changed_at
        yield _Gone(row.id, state, since)


def _changed_at(letter_id: int) -> dt.datetime:
    """When the text came that signatures count for now."""
    number = _counts_from(letter_id)
    found = select(Revision.created_at).where(Revision.letter_id == letter_id, Revision.number == number)
    return db.session.scalars(found).one()


def _counts_from(letter_id: int) -> int:
    newest = select(Revision.counts_from).where(Revision.letter_id == letter_id)
    return db.session.scalars(newest.order_by(Revision.number.desc()).limit(1)).one()


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
