"""SQL conditions on signatures, with literals, so that the partial indexes are used."""

from sqlalchemy import ColumnElement, and_, literal_column, or_

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
