"""Numbering of the lists in a DOCX file: each list has its own count, and each style of labels a definition."""

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from lxml.etree import SubElement, _Element

from letterhub.rendering.letter.list_labels import PLAIN, LabelStyle

ORDERED, BULLETED = 90, 91  # our first two definitions, beside the template's own
LEVELS = 9
_NUMBER_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "": "decimal"}


class ListNumbering:
    """The numbering of one file."""

    def __init__(self, file: Document, *, are_labels_centered: bool = False) -> None:
        """Add the definitions of bullets and of plain numbers to the file, each with nine levels.

        From right to left, LibreOffice sets labels at the start of their room outside the margin; centered, they are within it.
        """
        self._are_labels_centered = are_labels_centered
        self._numbering: _Element = file.part.numbering_part.element
        self._definitions = {PLAIN: ORDERED}
        self._define(BULLETED, "bullet", ["•"] * LEVELS)
        self._define(ORDERED, "decimal", [f"%{level}." for level in range(1, LEVELS + 1)])

    def _define(self, definition_id: int, number_format: str, labels: list[str]) -> None:
        """Add a definition of lists, with the label of each level."""
        width = 500 if labels[0].startswith("(") else 360  # room for "(iii)"
        place, hanging = ("center", width // 2) if self._are_labels_centered else ("start", width)
        levels = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{number_format}"/><w:lvlText w:val="{label}"/>'
            f'<w:lvlJc w:val="{place}"/><w:pPr><w:ind w:start="{360 * level + width}" w:hanging="{hanging}"/></w:pPr></w:lvl>'
            for level, label in enumerate(labels)
        )
        head = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{definition_id}"><w:multiLevelType w:val="multilevel"/>'
        self._numbering.insert(0, parse_xml(f"{head}{levels}</w:abstractNum>"))

    def _definition(self, style: LabelStyle) -> int:
        """Return the id of the definition for a style of labels, which is added with its first list."""
        if style not in self._definitions:
            self._definitions[style] = definition_id = BULLETED + len(self._definitions)
            labels = [f"{style.before}{f'%{level}' if style.numerals else ''}{style.after}" for level in range(1, LEVELS + 1)]
            self._define(definition_id, _NUMBER_FORMATS[style.numerals], labels)
        return self._definitions[style]

    def new_list(self, start: int, style: LabelStyle) -> int:
        """Return the id of a new list that starts at a number, 0 for bullets, with labels of a style."""
        definition_id = self._definition(style) if start else BULLETED
        list_id = 100 + len(self._numbering)
        instance = SubElement(self._numbering, qn("w:num"), {qn("w:numId"): str(list_id)})
        SubElement(instance, qn("w:abstractNumId"), {qn("w:val"): str(definition_id)})
        if start:
            for level in range(LEVELS):
                override = SubElement(instance, qn("w:lvlOverride"), {qn("w:ilvl"): str(level)})
                SubElement(override, qn("w:startOverride"), {qn("w:val"): str(start)})
        return list_id
