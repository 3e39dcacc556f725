"""DOCX pre-processing: entities refused, lists numbered, and content counted that cannot be imported."""

import re
from collections import Counter
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from lxml import etree

from letterhub.domain.i18n import _
from letterhub.intake.docx.archive import unpack_parts
from letterhub.intake.docx.list_position import list_marker
from letterhub.intake.docx.numbering import MAX_NAME_LENGTH, NumberingCounter, PrintedPosition, child_value
from letterhub.intake.errors import FileRefused

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


def preprocess_docx(data: bytes, file: str) -> tuple[bytes, Counter[str]]:
    """Return the document reduced to its text, with list positions in the text, and counts of what was left out, by kind.

    Raises FileRefused.
    """
    parts = unpack_parts(data, file, lambda name: bool(_READ_PARTS.fullmatch(name)) and not _SKIPPED_PARTS.fullmatch(name))
    if sum(content.count(b"<") for content in parts.values()) > MAX_TAGS:
        raise FileRefused(file, _TOO_LONG)
    roots = {name: _parse_part(content, file) for name, content in parts.items()}
    if sum(1 for name, root in roots.items() if _TEXT_PARTS.fullmatch(name) for _ in root.iter()) > MAX_ELEMENTS:
        raise FileRefused(file, _TOO_LONG)
    numbers = NumberingCounter(roots.get("word/numbering.xml"), roots.get("word/styles.xml"))
    told: Counter[str] = Counter()
    for name, root in roots.items():
        if _TEXT_PARTS.fullmatch(name):
            _preprocess_part(root, numbers, told)
        elif _HEADER_FOOTER_PARTS.fullmatch(name):
            told["margins"] += any((text.text or "").strip() for text in root.iterfind(".//{*}t"))
    if (styles := roots.get("word/styles.xml")) is not None:
        _reduce_styles(styles)
    out = BytesIO()
    with ZipFile(out, "w") as package:
        for name, root in roots.items():
            if name != "word/numbering.xml" and not _HEADER_FOOTER_PARTS.fullmatch(name):
                package.writestr(name, etree.tostring(root, encoding="UTF-8", xml_declaration=True))
    return out.getvalue(), told


def _parse_part(content: bytes, file: str) -> Any:
    """Return a part as a tree.

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
    """Reduce styles to their names: their formatting takes longer to read than the letter."""
    for child in list(styles):
        if etree.QName(child).localname != "style":
            styles.remove(child)
        else:
            for part in list(child):
                if etree.QName(part).localname != "name":
                    child.remove(part)
                elif (name := child_value(child, "name")) is not None:
                    part.set(_qualified_name(part, "val"), name[:MAX_NAME_LENGTH])


def _preprocess_part(root: Any, numbers: NumberingCounter, told: Counter[str]) -> None:
    for text in root.iterfind(".//{*}t"):
        text.text = re.sub("[\ufdd0-\ufdef]", "", text.text or "")  # our own markers
    _count_left_out(root, told)
    _normalize_breaks(root)
    for element in list(root.iter(*(f"{{*}}{name}" for name in _UNWRAPPED_ELEMENTS))):
        _unwrap(element)
    for run in [run for run in root.iter("{*}r") if _is_on(run.find("{*}rPr"), "vanish")]:
        told["hidden"] += any((text.text or "").strip() for text in run.iterfind("{*}t"))
        _remove(run)
    for properties in root.iter("{*}rPr"):
        _inline_formatting(properties, numbers)
    for paragraph in root.iter("{*}p"):
        if paragraph.tag == _qualified_name(root, "p"):
            _insert_position(paragraph, numbers, told)


def _normalize_breaks(root: Any) -> None:
    """Turn page and column breaks into line breaks, as they separate words."""
    for end in list(root.iter("{*}br", "{*}cr")):
        end.tag = _qualified_name(end, "br")
        end.attrib.pop(_qualified_name(end, "type"), None)


def _inline_formatting(properties: Any, numbers: NumberingCounter) -> None:
    """Copy bold and italics of a run's style to the run, and mark raised or lowered text as super- or subscript."""
    for look in numbers.style_formatting(child_value(properties, "rStyle")):
        if properties.find(f"{{*}}{look}") is None:
            etree.SubElement(properties, _qualified_name(properties, look))
    moved = (child_value(properties, "position") or "0").lstrip("+")
    if moved.lstrip("0") and properties.find("{*}vertAlign") is None:
        raised = etree.SubElement(properties, _qualified_name(properties, "vertAlign"))
        raised.set(_qualified_name(properties, "val"), "subscript" if moved.startswith("-") else "superscript")


def _qualified_name(root: Any, name: str) -> str:
    return f"{{{etree.QName(root).namespace}}}{name}"


def _count_left_out(root: Any, told: Counter[str]) -> None:
    """Count what is found by element name; pictures are counted when skipped."""

    def count(names: Iterable[str]) -> int:
        return sum(1 for _ in root.iter(*(f"{{*}}{name}" for name in names)))

    told["comments"] += count(["commentReference"])
    told["tracked"] += count(["ins", "del", "moveFrom", "moveTo"])
    told["equations"] += count(["oMath"])
    drawn = [str(one.get("uri")).rpartition("/")[2] for one in root.iter("{*}graphicData")]
    told["charts"] += sum(kind in ("chart", "diagram", "chartex") for kind in drawn)


def _is_on(properties: Any, name: str) -> bool:
    return (
        properties is not None
        and properties.find(f"{{*}}{name}") is not None
        and child_value(properties, name) not in ("0", "false")
    )


def _unwrap(element: Any) -> None:
    """Replace a field, or a ruby annotation, by its content."""
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    kept = [child for child in element if etree.QName(child).localname not in ("rubyPr", "rt", "dirPr", "fldData")]
    parent.remove(element)
    for child in reversed(kept):
        parent.insert(at, child)


def _remove(element: Any) -> None:
    if (parent := element.getparent()) is not None:
        parent.remove(element)


def _insert_position(paragraph: Any, numbers: NumberingCounter, told: Counter[str]) -> None:
    """Insert the position of a list paragraph before its text; before a heading, the number as Word prints it."""
    properties = paragraph.find("{*}pPr")
    deleted = properties is not None and properties.find("{*}rPr/{*}del") is not None
    place = None if deleted else numbers.place(properties)
    if properties is not None:
        _remove_all(properties, "numPr")
    if place is None:
        return
    if _HEADING_STYLE.match(numbers.name_of(child_value(properties, "pStyle"))):
        _insert_text(paragraph, "" if place.level.bullet else f"{place.printed} ")
        return
    if not place.level.bullet and place.printed.strip("().") != str(place.number):
        told["lettered"] += 1
    _insert_text(paragraph, _position_marker(place))


def _position_marker(place: PrintedPosition) -> str:
    return list_marker(place.depth, None if place.level.bullet else place.number)


def _remove_all(parent: Any, name: str) -> None:
    for child in parent.findall(f"{{*}}{name}"):
        parent.remove(child)


def _insert_text(paragraph: Any, said: str) -> None:
    run = etree.Element(_qualified_name(paragraph, "r"))
    etree.SubElement(run, _qualified_name(paragraph, "t")).text = said
    paragraph.insert(1 if paragraph.find("{*}pPr") is not None else 0, run)
