"""Reading worker: reads one PDF of a stranger in a process of its own, within limits on time and memory.

    python -m letterhub.intake.pdf.reading_worker CPU_SECONDS MEMORY_BYTES < FILE

Prints JSON: the text and the drawing hash of each page, the hashes of attached files, and the edition that they name; or, as
`failed`, why it can't be read. It writes no file.

See docs/design/editions.md.
"""

import hashlib
import json
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
            hasher = DrawingHasher(pdf)
            attachments = _attachments(pdf)
            content = {
                "drawings": hasher.page_hashes(),
                "catalog": hasher.catalog_hash(),
                "attachments": {name: hashlib.sha256(file).hexdigest() for name, file in attachments.items()},
                "edition_id": _named_edition(attachments),
                "is_damaged": bool(pdf.get_warnings()) or not data.startswith(b"%PDF-"),
            }
        content["pages"] = pages = _page_texts(data)
    except pikepdf.PasswordError:
        return {"failed": "password"}
    except (pikepdf.PdfError, pypdfium2.PdfiumError, RecursionError, ValueError, TypeError, KeyError, AttributeError):
        return {"failed": "damaged"}
    return content if sum(map(len, pages)) <= MAX_CHARACTERS else {"failed": "characters"}


def _page_texts(data: bytes) -> list[str]:
    """Return the text of each page as PDFium finds it, until there is too much."""
    texts, length = list[str](), 0
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            page.set_rotation(0)  # which would change the order of reading
            text_page = page.get_textpage()
            texts.append(text_page.get_text_range())
            text_page.close()
            page.close()
            length += len(texts[-1])
            if length > MAX_CHARACTERS:
                break
    return texts


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
