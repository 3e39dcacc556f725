"""Labels of numbered lists: as they were typed, "(a)", "b.", "iv)", or by depth for lists inside lists.

See docs/design/letter-text.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from letterhub.domain.digits import DIGITS, LATIN, with_digits
from letterhub.rendering.letter.markdown_cleanup import alphabetic_number
from letterhub.rendering.letter.omissions import Omissions
from letterhub.rendering.letter.typed_labels import TypedLabel, roman_number

_STYLE_NAMES = {
    "1": "decimal",
    "a": "lower-alpha",
    "A": "upper-alpha",
    "i": "lower-roman",
    "I": "upper-roman",
    **{system: system for system in DIGITS},
}


@dataclass(frozen=True, slots=True)
class LabelStyle:
    """Style of a list's labels: numerals, and what stands around each.

    Numerals are as in HTML's `type` ("1", "a", "A", "i", "I"), the name of a language's digits, or "" for none.
    """

    numerals: str = "1"
    before: str = ""
    after: str = "."

    @property
    def css_class(self) -> str:
        """Class of a list with these labels: "labels-lower-alpha-parens"."""
        return f"labels-{_STYLE_NAMES[self.numerals]}{'-parens' if self.before else '-paren' if self.after == ')' else ''}"

    def in_digits(self, system: str) -> "LabelStyle":
        """Return the style with a numbering system's digits in place of 0 to 9."""
        return replace(self, numerals=system) if self.numerals == "1" and system != LATIN else self

    def label(self, number: int) -> str:
        """Return the label of the item with a number: "(c)"."""
        match self.numerals.casefold():
            case "a":
                numeral = alphabetic_number(number)
            case "i":
                numeral = roman_number(number)
            case _:
                numeral = with_digits(str(number), self.numerals)
        return f"{self.before}{numeral.upper() if self.numerals.isupper() else numeral}{self.after}"


PLAIN = LabelStyle()
_STYLES_BY_DEPTH = tuple(LabelStyle(numerals, "(", ")") for numerals in "ai1AI")


@dataclass(slots=True)
class _LabelledList:
    """A numbered list of a text: its opening token, its items, and the styles of the numbered lists around it."""

    opening: Token
    around: "_LabelledList | None"
    items: list[Token] = field(default_factory=list)
    style: LabelStyle = PLAIN

    def enclosing_styles(self) -> Iterator[LabelStyle]:
        """Yield the styles of the numbered lists that this one is in, from the innermost."""
        if self.around:
            yield self.around.style
            yield from self.around.enclosing_styles()


def label_lists(state: StateCore) -> None:
    """Give each numbered list its labels: as typed, else digits, else, inside a numbered list, (a), then (i)."""
    labels: Mapping[int, TypedLabel] = state.env.get("typed_labels", {})
    for numbered in _numbered_lists(state.tokens):
        typed = [labels.get(item.map[0]) if item.map else None for item in numbered.items]
        _keep_numbers(numbered.items, Omissions.of(state))
        numbered.style = _style_of(numbered, typed)
        style = numbered.style.in_digits(state.env.get("digits", LATIN))
        if style != PLAIN:
            numbered.opening.attrSet("class", style.css_class)
            if style.numerals not in DIGITS:
                numbered.opening.attrSet("type", style.numerals)
        number = int(numbered.opening.attrGet("start") or 1)
        for item in numbered.items:
            number = int(item.attrGet("value") or number)
            item.meta["label"] = style.label(number)
            number += 1
        numbered.opening.meta["style"] = style


def _style_of(numbered: _LabelledList, typed: Sequence[TypedLabel | None]) -> LabelStyle:
    """Return the style of a list, whose items were typed with these labels, None for Markdown's own."""
    first = typed[0] if typed else None
    if first and all(label and label.run == first.run for label in typed):
        return LabelStyle(first.numerals, first.before, first.after)
    if numbered.opening.markup == ")":
        return LabelStyle("1", "", ")")
    used = list(numbered.enclosing_styles())
    return next((style for style in _STYLES_BY_DEPTH if style not in used), PLAIN) if used else PLAIN


def _numbered_lists(tokens: Sequence[Token]) -> list[_LabelledList]:
    """Return the numbered lists of a text, each before those inside it. A list of bullets ends the nesting."""
    found: list[_LabelledList] = []
    open_lists: list[_LabelledList | None] = []  # None for bullets
    for token in tokens:
        match token.type:
            case "ordered_list_open":
                found.append(_LabelledList(token, open_lists[-1] if open_lists else None))
                open_lists.append(found[-1])
            case "bullet_list_open":
                open_lists.append(None)
            case "list_item_open" if (innermost := open_lists[-1]) is not None:
                innermost.items.append(token)
            case "ordered_list_close" | "bullet_list_close":
                open_lists.pop()
    return found


def _keep_numbers(items: Sequence[Token], omissions: Omissions) -> None:
    """Keep the typed numbers of list items if they rise: 1, 2, 5. Equal ones, as 1, 1, 1, ask Markdown to count by itself."""
    numbers = [int(item.info) for item in items]
    steps = [after - before for before, after in pairwise(numbers)]
    if all(step > 0 for step in steps):
        for item, number, step in zip(items[1:], numbers[1:], steps, strict=True):
            if step > 1:
                item.attrSet("value", str(number))
    elif any(steps):
        omissions.list_numbers.append(numbers)
