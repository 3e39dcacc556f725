"""DOCX pre-processing: parts unpacked within limits, entities refused, lists numbered, unreadable content counted.

See docs/design/letter-text.md.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from lxml import etree

from letterhub.domain.i18n import _
from letterhub.intake.archives import DamagedArchive, opened_archive
from letterhub.intake.documents.numbering import MAX_NAME_LENGTH, NumberingCounter, child_value, list_marker
from letterhub.intake.documents.word_layout import add_quote_style, apply_layout
from letterhub.intake.documents.word_letterhead import head_lines, head_part
from letterhub.intake.errors import FileRefused

MAX_PACKAGE_BYTES = 20 * 2**20
MAX_PARTS = 4_000
MAX_UNPACKED_BYTES = 12 * 2**20
_CHUNK = 2**16


def unpack_parts(
    data: bytes, file: str, is_wanted: Callable[[str], bool], max_bytes: int = MAX_UNPACKED_BYTES
) -> dict[str, bytes]:
    """Return the content of each wanted part of an archive, by its name; pictures and whatever else stay packed.

    A header may lie about its part's size, so output is counted while unpacking. Raises FileRefused for what is no archive, is
    damaged, has a password or a part twice, or unpacks into more than `max_bytes`.
    """
    if len(data) > MAX_PACKAGE_BYTES:
        raise FileRefused(
            file, _("the file is larger than %(most)s MB. Remove its pictures and try again.", most=MAX_PACKAGE_BYTES // 2**20)
        )
    try:
        with opened_archive(data) as package:
            return _unpack(package, file, is_wanted, max_bytes)
    except DamagedArchive:
        raise FileRefused(
            file, _("the file is damaged or has a password. Open it, save it again, and choose that file.")
        ) from None


def _unpack(package: ZipFile, file: str, is_wanted: Callable[[str], bool], max_bytes: int) -> dict[str, bytes]:
    """Return the content of the wanted parts, within the limit on unpacked bytes."""
    entries = package.infolist()
    if len(entries) > MAX_PARTS or len({entry.filename for entry in entries}) < len(entries):
        raise FileRefused(file, _("the file has more parts than a document. Open it, save it again, and choose that file."))
    remaining = max_bytes
    parts: dict[str, bytes] = {}
    for entry in (entry for entry in entries if is_wanted(entry.filename)):
        chunks: list[bytes] = []
        with package.open(entry) as part:
            while chunk := part.read(_CHUNK):  # reading it at once would unpack it before its size is known
                chunks.append(chunk)
                remaining -= len(chunk)
                if remaining < 0:
                    sentence = _("the file unpacks into far more text than a letter. Please choose a shorter one.")
                    raise FileRefused(file, sentence)
        parts[entry.filename] = b"".join(chunks)
    return parts


MAX_TAGS = 300_000
MAX_ELEMENTS = 40_000  # in the text: a page has about two hundred

_READ_PARTS = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|word/(?:_rels/)?[^/]+\.xml(?:\.rels)?")
_TEXT_PARTS = re.compile(r"word/(?:document|footnotes|endnotes)\d*\.xml")
_HEADER_FOOTER_PARTS = re.compile(r"word/(?:header|footer)\d*\.xml")
_SKIPPED_PARTS = re.compile(r"word/(?:settings|webSettings|fontTable|comments\w*|people|stylesWithEffects)\d*\.xml")
_UNWRAPPED_ELEMENTS = ("fldSimple", "dir", "bdo", "ruby", "rubyBase")
_HEADING_STYLE = re.compile(r"heading \d|title")
_TOO_LONG = _("the document is far longer than a letter. Please choose a shorter one.")
_UNREADABLE = _("the file cannot be read as a Word document. Open it in Word, save it again as .docx, and choose that file.")


@dataclass(frozen=True, slots=True)
class ReducedDocument:
    """DOCX file reduced to its text; how much was left out, by kind; and the lines of its head."""

    package: bytes
    left_out: Counter[str]
    head_lines: tuple[str, ...]


def preprocess_docx(data: bytes, file: str) -> ReducedDocument:
    """Return a DOCX file reduced to its text, with a marker before each list item. Raises FileRefused."""
    parts = unpack_parts(data, file, lambda name: bool(_READ_PARTS.fullmatch(name)) and not _SKIPPED_PARTS.fullmatch(name))
    if sum(content.count(b"<") for content in parts.values()) > MAX_TAGS:
        raise FileRefused(file, _TOO_LONG)
    roots = {name: parse_part(content, file) for name, content in parts.items()}
    text_roots = [root for name, root in roots.items() if _TEXT_PARTS.fullmatch(name)]
    if sum(1 for root in text_roots for _ in root.iter()) > MAX_ELEMENTS:
        raise FileRefused(file, _TOO_LONG)
    numbering = NumberingCounter(roots.get("word/numbering.xml"), roots.get("word/styles.xml"))
    left_out: Counter[str] = Counter()
    head = head_part(roots)
    lines = head_lines(roots, head)
    for name, root in roots.items():
        if _TEXT_PARTS.fullmatch(name):
            _preprocess_part(root, numbering, left_out)
        elif _HEADER_FOOTER_PARTS.fullmatch(name) and not (name == head and lines):
            left_out["margins"] += any((text.text or "").strip() for text in root.iterfind(".//{*}t"))
    if (styles := roots.get("word/styles.xml")) is not None:
        _reduce_styles(styles)
        add_quote_style(styles)
    output = BytesIO()
    with ZipFile(output, "w") as package:
        for name, root in roots.items():
            if name != "word/numbering.xml" and not _HEADER_FOOTER_PARTS.fullmatch(name):
                package.writestr(name, etree.tostring(root, encoding="UTF-8", xml_declaration=True))
    return ReducedDocument(output.getvalue(), left_out, lines)


def parse_part(content: bytes, file: str) -> Any:
    """Return the root element of a part, which is XML.

    Raises FileRefused for a DOCTYPE: only there can entities be declared, which read files or expand a thousandfold.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise FileRefused(file, _UNREADABLE) from None
    if root.getroottree().docinfo.doctype:
        raise FileRefused(file, _UNREADABLE)
    return root


