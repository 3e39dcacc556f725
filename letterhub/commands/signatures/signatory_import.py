"""Import of names from a file: stored while staff look at the preview, then imported into the queue, or dropped.

Slow work happens before a transaction is open, and rows are written in batches, as SQLite allows one writer at a time. After an
interruption, importing the same file adds the rest: names already there are skipped.

See docs/design/tables-in.md.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select

from letterhub.commands.signatures._shared_steps import current_revision
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.letters.document import SignatoryKind
from letterhub.domain.organizations.names_and_websites import domain_of_website, name_key
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.signatures.signatory_import import ParsedRow, RowOutcome, check_imports, check_preview
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db, end_read_transaction, one_transaction
from letterhub.intake.tables.signatory_table import read_signatories
from letterhub.models import (
    EvidenceFact,
    Letter,
    NameAndDomain,
    Signature,
    Upload,
    add_to_counters,
    append_audit_entry,
    find_or_create_organizations,
)
from letterhub.queries.signatures.signatory_import import gives_way_to_import, import_preview, plan_file

UPLOAD_RETENTION = dt.timedelta(days=1)
BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class _PreparedRow:
    """Row prepared before a transaction is open: `values` are those of its signature, by column.

    `place` is its unique key under the letter, `name_and_domain` that of its organization, None for a person.
    """

    place: str
    name_and_domain: NameAndDomain | None
    values: Mapping[str, Any]


def save_upload(letter_id: int, file: str, content: bytes, *, staff_id: int, at: dt.datetime) -> int:
    """Store a file of names until staff decide on it; return its id. Raises CannotImport and FileRefused."""
    read_signatories(content, file)
    return _save_file(letter_id, file, content, staff_id, at)


@one_transaction
def _save_file(letter_id: int, file: str, content: bytes, staff_id: int, at: dt.datetime) -> int:
    check_imports(db.session.get_one(Letter, letter_id).state)
    upload = Upload(letter_id=letter_id, file_name=file[:200], content=content, uploaded_at=at, uploaded_by_id=staff_id)
    db.session.add(upload)
    db.session.flush()
    return upload.id


@one_transaction
def discard_upload(letter_id: int, upload_id: int) -> None:
    """Delete an upload; do nothing if it is gone."""
    db.session.execute(delete(Upload).where(Upload.id == upload_id, Upload.letter_id == letter_id))


@one_transaction
def purge_uploads(at: dt.datetime) -> None:
    """Delete uploads that nobody decided on within a day."""
    db.session.execute(delete(Upload).where(Upload.uploaded_at < at - UPLOAD_RETENTION))


def import_upload(letter_id: int, upload_id: int, *, expected: str, actor: str, at: dt.datetime) -> int:
    """Import the new names of an upload into the queue and delete it; return how many.

    `expected` is the version hash of the rows that were shown. Raises ImportChanged if the new rows differ or the upload is
    gone, and CannotImport.
    """
    gone_message = _("This file has since been imported or discarded. Upload it again to preview it.")
    preview = check_preview(import_preview(letter_id, upload_id), expected, gone_message)
    count = _import_rows(letter_id, preview.rows_to_apply, preview.file_name, actor, at)
    _delete_upload(letter_id, upload_id, preview.uploaded_at)
    return count


def import_file(letter_id: int, file: str, content: bytes, *, actor: str, at: dt.datetime) -> int:
    """Import the new names of a file into the queue at once; return how many. Raises CannotImport and FileRefused."""
    rows, _notes = plan_file(letter_id, content, file)
    return _import_rows(letter_id, [row.parsed for row in rows if row.outcome is RowOutcome.NEW], file, actor, at)


def _import_rows(letter_id: int, rows: Sequence[ParsedRow], file: str, actor: str, at: dt.datetime) -> int:
    """Import rows into the queue, in batches; return how many. Raises CannotImport."""
    end_read_transaction()
    prepared = [_prepare_row(letter_id, row, at) for row in rows]
    starts = range(0, max(len(prepared), 1), BATCH_SIZE)  # an empty file is one batch, so that its letter is checked too
    return sum(_import_batch(letter_id, prepared[start : start + BATCH_SIZE], file, actor, at) for start in starts)


def _prepare_row(letter_id: int, row: ParsedRow, at: dt.datetime) -> _PreparedRow:
    """Return the values of a new signature that waits for review, made from a row."""
    line = row.signatory
    signature = Signature(
        letter_id=letter_id, source=Source.IMPORT, state=SignatureState.PENDING, email=row.email, created_at=at
    )
    signature.set_line(line)
    signature.lead, signature.sort_name = line.lead, line.sort_name
    signature.move(SignatureMove.CONFIRM, at)
    signature.claim_unique_key()
    is_organization = line.kind is SignatoryKind.ORGANIZATION
    name_and_domain = (name_key(line.organization), domain_of_website(line.website)) if is_organization else None
    values = {name: value for name, value in vars(signature).items() if not name.startswith("_")}
    return _PreparedRow(signature.own_unique_key, name_and_domain, values)


@one_transaction
def _import_batch(letter_id: int, prepared: Sequence[_PreparedRow], file: str, actor: str, at: dt.datetime) -> int:
    """Add a batch of names to the queue, except those whose place was taken meanwhile; return how many."""
    letter = db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    check_imports(letter.state)
    new_rows = _rows_with_free_place(letter_id, prepared)
    if new_rows:
        _insert_signatures(letter, new_rows, file, actor, at)
        chain, after = ReferenceKind.LETTER.reference(letter_id), {"count": len(new_rows), "file": file}
        append_audit_entry(db.session(), chain, actor, "imported", at=at, after=after)
    return len(new_rows)


def _rows_with_free_place(letter_id: int, prepared: Sequence[_PreparedRow]) -> list[_PreparedRow]:
    """Return the rows whose place on the letter is free, or held by a signature that gives way to an import and waits beside
    it.
    """
    by_place = {row.place: row for row in reversed(prepared)}
    holders = db.session.scalars(
        select(Signature)
        .where(Signature.letter_id == letter_id, Signature.unique_key.in_(by_place))
        .order_by(Signature.id)
        .with_for_update()
    ).all()
    taken_places = {
        holder.unique_key
        for holder in holders
        if not gives_way_to_import(holder, str(by_place[holder.own_unique_key].values["email"]))
    }
    for holder in holders:
        if holder.unique_key not in taken_places:
            holder.release_unique_key()
    db.session.flush()
    return [row for row in prepared if row.place not in taken_places and by_place[row.place] is row]


def _insert_signatures(letter: Letter, new_rows: Sequence[_PreparedRow], file: str, actor: str, at: dt.datetime) -> None:
    """Insert signatures under the current revision, with their organizations and the evidence that they came from a file."""
    revision_id = current_revision(letter.id).id
    names = {row.name_and_domain: str(row.values["organization_name"]) for row in reversed(new_rows) if row.name_and_domain}
    organizations = find_or_create_organizations(db.session(), letter.coalition_id, names, at)
    letter.individuals_imported = letter.individuals_imported or any(row.name_and_domain is None for row in new_rows)
    rows = []
    for row in new_rows:
        organization_id, first_seen = organizations[row.name_and_domain] if row.name_and_domain else (None, False)
        references = {"revision_id": revision_id, "organization_id": organization_id, "first_seen": first_seen}
        rows.append({**row.values, **references})
    signature_ids = db.session.scalars(insert(Signature).returning(Signature.id), rows)
    add_to_counters(db.session(), letter.id, {"awaiting_review": len(rows)})
    fact = {"kind": FactKind.IMPORTED, "source": actor, "facts": {"file": file}, "at": at}
    db.session.execute(insert(EvidenceFact), [{"signature_id": signature_id, **fact} for signature_id in signature_ids])


@one_transaction
def _delete_upload(letter_id: int, upload_id: int, uploaded_at: dt.datetime) -> None:
    """Delete an imported upload, but not a later one that was given the same id."""
    conditions = (Upload.id == upload_id, Upload.letter_id == letter_id, Upload.uploaded_at == uploaded_at)
    db.session.execute(delete(Upload).where(*conditions))
