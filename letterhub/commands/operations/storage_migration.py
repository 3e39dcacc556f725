"""Migration of files between the database and the object store, one at a time and resumable.

A finished file never changes, and its hash stays in its row: only the place of its bytes is changed here.

See docs/design/backups.md.
"""

import datetime as dt

from sqlalchemy import update

from letterhub.infrastructure.db import db, one_transaction
from letterhub.infrastructure.storage import FilesAway, Store, store, whole
from letterhub.models import EditionFile
from letterhub.queries.operations.storage import IN_DATABASE, IN_STORE, file_by_number, orphans


def move_to_store(file_id: int) -> None:
    """Upload a file to the store, read it back, and only then remove it from the database.

    Raises FileDamaged and FilesAway; nothing has moved then.
    """
    content, _sha256 = file_by_number(file_id)
    sha256 = _place().keep(content)
    whole(None, sha256)
    _take_out(file_id)


def move_to_database(file_id: int) -> None:
    """Copy a file back into the database, leaving an orphan in the store. Raises FileDamaged and FilesAway."""
    content, _sha256 = file_by_number(file_id)
    _put_in(file_id, content)


def forget_orphans(at: dt.datetime) -> int:
    """Delete orphans from the store; return how many files. Raises FilesAway."""
    found = 0
    for orphan in orphans(at):
        _place().forget(orphan.sha256)
        found += 1
    return found


def _place() -> Store:
    if (place := store()) is None:
        raise FilesAway("There is no store of files: set LETTERHUB_FILES_URL to name one.")
    return place


@one_transaction
def _take_out(file_id: int) -> None:
    db.session.execute(update(EditionFile).where(EditionFile.id == file_id, IN_DATABASE).values(content=None))


@one_transaction
def _put_in(file_id: int, content: bytes) -> None:
    db.session.execute(update(EditionFile).where(EditionFile.id == file_id, IN_STORE).values(content=content))