def _reduce_styles(styles: Any) -> None:
    """Reduce the styles to their names, shortened: reading all their formatting would take longer than reading the letter."""
    for child in list(styles):
        if etree.QName(child).localname != "style":
            styles.remove(child)
        else:
            for part in list(child):
                if etree.QName(part).localname != "name":
                    child.remove(part)
                elif (name := child_value(child, "name")) is not None:
                    part.set(_qualified_name(part, "val"), name[:MAX_NAME_LENGTH])


def _preprocess_part(root: Any, numbering: NumberingCounter, left_out: Counter[str]) -> None:
    """Simplify a part with text in place: drop hidden runs and wrappers, copy formatting to runs, mark list items."""
    for text in root.iterfind(".//{*}t"):
        text.text = re.sub("[\ufdd0-\ufdef]", "", text.text or "")  # our own markers
    _count_left_out(root, left_out)
    apply_layout(root, numbering, left_out)
    for line_break in list(root.iter("{*}br", "{*}cr")):  # page and column breaks too, as they separate words
        line_break.tag = _qualified_name(line_break, "br")
        line_break.attrib.pop(_qualified_name(line_break, "type"), None)
    for element in list(root.iter(*(f"{{*}}{name}" for name in _UNWRAPPED_ELEMENTS))):
        _unwrap(element)
    for run in list(root.iter("{*}r")):
        style = run.find("{*}rPr")
        is_hidden = style is not None and style.find("{*}vanish") is not None
        if is_hidden and child_value(style, "vanish") not in ("0", "false"):
            left_out["hidden"] += any((text.text or "").strip() for text in run.iterfind("{*}t"))
            if (parent := run.getparent()) is not None:
                parent.remove(run)
    for properties in root.iter("{*}rPr"):
        _inline_formatting(properties, numbering)
    for paragraph in root.iter(_qualified_name(root, "p")):
        _insert_position(paragraph, numbering, left_out)


def _inline_formatting(properties: Any, numbering: NumberingCounter) -> None:
    """Copy bold and italics of a run's style to the run, and mark raised or lowered text as super- or subscript."""
    for name in numbering.style_formatting(child_value(properties, "rStyle")):
        if properties.find(f"{{*}}{name}") is None:
            etree.SubElement(properties, _qualified_name(properties, name))
    offset = (child_value(properties, "position") or "0").lstrip("+")  # above the line, or below it: "6", "-6"
    is_zero = not offset.lstrip("0")
    if not is_zero and properties.find("{*}vertAlign") is None:
        alignment = etree.SubElement(properties, _qualified_name(properties, "vertAlign"))
        alignment.set(_qualified_name(properties, "val"), "subscript" if offset.startswith("-") else "superscript")


def _qualified_name(root: Any, name: str) -> str:
    return f"{{{etree.QName(root).namespace}}}{name}"


def _count_left_out(root: Any, left_out: Counter[str]) -> None:
    """Count comments, tracked changes, equations and charts by element name; pictures are counted when they are skipped."""

    def count(names: Iterable[str]) -> int:
        return sum(1 for _ in root.iter(*(f"{{*}}{name}" for name in names)))

    left_out["comments"] += count(["commentReference"])
    left_out["tracked"] += count(["ins", "del", "moveFrom", "moveTo"])
    left_out["equations"] += count(["oMath"])
    graphics = [str(graphic.get("uri")).rpartition("/")[2] for graphic in root.iter("{*}graphicData")]
    left_out["charts"] += sum(kind in ("chart", "diagram", "chartex") for kind in graphics)


def _unwrap(element: Any) -> None:
    """Replace a wrapper, such as a field or a ruby annotation, by its content."""
    parent = element.getparent()
    if parent is None:
        return
    index = parent.index(element)
    content = [child for child in element if etree.QName(child).localname not in ("rubyPr", "rt", "dirPr", "fldData")]
    parent.remove(element)
    for child in reversed(content):
        parent.insert(index, child)


def _insert_position(paragraph: Any, numbering: NumberingCounter, left_out: Counter[str]) -> None:
    """Insert a marker before the text of a list item, or before a heading its number as Word prints it.

    Does nothing in no list. Counts items whose printed number, such as "(a)", is lost.
    """
    properties = paragraph.find("{*}pPr")
    is_deleted = properties is not None and properties.find("{*}rPr/{*}del") is not None
    position = None if is_deleted else numbering.position(properties)
    if properties is not None:
        for reference in properties.findall("{*}numPr"):
            properties.remove(reference)
    if position is None:
        return
    if _HEADING_STYLE.match(numbering.name_of(child_value(properties, "pStyle"))):
        _insert_text(paragraph, "" if position.level.bullet else f"{position.printed} ")
        return
    if not position.level.bullet and position.printed.strip("().") != str(position.number):
        left_out["lettered"] += 1
    _insert_text(paragraph, list_marker(position.depth, None if position.level.bullet else position.number))


def _insert_text(paragraph: Any, text: str) -> None:
    """Insert a run at the start of a paragraph."""
    run = etree.Element(_qualified_name(paragraph, "r"))
    etree.SubElement(run, _qualified_name(paragraph, "t")).text = text
    paragraph.insert(1 if paragraph.find("{*}pPr") is not None else 0, run)
