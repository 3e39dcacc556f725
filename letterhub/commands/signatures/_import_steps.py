"""Steps that imports of names share: rows are prepared without a transaction, then written in batches, a transaction each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select

from letterhub.commands.signatures._added_mail import MailPacing, notify_added
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.questions.answers import merge_answers
from letterhub.domain.signatures.added_names import notification_fact
from letterhub.domain.signatures.evidence import Fact, FactKind
from letterhub.domain.signatures.signatory_import import ParsedRow, check_imports
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import LetterState, SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import (
    EvidenceFact,
    Letter,
    NameAndDomain,
    Signature,
    add_to_counters,
    append_audit_entry,
    evidence_columns,
    find_or_create_organizations,
    write_search_lines,
)
from letterhub.queries.letters.revisions import newest_revision_if_any
from letterhub.queries.signatures.existing_signers import gives_way_to_import

BATCH_SIZE = 200
"""Rows of a transaction: signers wait for the letter's lock while they are written, some tenths of a second."""


@dataclass(frozen=True, slots=True)
class PreparedRow:
    """Row prepared before a transaction is open: `values` are those of its signature, by column.

    `place` is its place key under the letter, `name_and_domain` that of its organization, None for a person.
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
    signature.answers = merge_answers(None, row.answers)
    signature.move(SignatureMove.CONFIRM, at)
    signature.take_place()
    is_organization = line.kind is SignatoryKind.ORGANIZATION
    name_and_domain = (name_key(line.organization), domain_of_website(line.website)) if is_organization else None
    values = {name: value for name, value in vars(signature).items() if not name.startswith("_")}
    return PreparedRow(signature.own_place_key, name_and_domain, values)


def mail_pacing(rows: Sequence[ParsedRow], start: int) -> MailPacing:
    """Return the pacing of a batch's emails among those of all rows of a file; the batch begins at row `start`."""
    return MailPacing(sum(bool(row.email) for row in rows[:start]), sum(bool(row.email) for row in rows))


def add_batch(
    letter_id: int, prepared: Sequence[PreparedRow], file: str, pacing: MailPacing | None, *, actor: str, at: dt.datetime
) -> int:
    """Add a batch of a file's names to the queue, as `add_names` does; return how many. Locks the letter.

    Raises CannotImport.
    """
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    check_imports(letter.state)
    count = len(add_names(letter, prepared, Fact(FactKind.IMPORTED, actor, at, facts={"file": file}), pacing))
    if count:
        chain = ReferenceKind.LETTER.reference(letter_id)
        after = {"count": count, "file": file, "notified": "yes" if pacing is not None else "no"}
        append_audit_entry(db.session(), chain, actor, "imported", at=at, after=after)
    return count


def add_names(letter: Letter, prepared: Sequence[PreparedRow], fact: Fact, pacing: MailPacing | None) -> Sequence[int]:
    """Add names to the queue of a locked letter, except those whose place was taken meanwhile; return the signatures' ids.

    The `fact` says where they came from. Their signatories are told by email, before the letter opens once it does; not at all
    if `pacing` is None. In the caller's transaction.
    """
    new_rows = _rows_with_free_place(letter.id, prepared)
    if not new_rows:
        return ()
    signature_ids, emails = _insert_signatures(letter, new_rows, fact.at), [str(row.values["email"]) for row in new_rows]
    _insert_evidence(signature_ids, emails, fact, is_notified=pacing is not None)
    if pacing is not None and letter.state is not LetterState.DRAFT:
        addresses = [(signature_id, email) for signature_id, email in zip(signature_ids, emails, strict=True) if email]
        notify_added(letter, addresses, pacing, fact.at)
    return signature_ids


def _rows_with_free_place(letter_id: int, prepared: Sequence[PreparedRow]) -> list[PreparedRow]:
    """Return the rows whose place on the letter is free, or held by a signature that gives way to an import and waits beside
    it.
    """
    by_place = {row.place: row for row in reversed(prepared)}
    holders = db.session.scalars(
        select(Signature)
        .where(Signature.letter_id == letter_id, Signature.place_key.in_(by_place))
        .order_by(Signature.id)
        .with_for_update()
    ).all()
    taken_places = {
        holder.place_key
        for holder in holders
        if not gives_way_to_import(holder, str(by_place[holder.own_place_key].values["email"]))
    }
    for holder in holders:
        if holder.place_key not in taken_places:
            holder.release_place()
    db.session.flush()
    return [row for row in prepared if row.place not in taken_places and by_place[row.place] is row]


def _insert_signatures(letter: Letter, new_rows: Sequence[PreparedRow], at: dt.datetime) -> Sequence[int]:
    """Insert signatures with their organizations; return their ids. They are under the current revision, or under none before
    the letter opens."""
    revision = newest_revision_if_any(letter.id)
    names = {row.name_and_domain: str(row.values["organization_name"]) for row in reversed(new_rows) if row.name_and_domain}
    organizations = find_or_create_organizations(db.session(), letter.coalition_id, names, at)
    letter.individuals_imported = letter.individuals_imported or any(row.name_and_domain is None for row in new_rows)
    rows = []
    for row in new_rows:
        organization_id, is_new_organization = organizations[row.name_and_domain] if row.name_and_domain else (None, False)
        references = {"organization_id": organization_id, "is_new_organization": is_new_organization}
        rows.append({**row.values, **references, "revision_id": revision.id if revision else None})
    signature_ids = db.session.scalars(insert(Signature).returning(Signature.id, sort_by_parameter_order=True), rows).all()
    imported = (Signature(id=signature_id, **row) for signature_id, row in zip(signature_ids, rows, strict=True))
    write_search_lines(db.session.connection(), imported)
    add_to_counters(db.session(), letter.id, {"awaiting_review_count": len(rows)})
    return signature_ids


def _insert_evidence(signature_ids: Sequence[int], emails: Sequence[str], fact: Fact, *, is_notified: bool) -> None:
    """Insert the evidence where signatures came from, and whether their signatories are told at these addresses."""
    rows = []
    for signature_id, email in zip(signature_ids, emails, strict=True):
        notified = notification_fact(email, is_notified=is_notified)
        rows.append(
            {"signature_id": signature_id, **evidence_columns(replace(fact, facts={**fact.facts, "notified": notified}))}
        )
    db.session.execute(insert(EvidenceFact), rows)
