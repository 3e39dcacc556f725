"""Helpers for office files (DOCX, XLSX, ODT): text that XML allows, and packages with reproducible bytes."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping

from letterhub.domain.letters.letter_document import LetterDocument

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
EARLIEST_ZIP_TIME = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)  # the earliest time of a ZIP entry


def xml_text(text: str) -> str:
    """Return the text without what XML does not allow: control characters, surrogates."""
    return _NOT_IN_XML.sub("", text)


def file_timestamp(document: LetterDocument) -> dt.datetime:
    """Return the timestamp of a letter's files, in UTC: its edition's, else its date, else the earliest that ZIP allows."""
    day = document.text.date
    if document.edition:
        timestamp = document.edition.frozen_at.astimezone(dt.UTC).replace(microsecond=0)
    elif day:
        timestamp = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    else:
        return EARLIEST_ZIP_TIME
    return max(timestamp, EARLIEST_ZIP_TIME)


def repack_ooxml(package: bytes, at: dt.datetime) -> bytes:
    """Return an OOXML package packed anew with one timestamp: the same parts give the same bytes."""
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        return pack_zip({name: source.read(name) for name in source.namelist()}, at)


def pack_zip(parts: Mapping[str, bytes], at: dt.datetime) -> bytes:
    """Return a package of parts with one timestamp. A part "mimetype" is not compressed, as OpenDocument has it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in parts.items():
            part = zipfile.ZipInfo(name, at.timetuple()[:6])
            part.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            part.create_system, part.external_attr = 3, 0o600 << 16  # Unix, and its file permissions
            target.writestr(part, content, compresslevel=6)
    return out.getvalue()
