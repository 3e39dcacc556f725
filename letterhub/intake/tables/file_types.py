"""Types of uploaded files, told by their content: text, a workbook, or what people choose by mistake; encodings of text."""

import codecs
import re
from contextlib import suppress
from zipfile import ZipFile

from letterhub.domain.i18n import _, join_sentences
from letterhub.intake.archives import DamagedArchive, opened_archive
from letterhub.intake.errors import FileRefused
from letterhub.intake.tables.code_pages import ENCODING_LABELS
from letterhub.intake.tables.encodings import Reading, likely_readings

MAX_BYTES = 20 * 2**20
_INSTEAD = _("Choose a spreadsheet (.xlsx, .xls, .ods) or a table as .csv.")
_FILE_SIGNATURES = (
    (b"\x89PNG", _("this is a picture.")),
    (b"\xff\xd8\xff", _("this is a picture.")),
    (b"GIF8", _("this is a picture.")),
    (b"RIFF", _("this is a picture.")),
    (b"%PDF", _("this is a PDF.")),
    (b"{\\rtf", _("this is a text document.")),
    (b"BEGIN:VCARD", _("this is a file of contacts (vCard). Export them as CSV.")),
    (b"BEGIN:VCALENDAR", _("this is a calendar.")),
    (b"\x1f\x8b", _("this is an archive of files.")),
    (b"Rar!", _("this is an archive of files.")),
    (b"7z\xbc\xaf", _("this is an archive of files.")),
)
_SAVE_AS_XLSX = _("Open it in a spreadsheet program, and save it as .xlsx.")
_OLD_WORKBOOKS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00")
_OLE = b"\xd0\xcf\x11\xe0"
_MARKUP = (
    (
        re.compile(rb"\s*(?:<!doctype html|<html|<table|<head|<meta)", re.IGNORECASE),
        _("this is a web page, although its name may say otherwise."),
        _SAVE_AS_XLSX,
    ),
    (re.compile(rb"\s*<\?xml"), _("this is an XML document, although its name may say otherwise."), _SAVE_AS_XLSX),
    (
        re.compile(
            rb"(?:(?:from|to|subject|date|received|return-path|delivered-to|mime-version|message-id|x-[a-z-]+): [^\n]*\n){2}",
            re.I,
        ),
        _("this is an email message."),
        _INSTEAD,
    ),
    (re.compile(rb"\s*(?:\[\s*[{\[]|\{\s*[\"}])"), _("this is JSON, not a table."), _INSTEAD),
)


def workbook_type(data: bytes, file: str) -> str:
    """Return "xlsx", "xls" or "ods" for a workbook, "" for text. Raises FileRefused for an empty file, for a protected
    workbook, and for a type that people choose by mistake."""
    content = data.removeprefix(codecs.BOM_UTF8)
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise FileRefused(file, _("the file is empty. Choose a table with a row of headings and a row for each name."))
    for beginning, sentence in _FILE_SIGNATURES:
        if data.startswith(beginning):
            raise _wrong_type(file, sentence, _INSTEAD)
    if data.startswith(b"PK"):
        return _archive_type(data, file)
    if data.startswith(_OLE):
        return _ole_type(data, file)
    if data.startswith(_OLD_WORKBOOKS):
        raise _wrong_type(file, _("this is a spreadsheet of Excel 4 or older."), _SAVE_AS_XLSX)
    for pattern, sentence, instead in _MARKUP:
        if pattern.match(content[:1000]):
            raise _wrong_type(file, sentence, instead)
    return ""


def _wrong_type(file: str, sentence: str, instead: str) -> FileRefused:
    return FileRefused(file, join_sentences((sentence, instead)))


def _archive_type(data: bytes, file: str) -> str:
    """Return the type of a workbook in a ZIP archive. Raises FileRefused for an archive of anything else."""
    names, mimetype, manifest = set[str](), b"", b""
    with suppress(DamagedArchive), opened_archive(data) as archive:
        names = set(archive.namelist())
        mimetype = _beginning(archive, "mimetype")
        manifest = _beginning(archive, "META-INF/manifest.xml")
    if b"encryption-data" in manifest:
        raise FileRefused(file, _("the spreadsheet is protected by a password. Save a copy without one."))
    if b"opendocument.spreadsheet" in mimetype:
        return "ods"
    if not names or any(name.startswith("xl/") for name in names):
        return "xlsx"  # without names it is damaged, which its reader says
    if b"opendocument.text" in mimetype or any(name.startswith("word/") for name in names):
        raise _wrong_type(file, _("this is a text document."), _INSTEAD)
    if any(name.endswith(".iwa") for name in names):
        raise _wrong_type(
            file, _("this is a document of Apple’s Numbers. In Numbers, choose File, Export To, Excel."), _INSTEAD
        )
    raise _wrong_type(file, _("this is an archive of files."), _INSTEAD)


