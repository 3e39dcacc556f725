"""Steps that imports of names share: rows are prepared without a transaction, then written in batches, a transaction each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from letterhub.commands.signatures._shared_steps import current_revision
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.document import SignatoryKind
from letterhub.domain.organizations.names_and_websites import domain_of_website, name_key
from letterhub.domain.signatures.evidence import FactKind
from letterhub.domain.signatures.signatory_import import ParsedRow, check_imports
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import (
    EvidenceFact,
    Letter,
    NameAndDomain,
    Signature,
    add_to_counters,
    append_audit_entry,
    find_or_create_organizations,
    write_search_lines,
)
from letterhub.queries.signatures.signatory_import import gives_way_to_import

BATCH_SIZE = 200
"""Rows of a transaction: signers wait for the letter's lock while they are written, some tenths of a second."""


@dataclass(frozen=True, slots=True)
class PreparedRow:
    """Row prepared before a transaction is open: `values` are those of its signature, by column.

    `place` is its unique key under the letter, `name_and_domain` that of its organization, None for a person.
    """

    place: str
    name_and_domain: NameAndDomain | None
    values: Mapping[str, Any]


def letter_alphabet(letter_id: int) -> str:
    """Return the alphabet by which a letter sorts its signatories."""
    return db.session.scalars(select(Letter.alphabet).where(Letter.id == letter_id)).one()


def prepare_row(letter_id: int, alphabet: str, row: ParsedRow, at: dt.datetime) -> PreparedRow:
    """Return the values of a new signature under a letter that waits for review, made from a row."""
    line = row.signatory
    signature = Signature(
        letter_id=letter_id,
        alphabet=alphabet,
        source=Source.IMPORT,
        state=SignatureState.PENDING,
        email=row.email,
        created_at=at,
    )
    signature.set_staff_line(line)
    signature.move(SignatureMove.CONFIRM, at)
    signature.claim_unique_key()
    is_organization = line.kind is SignatoryKind.ORGANIZATION
    name_and_domain = (name_key(line.organization), domain_of_website(line.website)) if is_organization else None
    values = {name: value for name, value in vars(signature).items() if not name.startswith("_")}
    return PreparedRow(signature.own_unique_key, name_and_domain, values)


def add_batch(letter_id: int, prepared: Sequence[PreparedRow], file: str, actor: str, at: dt.datetime) -> int:
    """Add a batch of names to the queue, except those whose place was taken meanwhile; return how many. Locks the letter, in
    the caller's transaction. Raises CannotImport.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    check_imports(letter.state)
    new_rows = _rows_with_free_place(letter_id, prepared)
    if new_rows:
        _insert_signatures(letter, new_rows, file, actor, at)
        chain, after = ReferenceKind.LETTER.reference(letter_id), {"count": len(new_rows), "file": file}
        append_audit_entry(db.session(), chain, actor, "imported", at=at, after=after)
    return len(new_rows)


def _rows_with_free_place(letter_id: int, prepared: Sequence[PreparedRow]) -> list[PreparedRow]:
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


def _insert_signatures(letter: Letter, new_rows: Sequence[PreparedRow], file: str, actor: str, at: dt.datetime) -> None:
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
    signature_ids = db.session.scalars(insert(Signature).returning(Signature.id, sort_by_parameter_order=True), rows).all()
    imported = (Signature(id=signature_id, **row) for signature_id, row in zip(signature_ids, rows, strict=True))
    write_search_lines(db.session.connection(), imported)
    add_to_counters(db.session(), letter.id, {"awaiting_review": len(rows)})
    fact = {"kind": FactKind.IMPORTED, "source": actor, "facts": {"file": file}, "at": at}
    db.session.execute(insert(EvidenceFact), [{"signature_id": signature_id, **fact} for signature_id in signature_ids])
