"""Numbering and styles of a DOCX file: how its lists count, and markers that we put before its paragraphs.

See docs/design/letter-text.md.
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

    abstract_id: str
    restarts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, ListLevel] = field(default_factory=dict)


def child_value(element: Any, name: str) -> str | None:
    """Return the `val` of a child element; None if there is none."""
    child = None if element is None else element.find(f"{{*}}{name}")
    return None if child is None else next((text for key, text in child.attrib.items() if key.endswith("}val")), None)


def int_or(text: str | None, otherwise: int) -> int:
    """Return a text of the file as a number; `otherwise` if it is missing, not a number, or has more than six digits."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else otherwise


class NumberingCounter:
    """Counter of numbered paragraphs in document order, as Word does it."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self._numbered_lists = dict(_numbered_lists(numbering))
        self._styles = {} if styles is None else {_attribute(style, "styleId"): style for style in styles.iterfind("{*}style")}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()

    def position(self, properties: Any) -> PrintedPosition | None:
        """Return the position of the next paragraph by its properties, and count it; None if it is in no list."""
        list_id, depth = self._list_and_depth(properties)
        numbered_list = self._numbered_lists.get(list_id or "")
        if numbered_list is None or list_id is None:
            return None
        level = numbered_list.levels.get(depth, ListLevel(text=f"%{depth + 1}."))
        counts = self._counts.setdefault(numbered_list.abstract_id, {})
        if (list_id, depth) not in self._started and depth in numbered_list.restarts:
            counts[depth] = numbered_list.restarts[depth]
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else level.start
        self._started.add((list_id, depth))
        for deeper_depth in [key for key in counts if key > depth]:
            del counts[deeper_depth]
        style_name = _DEPTH_BY_NAME.fullmatch(self.name_of(child_value(properties, "pStyle")))
        depth_by_name = int(style_name[1]) - 1 if style_name else 0  # the list of “List Bullet 3” has a single level
        printed = _printed_number(level, numbered_list.levels, counts)
        return PrintedPosition(depth or depth_by_name, level, counts[depth], printed)

    def name_of(self, style: str | None) -> str:
        """Return the name of a style, which is the same in every language of Word."""
        return (child_value(self._styles.get(style or ""), "name") or "")[:MAX_NAME_LENGTH].casefold()

    def style_formatting(self, style: str | None) -> frozenset[str]:
        """Return the formatting of a character style: "b" for bold, "i" for italics."""
        style_element = self._styles.get(style or "")
        properties: dict[str, bool] = {}
        for _ in range(_MAX_STYLE_CHAIN):
            if style_element is None:
                break
            for name in ("b", "i"):
                if (element := style_element.find(f"{{*}}rPr/{{*}}{name}")) is not None:
                    properties.setdefault(name, _attribute(element, "val") not in ("0", "false"))
            style_element = self._styles.get(child_value(style_element, "basedOn") or "")
        return frozenset(name for name, on in properties.items() if on)

    def _list_and_depth(self, properties: Any) -> tuple[str | None, int]:
        """Return the list id of a paragraph, its own or its style's, None if it is in no list, and its depth there, from 0."""
        if properties is None:
            return None, 0
        numbering = properties.find("{*}numPr")
        list_id, depth = child_value(numbering, "numId"), child_value(numbering, "ilvl")
        style = self._styles.get(child_value(properties, "pStyle") or "")
        for _ in range(_MAX_STYLE_CHAIN):
            if style is None or list_id is not None:
                break
            style_numbering = style.find("{*}pPr/{*}numPr")
            list_id, depth = child_value(style_numbering, "numId"), depth or child_value(style_numbering, "ilvl")
            style = self._styles.get(child_value(style, "basedOn") or "")
        return list_id, min(int_or(depth, 0), _MAX_DEPTH)


def _numbered_lists(numbering: Any) -> Iterator[tuple[str, _NumberedList]]:
    """Yield each list of a numbering part, after its id."""
    if numbering is None:
        return
    levels_by_list = {
        _attribute(element, "abstractNumId"): dict(_levels(element)) for element in numbering.iterfind("{*}abstractNum")
    }
    for element in numbering.iterfind("{*}num"):
        abstract_id = child_value(element, "abstractNumId") or ""
        numbered_list = _NumberedList(abstract_id, levels=dict(levels_by_list.get(abstract_id, {})))
        for override in element.iterfind("{*}lvlOverride"):
            depth = int_or(_attribute(override, "ilvl"), 0)
            numbered_list.levels.update(_levels(override))
            if (start := child_value(override, "startOverride")) is not None:
                numbered_list.restarts[depth] = int_or(start, 1)
        yield _attribute(element, "numId"), numbered_list


