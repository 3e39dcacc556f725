"""DOCX pre-processing: entities refused, lists numbered, and content counted that cannot be imported."""

import re
from collections import Counter
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from lxml import etree

from letterhub.intake.docx.archive import parts_of
from letterhub.intake.docx.list_position import mark_of_item
from letterhub.intake.docx.numbering import LONGEST_NAME, Numbers, PrintedPlace, val
from letterhub.intake.errors import FileRefused

MOST_TAGS = 300_000
MOST_ELEMENTS = 40_000  # in the text: a page has about two hundred

_READ = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|word/(?:_rels/)?[^/]+\.xml(?:\.rels)?")
_TEXT = re.compile(r"word/(?:document|footnotes|endnotes)\d*\.xml")
_MARGIN = re.compile(r"word/(?:header|footer)\d*\.xml")
_PASSED = re.compile(r"word/(?:settings|webSettings|fontTable|comments\w*|people|stylesWithEffects)\d*\.xml")
_UNWRAPPED = ("fldSimple", "dir", "bdo", "ruby", "rubyBase")
_HEADING = re.compile(r"heading \d|title")
_LONG = "the document is far longer than a letter. Please choose a shorter one."
_BROKEN = "the file cannot be read as a Word document. Open it in Word, save it again as .docx, and choose that file."


def mended(data: bytes, file: str) -> tuple[bytes, Counter[str]]:
    """Return the document reduced to its text, with list positions in the text, and counts of what was left out, by kind.

    Raises FileRefused.
    """
    parts = parts_of(data, file, lambda name: bool(_READ.fullmatch(name)) and not _PASSED.fullmatch(name))
    if sum(content.count(b"<") for content in parts.values()) > MOST_TAGS:
        raise FileRefused(file, _LONG)
    roots = {name: _root(content, file) for name, content in parts.items()}
    if sum(1 for name, root in roots.items() if _TEXT.fullmatch(name) for _ in root.iter()) > MOST_ELEMENTS:
        raise FileRefused(file, _LONG)
    numbers = Numbers(roots.get("word/numbering.xml"), roots.get("word/styles.xml"))
    told: Counter[str] = Counter()
    for name, root in roots.items():
        if _TEXT.fullmatch(name):
            _mend(root, numbers, told)
        elif _MARGIN.fullmatch(name):
            told["margins"] += any((text.text or "").strip() for text in root.iterfind(".//{*}t"))
    if (styles := roots.get("word/styles.xml")) is not None:
        _names_alone(styles)
    out = BytesIO()
    with ZipFile(out, "w") as package:
        for name, root in roots.items():
            if name != "word/numbering.xml" and not _MARGIN.fullmatch(name):
                package.writestr(name, etree.tostring(root, encoding="UTF-8", xml_declaration=True))
    return out.getvalue(), told


def _root(content: bytes, file: str) -> Any:
    """Return a part as a tree.

    Raises FileRefused for a DOCTYPE: only there can entities be declared, which read files or expand a thousandfold.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise FileRefused(file, _BROKEN) from None
    if root.getroottree().docinfo.doctype:
        raise FileRefused(file, _BROKEN)
    return root


def _names_alone(styles: Any) -> None:
    """Reduce styles to their names: their formatting takes longer to read than the letter."""
    for child in list(styles):
        if etree.QName(child).localname != "style":
            styles.remove(child)
        else:
            for part in list(child):
                if etree.QName(part).localname != "name":
                    child.remove(part)
                elif (name := val(child, "name")) is not None:
                    part.set(_sibling(part, "val"), name[:LONGEST_NAME])


def _mend(root: Any, numbers: Numbers, told: Counter[str]) -> None:
    for text in root.iterfind(".//{*}t"):
        text.text = re.sub("[\ufdd0-\ufdef]", "", text.text or "")  # our own markers
    _tell(root, told)
    _end_lines(root)
    for element in list(root.iter(*(f"{{*}}{name}" for name in _UNWRAPPED))):
        _unwrap(element)
    for run in [run for run in root.iter("{*}r") if _on(run.find("{*}rPr"), "vanish")]:
        told["hidden"] += any((text.text or "").strip() for text in run.iterfind("{*}t"))
        _remove(run)
    for properties in root.iter("{*}rPr"):
        _spell_out(properties, numbers)
    for paragraph in root.iter("{*}p"):
        if paragraph.tag == _sibling(root, "p"):
            _number(paragraph, numbers, told)


def _end_lines(root: Any) -> None:
    """Turn page and column breaks into line breaks, as they separate words."""
    for end in list(root.iter("{*}br", "{*}cr")):
        end.tag = _sibling(end, "br")
        end.attrib.pop(_sibling(end, "type"), None)


def _spell_out(properties: Any, numbers: Numbers) -> None:
    """Copy bold and italics of a run's style to the run, and mark raised or lowered text as super- or subscript."""
    for look in numbers.looks_of(val(properties, "rStyle")):
        if properties.find(f"{{*}}{look}") is None:
            etree.SubElement(properties, _sibling(properties, look))
    moved = (val(properties, "position") or "0").lstrip("+")
    if moved.lstrip("0") and properties.find("{*}vertAlign") is None:
        raised = etree.SubElement(properties, _sibling(properties, "vertAlign"))
        raised.set(_sibling(properties, "val"), "subscript" if moved.startswith("-") else "superscript")


def _sibling(root: Any, name: str) -> str:
    return f"{{{etree.QName(root).namespace}}}{name}"


def _tell(root: Any, told: Counter[str]) -> None:
    """Count what is found by element name; pictures are counted when skipped."""

    def count(names: Iterable[str]) -> int:
        return sum(1 for _ in root.iter(*(f"{{*}}{name}" for name in names)))

    told["comments"] += count(["commentReference"])
    told["tracked"] += count(["ins", "del", "moveFrom", "moveTo"])
    told["equations"] += count(["oMath"])
    drawn = [str(one.get("uri")).rpartition("/")[2] for one in root.iter("{*}graphicData")]
    told["charts"] += sum(kind in ("chart", "diagram", "chartex") for kind in drawn)


def _on(properties: Any, name: str) -> bool:
    return (
        properties is not None and properties.find(f"{{*}}{name}") is not None and val(properties, name) not in ("0", "false")
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


def _number(paragraph: Any, numbers: Numbers, told: Counter[str]) -> None:
    """Insert the position of a list paragraph before its text; before a heading, the number as Word prints it."""
    properties = paragraph.find("{*}pPr")
    deleted = properties is not None and properties.find("{*}rPr/{*}del") is not None
    place = None if deleted else numbers.place(properties)
    if properties is not None:
        _remove_all(properties, "numPr")
    if place is None:
        return
    if _HEADING.match(numbers.name_of(val(properties, "pStyle"))):
        _put_before(paragraph, "" if place.level.bullet else f"{place.printed} ")
        return
    if not place.level.bullet and place.printed.strip("().") != str(place.number):
        told["lettered"] += 1
    _put_before(paragraph, _mark(place))


def _mark(place: PrintedPlace) -> str:
    return mark_of_item(place.depth, None if place.level.bullet else place.number)


def _remove_all(parent: Any, name: str) -> None:
    for child in parent.findall(f"{{*}}{name}"):
        parent.remove(child)


def _put_before(paragraph: Any, said: str) -> None:
    run = etree.Element(_sibling(paragraph, "r"))
    etree.SubElement(run, _sibling(paragraph, "t")).text = said
    paragraph.insert(1 if paragraph.find("{*}pPr") is not None else 0, run)