def _beginning(archive: ZipFile, name: str) -> bytes:
    """Return the first bytes of a part of an archive, b"" if it has none of that name."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(100_000)


def _ole_type(data: bytes, file: str) -> str:
    """Return "xls" for a workbook of Excel 97 and later. Raises FileRefused for other documents, and for a protected one."""
    if _utf16("EncryptedPackage") in data or _has_file_pass(data):
        raise FileRefused(file, _("the spreadsheet is protected by a password. Save a copy without one."))
    if _utf16("WordDocument") in data:
        raise _wrong_type(file, _("this is a text document."), _INSTEAD)
    if _utf16("__properties_version1.0") in data:
        raise _wrong_type(file, _("this is an email message."), _INSTEAD)
    return "xls"


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _has_file_pass(data: bytes) -> bool:
    """Return whether one of the first records of an XLS says that the others are encrypted."""
    at = data.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    for _record in range(8 if at >= 0 else 0):
        kind, length = data[at : at + 2], int.from_bytes(data[at + 2 : at + 4], "little")
        if kind == b"\x2f\x00":
            return True
        at += 4 + length
    return False


_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NON_ASCII = re.compile(rb"[\x80-\xff]")
_PLAUSIBLE_COST = 0.3
"""Cost of a reading up to which its text looks like one, and not like two encodings in one file."""
_JIS_ESCAPES = (b"\x1b$B", b"\x1b$@")


def decode_text(data: bytes, file: str, instead: str = _INSTEAD) -> str:
    """Return the text of a file in the likeliest encoding. `instead` says what to bring if it is no text.

    Raises FileRefused for a file that is too large, is not text, or mixes two encodings.
    """
    encoding, _readings = guess_encoding(data, file, instead)
    return decode_as(data, encoding, file)


def decode_as(data: bytes, encoding: str, file: str) -> str:
    """Return the text of a file in an encoding. Raises FileRefused with the line that it cannot read."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        sentence = _(
            "the text is damaged here, or is not in the encoding “%(encoding)s”.",
            encoding=ENCODING_LABELS.get(encoding, encoding.partition("-sig")[0].upper()),
        )
        raise FileRefused(
            file, sentence, line=data.count(b"\n", 0, problem.start + 3 * encoding.endswith("-sig")) + 1
        ) from None


def guess_encoding(data: bytes, file: str, instead: str = _INSTEAD) -> tuple[str, tuple[Reading, ...]]:
    """Return the likeliest encoding of a file, and the likely readings if it is not certain, with this one first.

    Raises FileRefused for a file that is too large, is not text, or mixes two encodings.
    """
    if len(data) > MAX_BYTES:
        raise FileRefused(file, _("the file is larger than %(most)s MB.", most=MAX_BYTES // 2**20))
    if certain := _certain_encoding(data):
        return certain, ()
    not_text = FileRefused(file, _("this is not a text file. %(instead)s", instead=instead))
    if b"\0" in data[:4096]:
        raise not_text
    readings = likely_readings(data)
    if not readings or readings[0].cost > _PLAUSIBLE_COST:
        _check_one_encoding(data, file)
    if not readings:
        raise not_text
    return readings[0].encoding, readings


def _certain_encoding(data: bytes) -> str:
    """Return the encoding of a file that shows it itself: by a byte order mark, zeros in every second place, or UTF-8."""
    if bom_encoding := next((name for bom, name in _BYTE_ORDER_MARKS if data.startswith(bom)), ""):
        return bom_encoding
    sample = data[:4096]
    if b"\0" in sample:
        for encoding, zero_side in (("utf-16-le", 1), ("utf-16-be", 0)):
            zeros, others = sample[zero_side::2].count(0), sample[1 - zero_side :: 2].count(0)
            if zeros > max(4 * others, len(sample) // 64, 2):
                return encoding
        return ""
    if any(escape in data for escape in _JIS_ESCAPES):
        return "iso2022_jp"
    with suppress(UnicodeDecodeError):
        data.decode("utf-8")
        return "utf-8"
    return ""


def _check_one_encoding(data: bytes, file: str) -> None:
    """Raise FileRefused if most letters of a file are UTF-8, and others are not."""
    utf8_bytes = sum(len(letter[0]) for letter in _UTF8_LETTER.finditer(data))
    if utf8_bytes and utf8_bytes * 2 >= len(_NON_ASCII.findall(data)):
        sentence = _("the file mixes two encodings, so letters with accents can’t be read. Please save it as UTF-8.")
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise FileRefused(file, sentence, line=data.count(b"\n", 0, problem.start) + 1) from None
