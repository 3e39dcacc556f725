"""Reads about what the database holds as a whole, for whoever restores it."""

from dataclasses import dataclass

from sqlalchemy import func, inspect, select

from letterhub.db import db, end_of_reading
from letterhub.models import Chain, Edition, Letter, Signature
from letterhub.queries.storing import IN_DATABASE, damage, files_where, name_of_file


@dataclass(frozen=True, slots=True)
class Holdings:
    """How many there are of what must not be lost, and a sentence for each file of an edition that is not what was kept."""

    letters: int
    signatures: int
    editions: int
    entries: int
    damaged: tuple[str, ...]


def letters_held() -> int:
    """How many letters there are, in a database that may be of an older version, or without any table."""
    there = Letter.__tablename__ in inspect(db.engine).get_table_names()
    return db.session.scalar(select(func.count()).select_from(Letter)) or 0 if there else 0


def holdings() -> Holdings:
    """What the database holds. Files in the store of files are not read here."""
    letters, signatures, editions = (
        db.session.scalar(select(func.count()).select_from(rows)) or 0 for rows in (Letter, Signature, Edition)
    )
    entries = db.session.scalar(select(func.coalesce(func.sum(Chain.length), 0))) or 0
    damaged = tuple(f"{name_of_file(number)}: {told}" for number in files_where(IN_DATABASE) if (told := damage(number)))
    end_of_reading()
    return Holdings(letters, signatures, editions, entries, damaged)
