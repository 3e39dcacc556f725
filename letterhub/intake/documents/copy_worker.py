"""Worker that reads a Word file, an OpenDocument text or a web page of a stranger in a process of its own, within limits on
time and memory.

    python -m letterhub.intake.documents.copy_worker CPU_SECONDS MEMORY_BYTES < FILE

Prints JSON: what kind of file it is, its text, hashes of all that it is drawn by and of its pictures, or styles and scripts;
as `extras`, what may show something else than its words; or, as `failed`, why it can't be read. It writes no file.

Packed anew, with every part as it was but properties and settings, a Word or OpenDocument file is the same; a web page is where
its lines are. Word, LibreOffice and browsers write everything anew, so that only words can be compared then: those that the
program shows, without deleted and hidden ones, scripts and styles, with notes, heads and feet, without page numbers. See
docs/design/editions.md.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterable
from html import unescape
from typing import Any

import nh3
from lxml import etree

from letterhub.intake.documents.docx_parts import parse_part, unpack_parts
from letterhub.intake.documents.opendocument_text import opendocument_text
from letterhub.intake.documents.word_text import word_text
from letterhub.intake.errors import FileRefused
from letterhub.intake.pdf.worker_limits import limit_from_arguments

MAX_CHARACTERS = 3_000_000
MAX_UNPACKED_BYTES = 64 * 2**20
_ARCHIVE = b"PK\x03\x04"
_UNSEEN_PARTS = re.compile(
    r"docProps/|customXml/|Thumbnails/|Configurations2/|meta\.xml$|settings\.xml$|word/(?:web)?[sS]ettings\.xml$"
)
_PICTURES = ("word/media/", "Pictures/")
_BLOCKS = frozenset(
    "address blockquote br dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section td th tr ul".split()
)
_UNSEEN_TAGS = frozenset({"script", "style", "title", "template", "noscript"})
_TAG = re.compile(r"<[^>]*>")
_SHEET = re.compile(r"<(?:style|script)\b[^>]*>(.*?)(?:</(?:style|script)(?=[\s/>])|\Z)", re.IGNORECASE | re.DOTALL)
_DATA = re.compile(r"data:[^\s\"')]{1,200}")
_START_TAG = re.compile(r"<([a-z][^\s/>]{0,40})", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"[\s\"'/]([a-z][a-z0-9:._-]{0,40})\s*=(?!\s*[\"']?content-type\b)", re.IGNORECASE)
_FLAG = re.compile(r"<[a-z][^<>]*?[\s\"'/](hidden|popover|reversed|inert|open)(?=[\s/>=])", re.IGNORECASE)
_QUOTED_END = re.compile(r"=\s*(?:\"[^\"<>]*>|'[^'<>]*>)")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*(?!utf-?8\b)([\w-]{1,40})", re.IGNORECASE)
_INSTRUCTION = re.compile(r"http-equiv\s*=\s*[\"']?\s*(?!content-type\b)([^\s\"'>]{1,40})", re.IGNORECASE)
_SAVED_FROM = re.compile(r"<!--\s{0,9}saved from url=\(\d+\)[^<>\s]*\s{0,9}-->")  # as browsers write it
_PLAIN_TAGS = _BLOCKS | frozenset("html head body title main article tbody thead tfoot span a b i em strong sup sub".split())


def main() -> None:
    """Read the file on stdin and print what it holds, in one line."""
    data = sys.stdin.buffer.read()
    limit_from_arguments()
    print(json.dumps(read(data)))  # noqa: T201 - for the client


def read(data: bytes) -> dict[str, Any]:
    """Return what a file holds; `failed` is "kind", "characters" or "damaged"."""
    try:
        content = _read_archive(data) if data.startswith(_ARCHIVE) else _read_web_page(data)
    except (FileRefused, etree.LxmlError, RecursionError, ValueError, LookupError):
        return {"failed": "damaged"}
    text = content.get("pages", [""])[0]
    return content if len(text) <= MAX_CHARACTERS else {"failed": "characters"}


def _read_archive(data: bytes) -> dict[str, Any]:
    """Return what a Word file or an OpenDocument text holds. Raises FileRefused for a damaged one, or one that is huge."""
    parts = unpack_parts(data, "", lambda _: True, MAX_UNPACKED_BYTES)
    if "word/document.xml" in parts and not parts.keys().isdisjoint(("mimetype", "content.xml")):
        return {"failed": "damaged"}  # programs differ in which of both they open
    if "word/document.xml" in parts:
        kind, (lines, unusual) = "docx", word_text(parts)
    elif b"opendocument.text" in parts.get("mimetype", b"")[:60] and "content.xml" in parts:
        kind, (lines, unusual) = "odt", opendocument_text(parts)
    else:
        return {"failed": "kind"}
    seen = {name: part for name, part in parts.items() if not _UNSEEN_PARTS.match(name) and not name.endswith("/")}
    drawing = hashlib.sha256()
    for name in sorted(seen):
        drawing.update(f"{name}\n{_digest(_canonical(name, seen[name]))}\n".encode())
    pictures = (part for name, part in parts.items() if name.startswith(_PICTURES))
    return {
        "kind": kind,
        "pages": ["\n".join(lines)],
        "drawings": [drawing.hexdigest()],
        "catalog": _joint_digest(pictures),
        "extras": sorted(+unusual),
    }


def _canonical(name: str, part: bytes) -> bytes:
    """Return a part as it is hashed: XML in its canonical form, so that attributes' order makes no difference."""
    is_xml = name.endswith((".xml", ".rels"))
    return etree.tostring(parse_part(part, ""), method="c14n") if is_xml else part


def _read_web_page(data: bytes) -> dict[str, Any]:
    """Return the text of a web page as browsers read it, and a hash of its lines. Scripts and styles have no words."""
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return {"failed": "kind"}
    cleaned = nh3.clean(source, tags=set(_BLOCKS), attributes={}, clean_content_tags=set(_UNSEEN_TAGS), link_rel=None)
    lines = (line.strip() for line in unescape(_TAG.sub("\n", cleaned)).split("\n"))
    written = "\n".join(line.rstrip() for line in source.strip().splitlines())
    sheets = (" ".join(sheet.split()).encode() for sheet in _SHEET.findall(source))
    return {
        "kind": "html",
        "pages": ["\n".join(filter(None, lines))],
        "drawings": [_digest(written.encode())],
        "catalog": _joint_digest(sheets),
        "extras": sorted(_unusual_in_page(source)),
    }


def _unusual_in_page(source: str) -> set[str]:
    """Return the kinds of tags and attributes anywhere in a web page, and whatever else a browser may show otherwise.

    More than browsers find, as comments and text count, never less: the edition's own page is looked at in the same way.
    """
    source = _SAVED_FROM.sub("", source, count=1)
    unusual = {f"<{tag.casefold()}" for tag in _START_TAG.findall(source)} - {f"<{tag}" for tag in _PLAIN_TAGS}
    unusual |= {name.casefold() for name in _ATTRIBUTE.findall(source)}
    unusual |= {name.casefold() for pattern in (_FLAG, _CHARSET, _INSTRUCTION) for name in pattern.findall(source)}
    unusual |= {data[:40] for data in _DATA.findall(source)}
    unusual |= {"control character" for _ in re.findall(r"[\0-\x08\x0e-\x1f]", source)}
    return unusual | {"> in quotes" for _ in _QUOTED_END.findall(source)}


def _joint_digest(parts: Iterable[bytes]) -> str:
    """Return one hash of several parts, whatever their order and however often each is there."""
    return _digest("".join(sorted({*map(_digest, parts)})).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    main()
