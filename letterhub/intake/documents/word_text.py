"""Text of a Word file as it is read: of body, notes, heads and feet, without what Word doesn't show. For comparing copies.

See docs/design/editions.md.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from letterhub.intake.documents.docx_parts import parse_part
from letterhub.intake.documents.word_relations import count_relations

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MARKUP_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MARGINS = re.compile(r"word/(?:header|footer)\d*\.xml")
_STYLE_NAMES = tuple(f"{WORD}{name}" for name in ("pStyle", "rStyle", "tblStyle"))
_DROPPED = (f"{WORD}del", f"{WORD}moveFrom", f"{MARKUP_COMPATIBILITY}Fallback")
_UNUSUAL = frozenset(
    "ins del moveFrom moveTo vanish webHidden specVanish txbxContent pict object altChunk AlternateContent sdt subDoc anchor"
    " oMath ruby control framePr embedRegular embedBold embedItalic embedBoldItalic fitText shd highlight position w outline"
    " strike dstrike sym ptab pgNum dayShort dayLong monthShort monthLong yearShort yearLong bdo dir delText commentReference"
    " contentPart frameset textFill textOutline glow props3d".split()
)
"""Elements by which a file may show something else than its words: boxes, signs, hidden, struck or moved words, changes."""
_OFF = ("0", "false", "off")
_WORD_TEXT = f"{WORD}t"
_PAINTED = frozenset(f"{WORD}{name}" for name in ("p", "t", "tab", "br", "cr", "noBreakHyphen", "fldChar", "instrText"))
_NOTE_KINDS = {f"{WORD}footnoteReference": "footnote", f"{WORD}endnoteReference": "endnote"}
_SIGNS = {"tab": "\t", "br": " ", "cr": " ", "noBreakHyphen": "-"}
_PAGE_FIELD = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)(?:\s+\\\*\s*\w+)*\s*")
_PAGE_NUMBER = re.compile(r"\s*(?:\d{1,5}|[ivxlcdmIVXLCDM]{1,8})?\s*")
_LINK_FIELD = re.compile(r"\s*HYPERLINK\b")
_MIN_HALF_POINTS = 10
_MAX_BRIGHTNESS = 190


def word_text(parts: Mapping[str, bytes]) -> tuple[list[str], Counter[str]]:
    """Return the lines of a Word file, and a count of what may show something else than its words.

    Raises FileRefused for XML that is broken or declares entities.
    """
    roots = {name: parse_part(part, "") for name, part in parts.items() if name.startswith("word/") and name.endswith(".xml")}
    unusual: Counter[str] = Counter()
    count_relations(parts, unusual)
    _count_all_unusual(roots, unusual)
    for root in roots.values():
        _drop_hidden(root)
    references: list[tuple[str, str]] = []
    lines = list(_lines(roots["word/document.xml"], references, unusual))
    for kind in ("footnote", "endnote"):
        notes = roots.get(f"word/{kind}s.xml")
        found = [] if notes is None else notes.findall(f"{WORD}{kind}")
        used = [(note_id, note) for note_kind, note_id in references for note in found if note_kind == kind]
        lines += (line for note_id, note in used if note.get(f"{WORD}id") == note_id for line in _lines(note, [], unusual))
        others = (note for note in found if (kind, note.get(f"{WORD}id")) not in references)  # such as the line above notes
        lines += (line for note in others for line in _lines(note, [], unusual))
    margins = (line for name in sorted(roots) if _MARGINS.fullmatch(name) for line in _lines(roots[name], [], unusual))
    return [*lines, *dict.fromkeys(margins)], unusual


def _count_all_unusual(roots: dict[str, Any], unusual: Counter[str]) -> None:
    """Count what may show something else than words, in every part that is drawn and in the styles that are used."""
    styles = roots.pop("word/styles.xml", None)
    used = {element.get(f"{WORD}val") for root in roots.values() for element in root.iter(*_STYLE_NAMES)}
    for element in () if styles is None else _used_styles(styles, used):
        _count_unusual(element, unusual)
    for name, root in roots.items():
        if not name.startswith(("word/theme", "word/settings", "word/stylesWithEffects", "word/glossary/")):
            _count_unusual(root, unusual)


def _used_styles(styles: Any, used: set[str | None]) -> Iterator[Any]:
    """Yield what applies to all text, the styles that are used, and those that they are based on."""
    yield from styles.iterfind(f"{WORD}docDefaults")
    by_id = {style.get(f"{WORD}styleId"): style for style in styles.iterfind(f"{WORD}style")}
    waiting = [name for name, style in by_id.items() if name in used or style.get(f"{WORD}default") in ("1", "true", "on")]
    while waiting:
        if (style := by_id.pop(waiting.pop(), None)) is not None:
            yield style
            waiting += (base.get(f"{WORD}val") for base in style.iterfind(f"{WORD}basedOn"))


def _count_unusual(root: Any, unusual: Counter[str]) -> None:
    """Count elements that may show something else than words, letters too small or too bright to read, and odd fields."""
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        value = element.get(f"{WORD}val") or ""
        if name in _UNUSUAL and value not in _OFF:
            unusual[name] += 1
        elif name in ("sz", "szCs"):
            unusual[f"size {value}"] += value.isdecimal() and int(value) < _MIN_HALF_POINTS
        elif name == "color":
            theme = element.get(f"{WORD}themeColor") or ""
            is_bright = re.fullmatch("[0-9a-fA-F]{6}", value) and sum(bytes.fromhex(value)) > 3 * _MAX_BRIGHTNESS
            unusual[f"color {theme or value.lower()}"] += bool(is_bright) or theme.startswith(("background", "light"))
        elif name == "lvlText":  # what a list prints before each item
            unusual[f"list {value}"] += any(map(str.isalnum, re.sub(r"%\d|^o$", "", value)))
        elif name == "graphicData":
            unusual["graphic"] += not (element.get("uri") or "").endswith("/picture")
        elif name == "t" and element.tag != _WORD_TEXT:
            unusual["text"] += 1
        elif name in ("fldSimple", "fldChar"):
            instruction = element.get(f"{WORD}instr") or "PAGE"
            unusual["field"] += not _PAGE_FIELD.fullmatch(instruction) or element.get(f"{WORD}fldLock") is not None


def _drop_hidden(root: Any) -> None:
    """Remove deleted and hidden text, and the second version of what is written in two."""
    for element in list(root.iter(*_DROPPED)):
        element.getparent().remove(element)
    for hidden in list(root.iter(f"{WORD}vanish")):
        run = hidden.getparent().getparent()
        is_run = run is not None and run.tag == f"{WORD}r" and hidden.get(f"{WORD}val") not in _OFF
        if is_run and run.getparent() is not None:
            run.getparent().remove(run)
    for field in list(root.iter(f"{WORD}fldSimple")):
        result = "".join(text.text or "" for text in field.iter(_WORD_TEXT))
        if _PAGE_FIELD.fullmatch(field.get(f"{WORD}instr") or "") and _PAGE_NUMBER.fullmatch(result):
            field.getparent().remove(field)


def _lines(root: Any, references: list[tuple[str, str]], unusual: Counter[str]) -> Iterator[str]:
    """Yield the paragraphs of a part, without the numbers of pages, which programs count differently; add its references to
    notes."""
    pieces: list[str] = []
    fields: list[tuple[list[str], int]] = []  # instructions of the open fields, and where each began
    for element in root.iter(*_PAINTED, *_NOTE_KINDS):
        name = etree.QName(element).localname
        if element.tag in _NOTE_KINDS:
            references.append((_NOTE_KINDS[element.tag], element.get(f"{WORD}id") or ""))
        elif name == "p":
            yield from filter(str.strip, ["".join(pieces)])
            pieces = []
        elif name == "instrText" and fields:
            fields[-1][0].append(element.text or "")
        elif name == "fldChar":
            kind = element.get(f"{WORD}fldCharType")
            if kind == "begin":
                fields.append(([], len(pieces)))
            elif kind == "end" and fields:
                _end_field("".join(fields[-1][0]), fields.pop()[1], pieces, unusual)
        else:
            pieces.append(_SIGNS.get(name) or element.text or "")
    unusual["field"] += len(fields)
    yield from filter(str.strip, ["".join(pieces)])


def _end_field(instruction: str, start: int, pieces: list[str], unusual: Counter[str]) -> None:
    """Remove the result of a field from the pieces of a paragraph if it is a page number, and count a field of another kind."""
    if not _PAGE_FIELD.fullmatch(instruction):
        unusual["field"] += not _LINK_FIELD.match(instruction)
    elif _PAGE_NUMBER.fullmatch("".join(pieces[start:])):
        del pieces[start:]
