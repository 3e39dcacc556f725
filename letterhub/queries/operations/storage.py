"""Storage of edition files: in the database or the object store, and orphans in the store."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select

from letterhub.domain.editions.edition import JobState, file_name
from letterhub.infrastructure.db import db, end_of_reading
from letterhub.infrastructure.storage import FileDamaged, Store, Stored, store, whole
from letterhub.models import Edition, EditionFile, Letter
from letterhub.queries.audit.consistency import sha256_of_export

ORPHAN_AFTER = dt.timedelta(days=1)  # a file is stored before its row is committed, so a young one may be in use soon
AT_ONCE = 500

DONE = EditionFile.state == JobState.DONE
IN_DATABASE = and_(DONE, EditionFile.content.is_not(None))
IN_STORE = and_(DONE, EditionFile.content.is_(None))


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Counts of finished files in the database and in the store."""

    database: int
    store: int


def whereabouts() -> Whereabouts:
    """Count the finished files of all editions by storage."""
    counts = select(func.count().filter(IN_DATABASE), func.count().filter(IN_STORE)).select_from(EditionFile)
    return Whereabouts(*db.session.execute(counts).one())


def files_where(condition: ColumnElement[bool]) -> Iterator[int]:
    """Yield the ids of matching files, oldest first, in batches. Rows may change meanwhile, so callers read each one anew."""
    last = 0
    while some := db.session.scalars(
        select(EditionFile.id).where(condition, EditionFile.id > last).order_by(EditionFile.id).limit(AT_ONCE)
    ).all():
        yield from some
        last = some[-1]


def file_by_number(file_id: int) -> tuple[bytes, str]:
    """Return the bytes of a finished file and its SHA-256. Raises FileDamaged and FilesAway."""
    content, sha256 = db.session.execute(select(EditionFile.content, EditionFile.sha256).where(EditionFile.id == file_id)).one()
    end_of_reading()
    return whole(content, sha256), sha256


def name_of_file(file_id: int) -> str:
    """Return the download name of a file."""
    row = db.session.execute(
        select(Letter.slug, Edition.number, EditionFile.format)
        .join(Edition, Edition.letter_id == Letter.id)
        .join(EditionFile, EditionFile.edition_id == Edition.id)
        .where(EditionFile.id == file_id)
    ).one()
    return file_name(row.slug, row.number, row.format)


def damage(file_id: int) -> str:
    """Return what is wrong with a finished file, as a sentence; "" if it is intact. Raises FilesAway."""
    try:
        _content, sha256 = file_by_number(file_id)
    except FileDamaged as damaged:
        return str(damaged)
    if sha256_of_export(file_id) != sha256:
        return f"It is not the file that the record tells of: its SHA-256 is {sha256}."
    return ""


def is_orphan(sha256: str) -> bool:
    """Return whether no edition has a file with this hash in the store."""
    return db.session.scalar(select(EditionFile.id).where(EditionFile.sha256 == sha256, IN_STORE).limit(1)) is None


def orphans(at: dt.datetime) -> Iterator[Stored]:
    """Yield files in the store that belong to no edition and are over a day old. Raises FilesAway."""
    place: Store | None = store()
    for stored in place.all() if place else ():
        if stored.kept_at < at - ORPHAN_AFTER and is_orphan(stored.sha256):
            yield stored
