"""Lists whose labels were typed, "(a)", "b.", "iv)", which Markdown knows no lists for: rewritten with numbers.

Labels make a list where two follow one another, "(a)" and "(b)"; one alone may be a word in a sentence. See
docs/design/letter-text.md.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from markdown_it.rules_core import StateCore

from letterhub.rendering.letter.hidden_code import hide_code, show_code
from letterhub.rendering.letter.markdown_cleanup import split_fences

_LABEL = re.compile(
    r"(?P<indent>[ \t]*)(?P<label>(?:(?P<before>\()(?=[^\s().]+\)))?"
    r"(?P<numeral>[a-zA-Z]|[ivx]{2,5}|[IVX]{2,5}|(?<=\()\d{1,2})(?P<after>[.)])[ \t]+)(?=[^\s|][^|]*$)"
)
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?P<marker>(?:\d{1,9}[.)]|[-*+])[ \t]+)")
_ROMAN_VALUES = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MAX_DEPTH = 6
_CONTENT = 4  # columns from a number that takes a label's place to its text, at most
_MAX_PADDING = 4  # spaces after a number; more would begin a block of code


class TypedLabel(NamedTuple):
    """The label that an item was typed with, and the number of its run."""

    run: int
    numerals: str
    before: str
    after: str


@dataclass(slots=True)
class _Run:
    """Labels that follow one another: their lines in the text, the first of which is indented by `indent` columns.

    `numbers` has the number of the last label in each numerals that it may be of: "i" is 9 or 1. `around` is the run that was
    open when it began, or that it repeats; `item_content` the column of the text of Markdown's own item above it. `shift` is
    how many columns its rewritten lines are moved to the right, `delimiter` what follows its numbers: another than that of a
    list right before it.
    """

    number: int
    indent: int
    before: str
    after: str
    numbers: Mapping[str, int]
    lines: list[int]
    around: "_Run | None" = None
    is_after_blank: bool = False
    is_repeated: bool = False
    item_content: int = 0
    shift: int = 0
    delimiter: str = ")"

    @property
    def is_list(self) -> bool:
        """True if there are at least two labels."""
        return len(self.lines) > 1

    @property
    def is_inside(self) -> bool:
        """True if this list is inside an item of the one around it, and does not follow it."""
        around = self.around
        if around is None or not around.is_list or self.is_repeated:
            return False
        return self.indent > around.indent or not self.is_after_blank or around.lines[-1] > self.lines[0]

    def settle(self) -> None:
        """Set `shift` and `delimiter`, once all runs are found, and those around this one are settled."""
        if self.around is None or self.is_inside:
            self.shift = max((self.around.content if self.around else self.item_content) - self.indent, 0)
            return
        self.shift = self.around.shift
        if self.around.is_list and self.around.delimiter == ")":
            self.delimiter = "."

    @property
    def content(self) -> int:
        """The column where the rewritten text of its items begins, or the one after."""
        return self.indent + self.shift + _CONTENT

    @property
    def numerals(self) -> str:
        """The numerals of its labels; letters if they may be of several."""
        return min(self.numbers, key="aAiI1".index)

    def takes(self, label: re.Match[str]) -> bool:
        """Return whether a label follows the last one of this run; its number is then this run's last."""
        if (self.before, self.after) != _around(label):
            return False
        numbers = _possible_numbers(label["numeral"])
        following = {numerals: number for numerals, number in numbers.items() if self.numbers.get(numerals) == number - 1}
        self.numbers = following or self.numbers
        return bool(following)

    def is_repeated_by(self, label: re.Match[str]) -> bool:
        """Return whether a label begins another list of this kind."""
        return (self.before, self.after) == _around(label) and _possible_numbers(label["numeral"]).get(self.numerals) == 1


def number_typed_labels(state: StateCore, layout: int) -> None:
    """Rewrite typed labels as Markdown's numbers, and record by line which label was typed, in `typed_labels` of the env."""
    rewritten: list[str] = []
    labels: dict[int, TypedLabel] = state.env.setdefault("typed_labels", {})
    if layout > 2:
        _Rewriter(hide_code(state.src).split("\n")).write(rewritten, labels)
        state.src = show_code("\n".join(rewritten))
        return
    for lines, is_code in split_fences(state.src):
        if is_code:
            rewritten += lines
        else:
            _Rewriter(lines).write(rewritten, labels)
    state.src = "\n".join(rewritten)


