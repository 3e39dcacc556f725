"""Word documents, well-formed and malicious, built here without text from real drafts."""

import io
import zipfile
from collections.abc import Callable

from docx import Document
from docx.document import Document as Draft
from docx.oxml import parse_xml

WORD_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MAIN_PART = "word/document.xml"


def docx_bytes(draft: Draft) -> bytes:
    """Return the document as the bytes of a file."""
    out = io.BytesIO()
    draft.save(out)
    return out.getvalue()


def write_docx(*steps: Callable[[Draft], object]) -> bytes:
    """Return a document that each function adds something to."""
    draft = Document()
    for add_content in steps:
        add_content(draft)
    return docx_bytes(draft)


def draft_letter() -> bytes:
    """Return a draft with a title, a heading, emphasis, and bulleted and numbered lists."""
    draft = Document()
    draft.add_paragraph("Keep every river clean", style="Title")
    draft.add_paragraph("Dear President Example:")
    paragraph = draft.add_paragraph("The {{count}} of us ask for ")
    paragraph.add_run("clean water").bold = True
    paragraph.add_run(", and ")
    paragraph.add_run("soon").italic = True
    paragraph.add_run(".")
    draft.add_heading("What we ask", 1)
    draft.add_paragraph("Open the gates.", style="List Bullet")
    draft.add_paragraph("Close the pipes.", style="List Bullet")
    draft.add_paragraph("Measure.", style="List Number")
    draft.add_paragraph("Publish.", style="List Number")
    return docx_bytes(draft)


def document_with_xml(*inside: str) -> bytes:
    """Return a document with these raw XML elements in its body."""
    draft = Document()
    for element in inside:
        draft.element.body.insert(len(draft.element.body) - 1, parse_xml(element.replace(">", f" {WORD_NAMESPACE}>", 1)))
    return docx_bytes(draft)


def replace_part(name: str, content: bytes, package: bytes | None = None, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a document in which one part of the package is replaced; all are packed by a method of `zipfile`."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package or draft_letter())) as given,
        zipfile.ZipFile(out, "w", packing) as made,
    ):
        for part in given.namelist():
            if part != name:
                made.writestr(part, given.read(part))
        made.writestr(name, content)
    return out.getvalue()


def main_part(inside: str) -> bytes:
    """Return the main part of a document around these elements."""
    return f"<w:document {WORD_NAMESPACE}><w:body>{inside}</w:body></w:document>".encode()


def understate_size(package: bytes, part: str, size: int) -> bytes:
    """Return a document whose ZIP header understates the size of a part."""
    data = bytearray(package)
    with zipfile.ZipFile(io.BytesIO(package)) as given:
        before = given.getinfo(part)
    name = part.encode()
    for sign, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = next(
            place
            for place in range(before.header_offset if sign == b"PK\x03\x04" else 0, len(data))
            if data.startswith(sign, place) and data.startswith(name, place + name_at)
        )
        data[at + size_at : at + size_at + 4] = size.to_bytes(4, "little")
    return bytes(data)
