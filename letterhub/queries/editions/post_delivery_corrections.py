"""Post-delivery corrections: a delivered edition keeps each line as printed, whatever the list says now."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.audit.references import ReferenceKind
from letterhub.domain.letters.document import LetterText, Signatory, group_heading
from letterhub.domain.states import ACTIVE_STATES
from letterhub.infrastructure.db import db
from letterhub.models import AuditChain, AuditEntry, Edition, Revision, Signature
from letterhub.queries.editions.deliveries import delivered_edition_id
from letterhub.queries.editions.signatory_pages import frozen_lines
from letterhub.rendering.letter.view import SignatoryLine, line

BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class DeliveredLine:
    """Line of a signature as printed in the delivered edition with that number."""

    number: int
    line: SignatoryLine


def delivered_line_if_changed(letter_id: int, signature_id: int, current_line: Signatory) -> DeliveredLine | None:
    """Return a signature's line in the letter's delivered edition if it prints differently now; otherwise None."""
    edition_id = delivered_edition_id(letter_id)
    if edition_id is None:
        return None
    number, text = _edition_number_and_text(edition_id)
    delivered_line = frozen_lines(edition_id, [signature_id]).get(signature_id)
    if delivered_line is None or _printed_parts(delivered_line, text) == _printed_parts(current_line, text):
        return None
    return DeliveredLine(number, line(delivered_line, text))


def count_corrected_since_delivery(letter_id: int) -> int:
    """Return how many lines of the letter's delivered edition have been corrected and print differently now."""
    edition_id = delivered_edition_id(letter_id)
    if edition_id is None:
        return 0
    number, text = _edition_number_and_text(edition_id)
    corrected = {ReferenceKind.SIGNATURE.id_in(subject) for subject in _corrected_since_frozen(letter_id, number)}
    delivered_lines = frozen_lines(edition_id, corrected)
    signatures = db.session.scalars(select(Signature).where(Signature.id.in_(delivered_lines))).all()
    return sum(
        _printed_parts(delivered_lines[signature.id], text) != _printed_parts(signature.signatory, text)
        for signature in signatures
        if signature.state in ACTIVE_STATES
    )


def _edition_number_and_text(edition_id: int) -> tuple[int, LetterText]:
    query = select(Edition.number, Revision).join(Revision, Revision.id == Edition.revision_id)
    number, revision = db.session.execute(query.where(Edition.id == edition_id)).one()
    return number, revision.text


def _printed_parts(signatory: Signatory, text: LetterText) -> tuple[str, ...]:
    """Return everything read of a signatory in a list: the heading above it, and its line."""
    printed = line(signatory, text)
    return (group_heading(signatory, text.order), *(part.text for part in (printed.name, printed.detail, printed.below)))


def _corrected_since_frozen(letter_id: int, number: int) -> Iterator[str]:
    """Yield the subjects corrected after an edition was frozen. Reads the audit log backward, as little follows a delivery."""
    entries = (
        select(AuditEntry.number, AuditEntry.action, AuditEntry.subject)
        .join(AuditChain, AuditChain.id == AuditEntry.chain_id)
        .where(AuditChain.name == ReferenceKind.LETTER.reference(letter_id))
        .order_by(AuditEntry.number.desc())
        .limit(BATCH_SIZE)
    )
    last = None
    while rows := db.session.execute(entries if last is None else entries.where(AuditEntry.number < last)).all():
        for entry in rows:
            if (entry.action, entry.subject) == ("frozen", ReferenceKind.EDITION.reference(number)):
                return
            if entry.action == "corrected":
                yield entry.subject
        last = rows[-1].number
