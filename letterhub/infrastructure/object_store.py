"""Content-addressed object storage for files, S3-compatible. Each is stored under its SHA-256, and verified on reading.

Storing a file twice changes nothing, and an altered file is detected.

See docs/design/backups.md.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from flask import Flask, current_app

from letterhub.domain.errors import UserFacingError, first_error_line
from letterhub.domain.i18n import _

if TYPE_CHECKING:
    from obstore.store import S3Store

T = TypeVar("T")

FILES_PREFIX = "files/"
PROBE = "probe"
CONNECT_TIMEOUT = dt.timedelta(seconds=5)
RESPONSE_TIMEOUT = dt.timedelta(seconds=60)
RETRIES = 3
REGION = "us-east-1"  # for stores without regions


class StorageUnavailable(UserFacingError):
    """Raised when the object store is unavailable, or no longer configured."""


class FileDamaged(UserFacingError):
    """Raised when a file is missing, or differs from what was stored."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """Object in the store: its hash, its size in bytes, and when it was last stored."""

    sha256: str
    size: int
    stored_at: dt.datetime


class ObjectStore:
    """Object store at a URL: `s3://key:secret@host:port/bucket`, with `/folder`, `?region=…` and `?tls=no` if needed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        bucket, _, folder = parts.path.strip("/").partition("/")
        self.place = f"{parts.hostname}/{bucket}" + (f"/{folder}" if folder else "")
        self._folder = f"{folder}/{FILES_PREFIX}" if folder else FILES_PREFIX
        tls = options.get("tls") != ["no"]
        self._s3: S3Store = import_module("obstore.store").S3Store(
            bucket,
            endpoint=f"{'https' if tls else 'http'}://{parts.netloc.rpartition('@')[2]}",
            access_key_id=unquote(parts.username or ""),
            secret_access_key=unquote(parts.password or ""),
            region=options.get("region", [REGION])[0],
            client_options={"allow_http": not tls, "connect_timeout": CONNECT_TIMEOUT, "timeout": RESPONSE_TIMEOUT},
            retry_config={"max_retries": RETRIES, "retry_timeout": RESPONSE_TIMEOUT},
        )

    def put(self, content: bytes) -> str:
        """Store a file and return its SHA-256. An existing one gets a new timestamp. Raises StorageUnavailable."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._put(sha256, content)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the file with this hash. Raises FileDamaged if it is missing, and StorageUnavailable."""
        try:
            return self._call_store(lambda: bytes(self._s3.get(self._folder + sha256).bytes()))
        except FileNotFoundError as gone:
            raise FileDamaged(_("A file is missing from the file storage: %(sha256)s.", sha256=sha256)) from gone

    def all(self) -> Iterator[StoredObject]:
        """Yield all files, unordered; other objects in the store are skipped. Raises StorageUnavailable."""
        for batch in self._call_store(lambda: list(self._s3.list(self._folder))):
            for entry in batch:
                name = entry["path"].removeprefix(self._folder)
                if len(name) == hashlib.sha256().digest_size * 2:
                    yield StoredObject(name, entry["size"], entry["last_modified"])

    def delete(self, sha256: str) -> None:
        """Delete a file. Raises StorageUnavailable."""
        self._call_store(lambda: self._s3.delete(self._folder + sha256))

    def problem(self) -> str:
        """Return why files cannot be written and read, as a sentence; "" if they can."""
        try:
            self._put(PROBE, PROBE.encode())
            self.read(PROBE)
        except UserFacingError as error:
            return str(error)
        return ""

    def _put(self, name: str, content: bytes) -> None:
        """Store a file under a name. Raises StorageUnavailable."""
        try:
            self._call_store(lambda: self._s3.put(self._folder + name, content))
        except FileNotFoundError as gone:
            raise StorageUnavailable(_("There is no bucket for files at %(place)s.", place=self.place)) from gone

    def _call_store(self, call: Callable[[], T]) -> T:
        """Call the store. Raises FileNotFoundError for a missing file or bucket, and StorageUnavailable for any other error."""
        try:
            return call()
        except FileNotFoundError:
            raise
        except Exception as error:
            problem = first_error_line(error).rpartition(" - ")[2]
            raise StorageUnavailable(
                _("The file storage at %(place)s cannot be used: %(problem)s.", place=self.place, problem=problem.rstrip(".:"))
            ) from error


def init_app(app: Flask, url: str) -> None:
    """Set up the app's object store, if the settings have one."""
    app.extensions["files"] = ObjectStore(url) if url else None


def store() -> ObjectStore | None:
    """Return the object store of the current app; None if files are in the database."""
    current_store: ObjectStore | None = current_app.extensions["files"]
    return current_store


def verified_content(content: bytes | None, sha256: str) -> bytes:
    """Return the bytes of a file, from its row or else from the store, after verifying the hash.

    Raises FileDamaged and StorageUnavailable.
    """
    if content is None:
        if (object_store := store()) is None:
            raise StorageUnavailable(_("This file is in a file storage that is no longer configured. See LETTERHUB_FILES_URL."))
        content = object_store.read(sha256)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileDamaged(_("A file was changed in storage: its SHA-256 is no longer %(sha256)s.", sha256=sha256))
    return content
