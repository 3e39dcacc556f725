"""Form for uploading a table of signatories."""

from pathlib import PurePath

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from letterhub.domain.line_validation import normalize_line


class UploadForm(FlaskForm):  # type: ignore[misc]
    """Form for one file. The site's limit on requests bounds its size."""

    file = FileField(_("File of names"), validators=[FileRequired(_("Choose a file: a table saved as CSV."))], id="file")

    @property
    def name(self) -> str:
        """Return the file's name without folders."""
        return normalize_line(PurePath((self.file.data.filename or "").replace("\\", "/")).name)[:200] or "names.csv"

    @property
    def content(self) -> bytes:
        """Return the file's content."""
        content: bytes = self.file.data.read()
        return content
