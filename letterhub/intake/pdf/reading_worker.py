"""Reading worker: reads one PDF of a stranger in a process of its own, within limits on time and memory.

    python -m letterhub.intake.pdf.reading_worker CPU_SECONDS MEMORY_BYTES < FILE

Prints JSON: the text and the drawing hash of each page, the hashes of attached files, and the edition that they name; or, as
`failed`, why it can't be read. It writes no file.

See docs/design/editions.md.
"""

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2

from letterhub.intake.pdf.page_drawings import DrawingHasher
from letterhub.intake.pdf.worker_limits import limit_from_arguments

MAX_PAGES = 1000
MAX_CHARACTERS = 3_000_000
MAX_MANIFEST_BYTES = 16 * 2**20
MAX_ID_LENGTH = 40
MAX_TRAILER_BYTES = 1024
REMOVE_SECURITY = 3
WRONG_VALUES = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
TABLE_START = re.compile(rb"startxref\s{1,9}([0-9]{1,10})")


def main() -> None:
    """Read the PDF on stdin and print what it holds, in one line."""
    data = sys.stdin.buffer.read()
    limit_from_arguments()
    print(json.dumps(read(data)))  # noqa: T201 - for the client


def read(data: bytes) -> dict[str, Any]:
    """Return what a PDF holds; `failed` is "password", "pages", "characters" or "damaged"."""
    try:
        with pikepdf.open(BytesIO(data), suppress_warnings=True) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                return {"failed": "pages"}
            drawings, catalog = found_by_qpdf = _drawing_of(pdf)
            attachments = _attachments(pdf)
            content = {
                "drawings": drawings,
                "catalog": catalog,
                "attachments": {name: hashlib.sha256(file).hexdigest() for name, file in attachments.items()},
                "edition_id": _named_edition(attachments),
                "is_damaged": bool(pdf.get_warnings()) or not data.startswith(b"%PDF-") or _has_two_tables(pdf, data),
            }
        pages, saved = _read_with_pdfium(data)
        content["pages"] = pages
        with pikepdf.open(BytesIO(saved), suppress_warnings=True) as pdf:
            content["is_damaged"] = content["is_damaged"] or _drawing_of(pdf) != found_by_qpdf
    except pikepdf.PasswordError:
        return {"failed": "password"}
    except (pikepdf.PdfError, pypdfium2.PdfiumError, RecursionError, *WRONG_VALUES):
        return {"failed": "damaged"}
    return content if sum(map(len, pages)) <= MAX_CHARACTERS else {"failed": "characters"}


def _drawing_of(pdf: pikepdf.Pdf) -> tuple[list[str], str]:
    """Return the hashes of a PDF's pages, and of what its catalog adds to them."""
    hasher = DrawingHasher(pdf)
    return hasher.page_hashes(), hasher.catalog_hash()


def _has_two_tables(pdf: pikepdf.Pdf, data: bytes) -> bool:
    """Return whether a linearized PDF names another table of objects at its end than browsers read at its beginning."""
    if not pdf.is_linearized:
        return False
    table_starts, parameters = TABLE_START.findall(data[-MAX_TRAILER_BYTES:]), data.partition(b"endobj")[0]
    between = data[len(parameters) + len(b"endobj") : int(table_starts[-1])] if table_starts else b"?"
    return bool(between.strip()) or b"(" in parameters


def _read_with_pdfium(data: bytes) -> tuple[list[str], bytes]:
    """Return the text of each page as PDFium finds it, until there is too much, and the file as PDFium saves it.

    A file may list an object twice: programs differ in which one they take, and most browsers draw what PDFium finds.
    """
    texts, length, saved = list[str](), 0, BytesIO()
    with pypdfium2.PdfDocument(data) as document:
        document.save(saved, flags=REMOVE_SECURITY)
        for page in document:
            page.set_rotation(0)  # which would change the order of reading
            text_page = page.get_textpage()
            texts.append(text_page.get_text_range())
            text_page.close()
            page.close()
            length += len(texts[-1])
            if length > MAX_CHARACTERS:
                break
    return texts, saved.getvalue()


def _attachments(pdf: pikepdf.Pdf) -> dict[str, bytes]:
    """Return the files attached to a PDF by name."""
    return {name: pdf.attachments[name].get_file().read_bytes() for name in sorted(pdf.attachments)}


def _named_edition(attachments: Mapping[str, bytes]) -> str:
    """Return the id of the edition that an attached manifest names; "" if none does."""
    for name, data in attachments.items():
        if name.endswith(".json") and len(data) <= MAX_MANIFEST_BYTES:
            try:
                return str(json.loads(data)["edition"]["id"])[:MAX_ID_LENGTH]
            except (ValueError, TypeError, KeyError, RecursionError):
                continue
    return ""


if __name__ == "__main__":
    main()
