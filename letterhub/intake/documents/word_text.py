"""Text of a Word file as it is read: of body, notes, heads and feet, without what Word doesn't show. For comparing copies.

See docs/design/editions.md.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from letterhub.intake.documents.docx_parts import parse_part

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MARKUP_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MAIN_PART = re.compile(
    rb'Type="[^"]*/officeDocument"[^>]*Target="/?word/document\.xml"|Target="/?word/document\.xml"[^>]*/officeDocument"'
)
_MARGINS = re.compile(r"word/(?:header|footer)\d*\.xml")
_STYLE_NAMES = tuple(f"{WORD}{name}" for name in ("pStyle", "rStyle", "tblStyle"))
_DROPPED = (f"{WORD}del", f"{WORD}moveFrom", f"{MARKUP_COMPATIBILITY}Fallback")
_UNUSUAL = frozenset(
    "ins del moveFrom moveTo vanish webHidden specVanish txbxContent pict object altChunk AlternateContent sdt subDoc anchor"
    " oMath ruby control framePr embedRegular embedBold fitText shd highlight position w outline".split()
)
"""Elements by which a file may show something else than its words: boxes, hidden or moved words, tracked changes, fields."""
_PAINTED = frozenset(f"{WORD}{name}" for name in ("p", "t", "tab", "br", "cr", "noBreakHyphen", "fldChar", "instrText"))
_NOTE_KINDS = {f"{WORD}footnoteReference": "footnote", f"{WORD}endnoteReference": "endnote"}
_SIGNS = {"tab": "\t", "br": " ", "cr": " ", "noBreakHyphen": "-"}
_PAGE_FIELD = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b")
_LINK_FIELD = re.compile(r"\s*HYPERLINK\b")
_MIN_HALF_POINTS = 10
_MAX_BRIGHTNESS = 190


def word_text(parts: Mapping[str, bytes]) -> tuple[list[str], Counter[str]]:
    """Return the lines of a Word file, and a count of what may show something else than its words.

    Raises FileRefused for XML that is broken or declares entities.
    """
    roots = {name: parse_part(part, "") for name, part in parts.items() if name.startswith("word/") and name.endswith(".xml")}
    unusual: Counter[str] = Counter(main_part=not _MAIN_PART.search(parts.get("_rels/.rels", b"")))
    _count_all_unusual(roots, unusual)
    for root in roots.values():
        _drop_hidden(root)
    references: list[tuple[str, str]] = []
    lines = list(_lines(roots["word/document.xml"], references, unusual))
    for kind, note_id in references:
        notes = roots.get(f"word/{kind}s.xml")
        for note in () if notes is None else notes.iterfind(f"{WORD}{kind}"):
            if note.get(f"{WORD}id") == note_id:
                lines += _lines(note, [], unusual)
    margins = (line for name in sorted(roots) if _MARGINS.fullmatch(name) for line in _lines(roots[name], [], unusual))
    return [*lines, *dict.fromkeys(margins)], unusual


def _count_all_unusual(roots: dict[str, Any], unusual: Counter[str]) -> None:
    """Count what may show something else than words, in every part that is drawn and in the styles that are used."""
    styles = roots.pop("word/styles.xml", None)
    used = {element.get(f"{WORD}val") for root in roots.values() for element in root.iter(*_STYLE_NAMES)}
    for style in () if styles is None else styles.iterfind(f"{WORD}style"):
        if style.get(f"{WORD}styleId") in used:
            _count_unusual(style, unusual)
    for name, root in roots.items():
        if not name.startswith(("word/theme", "word/comments", "word/settings")):
            _count_unusual(root, unusual)


def _count_unusual(root: Any, unusual: Counter[str]) -> None:
    """Count elements that may show something else than words, letters too small or too bright to read, and odd fields."""
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        value = element.get(f"{WORD}val") or ""
        if name in _UNUSUAL and value not in ("0", "false"):
            unusual[name] += 1
        elif name == "sz" and value.isdecimal() and int(value) < _MIN_HALF_POINTS:
            unusual[f"size {value}"] += 1
        elif name == "color" and re.fullmatch("[0-9a-fA-F]{6}", value):
            unusual[f"color {value.lower()}"] += sum(bytes.fromhex(value)) > 3 * _MAX_BRIGHTNESS


def _drop_hidden(root: Any) -> None:
    """Remove deleted and hidden text, and the second version of what is written in two."""
    for element in list(root.iter(*_DROPPED)):
        element.getparent().remove(element)
    for hidden in list(root.iter(f"{WORD}vanish")):
        run = hidden.getparent().getparent()
        is_run = run is not None and run.tag == f"{WORD}r" and hidden.get(f"{WORD}val") not in ("0", "false")
        if is_run and run.getparent() is not None:
            run.getparent().remove(run)
    for field in list(root.iter(f"{WORD}fldSimple")):
        if _PAGE_FIELD.match(field.get(f"{WORD}instr") or ""):
            field.getparent().remove(field)


def _lines(root: Any, references: list[tuple[str, str]], unusual: Counter[str]) -> Iterator[str]:
    """Yield the paragraphs of a part, without the numbers of pages, which programs count differently; add its references to
    notes."""
    pieces: list[str] = []
    fields: list[str] = []  # instructions of the open fields
    for element in root.iter(*_PAINTED, *_NOTE_KINDS):
        name = etree.QName(element).localname
        if element.tag in _NOTE_KINDS:
            references.append((_NOTE_KINDS[element.tag], element.get(f"{WORD}id") or ""))
        elif name == "p":
            yield from filter(str.strip, ["".join(pieces)])
            pieces = []
        elif name == "instrText" and fields:
            fields[-1] += element.text or ""
        elif name == "fldChar":
            kind = element.get(f"{WORD}fldCharType")
            if kind == "begin":
                fields.append("")
            elif kind == "end" and fields:
                field = fields.pop()
                unusual["field"] += not (_PAGE_FIELD.match(field) or _LINK_FIELD.match(field))
        elif not any(map(_PAGE_FIELD.match, fields)):
            pieces.append(_SIGNS.get(name) or element.text or "")
    yield from filter(str.strip, ["".join(pieces)])
