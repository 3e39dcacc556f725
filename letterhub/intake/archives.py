"""ZIP archives of strangers, such as Word files and workbooks: opened if they are packed as office programs pack."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Methods by which the parts of an office file may be packed. Only these are unpacked step by step: of bzip2 and LZMA, one step
makes a gigabyte of a kilobyte, before anybody can count what came out."""


class DamagedArchive(Exception):
    """Raised for an archive that can't be read, or is packed as no office program packs."""


@contextmanager
def opened_archive(data: bytes) -> Iterator[zipfile.ZipFile]:
    """Open an archive. Raises DamagedArchive, also where a part of it turns out to be damaged inside the block."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if not {entry.compress_type for entry in archive.infolist()} <= PACKINGS:
                raise DamagedArchive
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise DamagedArchive from error  # a password is a RuntimeError, an unknown version of ZIP a NotImplementedError
