"""SQL conditions on signatures, with literals, so that the partial indexes are used."""

from sqlalchemy import ColumnElement, and_, literal_column, or_, true

from letterhub.models.signatures import ASIDE, Signature


def is_listed() -> ColumnElement[bool]:
    """Build the SQL condition that a signature is published; with a literal, so that the partial index is used."""
    return Signature.state == literal_column("'published'")


def is_queued() -> ColumnElement[bool]:
    """Build the SQL condition that a signature waits for review, with a literal."""
    return Signature.state == literal_column("'confirmed'")


def is_aside() -> ColumnElement[bool]:
    """Build the SQL condition that a signature ended or is outdated, with literals, so that the partial index is used."""
    return Signature.state.in_([literal_column(state) for state in ASIDE])


def is_named() -> ColumnElement[bool]:
    """Build the SQL condition that a signature has a name, with literals: that of an unconfirmed one is erased in time."""
    return or_(Signature.organization_name != literal_column("''"), Signature.signer_name != literal_column("''"))


def is_from_flood() -> ColumnElement[bool]:
    """Build the SQL condition that an unconfirmed signature came in a flood, by its partial index."""
    return and_(Signature.state == literal_column("'pending'"), Signature.from_flood)


def is_outside_floods() -> ColumnElement[bool]:
    """Build the SQL condition that an unconfirmed signature belongs to no known flood, by its partial index."""
    return and_(Signature.state == literal_column("'pending'"), ~Signature.from_flood)


def is_found_under(letter_id: int) -> ColumnElement[bool]:
    """Build the SQL condition that a signature is a letter's, for one that another index finds: "+ 0" hides the letter's."""
    return Signature.letter_id + 0 == letter_id


def is_confirmed_beside_its_index() -> ColumnElement[bool]:
    """Build the SQL condition that a signature was confirmed, for one that a narrower index finds: by that of confirmed ones,
    SQLite would read them all."""
    return Signature.confirmed_at.is_not(None).is_(true())
