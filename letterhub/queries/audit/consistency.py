"""Consistency check of the tables with the audit log: finds signatures, editions and files changed outside of commands.

See docs/design/backups.md.
"""

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Integer, cast, func, select

from letterhub.domain.audit.consistency import (
    BULK_DECLINED,
    CHANGE_REVERTED,
    DRAFT_ERASED,
    EXPORTED,
    FROZEN,
    TEXT_CHANGED,
    LoggedSignature,
    StoredSignature,
    TextChanges,
    inconsistency_of,
)
from letterhub.domain.audit.log import SITE_CHAIN, ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.serialization import fingerprint, text_to_facts
from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.signatures.line_fields import LOGGED_FIELDS
from letterhub.infrastructure.db import db
from letterhub.models import (
    AuditChain,
    AuditEntry,
    BulkDecline,
    BulkDeclineItem,
    Coalition,
    CoalitionInvitation,
    Edition,
    EditionFile,
    Letter,
    Signature,
    Staff,
)
from letterhub.queries.editions.frozen_documents import frozen_facts, frozen_texts

STREAMED = {"yield_per": 1000}
Inconsistencies = Iterator[tuple[str, str]]
"""Pairs of an audit log chain's name and a sentence about an inconsistency."""


def missing_chains() -> Iterator[str]:
    """Yield the names of missing chains: each letter and each coalition has one from the start, and the site has one as soon as
    an operator did anything."""
    existing_names = set(db.session.scalars(select(AuditChain.name)))
    for kind, model in (("coalition", Coalition), ("letter", Letter)):
        expected_names = (f"{kind}-{number}" for number in db.session.scalars(select(model.id).order_by(model.id)))
        yield from (name for name in expected_names if name not in existing_names)
    has_invitation = db.session.scalar(select(CoalitionInvitation.id).limit(1)) is not None
    has_operator = db.session.scalar(select(Staff.id).where(Staff.is_operator).limit(1)) is not None
    if SITE_CHAIN not in existing_names and (has_invitation or has_operator):
        yield SITE_CHAIN


def inconsistencies() -> Inconsistencies:
    """Yield all inconsistencies. Streams rows, so it must run within one snapshot."""
    yield from _signature_inconsistencies()
    yield from _bulk_decline_inconsistencies()
    yield from _edition_inconsistencies()
    yield from _file_inconsistencies()


def logged_sha256(file_id: int) -> str | None:
    """Return the SHA-256 that the audit log has for the last export of a finished file; None if it has none."""
    query = (
        select(Edition.letter_id, Edition.number, EditionFile.format, EditionFile.language)
        .join(EditionFile, EditionFile.edition_id == Edition.id)
        .where(EditionFile.id == file_id)
    )
    letter_id, number, form, language = db.session.execute(query).one()
    entries = (
        select(AuditEntry.after)
        .join(AuditChain, AuditChain.id == AuditEntry.chain_id)
        .where(AuditChain.name == ReferenceKind.LETTER.reference(letter_id))
        .where(AuditEntry.action == EXPORTED, AuditEntry.subject == ReferenceKind.EDITION.reference(number))
        .order_by(AuditEntry.number.desc())
    )
    exports = map(_recorded_values, db.session.scalars(entries))
    wanted = (str(form), language)
    return next((str(export.get("sha256")) for export in exports if _format_and_language(export) == wanted), None)


class _LoggedState(NamedTuple):
    """State of a signature according to the entries of one chain."""

    signature_id: int
    chain: str
    state: LoggedSignature


def _signature_inconsistencies() -> Inconsistencies:
    """Yield the signatures that differ from the audit log, or are gone although their letter was not erased as a draft.

    Rows and log entries are both read in the order of signature ids and compared side by side, as in a merge join.
    """
    changes, erased = _substance_changes(), _erased_drafts()
    logged_states = (logged for logged in _logged_states() if logged.chain not in erased)
    bulk_decline_entries = {number: entry_number for number, _chain, entry_number, _count in _logged_bulk_declines()}
    logged = next(logged_states, None)
    for row in db.session.execute(_STORED_SIGNATURES, execution_options=STREAMED):
        while logged is not None and logged.signature_id < row.id:
            yield logged.chain, _("%(reference)s is gone.", reference=ReferenceKind.SIGNATURE.reference(logged.signature_id))
            logged = next(logged_states, None)
        chain, state = ReferenceKind.LETTER.reference(row.letter_id), LoggedSignature()
        if logged is not None and logged.signature_id == row.id:
            state = logged.state if logged.chain == chain else state
            logged = next(logged_states, None)
        if problem := inconsistency_of(_stored_state(row, bulk_decline_entries), state, changes.get(chain, TextChanges())):
            yield chain, _("%(reference)s %(problem)s.", reference=ReferenceKind.SIGNATURE.reference(row.id), problem=problem)
    for signature_id, chain, _state in itertools.chain((logged,) if logged else (), logged_states):
        yield chain, _("%(reference)s is gone.", reference=ReferenceKind.SIGNATURE.reference(signature_id))


