"""Detection of file types by their first bytes, if they are no text, so that a refusal can say what to do instead."""

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
