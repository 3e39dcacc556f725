"""Numbering and styles of a DOCX file: how its lists count, names of styles, and their bold and italics.

See docs/design/word-in.md.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_NAME_LENGTH = 60  # characters of a style's or list's name, which is repeated at each of its paragraphs
_MAX_DEPTH = 8
_MAX_STYLE_CHAIN = 12  # limit on styles that are based on one another
_DEPTH_BY_NAME = re.compile(r"list (?:bullet|number) ([2-5])")
_ROMAN_VALUES = tuple(
    zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "m cm d cd c xc l xl x ix v iv i".split(), strict=True)
)


@dataclass(frozen=True, slots=True)
class ListLevel:
    """One level of a list: its number format, and its start."""

    form: str = "decimal"
    text: str = "%1."
    start: int = 1

    @property
    def bullet(self) -> bool:
        """True if items have no number."""
        return self.form in ("bullet", "none")


@dataclass(frozen=True, slots=True)
class PrintedPosition:
    """The position of a paragraph in a list: `depth` from 0, its number, and the number as Word prints it."""

    depth: int
    level: ListLevel
    number: int
    printed: str


@dataclass(slots=True)
class _NumberedList:
    """A list (w:num): the abstract list whose count it shares, its restarts, and its levels."""

    counted: str
    restarts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, ListLevel] = field(default_factory=dict)


def child_value(element: Any, name: str) -> str | None:
    """Return the `val` of a child element; None if there is none."""
    child = None if element is None else element.find(f"{{*}}{name}")
    return None if child is None else next((text for key, text in child.attrib.items() if key.endswith("}val")), None)


def int_or(text: str | None, otherwise: int) -> int:
    """Return a number of the file, or `otherwise` if it is not plausible."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else otherwise


class NumberingCounter:
    """Counter of numbered paragraphs in document order, as Word does it."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self._lists = dict(_lists(numbering))
        self._styles = {} if styles is None else {_id(style): style for style in styles.iterfind("{*}style")}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def place(self, properties: Any) -> PrintedPosition | None:
        """Return the position of the next paragraph by its properties, and count it; None if it is in no list."""
        number, depth = self._which(properties)
        found = self._lists.get(number or "")
        if found is None or number is None:
            return None
        level = found.levels.get(depth, ListLevel(text=f"%{depth + 1}."))
        counts = self._counts.setdefault(found.counted, {})
        if (number, depth) not in self._begun and depth in found.restarts:
            counts[depth] = found.restarts[depth]
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else level.start
        self._begun.add((number, depth))
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        return PrintedPosition(
            depth or self._deep_by_name(properties), level, counts[depth], _printed_number(level, found.levels, counts)
        )

    def name_of(self, style: str | None) -> str:
        """Return the name of a style, which is the same in every language of Word."""
        return (child_value(self._styles.get(style or ""), "name") or "")[:MAX_NAME_LENGTH].casefold()

    def style_formatting(self, style: str | None) -> frozenset[str]:
        """Return the formatting of a character style: "b" for bold, "i" for italics."""
        found = self._styles.get(style or "")
        looks: dict[str, bool] = {}
        for _ in range(_MAX_STYLE_CHAIN):
            if found is None:
                break
            for look in ("b", "i"):
                if (given := found.find(f"{{*}}rPr/{{*}}{look}")) is not None:
                    looks.setdefault(look, _attribute(given, "val") not in ("0", "false"))
            found = self._styles.get(child_value(found, "basedOn") or "")
        return frozenset(look for look, on in looks.items() if on)

    def _deep_by_name(self, properties: Any) -> int:
        """Return the depth in a style's name, “List Bullet 3”, whose list has a single level."""
        named = _DEPTH_BY_NAME.fullmatch(self.name_of(child_value(properties, "pStyle")))
        return int(named[1]) - 1 if named else 0

    def _which(self, properties: Any) -> tuple[str | None, int]:
        if properties is None:
            return None, 0
        own = properties.find("{*}numPr")
        number, depth = child_value(own, "numId"), child_value(own, "ilvl")
        style = self._styles.get(child_value(properties, "pStyle") or "")
        for _ in range(_MAX_STYLE_CHAIN):
            if style is None or number is not None:
                break
            given = style.find("{*}pPr/{*}numPr")
            number, depth = child_value(given, "numId"), depth or child_value(given, "ilvl")
            style = self._styles.get(child_value(style, "basedOn") or "")
        return number, min(int_or(depth, 0), _MAX_DEPTH)


def _id(element: Any) -> str:
    return next((text for key, text in element.attrib.items() if key.endswith("}styleId")), "")


def _lists(numbering: Any) -> Iterator[tuple[str, _NumberedList]]:
    if numbering is None:
        return
    kept = {_attribute(one, "abstractNumId"): dict(_levels(one)) for one in numbering.iterfind("{*}abstractNum")}
    for one in numbering.iterfind("{*}num"):
        counted = child_value(one, "abstractNumId") or ""
        mine = _NumberedList(counted, levels=dict(kept.get(counted, {})))
        for other in one.iterfind("{*}lvlOverride"):
            depth = int_or(_attribute(other, "ilvl"), 0)
            mine.levels.update(_levels(other))
            if (start := child_value(other, "startOverride")) is not None:
                mine.restarts[depth] = int_or(start, 1)
        yield _attribute(one, "numId"), mine


def _attribute(element: Any, name: str) -> str:
    return next((text for key, text in element.attrib.items() if key.endswith("}" + name)), "")


def _levels(element: Any) -> Iterator[tuple[int, ListLevel]]:
    for one in element.iterfind("{*}lvl"):
        depth = int_or(_attribute(one, "ilvl"), 0)
        form, text = child_value(one, "numFmt") or "decimal", child_value(one, "lvlText")
        text = f"%{depth + 1}." if text is None else text
        yield depth, ListLevel(form[:MAX_NAME_LENGTH], text[:MAX_NAME_LENGTH], int_or(child_value(one, "start"), 1))


def _printed_number(level: ListLevel, levels: Mapping[int, ListLevel], counts: Mapping[int, int]) -> str:
    """Return the number as Word prints it: "1.2", "(a)", "Article 3"."""
    said = level.text
    for depth in range(_MAX_DEPTH + 1):
        other = levels.get(depth, ListLevel())
        said = said.replace(f"%{depth + 1}", _formatted_number(counts.get(depth, other.start), other.form))
    return said[:MAX_NAME_LENGTH].strip()


def _formatted_number(number: int, form: str) -> str:
    low = form.removeprefix("lower").removeprefix("upper")
    if low == "Letter" and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 3)
    elif low == "Roman" and 0 < number < 4000:
        letter = _roman(number)
    else:
        return f"{number:02}" if form == "decimalZero" else str(number)
    return letter.upper() if form.startswith("upper") else letter


def _roman(number: int) -> str:
    said = ""
    for worth, sign in _ROMAN_VALUES:
        said += sign * (number // worth)
        number %= worth
    return said
