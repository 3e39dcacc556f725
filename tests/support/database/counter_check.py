"""Check of the letters' counters against their signatures, after every test that has an app."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select, text

from letterhub.domain.signatures.search_words import search_terms
from letterhub.infrastructure.db import db
from letterhub.models import FTS5_INDEX, Letter, SearchLine, Signature
from letterhub.models.shared_rows import counter_columns
from letterhub.models.signature_search import KEY_COLUMNS

COLUMNS = (
    "pending_count",
    "awaiting_review_count",
    "organization_count",
    "individual_count",
    "reconfirmed_count",
    "outdated_count",
    "declined_count",
    "expired_count",
)


def counter_errors() -> list[str]:
    """Return the counters of letters that are wrong, and the search words of signatures that do not match their lines."""
    db.session.rollback()
    rows = db.session.scalars(select(Signature)).all()
    counted: dict[int, Counter[str]] = {}
    for row in rows:
        own = counted.setdefault(row.letter_id, Counter())
        own.update(counter_columns(row.state, row.kind, renewed=row.outdated_at is not None))
    letters = db.session.execute(select(Letter.id, *(getattr(Letter, name) for name in COLUMNS))).all()
    wrong = [
        f"letter {letter.id} counts {getattr(letter, name)} as {name}, not {counted.get(letter.id, Counter())[name]}"
        for letter in letters
        for name in COLUMNS
        if getattr(letter, name) != counted.get(letter.id, Counter())[name]
    ]
    return wrong + _search_errors(rows)


def _search_errors(rows: Sequence[Signature]) -> list[str]:
    """Return the search lines that differ from their signatures, and what is wrong with SQLite's index of them."""
    columns = (*KEY_COLUMNS, "terms")
    stored = {line.signature_id: [getattr(line, name) for name in columns] for line in db.session.scalars(select(SearchLine))}
    expected = {
        row.id: [*(getattr(row, name) for name in KEY_COLUMNS), terms]
        for row in rows
        if (terms := search_terms(row.letter_id, row.state, row.signatory, row.email))
    }
    wrong = [
        f"signature {one}: {stored.get(one)}, not {expected.get(one)}"
        for one in stored.keys() | expected.keys()
        if stored.get(one) != expected.get(one)
    ]
    if db.engine.dialect.name == "sqlite":  # raises an error where the index differs from the table
        db.session.execute(text(f"INSERT INTO {FTS5_INDEX}({FTS5_INDEX}, rank) VALUES ('integrity-check', 1)"))
        db.session.rollback()
    return wrong
