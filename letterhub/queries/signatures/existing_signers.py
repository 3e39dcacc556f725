"""Signatures that the rows of an import are compared with, and those that give way to it."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select

from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.mail.email_addresses import GMAIL, EmailAddress
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.signatures.line_fields import LINE_FIELDS
from letterhub.domain.signatures.proof_level import ProofLevel
from letterhub.domain.signatures.search_words import query_words
from letterhub.domain.signatures.signatory_import import (
    ParsedRow,
    PrintedLine,
    SignatoryKey,
    signatory_key,
)
from letterhub.domain.signatures.signing import Source
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Signature
from letterhub.queries.signatures.proof_levels import proof_level_of
from letterhub.queries.signatures.search import select_with_words

SEARCHED_ROWS = 50
"""Rows of a file whose names are looked for in the search index; of a longer file, all signatures are read."""
SEARCHABLE_LENGTH = 280
"""Letters of a match key that are surely not cut, beside a word before it."""
OVERRIDABLE_STATES = (SignatureState.CONFIRMED, SignatureState.WITHDRAWN)
"""States of signatures that staff's file may override, unless they prove something."""


def existing_signers(
    letter_id: int, parsed_rows: Sequence[ParsedRow], printed_line: PrintedLine
) -> list[tuple[SignatoryKey, SignatureState]]:
    """Return who has signed the letter, and the state of each signature, without unproven ones in the name of a row; of a short
    file, only those who may be signatories of its rows."""
    columns = [getattr(Signature, field.column).label(field.key) for field in LINE_FIELDS]
    candidates = _candidate_condition(letter_id, parsed_rows)
    rows = db.session.execute(select(Signature.id, Signature.email, Signature.state, *columns).where(candidates)).all()
    unproven_ids = _unproven_ids(candidates, parsed_rows)
    signers = []
    for row in rows:
        if row.id in unproven_ids:
            continue
        line = Signatory(**{field.key: getattr(row, field.key) for field in LINE_FIELDS})
        signers.append((signatory_key(line, row.email, printed_line, row.state), row.state))
    return signers


def _candidate_condition(letter_id: int, parsed_rows: Sequence[ParsedRow]) -> ColumnElement[bool]:
    """Return the condition for the signatures that a file's rows are compared with: all of the letter; for a short file only
    those that the search index finds by the words of a row's name, or of a person's address."""
    names = [row.signatory.name for row in parsed_rows]
    addresses = [row.email for row in parsed_rows if row.email and row.signatory.kind is SignatoryKind.INDIVIDUAL]
    if len(parsed_rows) > SEARCHED_ROWS or not all(map(_is_searchable, (*names, *addresses))):
        return Signature.letter_id == letter_id
    ids = set[int]()
    for text in {*names, *addresses}:
        ids |= set(db.session.scalars(select_with_words(letter_id, text)))
    return and_(Signature.letter_id + 0 == letter_id, Signature.id.in_(ids))  # "+ 0": found by their ids


def _is_searchable(text: str) -> bool:
    """Return whether the search index finds every signature with an equal name, or at an equal mailbox.

    It holds the words of match keys, so equal keys have equal words unless they are cut. Mailboxes at Gmail are also spelled
    with other words.
    """
    is_other_spelling = EmailAddress(text).host.casefold() in GMAIL or ("@" in text and "+" in text)
    return bool(query_words(text)) and len(name_key(text)) < SEARCHABLE_LENGTH and not is_other_spelling


def _unproven_ids(candidates: ColumnElement[bool], parsed_rows: Sequence[ParsedRow]) -> frozenset[int]:
    """Return the ids of signatures that prove nothing and have an imported organization's name."""
    mailboxes_by_name: dict[str, set[str]] = defaultdict(set)
    for row in parsed_rows:
        if row.signatory.kind is SignatoryKind.ORGANIZATION:
            mailboxes = mailboxes_by_name[name_key(row.signatory.organization)]  # stays empty without an address
            if row.email:
                mailboxes.add(EmailAddress(row.email).canonical)
    query = select(Signature.id, Signature.organization_name).where(
        candidates, Signature.kind == SignatoryKind.ORGANIZATION, Signature.source == Source.FORM,
        Signature.reviewed_at.is_(None), Signature.state.in_(OVERRIDABLE_STATES),
    )  # fmt: skip
    keys_by_id = {row.id: name_key(row.organization_name) for row in db.session.execute(query)}
    claimed = select(Signature).where(
        Signature.id.in_([signature_id for signature_id, key in keys_by_id.items() if key in mailboxes_by_name])
    )
    return frozenset(
        signature.id
        for signature in db.session.scalars(claimed)
        if _proves_nothing(signature, mailboxes_by_name[keys_by_id[signature.id]])
    )


def gives_way_to_import(holder: Signature, email: str) -> bool:
    """Return whether a signature gives way to a name that staff import for `email`: an organization's that nobody proved or
    reviewed, from another mailbox, or an outdated one.
    """
    if holder.kind is not SignatoryKind.ORGANIZATION:
        return False
    if holder.state is SignatureState.OUTDATED:
        return True
    if holder.state is SignatureState.PUBLISHED:
        return False
    return _proves_nothing(holder, {EmailAddress(email).canonical} if email else set())


def _proves_nothing(signature: Signature, mailboxes: set[str]) -> bool:
    """Return whether nobody proved or reviewed a signature, and it came by a form, from none of these mailboxes."""
    is_unreviewed_form = signature.source is Source.FORM and signature.reviewed_at is None
    return (
        is_unreviewed_form
        and EmailAddress(signature.email).canonical not in mailboxes
        and proof_level_of(signature) is ProofLevel.UNPROVEN
    )