def _attribute(element: Any, name: str) -> str:
    return next((text for key, text in element.attrib.items() if key.endswith("}" + name)), "")


def _levels(element: Any) -> Iterator[tuple[int, ListLevel]]:
    """Yield each level of a list, after its depth."""
    for level in element.iterfind("{*}lvl"):
        depth = int_or(_attribute(level, "ilvl"), 0)
        form, text = child_value(level, "numFmt") or "decimal", child_value(level, "lvlText")
        text = f"%{depth + 1}." if text is None else text
        yield depth, ListLevel(form[:MAX_NAME_LENGTH], text[:MAX_NAME_LENGTH], int_or(child_value(level, "start"), 1))


def _printed_number(level: ListLevel, levels: Mapping[int, ListLevel], counts: Mapping[int, int]) -> str:
    """Return the number as Word prints it: "1.2", "(a)", "Article 3"."""
    printed = level.text
    for depth in range(_MAX_DEPTH + 1):
        other_level = levels.get(depth, ListLevel())
        printed = printed.replace(f"%{depth + 1}", _formatted_number(counts.get(depth, other_level.start), other_level.form))
    return printed[:MAX_NAME_LENGTH].strip()


def _formatted_number(number: int, form: str) -> str:
    """Return a number in a format of Word: decimal, letters, or Roman numerals."""
    kind = form.removeprefix("lower").removeprefix("upper")
    if kind == "Letter" and number > 0:
        text = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 3)
    elif kind == "Roman" and 0 < number < 4000:
        text = ""
        for value, letters in _ROMAN_VALUES:
            text += letters * (number // value)
            number %= value
    else:
        return f"{number:02}" if form == "decimalZero" else str(number)
    return text.upper() if form.startswith("upper") else text


_OPEN, _CLOSE = "\ufdd0", "\ufdd1"  # noncharacters: removed from input, so that no text contains them
_MARKER = re.compile("\ufdd0([0-9]{1,2}),([0-9]{0,9})\ufdd1")
_TYPED_BULLET = re.compile("[•·▪◦‣●■□➢]\\s+|\uf0b7\\s*|\uf0a7\\s*")
_NUMBER = re.compile(r"\(?(?:(\d{1,6})|([a-z]{1,6}))[.)\-:]{0,2}", re.IGNORECASE)
_LAST_NUMBER = re.compile(r"(?:\d+\.)+(\d{1,6})\.?")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class ListPosition:
    """The depth of a list item, from 0, and its number; None for a bullet."""

    depth: int
    number: int | None


def list_marker(depth: int, number: int | None) -> str:
    """Return the marker that we put before the text of a list item; `split_list_position` reads it."""
    return f"{_OPEN}{depth},{'' if number is None else number}{_CLOSE}"


def split_list_position(text: str) -> tuple[ListPosition | None, str]:
    """Return the list position at the start of a text, None if it has neither marker nor typed bullet, and the rest of it."""
    if match := _MARKER.match(text):
        return ListPosition(int(match[1]), int(match[2]) if match[2] else None), text[match.end() :]
    if match := _TYPED_BULLET.match(text):
        return ListPosition(0, None), text[match.end() :]
    return None, text


def without_markers(text: str) -> str:
    """Return a text without our list markers: those that are left in it begin no paragraph."""
    return _MARKER.sub("", text)


def marker_number(marker: str) -> int | None:
    """Return the number of a marker: "3." and "1.3" are 3, "(b)" is 2, "iv." is 4; None for "·", "§", or a bare "o"."""
    text = marker.replace("\N{NO-BREAK SPACE}", " ").strip()
    if last_number := _LAST_NUMBER.fullmatch(text):
        return int(last_number[1])
    match = _NUMBER.fullmatch(text)
    if match is None or text == match[2]:  # a letter alone is a bullet: "o" is Word's second one
        return None
    if match[1]:
        return int(match[1])
    letters = match[2].casefold()
    if len(letters) == 1 and letters not in "ivx":  # of single letters, only these are taken for Roman numerals
        return ord(letters) - ord("a") + 1
    if not set(letters) <= _ROMAN.keys():
        return None
    values = [_ROMAN[letter] for letter in letters]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))