class _Rewriter:
    """Rewriter of one stretch of prose."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._runs: list[_Run] = []
        self._inside: dict[int, _Run] = {}  # indented lines below a label, with its run
        self._open: list[_Run] = []
        self._item_content = 0  # the column where the text of Markdown's own last item begins
        self._find_runs()

    def _find_runs(self) -> None:
        """Find the runs of labels, and the lines inside their items."""
        is_after_blank = True
        for at, line in enumerate(self._lines):
            if not line.strip():
                is_after_blank = True
                continue
            if is_after_blank and not line[0].isspace():
                self._item_content = 0
            if item := _ITEM.match(line):
                width = _width(item["indent"])
                self._open = [run for run in self._open if run.indent < width]
                self._item_content = width + len(item["marker"])
            elif label := _LABEL.match(line):
                self._add(at, label, is_after_blank=is_after_blank)
            elif is_after_blank and not line[0].isspace():
                self._open = []
            if self._open and line[0].isspace() and at not in self._open[-1].lines:
                self._inside[at] = self._open[-1]
            is_after_blank = False

    def _add(self, at: int, label: re.Match[str], *, is_after_blank: bool) -> None:
        """Add a label to the innermost run that it continues, or to a new one."""
        for depth in reversed(range(len(self._open))):
            if self._open[depth].takes(label):
                self._open = self._open[: depth + 1]
                self._open[-1].lines.append(at)
                return
        run = _Run(
            len(self._runs), _width(label["indent"]), *_around(label), _possible_numbers(label["numeral"]), [at],
            is_after_blank=is_after_blank, item_content=self._item_content,
        )  # fmt: skip
        like = next((depth for depth, other in enumerate(self._open) if other.is_repeated_by(label)), None)
        run.is_repeated = like is not None
        run.around = self._open[-1 if like is None else like] if self._open else None
        self._open = [*self._open[: _MAX_DEPTH - 1 if like is None else like], run]
        self._runs.append(run)

    def write(self, rewritten: list[str], labels: dict[int, TypedLabel]) -> None:
        """Add the lines, with numbers for the labels of each run of several, and record those labels by line."""
        numbers: dict[int, tuple[_Run, int]] = {}
        for run in self._runs:
            run.settle()
            first = run.numbers[run.numerals] - len(run.lines) + 1
            if run.is_list:
                numbers |= {at: (run, first + index) for index, at in enumerate(run.lines)}
        for at, line in enumerate(self._lines):
            if at not in numbers:
                around = self._inside.get(at)
                rewritten.append(_shifted(line, around) if around and around.is_list else line)
                continue
            run, number = numbers[at]
            if at == run.lines[0] and number != 1 and rewritten and rewritten[-1].strip():
                rewritten.append("")  # only a list that begins with 1 may follow a paragraph at once
            labels[len(rewritten)] = TypedLabel(run.number, run.numerals, run.before, run.after)
            rewritten.append(_numbered_line(line, run, number))


def _numbered_line(line: str, run: _Run, number: int) -> str:
    """Return a line with a number of Markdown in place of its label."""
    label = _LABEL.match(line)
    if label is None:
        return line
    marker = f"{number}{run.delimiter}"
    padding = max(1, min(_MAX_PADDING, len(label["label"]) - _CONTENT))
    return f"{' ' * (run.indent + run.shift)}{marker}{' ' * padding}{line[label.end() :]}"


def _shifted(line: str, around: _Run) -> str:
    """Return an indented line, moved so far that it stands inside the item of a run."""
    width = _width(line) - len(line.lstrip())
    return " " * max(around.shift, around.content - width if width > around.indent else 0) + line


def _around(label: re.Match[str]) -> tuple[str, str]:
    """Return what stands before and after the numeral of a label."""
    return label["before"] or "", label["after"]


@cache
def _possible_numbers(numeral: str) -> Mapping[str, int]:
    """Return the numbers that a numeral may stand for, by the numerals it is of: "i" is the ninth letter, and one."""
    if numeral.isdecimal():
        return {"1": int(numeral)}
    lower, is_upper = numeral.casefold(), numeral.isupper()
    possible = {"A" if is_upper else "a": ord(lower) - ord("a") + 1} if len(lower) == 1 else {}
    roman = next((number for number in range(1, 40) if roman_number(number) == lower), None)
    return possible | ({"I" if is_upper else "i": roman} if roman else {})


def roman_number(number: int) -> str:
    """Return a number in small Roman numerals, tens as "x": 14 is "xiv"."""
    numeral = ""
    for value, letters in _ROMAN_VALUES:
        numeral += letters * (number // value)
        number %= value
    return numeral


def _width(indent: str) -> int:
    return len(indent.expandtabs(4))
