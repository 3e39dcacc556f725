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


def unpack_parts(data: bytes, file: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
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
            return _unpack(package, file, wanted)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        raise FileRefused(
            file, _("the file is damaged or has a password. Open it, save it again, and choose that file.")
        ) from None


def _unpack(package: zipfile.ZipFile, file: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    heads = package.infolist()
    if len(heads) > MAX_PARTS or len({head.filename for head in heads}) < len(heads):
        raise FileRefused(file, _("the file has more parts than a document. Open it, save it again, and choose that file."))
    left = MAX_UNPACKED_BYTES
    parts: dict[str, bytes] = {}
    for head in heads:
        if wanted(head.filename):
            parts[head.filename] = _read_part(package, head, left, file)
            left -= len(parts[head.filename])
    return parts


def _read_part(package: zipfile.ZipFile, head: zipfile.ZipInfo, most: int, file: str) -> bytes:
    """Read a part in chunks: reading it at once would unpack it before its size is known."""
    pieces: list[bytes] = []
    with package.open(head) as part:
        while piece := part.read(_CHUNK):
            pieces.append(piece)
            most -= len(piece)
            if most < 0:
                raise FileRefused(file, _("the file unpacks into far more text than a letter. Please choose a shorter one."))
    return b"".join(pieces)
