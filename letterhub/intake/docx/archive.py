"""OOXML files as ZIP archives: the wanted parts, unpacked within limits whatever their headers claim.

See docs/design/word-in.md.
"""

import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

from letterhub.domain.i18n import _
from letterhub.intake.errors import FileRefused

MAX_PACKAGE_BYTES = 20 * 2**20
MAX_PARTS = 4_000
MAX_UNPACKED_BYTES = 12 * 2**20
_CHUNK = 2**16


def unpack_parts(data: bytes, file: str, is_wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Return the content of each wanted part of an archive, by its name; pictures and whatever else stay packed.

    A header may lie about its part's size, so output is counted while unpacking. Raises FileRefused for what is no archive, is
    damaged, has a password or a part twice, or unpacks into more than any letter.
    """
    if len(data) > MAX_PACKAGE_BYTES:
        raise FileRefused(
            file, _("the file is larger than %(most)s MB. Remove its pictures and try again.", most=MAX_PACKAGE_BYTES // 2**20)
        )
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            return _unpack(package, file, is_wanted)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        raise FileRefused(
            file, _("the file is damaged or has a password. Open it, save it again, and choose that file.")
        ) from None


def _unpack(package: zipfile.ZipFile, file: str, is_wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Return the content of the wanted parts, within the limit on unpacked bytes."""
    entries = package.infolist()
    if len(entries) > MAX_PARTS or len({entry.filename for entry in entries}) < len(entries):
        raise FileRefused(file, _("the file has more parts than a document. Open it, save it again, and choose that file."))
    remaining = MAX_UNPACKED_BYTES
    parts: dict[str, bytes] = {}
    for entry in entries:
        if is_wanted(entry.filename):
            parts[entry.filename] = _read_part(package, entry, remaining, file)
            remaining -= len(parts[entry.filename])
    return parts


def _read_part(package: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int, file: str) -> bytes:
    """Read a part in chunks: reading it at once would unpack it before its size is known."""
    chunks: list[bytes] = []
    with package.open(entry) as part:
        while chunk := part.read(_CHUNK):
            chunks.append(chunk)
            limit -= len(chunk)
            if limit < 0:
                raise FileRefused(file, _("the file unpacks into far more text than a letter. Please choose a shorter one."))
    return b"".join(chunks)
