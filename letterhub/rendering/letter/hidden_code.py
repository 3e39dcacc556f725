"""Lines of code in a letter's Markdown, in quotes, lists and notes, too: what looks like a bullet or a label there is none.

See docs/design/letters.md.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

_FLAG = "\ufdd0"
"""Character that no text has, which flags the words of a line of code."""

_FENCE_BEHIND_LABEL = re.compile(r"^([ \t>]*)(?:[•·‣▪◦●○■□]|\([a-z0-9]{1,4}\))(?=[ \t]+(?:```|~~~))", re.MULTILINE)
_TICKS = re.compile(r"(\\*)(`+)")


def hide_code(text: str) -> str:
    """Return the text with a flag in each line of code, so that none begins with a bullet, a label or a bar."""
    if "`" not in text and "~~~" not in text:
        return text
    lines = text.split("\n")
    for number in _code_line_numbers(text):
        words = lines[number].lstrip(" \t>")
        lines[number] = f"{lines[number].removesuffix(words)}{_FLAG}{words}"
    return "\n".join(lines)


def is_hidden_code(line: str) -> bool:
    """Return whether a line has the flag of `hide_code`."""
    return _FLAG in line


def show_code(text: str) -> str:
    """Return a text without the flags of `hide_code`."""
    return text.replace(_FLAG, "")


@cache
def _block_parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 40}).disable("code").enable("table").use(footnote_plugin)


def _code_line_numbers(text: str) -> set[int]:
    """Return the numbers of the lines of code between fences, and of those that begin inside a code span.

    A fence behind a label is no line of code, since the label is read.
    """
    tokens: list[Token] = []
    parser = _block_parser()
    items = _FENCE_BEHIND_LABEL.sub(lambda label: f"{label[1]}{'-':>{len(label[0]) - len(label[1])}}", text)
    parser.block.parse(items, parser, {}, tokens)
    lines = text.split("\n")
    numbers: set[int] = set()
    for token in tokens:
        if token.map and token.type == "fence":
            is_behind_label = not lines[token.map[0]].lstrip(" \t>").startswith(("```", "~~~"))
            numbers |= set(range(token.map[0] + is_behind_label, token.map[1]))
        elif token.map and token.type == "inline" and "`" in token.content:
            for start, end in _code_spans(token.content):
                before = token.map[0] + token.content.count("\n", 0, start)
                numbers |= {before + further for further in range(1, token.content.count("\n", start, end) + 1)}
    return numbers


def _code_spans(content: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each code span of a paragraph: between two runs of as many backticks."""
    runs = list(_TICKS.finditer(content))
    places: dict[int, list[int]] = {}
    for index, run in enumerate(runs):
        places.setdefault(len(run[2]), []).append(index)
    index = 0
    while index < len(runs):
        opening = runs[index]
        is_escaped = len(opening[1]) % 2
        alike = places.get(len(opening[2]) - is_escaped, [])
        at = bisect_right(alike, index)
        if at < len(alike):
            yield opening.start(2), runs[alike[at]].end()
            index = alike[at]
        index += 1
