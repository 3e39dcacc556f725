"""What Word files and workbooks share: text that XML can hold, and a package whose bytes tell no hour but the letter's."""

import datetime as dt
import io
import re
import zipfile

from letterhub.domain.document import LetterDocument

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
EARLIEST = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)  # what a ZIP file can say


def xml_text(text: str) -> str:
    """The text without what no XML can hold: controls, halves of surrogate pairs."""
    return _NOT_IN_XML.sub("", text)


def moment_of(document: LetterDocument) -> dt.datetime:
    """The moment that a file of the letter bears, in UTC: its edition's, else its date, else the earliest there is."""
    if document.edition:
        return max(document.edition.as_of.astimezone(dt.UTC).replace(microsecond=0), EARLIEST)
    day = document.text.date
    return max(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC), EARLIEST) if day else EARLIEST


def repacked(package: bytes, at: dt.datetime) -> bytes:
    """An office file packed anew, every part in its order and with one time: the same parts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            part = zipfile.ZipInfo(name, at.timetuple()[:6])
            part.compress_type, part.create_system, part.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            made.writestr(part, given.read(name), compresslevel=6)
    return out.getvalue()
