"""Summary of the database's contents, for a restore."""

from dataclasses import dataclass

from sqlalchemy import func, inspect, select

from letterhub.infrastructure.db import db, end_of_reading
from letterhub.models import Chain, Edition, Letter, Signature
from letterhub.queries.operations.storage import IN_DATABASE, damage, files_where, name_of_file


@dataclass(frozen=True, slots=True)
class Holdings:
    """Counts of what must not be lost, and a sentence for each damaged file of an edition."""

    letters: int
    signatures: int
    editions: int
    entries: int
    damaged: tuple[str, ...]


def letters_held() -> int:
    """Return the number of letters, in a database that may be of an older version or empty."""
    there = Letter.__tablename__ in inspect(db.engine).get_table_names()
    return db.session.scalar(select(func.count()).select_from(Letter)) or 0 if there else 0


def holdings() -> Holdings:
    """Return a summary of the database. Files in the object store are not read."""
    letters, signatures, editions = (
        db.session.scalar(select(func.count()).select_from(rows)) or 0 for rows in (Letter, Signature, Edition)
    )
    entries = db.session.scalar(select(func.coalesce(func.sum(Chain.length), 0))) or 0
    damaged = tuple(f"{name_of_file(number)}: {told}" for number in files_where(IN_DATABASE) if (told := damage(number)))
    end_of_reading()
    return Holdings(letters, signatures, editions, entries, damaged)
