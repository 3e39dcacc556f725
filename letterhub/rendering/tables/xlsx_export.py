"""The signatories as XLSX: the same cells as the CSV, every one of them text."""

import datetime as dt
import io
from collections.abc import Sequence

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.domain.signatures.line_fields import LINE_FIELDS
from letterhub.rendering.letter.document_locale import document_locale
from letterhub.rendering.office_packages import file_timestamp, repack_ooxml, xml_text
from letterhub.rendering.tables.csv_export import printed_columns, printed_row

MAX_COLUMN_WIDTH, MIN_COLUMN_WIDTH = 60, 12
MAX_CELL_LENGTH = 32_767  # characters in a cell
_HEADINGS = {field.key: field.label for field in LINE_FIELDS}
TEXT_ONLY_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


def workbook(document: LetterDocument) -> bytes:
    """Return the table as XLSX, with a second sheet about the letter. A name that begins with "=" stays a name."""
    out, timestamp, edition = io.BytesIO(), file_timestamp(document), document.edition
    with Workbook(out, TEXT_ONLY_OPTIONS) as book:
        title, sender = xml_text(document.text.title), xml_text(document.text.letterhead.name)
        book.set_properties({"title": title, "author": sender, "created": timestamp.replace(tzinfo=None)})
        _add_signatories_sheet(book, document)
        about_sheet = book.add_worksheet("About")
        details = [
            ("Letter", document.text.title),
            ("Edition", f"{edition.number} · {edition.id}" if edition else ""),
            ("As of", edition.frozen_at.isoformat(sep=" ", timespec="minutes") if edition else ""),
            ("Check page", edition.check_url if edition else ""),
            ("Signatories", f"{document.count:,}"),
        ]
        for number, (label, value) in enumerate((label, value) for label, value in details if value):
            _write_row(about_sheet, number, [label, value])
        about_sheet.set_column(0, 0, MIN_COLUMN_WIDTH)
        about_sheet.set_column(1, 1, MAX_COLUMN_WIDTH)
    return repack_ooxml(out.getvalue(), timestamp)


def plain_workbook(table: Sequence[Sequence[str]], at: dt.datetime) -> bytes:
    """Return a table as XLSX with one sheet: its first row is the header, with filters, and every cell is text."""
    out = io.BytesIO()
    with Workbook(out, TEXT_ONLY_OPTIONS) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(table):
            _write_row(sheet, number, list(cells), book.add_format({"bold": True}) if number == 0 else None)
        for column in range(len(table[0])):
            width = max(len(row[column]) for row in table) + 2
            sheet.set_column(column, column, min(max(width, MIN_COLUMN_WIDTH), MAX_COLUMN_WIDTH))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table) - 1, len(table[0]) - 1)
    return repack_ooxml(out.getvalue(), at)


def _add_signatories_sheet(book: Workbook, document: LetterDocument) -> None:
    """Add the sheet of signatories: a header row and a row for each; a column is as wide as its longest cell, within limits.

    Since layout 2 the headings are words, which an import knows as well, and have filters.
    """
    sheet, columns = book.add_worksheet("Signatories"), printed_columns(document)
    if document_locale(document.text.language).direction == "rtl":
        sheet.right_to_left()
    headings = [str(_HEADINGS[column]) for column in columns] if document.layout > 1 else columns
    _write_row(sheet, 0, headings, book.add_format({"bold": True}))
    widths = [len(heading) + 2 for heading in headings] if document.layout > 1 else [len(column) for column in columns]
    for number, signatory in enumerate(document.signatories, start=1):
        cells = printed_row(signatory, document, columns)
        _write_row(sheet, number, cells)
        widths = [max(width, len(cell)) for width, cell in zip(widths, cells, strict=True)]
    for number, width in enumerate(widths):
        sheet.set_column(number, number, min(max(width + 2, MIN_COLUMN_WIDTH), MAX_COLUMN_WIDTH))
    sheet.freeze_panes(1, 0)
    if document.layout > 1:
        sheet.autofilter(0, 0, document.count, len(columns) - 1)


def _write_row(sheet: Worksheet, number: int, cells: list[str], cell_format: object = None) -> None:
    """Write cells as text to a row (0 is the first); empty ones stay unwritten, and too long ones are cut."""
    for column, cell in enumerate(cells):
        if cell:
            sheet.write_string(number, column, xml_text(cell)[:MAX_CELL_LENGTH], cell_format)
