"""Members of staff who last changed a signature, from the audit log."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, String, cast, literal, select

from letterhub.domain.audit.references import ReferenceKind
from letterhub.infrastructure.db import db
from letterhub.models import AuditChain, AuditEntry, Staff


def last_editors(letter_id: int, signature_ids: Iterable[int]) -> dict[int, str]:
    """Return the member of staff who last changed each of these names; untouched ones are left out."""
    subjects = list(map(ReferenceKind.SIGNATURE.reference, signature_ids))
    if not subjects:
        return {}
    rows = db.session.execute(
        select(AuditEntry.subject, Staff.name)
        .join(AuditChain, AuditChain.id == AuditEntry.chain_id)
        .join(Staff, AuditEntry.actor == _staff_reference())
        .where(AuditChain.name == ReferenceKind.LETTER.reference(letter_id), AuditEntry.subject.in_(subjects))
        .order_by(AuditEntry.number)
    )
    return {number: name for subject, name in rows if (number := ReferenceKind.SIGNATURE.id_in(subject))}


def _staff_reference() -> ColumnElement[str]:
    # concat() is missing in some supported SQLite versions
    return literal(ReferenceKind.STAFF.prefix) + cast(Staff.id, String)
