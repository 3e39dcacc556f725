"""Post-delivery corrections: a delivered edition keeps each line as printed, whatever the list says now."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.audit.references import Reference
from letterhub.domain.letters.document import LetterText, Signatory, heading_of
from letterhub.domain.states import STANDING
from letterhub.infrastructure.db import db
from letterhub.models import Chain, Edition, RecordEntry, Revision, Signature
from letterhub.queries.editions.deliveries import delivered_edition
from letterhub.queries.editions.pages import lines_as_frozen
from letterhub.rendering.letter.view import Line, line

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DeliveredLine:
    """Line of a signature as printed in the delivered edition with that number."""

    number: int
    line: Line


def delivered_otherwise(letter_id: int, signature_id: int, now: Signatory) -> DeliveredLine | None:
    """Return a signature's line in the letter's delivered edition if it prints differently now; otherwise None."""
    edition_id = delivered_edition(letter_id)
    if edition_id is None:
        return None
    number, text = _edition(edition_id)
    then = lines_as_frozen(edition_id, [signature_id]).get(signature_id)
    if then is None or _printed(then, text) == _printed(now, text):
        return None
    return DeliveredLine(number, line(then, text))


def corrected_since_delivery(letter_id: int) -> int:
    """Return how many lines of the letter's delivered edition have been corrected and print differently now."""
    edition_id = delivered_edition(letter_id)
    if edition_id is None:
        return 0
    number, text = _edition(edition_id)
    corrected = {Reference.SIGNATURE.number_in(one) for one in _corrected_since_frozen(letter_id, number)}
    then = lines_as_frozen(edition_id, corrected)
    now = db.session.scalars(select(Signature).where(Signature.id.in_(then))).all()
    return sum(_printed(then[one.id], text) != _printed(one.signatory, text) for one in now if one.state in STANDING)


def _edition(edition_id: int) -> tuple[int, LetterText]:
    found = select(Edition.number, Revision).join(Revision, Revision.id == Edition.revision_id)
    number, revision = db.session.execute(found.where(Edition.id == edition_id)).one()
    return number, revision.text


def _printed(one: Signatory, text: LetterText) -> tuple[str, ...]:
    """Return everything read of a signatory in a list: the heading above it, and its line."""
    printed = line(one, text)
    return (heading_of(one, text.order), *(said.text for said in (printed.name, printed.detail, printed.below)))


def _corrected_since_frozen(letter_id: int, number: int) -> Iterator[str]:
    """Yield the subjects corrected after an edition was frozen. Reads the audit log backward, as little follows a delivery."""
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
