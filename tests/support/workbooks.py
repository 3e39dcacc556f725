"""Spreadsheets for tests: XLSX by XlsxWriter, XLS by xlwt, ODS by hand."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import xlwt
from xlsxwriter import Workbook

Rows = Sequence[Sequence[object]]
_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def xlsx(rows: Rows = (), sheets: Mapping[str, Rows] | None = None, change: Callable[[Workbook], None] | None = None) -> bytes:
    """Return a workbook with one sheet of rows, or with several; `change` adds what a sheet of values has not."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        for name, content in (sheets or {"Sheet1": rows}).items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(content):
                sheet.write_row(number, 0, row)
        if change:
            change(book)
    return out.getvalue()


def xls(rows: Rows) -> bytes:
    """Return a workbook of Excel 97."""
    book, out = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("Sheet1")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.save(out)
    return out.getvalue()


def ods(rows: Rows, more: str = "", manifest: str = "") -> bytes:
    """Return a spreadsheet of OpenDocument; `more` is XML after its rows."""
    cells = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0"?><office:document-content {_NAMESPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="Names">{cells}{more}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return package({"mimetype": ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": _manifest(manifest)})


def package(parts: Mapping[str, Any], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of parts, packed by a method of `zipfile`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _ods_cell(value: object) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def _manifest(more: str) -> str:
    name = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
    return f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{name}">{entry}{more}</manifest:manifest>'
