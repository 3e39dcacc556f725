"""Types and encodings of uploaded text files, whichever program wrote them."""

import codecs
import re

from letterhub.domain.i18n import _
from letterhub.intake.errors import FileRefused

_WORKBOOK = _(
    "this is a spreadsheet, not CSV. In Excel, choose File, Save As, “CSV UTF-8”; in Google Sheets, "
    "File, Download, CSV. Then choose that file here."
)
_PICTURE = _("this is a picture. Choose a table saved as CSV.")
_FILE_SIGNATURES = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"RIFF", _PICTURE),
    (b"%PDF", _("this is a PDF. Choose a table saved as CSV.")),
    (b"{\\rtf", _("this is a text document. Save its table as CSV.")),
    (b"\xd0\xcf\x11\xe0", _WORKBOOK),
)
_ARCHIVE_CONTENTS = (
    (b"xl/", _WORKBOOK),
    (b"opendocument.spreadsheet", _WORKBOOK),
    (b"word/", _("this is a Word document. Save its table as CSV.")),
)


def check_is_text(data: bytes, file: str) -> None:
    """Raise FileRefused for an empty file, and for a type that people choose by mistake."""
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise FileRefused(file, _("the file is empty. Choose a table with a row of headings and a row for each name."))
    for beginning, sentence in _FILE_SIGNATURES:
        if data.startswith(beginning):
            raise FileRefused(file, sentence)
    if data.startswith(b"PK\x03\x04"):
        archive = _("this is an archive of files. Choose a table saved as CSV.")
        raise FileRefused(file, next((sentence for part, sentence in _ARCHIVE_CONTENTS if part in data), archive))


MAX_BYTES = 20 * 2**20

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UTF8_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NON_ASCII = re.compile(rb"[\x80-\xff]")


def decode_text(data: bytes, file: str, instead: str = _("Please export it as CSV (UTF-8).")) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows-1252. `instead` says what to bring if it is no text.

    Raises FileRefused for anything else: a file that is too large, not text, or of two encodings at once.
    """
    if len(data) > MAX_BYTES:
        raise FileRefused(file, _("the file is larger than %(most)s MB.", most=MAX_BYTES // 2**20))
    encoding = next((name for bom, name in _BYTE_ORDER_MARKS if data.startswith(bom)), None) or _guess_encoding(
        data, file, instead
    )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise FileRefused(
            file, _("the text is damaged here. Please save the file as UTF-8 and try again."), line=line
        ) from None


def _guess_encoding(data: bytes, file: str, instead: str) -> str:
    """Return the encoding of a file without byte order mark. Raises FileRefused for binary data, and if it is ambiguous."""
    sample = data[:4096]
    if b"\0" in sample:
        for encoding, zero_side in (("utf-16-le", 1), ("utf-16-be", 0)):
            if sample[zero_side::2].count(0) > len(sample) // 8:
                return encoding
        raise FileRefused(file, _("this is not a text file. %(instead)s", instead=instead))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as problem:
        utf8_bytes = sum(len(letter[0]) for letter in _UTF8_LETTER.finditer(data))
        is_mostly_utf8 = utf8_bytes > 0 and utf8_bytes * 2 >= len(_NON_ASCII.findall(data))
        if is_mostly_utf8:
            line = data.count(b"\n", 0, problem.start) + 1
            sentence = _("the file mixes two encodings, so letters with accents can’t be read. Please save it as UTF-8.")
            raise FileRefused(file, sentence, line=line) from None
        return "cp1252"
    return "utf-8"
