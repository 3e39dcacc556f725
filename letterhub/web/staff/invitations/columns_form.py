"""Form on how a table is read: its sheet, encoding and row of headings, and the field of each column."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import Optional

from letterhub.domain.letters.serialization import fingerprint
from letterhub.intake.tables.choices import ONE_COLUMN, TableChoices
from letterhub.intake.tables.code_pages import ENCODING_LABELS
from letterhub.intake.tables.outline import OutlinedColumn, TableOutline, check_columns
from letterhub.intake.tables.target_fields import TargetField
from letterhub.web.forms import parse_integer

OTHER_ENCODING = "other"
_SEPARATOR_NAMES = (
    (",", _("a comma")),
    (";", _("a semicolon")),
    ("tab", _("a tab")),
    ("|", _("a bar")),
    (ONE_COLUMN, _("nothing: one column")),
)


class ColumnsForm(FlaskForm):  # type: ignore[misc]
    """Form on how a table is read. Its columns are selects named `column-0` and so on, which the page draws from `options`."""

    sheet = RadioField(_("Which sheet has the names?"), validators=[Optional()], validate_choice=False)
    encoding = RadioField(_("Is this right?"), validators=[Optional()], validate_choice=False)
    other_encoding = SelectField(_("Another encoding"), validators=[Optional()], validate_choice=False)
    header_line = SelectField(_("Headings are in"), validators=[Optional()], validate_choice=False)
    separator = SelectField(_("Cells are separated by"), validators=[Optional()], validate_choice=False)
    shown = HiddenField()

    def __init__(self, fields: Sequence[TargetField]) -> None:
        super().__init__()
        self.fields = fields
        self.column_errors: dict[int, str] = {}
        self.naming_error = ""

    @property
    def options(self) -> list[tuple[str, str]]:
        """Values and labels of a column's select."""
        return [("", gettext("Leave out")), *((field.key, str(field.label)) for field in self.fields)]

    def stored_choices(self, stored: Mapping[str, Any]) -> TableChoices:
        """Return the choices of an upload that are settled, none if they are not."""
        return TableChoices.from_facts(stored) if stored else TableChoices()

    def layout_choices(self) -> TableChoices:
        """Return what was submitted on the table as a whole; nothing for what is no such choice."""
        encoding = self.other_encoding.data if self.encoding.data == OTHER_ENCODING else self.encoding.data
        separator = "\t" if self.separator.data == "tab" else self.separator.data or ""
        known = {"\t" if value == "tab" else value for value, _label in _SEPARATOR_NAMES}
        try:
            header_line = parse_integer(self.header_line.data) if self.header_line.data else None
        except ValueError:
            header_line = None
        return TableChoices(
            encoding if encoding in ENCODING_LABELS or encoding in ("utf-8-sig", "utf-16", "utf-32") else "",
            self.sheet.data or "",
            separator if separator in known else "",
            header_line if header_line is None else max(header_line, 0),
        )

    def show(self, outline: TableOutline) -> None:
        """Offer the sheets, readings and lines of a table, with those that it is read by."""
        self.sheet.choices = [(name, name) for name in outline.sheets]
        self.encoding.choices = [
            *((reading.encoding, reading.sample) for reading in outline.readings),
            (OTHER_ENCODING, gettext("None of these")),
        ]
        self.other_encoding.choices = list(ENCODING_LABELS.items())
        self.header_line.choices = [
            *((str(line), gettext("line %(line)s: %(cells)s", line=line, cells=cells)) for line, cells in outline.first_rows),
            ("0", gettext("no line: the first one is a name")),
        ]
        self.separator.choices = [(value, str(label)) for value, label in _SEPARATOR_NAMES]
        self.sheet.data = outline.sheet
        if self.encoding.data != OTHER_ENCODING:
            self.encoding.data = outline.encoding
        self.header_line.data = str(outline.header_line)
        self.separator.data = "tab" if outline.separator == "\t" else outline.separator

    def version(self, outline: TableOutline) -> str:
        """Return the version hash of the columns of a table as they are shown."""
        headings = [column.heading for column in outline.columns]
        return fingerprint({"headings": headings, "line": outline.header_line, "sheet": outline.sheet})[:16]

    def is_of(self, outline: TableOutline) -> bool:
        """Return whether the submitted columns are those of this outline."""
        return bool(self.shown.data == self.version(outline)) and bool(outline.sheet or not outline.sheets)

    def field_of(self, column: OutlinedColumn, outline: TableOutline) -> str:
        """Return the field that is chosen for a column: as submitted, or as it is read."""
        submitted = request.form.get(f"column-{column.at}") if self.is_submitted() and self.is_of(outline) else None
        return column.field if submitted is None else submitted

    def check_columns(self, outline: TableOutline) -> bool:
        """Return whether the columns can be read as chosen; if not, there are errors beside them."""
        chosen = {column.at: self.field_of(column, outline) for column in outline.columns}
        self.column_errors, self.naming_error = check_columns(outline, self.fields, chosen)
        return not self.column_errors and not self.naming_error

    def column_choices(self, outline: TableOutline) -> TableChoices:
        """Return the submitted fields of the columns, with what was submitted on the table as a whole."""
        keys = {field.key for field in self.fields}
        chosen = {column.at: self.field_of(column, outline) for column in outline.columns}
        return replace(self.layout_choices(), columns={at: key if key in keys else "" for at, key in chosen.items()})
