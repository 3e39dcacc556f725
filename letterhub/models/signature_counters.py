"""Listeners that keep up a letter's counters, the version of its signatory list, and the list's search words.

They run at each flush of a session, so that no explicit call is needed; counters are written at the end of the transaction.
Rows written past the session need `add_to_counters`, with one
more `list_version` where a listed line was added, changed or removed, and `write_search_lines`.

See docs/design/databases.md.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, event, exists, inspect, update
from sqlalchemy.orm import Session

from letterhub.domain.errors import LostRace
from letterhub.domain.letters.document import SignatoryKind
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.signatures.line_fields import LINE_FIELDS
from letterhub.domain.signatures.search_words import INDEXED_STATES
from letterhub.domain.states import SignatureState
from letterhub.models.letters import Letter, Revision
from letterhub.models.shared_rows import LETTERS, add_to_counters
from letterhub.models.signature_search import KEY_COLUMNS, write_search_lines
from letterhub.models.signatures import Signature

COUNTER_BY_STATE: Mapping[SignatureState, str] = {
    SignatureState.PENDING: "pending",
    SignatureState.CONFIRMED: "awaiting_review",
    SignatureState.OUTDATED: "outdated",
    SignatureState.DECLINED: "declined",
    SignatureState.EXPIRED: "expired",
}
LISTED_COLUMNS = ("state", *(field.column for field in LINE_FIELDS))
INDEXED_COLUMNS = (*LISTED_COLUMNS, "email", *KEY_COLUMNS)


def counter_columns(state: SignatureState, kind: SignatoryKind, *, renewed: bool) -> tuple[str, ...]:
    """Return the counter columns of a letter that include a signature; `renewed` if it was reconfirmed under a changed text."""
    if state is not SignatureState.PUBLISHED:
        return (COUNTER_BY_STATE[state],) if state in COUNTER_BY_STATE else ()
    column = "individuals" if kind is SignatoryKind.INDIVIDUAL else "organizations"
    return (column, "reconfirmed") if renewed else (column,)


def count_new_signature(session: Session, letter_id: int, revision: int, who_may_sign: WhoMaySign, at: dt.datetime) -> None:
    """Count a new signature that was inserted past the session, as the last statement of its transaction.

    Everyone who signs the letter changes this one row: it is locked only from here to the commit. Raises LostRace if the letter
    closed, its text or signing settings changed since they were read.
    """
    parameters = {"letter": letter_id, "revision": revision, "signers": who_may_sign, "at": at}
    if not session.connection().execute(_COUNT_NEW, parameters).rowcount:
        raise LostRace


_NEWER_TEXT = exists().where(Revision.letter_id == LETTERS.c.id, Revision.number > bindparam("revision"))
_COUNT_NEW = (
    update(LETTERS)
    .where(LETTERS.c.id == bindparam("letter"), LETTERS.c.who_may_sign == bindparam("signers"))
    .where(Letter.is_open_at(bindparam("at", type_=LETTERS.c.deadline_at.type)), ~_NEWER_TEXT)
    .values(pending=LETTERS.c.pending + 1)
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
    relisted = {row for row in changed if _has_changed_line(row)}
    for row in listed | relisted:
        by_letter[row.letter_id]["list_version"] = 1
    for letter_id in sorted(by_letter):
        add_to_counters(session, letter_id, by_letter[letter_id])
    found = {row for row in new if row.state in INDEXED_STATES} | {row for row in changed if _has_changed_terms(row)}
    if found:
        write_search_lines(session.connection(), sorted(found, key=lambda row: row.id))


def _value_before(row: Signature, name: str) -> Any:
    """Return an attribute's value from before this flush."""
    history = inspect(row).attrs[name].history
    return history.deleted[0] if history.deleted else getattr(row, name)


def _has_changed_line(row: Signature) -> bool:
    """Return whether this flush changes the printed list: a signature was published, unpublished, or corrected while
    published."""
    is_or_was_listed = SignatureState.PUBLISHED in (row.state, _value_before(row, "state"))
    return is_or_was_listed and any(inspect(row).attrs[name].history.has_changes() for name in LISTED_COLUMNS)


def _has_changed_terms(row: Signature) -> bool:
    """Return whether this flush changes what a signature is found by: its line, its address, or its state."""
    is_or_was_indexed = row.state in INDEXED_STATES or _value_before(row, "state") in INDEXED_STATES
    return is_or_was_indexed and any(inspect(row).attrs[name].history.has_changes() for name in INDEXED_COLUMNS)
