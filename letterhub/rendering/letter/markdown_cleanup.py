"""Cleanup of Markdown pasted from word processors: bullets become list items, lines that begin with (a) stay apart.

See docs/design/letters.md.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

_ITEM = re.compile(r"(?P<quotes>(?:[ \t]*>)*)[ \t]*(?P<sign>[•·‣▪◦●○■□\uf0a7\uf0b7\uf0d8](?=[ \t])|[o§](?=\t))[ \t]+(?=\S)")
_INDENTED_FIRST_ITEM = re.compile(r"(?: {4}| {0,3}\t)[ \t]*+(?:1[.)]|[-*+])[ \t]+\S")
_ANY_ITEM = re.compile(r"[ \t]*(?:\d{1,9}[.)]|[-*+])[ \t]")
_STARTS_CONTAINER = re.compile(r" {0,3}(?:\[\^[^\]\s]+\]:|\d{1,9}[.)]|[-*+])[ \t]")
_FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})")
_LABEL = re.compile(r"[ \t]*\(?([a-z]|[ivx]{1,5}|\d{1,2})\)[ \t]+(?=\S)")
_ROMAN_NUMERALS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")


def clean_markdown(text: str) -> str:
    """Return the text with pasted bullets and labels as Markdown; fenced blocks are left as they are."""
    return "\n".join(
        line for prose, lines in _prose_and_code(text.split("\n")) for line in (_clean_prose(lines) if prose else lines)
    )


def _prose_and_code(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """Yield runs of lines, each with whether it is prose: a fence is open until one like it, or to the end."""
    run: list[str] = []
    fence = ""
    for line in lines:
        match = _FENCE.match(line)
        if match and not fence:
            yield True, run
            run, fence = [line], match[1]
        elif match and match[1].startswith(fence) and not line.strip(" \t`~"):
            yield False, [*run, line]
            run, fence = [], ""
        else:
            run.append(line)
    yield not fence, run


def _clean_prose(lines: Sequence[str]) -> Iterator[str]:
    block: list[str] = []
    for line in _separate_lists(_bullets_as_items(lines)):
        if line.strip():
            block.append(line)
            continue
        yield from _break_before_labels(block)
        yield line
        block = []
    yield from _break_before_labels(block)


def _bullets_as_items(lines: Sequence[str]) -> Iterator[str]:
    """Yield pasted bullets as hyphens; each kind of bullet below another is a level deeper, until a paragraph.

    Lines indented below a note or a typed item stay in it.
    """
    levels: list[str] = []
    blank = in_container = False
    for line in lines:
        match = _ITEM.match(line)
        if match is None:
            opens_container, is_indented = bool(_STARTS_CONTAINER.match(line)), line[:1].isspace()
            starts_paragraph = (
                blank and bool(line.strip()) and not _ANY_ITEM.match(line)
            )  # a paragraph that is no part of the item above
            in_container = opens_container or (in_container and not (starts_paragraph and not is_indented))
            yield line.lstrip() if starts_paragraph and levels and not in_container else line
            levels = [] if starts_paragraph or opens_container else levels
            blank = not line.strip()
            continue
        if match["sign"] in levels:
            del levels[levels.index(match["sign"]) + 1 :]
        else:
            levels.append(match["sign"])
        blank, in_container = False, in_container and line[:1].isspace()
        quotes = f"{match['quotes']} " if match["quotes"] else ""
        yield f"{'    ' if in_container else ''}{quotes}{'  ' * (len(levels) - 1)}- {line[match.end() :]}"


def _separate_lists(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines, with a blank one between a paragraph and a first item that is indented by a tab or four spaces."""
    in_list, blank = False, True
    for line in lines:
        if not in_list and not blank and _INDENTED_FIRST_ITEM.match(line):
            yield ""
        if _ANY_ITEM.match(line):
            in_list = True
        elif blank and line.strip() and not line[0].isspace():
            in_list = False
        blank = not line.strip()
        yield line


def _break_before_labels(block: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a paragraph, with a hard break before each that continues a count: (a), (b), …"""
    labels = {at: match[1] for at, line in enumerate(block) if (match := _LABEL.match(line))}
    continuing = {at for at in _consecutive_labels(labels) if at}
    for at, line in enumerate(block):
        yield f"{line}  " if at + 1 in continuing else line


def _consecutive_labels(labels: dict[int, str]) -> Iterator[int]:
    """Yield the numbers of lines with consecutive labels: a single label may be a line that broke before "(a)"."""
    for (line_number, label), (next_number, next_label) in zip(labels.items(), list(labels.items())[1:], strict=False):
        if next_label in _next_labels(label):
            yield from (line_number, next_number)


def _next_labels(label: str) -> tuple[str, ...]:
    if label.isdecimal():
        return (str(int(label) + 1),)
    letters = (chr(ord(label) + 1),) if len(label) == 1 else ()
    index = _ROMAN_NUMERALS.index(label) if label in _ROMAN_NUMERALS else 0
    return (*letters, *_ROMAN_NUMERALS[index + 1 : index + 2]) if index else letters
