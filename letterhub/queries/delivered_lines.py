"""Reads about lines that were corrected after a delivery: the edition keeps each as it was, whatever the list says now."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.db import db
from letterhub.domain.document import Signatory
from letterhub.domain.listing import NAMES_A_PAGE
from letterhub.domain.references import Reference
from letterhub.domain.snapshot import signatory_from_facts
from letterhub.models import Chain, Edition, EditionPage, RecordEntry, Revision
from letterhub.queries.deliveries import delivered_edition
from letterhub.rendering.view import Line, line

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DeliveredLine:
    """A signature as the delivered edition with that number prints it."""

    number: int
    line: Line


def delivered_otherwise(letter_id: int, signature_id: int, now: Signatory) -> DeliveredLine | None:
    """The line of a signature in the edition that its letter stands by as delivered, where that prints another one than now."""
    edition_id = delivered_edition(letter_id)
    if edition_id is None:
        return None
    listed = db.session.scalars(select(Edition.signature_ids).where(Edition.id == edition_id)).one()
    if signature_id not in listed:
        return None
    page, place = divmod(listed.index(signature_id), NAMES_A_PAGE)
    found = (
        select(Edition.number, Revision, EditionPage.lines)
        .join(Revision, Revision.id == Edition.revision_id)
        .join(EditionPage, EditionPage.edition_id == Edition.id)
        .where(Edition.id == edition_id, EditionPage.number == page + 1)
    )
    number, revision, lines = db.session.execute(found).one()
    then = line(signatory_from_facts(lines[place]), revision.text)
    return DeliveredLine(number, then) if _words(then) != _words(line(now, revision.text)) else None


def _words(printed: Line) -> tuple[str, ...]:
    return tuple(said.text for said in (printed.name, printed.detail, printed.below))


def corrected_since_delivery(letter_id: int) -> int:
    """How many lines of the edition that a letter stands by as delivered were corrected since it was frozen."""
    edition_id = delivered_edition(letter_id)
    if edition_id is None:
        return 0
    edition = select(Edition.number, Edition.signature_ids).where(Edition.id == edition_id)
    number, listed = db.session.execute(edition).one()
    corrected = {Reference.SIGNATURE.number_in(one) for one in _corrected_since_frozen(letter_id, number)}
    return len(corrected & set(listed))


def _corrected_since_frozen(letter_id: int, number: int) -> Iterator[str]:
    """What the record tells was corrected after an edition was frozen: read from its end, as little follows a delivery."""
    entries = (
        select(RecordEntry.number, RecordEntry.action, RecordEntry.subject)
        .join(Chain, Chain.id == RecordEntry.chain_id)
        .where(Chain.name == Reference.LETTER.to(letter_id))
        .order_by(RecordEntry.number.desc())
        .limit(AT_ONCE)
    )
    last = None
    while rows := db.session.execute(entries if last is None else entries.where(RecordEntry.number < last)).all():
        for entry in rows:
            if (entry.action, entry.subject) == ("frozen", Reference.EDITION.to(number)):
                return
            if entry.action == "corrected":
                yield entry.subject
        last = rows[-1].number
