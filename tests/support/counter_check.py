"""Check of the letters' counters against their signatures, after every test that has an app."""

from collections import Counter

from sqlalchemy import select

from letterhub.domain.signatures.line_fields import LinePart, search_words
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, SignatoryWord, Signature
from letterhub.models.signature_counters import counter_columns

COLUMNS = ("pending", "awaiting_review", "organizations", "individuals", "reconfirmed", "outdated", "declined", "expired")


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
    stored = {
        tuple(row) for row in db.session.execute(select(SignatoryWord.signature_id, SignatoryWord.part, SignatoryWord.word))
    }
    listed = [row for row in rows if row.state is SignatureState.PUBLISHED]
    expected = {(row.id, part, word) for row in listed for part in LinePart for word in search_words(row.signatory, (part,))}
    return wrong + [f"signature {number}: {word}, {part}" for number, part, word in stored ^ expected]
