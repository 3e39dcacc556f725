"""Rows that all signers of a letter share: its counters, with the version of its list, and the head of its audit log.

Whoever writes such a row keeps the others waiting until the commit. So changes are collected in the session, and its commit
writes them last; within a savepoint they are written at once, so that they end with it. Everyone takes letters before audit
logs, each in order.

A flush of the session counts the signatures that it adds or changes, and writes their search words: no explicit call is needed.
Rows written past the session need `add_to_counters`, with one more `list_version` where a listed line was added, changed or
removed, in the last two cases also one more `list_edits`, and `write_search_lines`.

See docs/design/concurrency.md and docs/design/databases.md.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Table, Update, bindparam, event, exists, insert, inspect, select, update
from sqlalchemy.orm import Session, SessionTransaction

from letterhub.domain.audit.log import GENESIS_HASH, entry_hash
from letterhub.domain.errors import LostRace
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.signatures.line_fields import LINE_FIELDS
from letterhub.domain.signatures.search_words import INDEXED_STATES
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import INSERTS
from letterhub.infrastructure.statements import execute_prepared
from letterhub.models.audit import AuditChain, AuditEntry
from letterhub.models.letters import Letter, Revision
from letterhub.models.signature_search import KEY_COLUMNS, write_search_lines
from letterhub.models.signatures import Signature
from letterhub.models.webhooks import CHANGES_KEY, queue_noted_events

LETTERS, CHAINS, ENTRIES = (cast("Table", model.__table__) for model in (Letter, AuditChain, AuditEntry))
COUNTERS_KEY, ENTRIES_KEY = "letter_counters", "audit_entries"
"""Keys of a session's `info`: the changes of counters by letter, and the entries by audit log."""


def add_to_counters(session: Session, letter_id: int, changes: Mapping[str, int]) -> None:
    """Add to a letter's counters: `changes` maps column names to amounts, which may be negative."""
    session.info.setdefault(COUNTERS_KEY, {}).setdefault(letter_id, Counter()).update(changes)
    _write_within_savepoint(session)