def _erased_drafts() -> frozenset[str]:
    """Return the names of the chains of letters that were erased as deleted drafts."""
    query = select(AuditChain.name).join(AuditEntry, AuditEntry.chain_id == AuditChain.id)
    return frozenset(db.session.scalars(query.where(AuditEntry.action == DRAFT_ERASED)))


_LAST_BULK_DECLINES = (
    select(BulkDeclineItem.signature_id, func.max(BulkDeclineItem.bulk_decline_id).label("last"))
    .group_by(BulkDeclineItem.signature_id)
    .subquery()
)
_STORED_SIGNATURES = (
    select(
        Signature.id, Signature.letter_id, Signature.state, Signature.source, Signature.kind, Signature.contact_erased_at,
        _LAST_BULK_DECLINES.c.last, *(getattr(Signature, field.column) for field in LOGGED_FIELDS),
    )
    .outerjoin(_LAST_BULK_DECLINES, _LAST_BULK_DECLINES.c.signature_id == Signature.id)
    .order_by(Signature.id)
)  # fmt: skip


def _stored_state(row: Any, bulk_decline_entries: Mapping[int, int]) -> StoredSignature:
    """Return the state in a row; `bulk_decline_entries` has the number of the log entry of each bulk decline by its id."""
    line = {field.key: getattr(row, field.column) for field in LOGGED_FIELDS}
    name = Signatory(row.organization_name, row.signer_name, kind=row.kind).name
    return StoredSignature(
        row.state, row.source, name, line, row.contact_erased_at is not None, bulk_decline_entries.get(row.last or 0, 0)
    )


def _logged_states() -> Iterator[_LoggedState]:
    """Yield the logged state of each signature in each chain that has entries about it, ordered by signature id."""
    id_column = cast(func.substr(AuditEntry.subject, len(ReferenceKind.SIGNATURE.prefix) + 1), Integer).label("signature_id")
    query = (
        select(id_column, AuditChain.name, AuditEntry.number, AuditEntry.action, AuditEntry.before, AuditEntry.after)
        .join(AuditChain, AuditChain.id == AuditEntry.chain_id)
        .where(AuditEntry.subject.startswith(ReferenceKind.SIGNATURE.prefix))
        .order_by(id_column, AuditChain.id, AuditEntry.number)
    )
    rows = db.session.execute(query, execution_options=STREAMED)
    for (signature_id, chain), entries in itertools.groupby(rows, key=lambda entry: (entry.signature_id, entry.name)):
        state = LoggedSignature()
        for entry in entries:
            state.apply(entry.number, entry.action, _recorded_values(entry.before), _recorded_values(entry.after))
        yield _LoggedState(signature_id, chain, state)


def _substance_changes() -> dict[str, TextChanges]:
    """Return, by chain, the numbers of the last entry about a substantive change and of the last about undoing one; 0 if there
    is none."""
    query = (
        select(AuditChain.name, AuditEntry.action, func.max(AuditEntry.number))
        .join(AuditChain, AuditChain.id == AuditEntry.chain_id)
        .where(AuditEntry.action.in_((TEXT_CHANGED, CHANGE_REVERTED)))
        .group_by(AuditChain.name, AuditEntry.action)
    )
    numbers = {(name, action): number for name, action, number in db.session.execute(query)}
    return {
        name: TextChanges(numbers.get((name, TEXT_CHANGED), 0), numbers.get((name, CHANGE_REVERTED), 0))
        for name, _action in numbers
    }


def _logged_bulk_declines() -> Iterator[tuple[int, str, int, int]]:
    """Yield the logged bulk declines: id, chain, number of the entry, and number of names."""
    for chain, subject, number, after in _logged_entries(BULK_DECLINED):
        yield ReferenceKind.BULK_DECLINE.id_in(subject) or 0, chain, number, after.get("count", 0)


