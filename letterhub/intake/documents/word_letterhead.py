"""Letterhead of a Word document: the lines at the head of its first page. See docs/design/drafts/word-drafts.md."""

import posixpath
from collections.abc import Mapping
from typing import Any

from letterhub.domain.line_validation import normalize_line
from letterhub.intake.documents.layout_tags import TAB
from letterhub.intake.documents.numbering import child_value

MAX_LETTERHEAD_LINES = 8
MAX_LETTERHEAD_LENGTH = 120
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MAIN = "word/document.xml"


def head_part(roots: Mapping[str, Any]) -> str:
    """Return the name of the part that is printed at the head of the first page; "" if there is none."""
    document = roots.get(_MAIN)
    section = None if document is None else next(document.iter("{*}sectPr"), None)
    if section is None:
        return ""
    has_first = section.find("{*}titlePg") is not None and child_value(section, "titlePg") not in ("0", "false")
    by_type = {_attribute(head, "type"): head.get(f"{_RELATION}id") for head in section.iterfind("{*}headerReference")}
    target = _targets(roots, _MAIN).get(by_type.get("first" if has_first else "default") or "", "")
    return target if target in roots else ""


def head_lines(roots: Mapping[str, Any], part: str) -> tuple[str, ...]:
    """Return the lines of a head, without fields such as page numbers; empty if they are too many or too long for one."""
    if not part:
        return ()
    lines: list[str] = []
    for paragraph in roots[part].iter("{*}p"):
        pieces = [""]
        for element in paragraph.iter("{*}t", "{*}br", "{*}cr", "{*}tab"):
            is_break = not element.tag.endswith("}t")
            pieces += [""] if is_break else []
            pieces[-1] += "" if is_break else element.text or ""
        lines += [line for piece in pieces for line in map(normalize_line, piece.split(TAB)) if any(map(str.isalpha, line))]
    is_head = len(lines) <= MAX_LETTERHEAD_LINES and all(len(line) <= MAX_LETTERHEAD_LENGTH for line in lines)
    return tuple(lines) if is_head else ()


def _targets(roots: Mapping[str, Any], part: str) -> dict[str, str]:
    """Return the parts of the package that a part refers to, by id."""
    folder, name = posixpath.split(part)
    relations = roots.get(f"{folder}/_rels/{name}.rels")
    return {
        relation.get("Id") or "": posixpath.normpath(posixpath.join(folder, relation.get("Target") or "")).lstrip("/")
        for relation in (() if relations is None else relations.iter("{*}Relationship"))
        if relation.get("TargetMode") != "External"
    }


def _attribute(element: Any, name: str) -> str:
    return next((text for key, text in element.attrib.items() if key.endswith("}" + name)), "")
