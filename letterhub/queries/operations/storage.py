"""Storage of edition files: in the database or the object store, and orphans in the store."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select

from letterhub.domain.editions.file_formats import edition_file_name
from letterhub.domain.i18n import _
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.object_store import FileDamaged, ObjectStore, StoredObject, store, verified_content
from letterhub.models import Edition, EditionFile, Letter
from letterhub.queries.audit.consistency import logged_sha256

ORPHAN_AFTER = dt.timedelta(days=1)  # a file is stored before its row is committed, so a young one may be in use soon
BATCH_SIZE = 500

DONE = EditionFile.state == JobState.DONE
IN_DATABASE = and_(DONE, EditionFile.content.is_not(None))
IN_STORE = and_(DONE, EditionFile.content.is_(None))


@dataclass(frozen=True, slots=True)
class StorageCounts:
    """Counts of finished files in the database and in the store."""

    database: int
    store: int


def storage_counts() -> StorageCounts:
    """Count the finished files of all editions by storage."""
    counts = select(func.count().filter(IN_DATABASE), func.count().filter(IN_STORE)).select_from(EditionFile)
    return StorageCounts(*db.session.execute(counts).one())


def file_ids_where(condition: ColumnElement[bool]) -> Iterator[int]:
    """Yield the ids of matching files, oldest first, in batches. Rows may change meanwhile, so callers read each one anew."""
    last = 0
    while file_ids := db.session.scalars(
        select(EditionFile.id).where(condition, EditionFile.id > last).order_by(EditionFile.id).limit(BATCH_SIZE)
    ).all():
        yield from file_ids
        last = file_ids[-1]


def read_file(file_id: int) -> tuple[bytes, str]:
    """Return the bytes of a finished file and its SHA-256. Raises FileDamaged and StorageUnavailable."""
    content, sha256 = db.session.execute(select(EditionFile.content, EditionFile.sha256).where(EditionFile.id == file_id)).one()
    end_read_transaction()
    return verified_content(content, sha256), sha256


def download_name(file_id: int) -> str:
    """Return the download name of a file."""
    row = db.session.execute(
        select(Letter.slug, Edition.number, EditionFile.format, EditionFile.language)
        .join(Edition, Edition.letter_id == Letter.id)
        .join(EditionFile, EditionFile.edition_id == Edition.id)
        .where(EditionFile.id == file_id)
    ).one()
    return edition_file_name(row.slug, row.number, row.format, row.language)


def file_problem(file_id: int) -> str:
    """Return what is wrong with a finished file, as a sentence; "" if it is intact. Raises StorageUnavailable."""
    try:
        _content, sha256 = read_file(file_id)
    except FileDamaged as damaged:
        return str(damaged)
    if logged_sha256(file_id) != sha256:
        return _("It is not the file in the audit log: its SHA-256 is %(sha256)s.", sha256=sha256)
    return ""


def orphans(at: dt.datetime) -> Iterator[StoredObject]:
    """Yield files in the store that belong to no edition and are over a day old. Raises StorageUnavailable."""
    object_store: ObjectStore | None = store()
    for stored_object in object_store.all() if object_store else ():
        if stored_object.stored_at < at - ORPHAN_AFTER:
            same_bytes = select(EditionFile.id).where(EditionFile.sha256 == stored_object.sha256, IN_STORE).limit(1)
            if db.session.scalar(same_bytes) is None:
                yield stored_object
