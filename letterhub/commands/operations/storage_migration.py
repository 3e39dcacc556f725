"""Migration of files between the database and the object store, one at a time and resumable.

A finished file never changes, and its hash stays in its row: only the place of its bytes is changed here.

See docs/design/backups.md.
"""

import datetime as dt

from sqlalchemy import update

from letterhub.domain.i18n import _
from letterhub.infrastructure.db import db, one_transaction
from letterhub.infrastructure.object_store import ObjectStore, StorageUnavailable, store, verified_content
from letterhub.models import EditionFile
from letterhub.queries.operations.storage import IN_DATABASE, IN_STORE, orphans, read_file


def move_to_store(file_id: int) -> None:
    """Upload a file to the store, read it back, and only then remove it from the database.

    Raises FileDamaged and StorageUnavailable; nothing has moved then.
    """
    content, _sha256 = read_file(file_id)
    sha256 = _require_store().put(content)
    verified_content(None, sha256)
    _set_content(file_id, None)


def move_to_database(file_id: int) -> None:
    """Copy a file back into the database, leaving an orphan in the store. Raises FileDamaged and StorageUnavailable."""
    content, _sha256 = read_file(file_id)
    _set_content(file_id, content)


def delete_orphans(at: dt.datetime) -> int:
    """Delete orphans from the store; return how many files. Raises StorageUnavailable."""
    count = 0
    for orphan in orphans(at):
        _require_store().delete(orphan.sha256)
        count += 1
    return count


def _require_store() -> ObjectStore:
    if (object_store := store()) is None:
        raise StorageUnavailable(_("No file storage is configured. Set LETTERHUB_FILES_URL."))
    return object_store


@one_transaction
def _set_content(file_id: int, content: bytes | None) -> None:
    """Set the bytes of a file in the database; None where the object store has them."""
    place = IN_DATABASE if content is None else IN_STORE
    db.session.execute(update(EditionFile).where(EditionFile.id == file_id, place).values(content=content))
