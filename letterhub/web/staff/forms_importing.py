"""The file of names that staff upload."""

from pathlib import PurePath

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from letterhub.domain.lines import one_line


class UploadForm(FlaskForm):  # type: ignore[misc]
    """One file; its size is bounded by the site's limit on requests."""

    file = FileField(_("File of names"), validators=[FileRequired(_("Choose a file: a table saved as CSV."))], id="file")

    @property
    def name(self) -> str:
        """What the file is called, without any folder."""
        return one_line(PurePath((self.file.data.filename or "").replace("\\", "/")).name)[:200] or "names.csv"

    @property
    def content(self) -> bytes:
        """What is in it."""
        content: bytes = self.file.data.read()
        return content
