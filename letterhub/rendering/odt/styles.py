"""Styles that the parts of an OpenDocument file need beside those with names: each combination of properties once."""

from dataclasses import dataclass, field

from lxml.etree import _Element

from letterhub.domain.digits import DIGITS
from letterhub.rendering.letter.list_labels import LabelStyle
from letterhub.rendering.odt.elements import Attributes, add_element, new_element

COLUMN_GAP = "24pt"
LEVELS = 9
LEVEL_INDENT = 18  # points for each level of a list


@dataclass(slots=True)
class AutomaticStyles:
    """Automatic styles of a file: of paragraphs, runs, tables, pictures, columns and lists."""

    element: _Element = field(default_factory=lambda: new_element("office:automatic-styles"))
    _names: dict[tuple[str, ...], str] = field(default_factory=dict)
    _paragraphs: dict[str, tuple[str, Attributes]] = field(default_factory=dict)
    _lists: dict[LabelStyle | None, str] = field(default_factory=dict)

    def style(self, family: str, properties: Attributes, parent: str = "") -> str:
        """Return the name of a style of a family, such as "text" or "table-cell", with these properties."""
        key = (family, parent, *(part for pair in properties.items() for part in pair))
        if key not in self._names:
            self._names[key] = name = f"{family.title().replace('-', '')}{len(self._names) + 1}"
            names = {"style:name": name, "style:family": family, "style:parent-style-name": parent}
            element = add_element(self.element, "style:style", {key: value for key, value in names.items() if value})
            add_element(element, f"style:{family}-properties", properties)
        return self._names[key]

    def paragraph(self, parent: str, properties: Attributes) -> str:
        """Return the name of a paragraph style: a named one with some other properties."""
        if not properties:
            return parent
        name = self.style("paragraph", properties, parent)
        self._paragraphs[name] = parent, properties
        return name

    def changed_paragraph(self, name: str, attribute: str, value: str) -> str:
        """Return the name of a paragraph style that is another one with one property changed; "" removes the property."""
        parent, properties = self._paragraphs.get(name, (name, {}))
        changed = {**properties, attribute: value}
        return self.paragraph(parent, {key: value for key, value in changed.items() if value})

    def columns(self, count: int, properties: Attributes) -> str:
        """Return the name of a section's style that has columns."""
        key = ("columns", str(count))
        if key not in self._names:
            self._names[key] = name = f"Columns{count}"
            element = add_element(self.element, "style:style", {"style:name": name, "style:family": "section"})
            section = add_element(element, "style:section-properties", properties)
            add_element(section, "style:columns", {"fo:column-count": str(count), "fo:column-gap": COLUMN_GAP})
        return self._names[key]

    def list_style(self, style: LabelStyle | None, *, rtl: bool) -> str:
        """Return the name of the style of lists with such labels, None for bullets."""
        if style not in self._lists:
            self._lists[style] = name = f"List{len(self._lists) + 1}"
            element = add_element(self.element, "text:list-style", {"style:name": name})
            for level in range(1, LEVELS + 1):
                _add_level(element, level, style, rtl=rtl)
        return self._lists[style]


COUNTED_DIGITS = ("arab", "arabext", "deva")
"""Numbering systems in which LibreOffice counts."""


def number_format_of(numerals: str) -> str:
    """Return the name of numerals in OpenDocument: those of a language's digits are named by their first three."""
    if numerals in DIGITS:
        return ", ".join((*DIGITS[numerals][1:4], "...")) if numerals in COUNTED_DIGITS else "1"
    return numerals


def _add_level(list_style: _Element, level: int, style: LabelStyle | None, *, rtl: bool) -> None:
    """Add a level of a list's style, whose label has room for "(iii)"; from right to left it is centered there, since at its
    start LibreOffice would set it outside the margin."""
    width = 25 if style and style.before else 18
    if style is None:
        attributes, kind = {"text:bullet-char": "•"}, "bullet"
    else:
        labels = {
            "style:num-prefix": style.before,
            "style:num-suffix": style.after,
            "style:num-format": number_format_of(style.numerals),
        }
        attributes, kind = {key: value for key, value in labels.items() if value or key == "style:num-format"}, "number"
    element = add_element(list_style, f"text:list-level-style-{kind}", {"text:level": str(level), **attributes})
    mode = {"text:list-level-position-and-space-mode": "label-alignment", **({"fo:text-align": "center"} if rtl else {})}
    indent = f"{LEVEL_INDENT * (level - 1) + width}pt"
    place = {"text:label-followed-by": "listtab", "text:list-tab-stop-position": indent}
    margins = {"fo:text-indent": f"-{width / 2 if rtl else width:g}pt", "fo:margin-left": indent}
    add_element(add_element(element, "style:list-level-properties", mode), "style:list-level-label-alignment", place | margins)