def _bulk_decline_inconsistencies() -> Inconsistencies:
    """Yield the bulk declines with another number of names than their log entry says: one entry is the log for all of them."""
    query = (
        select(BulkDecline.id, BulkDecline.letter_id, func.count(BulkDeclineItem.signature_id))
        .outerjoin(BulkDeclineItem)
        .group_by(BulkDecline.id)
    )
    stored_counts = {
        (bulk_decline_id, ReferenceKind.LETTER.reference(letter_id)): count
        for bulk_decline_id, letter_id, count in db.session.execute(query)
    }
    logged_counts = {(bulk_decline_id, chain): count for bulk_decline_id, chain, _entry, count in _logged_bulk_declines()}
    for bulk_decline_id, chain in sorted(stored_counts.keys() | logged_counts.keys()):
        if stored_counts.get((bulk_decline_id, chain)) != logged_counts.get((bulk_decline_id, chain)):
            yield (
                chain,
                _(
                    "%(reference)s declined other names than the audit log says.",
                    reference=ReferenceKind.BULK_DECLINE.reference(bulk_decline_id),
                ),
            )


def _edition_inconsistencies() -> Inconsistencies:
    """Yield the editions that are not as they were frozen, and those that are missing."""
    logged_editions = {(chain, subject): after for chain, subject, _number, after in _logged_entries(FROZEN)}
    query = select(Edition.id, Edition.letter_id, Edition.number, Edition.public_id, Edition.count, Edition.sha256)
    for row in db.session.execute(query.order_by(Edition.id)).all():
        chain, name = ReferenceKind.LETTER.reference(row.letter_id), ReferenceKind.EDITION.reference(row.number)
        entry = logged_editions.pop((chain, name), {})
        if (entry.get("sha256"), entry.get("id"), entry.get("count")) != (row.sha256, row.public_id, row.count):
            yield chain, _("%(reference)s is not the one in the audit log.", reference=name)
        elif not _is_intact(row.id, row.sha256, entry.get("translations", {})):
            yield chain, _("%(reference)s does not contain what was frozen.", reference=name)
    yield from ((chain, _("%(reference)s is gone.", reference=name)) for chain, name in logged_editions)


def _is_intact(edition_id: int, sha256: str, translations: object) -> bool:
    """Return whether an edition's document with the names of its pages has its hash, and its translations have those of the
    log; False for malformed data."""
    try:
        texts = {language: fingerprint(text_to_facts(text)) for language, text in frozen_texts(edition_id).items()}
        return fingerprint(frozen_facts(edition_id)) == sha256 and texts == translations
    except (LookupError, RecursionError, TypeError, ValueError):  # not JSON, or of another shape
        return False


def _file_inconsistencies() -> Inconsistencies:
    """Yield the finished files that differ from the audit log or are missing, hashing those in the database one at a time."""
    exported = _logged_entries(EXPORTED)
    logged_hashes = {
        (chain, subject, *_format_and_language(after)): after.get("sha256") for chain, subject, _number, after in exported
    }
    query = (
        select(EditionFile.id, Edition.letter_id, Edition.number, EditionFile.format, EditionFile.language, EditionFile.sha256)
        .join(Edition, Edition.id == EditionFile.edition_id)
        .where(EditionFile.state == JobState.DONE)
        .order_by(EditionFile.id)
    )
    for row in db.session.execute(query).all():
        chain, name = ReferenceKind.LETTER.reference(row.letter_id), ReferenceKind.EDITION.reference(row.number)
        content = db.session.execute(select(EditionFile.content).where(EditionFile.id == row.id)).scalar_one()
        actual_sha256 = row.sha256 if content is None else hashlib.sha256(content).hexdigest()
        if not actual_sha256 == row.sha256 == logged_hashes.pop((chain, name, row.format, row.language), None):
            form = f"{row.format} {row.language}".strip()
            yield (
                chain,
                _("The %(format)s of %(reference)s is not the file in the audit log.", format=form, reference=name),
            )
    yield from (
        (chain, _("The %(format)s of %(reference)s is gone.", format=f"{form} {language}".strip(), reference=name))
        for chain, name, form, language in logged_hashes
    )


def _format_and_language(export: Mapping[str, Any]) -> tuple[str, str]:
    """Return format and language of a file, by the log entry of its export."""
    return str(export.get("format")), str(export.get("language", ""))


def _logged_entries(action: str) -> Iterator[tuple[str, str, int, Mapping[str, Any]]]:
    """Yield the chain, subject, number and values after the action of all its log entries; meant for rare actions."""
    query = (
        select(AuditChain.name, AuditEntry.subject, AuditEntry.number, AuditEntry.after)
        .join(AuditChain, AuditChain.id == AuditEntry.chain_id)
        .where(AuditEntry.action == action)
        .order_by(AuditChain.id, AuditEntry.number)
    )
    for row in db.session.execute(query):
        yield row.name, row.subject, row.number, _recorded_values(row.after)


def _recorded_values(values: Any) -> Mapping[str, Any]:
    """Return an entry's values before or after its action; empty if they are malformed, which the chain's hash reveals."""
    return values if isinstance(values, dict) else {}
