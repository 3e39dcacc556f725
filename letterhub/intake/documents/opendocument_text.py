"""Text of an OpenDocument text as it is read: of body, notes, heads and feet. For comparing copies.

See docs/design/editions.md.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from letterhub.intake.documents.docx_parts import parse_part

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_FORMAT = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_PARAGRAPHS = frozenset({f"{TEXT}p", f"{TEXT}h"})
_BREAKS = frozenset({f"{TEXT}tab", f"{TEXT}line-break", f"{TEXT}s"})
_DROPPED = (
    f"{TEXT}tracked-changes", f"{TEXT}page-number", f"{TEXT}page-count", f"{TEXT}note-citation", f"{OFFICE}annotation",
    f"{OFFICE}scripts", f"{_SVG}title", f"{_SVG}desc",
)  # fmt: skip
_USUAL = frozenset(
    "body text master-styles master-page header footer header-first footer-first header-left footer-left p h span a s tab"
    " line-break soft-page-break list list-item list-header note note-body note-citation section page-number page-count"
    " sequence-decls sequence-decl forms bookmark bookmark-start bookmark-end table table-column table-columns"
    " table-header-columns table-row table-rows table-header-rows table-cell covered-table-cell title desc".split()
)
"""Elements that show their own text and nothing else. Others may show it or not, such as boxes, fields and tracked changes."""
_POINTS = {"pt": 1.0, "pc": 12.0, "in": 72.0, "inch": 72.0, "cm": 28.35, "mm": 2.835, "px": 0.75, "%": 0.12}
_SIZE = re.compile(r"([\d.]+)([a-z%]+)")
_MIN_POINTS = 5.0
_MAX_BRIGHTNESS = 190


def opendocument_text(parts: Mapping[str, bytes]) -> tuple[list[str], Counter[str]]:
    """Return the lines of an OpenDocument text, and a count of what may show something else than its words.

    Raises FileRefused for XML that is broken or declares entities.
    """
    content = parse_part(parts["content.xml"], "")
    styles = parse_part(parts["styles.xml"], "") if "styles.xml" in parts else None
    unusual: Counter[str] = Counter()
    for root in (content, styles):
        if root is not None:
            _count_unusual(root, unusual)
            for element in list(root.iter(*_DROPPED)):
                _remove(element)
    notes: list[Any] = []
    lines = list(_lines(content.find(f"{OFFICE}body"), notes)) if content.find(f"{OFFICE}body") is not None else []
    for note in notes:
        lines += _lines(note, [])
    masters = None if styles is None else styles.find(f"{OFFICE}master-styles")
    margins = () if masters is None else _lines(masters, [])
    return [*lines, *dict.fromkeys(margins)], unusual


def _count_unusual(root: Any, unusual: Counter[str]) -> None:
    """Count what may show something else than words, and letters that are hidden, struck out, too small or too bright."""
    for shown in root.iterfind("{*}body"), root.iterfind("{*}master-styles"):
        for element in (element for part in shown for element in part.iter(etree.Element)):
            name = etree.QName(element).localname
            unusual[name] += name not in _USUAL
            unusual["label"] += name == "note-citation" and bool(element.get(f"{TEXT}label"))
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        address = element.get(f"{_XLINK}href")
        unusual["picture from elsewhere"] += (
            bool(address) and name != "a" and not address.startswith(("Pictures/", "./Pictures/"))
        )
        unusual["tracked changes"] += name == "tracked-changes"
        around = (element.get(f"{_STYLE}num-prefix") or "") + (element.get(f"{_STYLE}num-suffix") or "")
        unusual[f"list {around}"] += any(map(str.isalnum, around))
        if name == "text-properties":
            _count_unusual_letters(element, unusual)


def _count_unusual_letters(properties: Any, unusual: Counter[str]) -> None:
    """Count letters that are hidden, struck out, see-through, too small or too bright to read."""
    size, color = properties.get(f"{_FORMAT}font-size") or "", properties.get(f"{_FORMAT}color") or ""
    unusual["hidden"] += (properties.get(f"{TEXT}display") or "true") != "true"
    if measured := _SIZE.fullmatch(size):
        points = float(measured[1].strip(".") or 0) * _POINTS.get(measured[2], 0)
        unusual[f"size {size}"] += points < _MIN_POINTS
    is_color = re.fullmatch("#[0-9a-fA-F]{6}", color)
    unusual[f"color {color.lower()}"] += bool(is_color) and sum(bytes.fromhex(color[1:])) > 3 * _MAX_BRIGHTNESS
    for key, value in properties.attrib.items():
        name = etree.QName(key).localname
        is_odd = name in ("opacity", "char-transparency", "text-scale") and value != "100%"
        unusual[name] += is_odd
        unusual["struck"] += name.startswith("text-line-through") and value not in ("none", "auto", "")
    unusual["theme color"] += properties.find("{*}char-complex-color") is not None


def _remove(element: Any) -> None:
    """Remove an element and keep the text after it."""
    parent, previous = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and previous is not None:
        previous.tail = (previous.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _lines(root: Any, notes: list[Any]) -> Iterator[str]:
    """Yield the paragraphs below an element; the notes in it are taken out of their paragraphs, and added to `notes`."""
    for note in list(root.iter(f"{TEXT}note")):
        notes.append(note.find(f"{TEXT}note-body"))
        _remove(note)
    notes[:] = [note for note in notes if note is not None]
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            if element.tag in _PARAGRAPHS:
                yield from filter(str.strip, ["".join(pieces)])
                pieces = []
            pieces.append((" " if element.tag in _BREAKS else "") + (element.text or ""))
        else:
            if element.tag in _PARAGRAPHS:
                yield from filter(str.strip, ["".join(pieces)])
                pieces = []
            if element is not root:
                pieces.append(element.tail or "")
    yield from filter(str.strip, ["".join(pieces)])