def append_audit_entry(
    session: Session,
    chain: str,
    actor: str,
    action: str,
    *,
    at: dt.datetime,
    subject: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Append an entry to the audit log with the name `chain`. `before` and `after` have the changed values.

    It is numbered and sealed when the caller's transaction commits.
    """
    entry = AuditEntry(
        at=at.astimezone(dt.UTC), actor=actor, action=action, subject=subject, before=dict(before or {}),
        after=dict(after or {}),
    )  # fmt: skip
    session.info.setdefault(ENTRIES_KEY, {}).setdefault(chain, []).append(entry)
    _write_within_savepoint(session)


def _write_within_savepoint(session: Session) -> None:
    """Begin the transaction that a change belongs to; if it is a savepoint, write the change now."""
    if not session.in_transaction():
        session.connection()
    if session.in_nested_transaction():
        _write_shared_rows(session)


@event.listens_for(Session, "before_commit")
def _write_at_commit(session: Session) -> None:
    """Write the shared rows after all others, the last of which are events of webhooks."""
    if not session.in_nested_transaction():
        session.flush()
        if CHANGES_KEY in session.info:
            queue_noted_events(session)
        if COUNTERS_KEY in session.info or ENTRIES_KEY in session.info:
            _write_shared_rows(session)


@event.listens_for(Session, "after_soft_rollback")
def _forget_at_rollback(session: Session, previous: SessionTransaction) -> None:
    """Drop the changes of a transaction that was rolled back; a savepoint has none left."""
    if not previous.nested:
        session.info.pop(COUNTERS_KEY, None)
        session.info.pop(ENTRIES_KEY, None)


def _write_shared_rows(session: Session) -> None:
    """Write the collected changes. One letter is counted by the statement that reads its audit log."""
    counters = {letter: changes for letter, changes in session.info.pop(COUNTERS_KEY, {}).items() if any(changes.values())}
    entries: dict[str, list[AuditEntry]] = session.info.pop(ENTRIES_KEY, {})
    if not counters and not entries:
        return
    connection = session.connection()
    if len(counters) == len(entries) == 1:
        (counted,), (chain,) = counters.items(), entries
        _seal(connection, _lock_chain(connection, chain, counted), entries[chain])
        return
    for letter_id in sorted(counters):
        columns, values = _increments(letter_id, counters[letter_id])
        execute_prepared(connection, _add_statement(columns), values)
    for chain in sorted(entries):
        _seal(connection, _lock_chain(connection, chain), entries[chain])


def _increments(letter_id: int, changes: Mapping[str, int]) -> tuple[tuple[str, ...], dict[str, int]]:
    """Return the counters of a letter that change, and the parameters of `_add_statement`."""
    columns = tuple(sorted(name for name, increment in changes.items() if increment))
    return columns, {"letter": letter_id, **{f"by_{name}": changes[name] for name in columns}}


@cache
def _add_statement(columns: tuple[str, ...]) -> Update:
    sums = {name: LETTERS.c[name] + bindparam(f"by_{name}") for name in columns}
    return update(LETTERS).where(LETTERS.c.id == bindparam("letter")).values(sums)


_LOCK_CHAIN = select(CHAINS.c.id, CHAINS.c.length, CHAINS.c.head).where(CHAINS.c.name == bindparam("chain")).with_for_update()
_CREATE_CHAIN = {
    dialect: insert_into(CHAINS).values(name=bindparam("chain"), length=0, head=GENESIS_HASH).on_conflict_do_nothing()
    for dialect, insert_into in INSERTS.items()
}
_MOVE_HEAD = update(CHAINS).where(CHAINS.c.id == bindparam("of_chain")).values(length=bindparam("to"), head=bindparam("hashed"))
_INSERT_ENTRY = insert(ENTRIES).values({column.key: bindparam(column.key) for column in ENTRIES.c if column.key != "id"})
_APPEND = _MOVE_HEAD.add_cte(_INSERT_ENTRY.cte("entry"))
"""Statement of PostgreSQL that stores an entry and the chain's new head."""


@cache
def _count_and_lock(dialect: str, columns: tuple[str, ...]) -> Any:
    """Build the statement that adds to a letter's counters and returns an audit log, locked: SQLite locks everything anyway."""
    if dialect == "postgresql":
        return _LOCK_CHAIN.add_cte(_add_statement(columns).cte("counted"))
    chain = [
        select(CHAINS.c[name]).where(CHAINS.c.name == bindparam("chain")).scalar_subquery().label(name)
        for name in ("id", "length", "head")
    ]
    return _add_statement(columns).returning(*chain)


def _lock_chain(connection: Connection, chain: str, counted: tuple[int, Mapping[str, int]] | None = None) -> Any:
    """Return id, length and head of an audit log, locked; it is created if it is new. A letter's counters are `counted` in the
    same statement."""
    statement: Any = _LOCK_CHAIN
    values: dict[str, Any] = {"chain": chain}
    if counted is not None:
        columns, increments = _increments(*counted)
        statement, values = _count_and_lock(connection.dialect.name, columns), values | increments
    row: Any = execute_prepared(connection, statement, values).one_or_none()
    if row is None or row.id is None:
        connection.execute(_CREATE_CHAIN[connection.dialect.name], {"chain": chain})
        row = connection.execute(_LOCK_CHAIN, {"chain": chain}).one()
    return row


def _seal(connection: Connection, chain: Any, entries: Sequence[AuditEntry]) -> None:
    """Store entries, each with the hash of the one before it, and the chain's new length and head."""
    rows, head = [], chain.head
    for number, entry in enumerate(entries, start=chain.length + 1):
        entry.chain_id, entry.number, entry.previous = chain.id, number, head
        entry.hash = head = entry_hash(head, entry.facts())
        rows.append({column.key: getattr(entry, column.key) for column in ENTRIES.c if column.key != "id"})
    moved = {"of_chain": chain.id, "to": chain.length + len(entries), "hashed": head}
    if connection.dialect.name == "postgresql" and len(rows) == 1:
        execute_prepared(connection, _APPEND, rows[0] | moved)
        return
    if len(rows) == 1:
        execute_prepared(connection, _INSERT_ENTRY, rows[0])
    else:
        connection.execute(_INSERT_ENTRY, rows)
    execute_prepared(connection, _MOVE_HEAD, moved)


COUNTER_BY_STATE: Mapping[SignatureState, str] = {
    SignatureState.PENDING: "pending_count",
    SignatureState.CONFIRMED: "awaiting_review_count",
    SignatureState.OUTDATED: "outdated_count",
    SignatureState.DECLINED: "declined_count",
    SignatureState.EXPIRED: "expired_count",
}
LISTED_STATES = frozenset({SignatureState.PUBLISHED})
LISTED_COLUMNS = ("state", *(field.column for field in LINE_FIELDS))
INDEXED_COLUMNS = (*LISTED_COLUMNS, "email", *KEY_COLUMNS)
"""Columns of a signature that the printed list shows, and those that it is found by."""


def counter_columns(state: SignatureState, kind: SignatoryKind, *, renewed: bool) -> tuple[str, ...]:
    """Return the counter columns of a letter that include a signature; `renewed` if it was reconfirmed under a changed text."""
    if state is not SignatureState.PUBLISHED:
        return (COUNTER_BY_STATE[state],) if state in COUNTER_BY_STATE else ()
    column = "individual_count" if kind is SignatoryKind.INDIVIDUAL else "organization_count"
    return (column, "reconfirmed_count") if renewed else (column,)


def count_new_signature(session: Session, letter_id: int, revision: int, who_may_sign: WhoMaySign, at: dt.datetime) -> None:
    """Count a new signature that was inserted past the session, as the last statement of its transaction.

    Everyone who signs the letter changes this one row: it is locked only from here to the commit. Raises LostRace if the letter
    closed, its text or signing settings changed since they were read.
    """
    parameters = {"letter": letter_id, "revision": revision, "signers": who_may_sign, "at": at}
    if not execute_prepared(session.connection(), _COUNT_NEW, parameters).rowcount:
        raise LostRace


_NEWER_TEXT = exists().where(Revision.letter_id == LETTERS.c.id, Revision.number > bindparam("revision"))
_COUNT_NEW = (
    update(LETTERS)
    .where(LETTERS.c.id == bindparam("letter"), LETTERS.c.who_may_sign == bindparam("signers"))
    .where(Letter.is_open_at(bindparam("at", type_=LETTERS.c.deadline_at.type)), ~_NEWER_TEXT)
    .values(pending_count=LETTERS.c.pending_count + 1)
)


@event.listens_for(Session, "after_flush")
def _update_counters(session: Session, _context: Any) -> None:
    """Update the counters, list versions and search words of all letters whose signatures this flush added or changed."""
    new = {row for row in session.new if isinstance(row, Signature)}
    changed = {row for row in session.dirty if isinstance(row, Signature)}
    if not new and not changed:
        return
    by_letter: dict[int, Counter[str]] = {}
    for row in new | changed:
        counts = by_letter.setdefault(row.letter_id, Counter())
        counts.update(counter_columns(row.state, row.kind, renewed=row.outdated_at is not None))
        if row in changed:
            state, kind, outdated_at = (_value_before(row, name) for name in ("state", "kind", "outdated_at"))
            counts.subtract(counter_columns(state, kind, renewed=outdated_at is not None))
    listed = {row for row in new if row.state is SignatureState.PUBLISHED}
    relisted = {row for row in changed if _has_changed(row, LISTED_COLUMNS, LISTED_STATES)}
    for row in listed | relisted:
        by_letter[row.letter_id]["list_version"] = 1
    for row in relisted:
        if _value_before(row, "state") in LISTED_STATES:
            by_letter[row.letter_id]["list_edits"] = 1
    for letter_id in sorted(by_letter):
        add_to_counters(session, letter_id, by_letter[letter_id])
    indexed = {row for row in new if row.state in INDEXED_STATES}
    indexed |= {row for row in changed if _has_changed(row, INDEXED_COLUMNS, INDEXED_STATES)}
    if indexed:
        write_search_lines(session.connection(), sorted(indexed, key=lambda row: row.id))


def _value_before(row: Signature, name: str) -> Any:
    """Return an attribute's value from before this flush."""
    history = inspect(row).attrs[name].history
    return history.deleted[0] if history.deleted else getattr(row, name)


def _has_changed(row: Signature, columns: Sequence[str], states: Collection[SignatureState]) -> bool:
    """Return whether this flush changes one of these columns of a signature that is or was in one of these states."""
    is_or_was_in_them = row.state in states or _value_before(row, "state") in states
    return is_or_was_in_them and any(inspect(row).attrs[name].history.has_changes() for name in columns)
