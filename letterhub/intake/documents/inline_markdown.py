"""Runs as inline Markdown: valid emphasis, links, and every character escaped that would be read as markup."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from string import punctuation

from markdown_it import MarkdownIt

from letterhub.intake.documents.document_tree import Run, RunKind, Runs, split_at_breaks

_PARSER = MarkdownIt("commonmark", {"html": False})
_ALWAYS_ESCAPED = re.compile(r"[\\*`]|(?:^|(?<=~))~|~(?=~|$)")  # a tilde may meet another of the next run
_UNDERLINE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # between two letters it is no markup
_ENTITY = re.compile(r"&(?=#?\w+;)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BRACKET = re.compile(r"\[(?=\^)|\](?=[(\[:])|[!^](?=\[)")
_ANY_BRACKET = re.compile(r"[\[\]]")
_MAILBOX = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_NOTE_START = re.compile(r"(\[\^\d+\])(?=:)")
_PLACEHOLDER = re.compile(r"\{\{\s*\w+\s*\}\}")
_BLOCK_START = re.compile(r"(?:#{1,6}|[-+])(?=\s|$)|>|~~~|(?=[-=|:\s]+$)[-=|:]")
_NUMBER_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_URL_ESCAPES = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C", '"': "%22", "|": "%7C"}


def inline_markdown(runs: Runs, *, cell: bool = False, heading: bool = False) -> str:
    """Return runs as inline Markdown.

    A table cell and a heading are on one line: a break in them is a `<br>` or a space.
    """
    line_end = "\\\n"
    if cell:
        line_end = "<br>"
    elif heading:
        line_end = " "
    lines: list[str] = []
    for line in split_at_breaks(runs):
        markdown = "".join(_line_pieces(line))
        if any(run.bold or run.italic for run in line):
            tokens = _PARSER.parseInline(markdown)[0].children or []
            if sum(token.content.count("*") for token in tokens) != sum(run.text.count("*") for run in line):
                # emphasis within a word would be ambiguous: the line has none
                markdown = "".join(_line_pieces([replace(run, bold=False, italic=False) for run in line]))
        if cell:
            markdown = markdown.replace("|", "\\|")
        elif not heading:
            markdown = escape_block_start(markdown)
        lines.append(markdown)
    return line_end.join(lines)


def escape_block_start(line: str) -> str:
    """Return a line of prose, escaped so that it does not begin a heading, list, quotation, table or rule."""
    line = _NUMBER_START.sub(r"\1\\\2", line, count=1) if _NUMBER_START.match(line) else line
    line = _NOTE_START.sub(r"\1\\", line, count=1) if _NOTE_START.match(line) else line
    return f"\\{line}" if _BLOCK_START.match(line) else line


def _line_pieces(line: Sequence[Run]) -> Iterator[str]:
    """Yield the runs of a line as Markdown, adjacent runs with the same link as one link."""
    start = 0
    while start < len(line):
        href = line[start].href
        end = next((index for index in range(start, len(line)) if line[index].href != href), len(line))
        before = line[start - 1].text[-1:] if start else ""
        after = _first_character(line[end]) if end < len(line) else ""
        if href:
            yield _link(line[start:end], href)
        else:
            yield _emphasized_markdown(line[start:end], before, after)
        start = end


def _link(runs: Sequence[Run], href: str) -> str:
    """Return runs as a link: `<address>` if their text is the address, else `[text](address)`."""
    text = "".join(run.text for run in runs).strip()
    if text == href.removeprefix("mailto:") and _MAILBOX.fullmatch(text):
        return f"<{text}>"
    if text == href and not re.search(r"[<>\\\s]", href):
        return f"<{href}>"
    address = "".join(_URL_ESCAPES.get(letter, letter) for letter in href)
    return f"[{_emphasized_markdown(runs, '', '', linked=True)}]({address})"


def _emphasized_markdown(runs: Sequence[Run], before: str, after: str, *, linked: bool = False) -> str:
    """Return runs as Markdown with emphasis; `before` and `after` are the characters next to them, "" for none."""
    emphasized = _valid_emphasis(_without_outer_spaces(runs), before, after)
    pieces: list[str] = []
    open_delimiters: list[str] = []
    for at, (text, delimiters, run) in enumerate(emphasized):
        for delimiter in [delimiter for delimiter in reversed(open_delimiters) if delimiter not in delimiters]:
            while delimiter in open_delimiters:
                pieces.append(open_delimiters.pop())
        for delimiter in sorted(
            delimiters - set(open_delimiters), key=lambda delimiter: -_emphasis_end(emphasized, at, delimiter)
        ):
            pieces.append(delimiter)
            open_delimiters.append(delimiter)
        follows = emphasized[at + 1][0][:1] if at + 1 < len(emphasized) else after
        pieces.append(_run_markdown(text, run, follows, linked=linked))
    return "".join([*pieces, *reversed(open_delimiters)])


def _without_outer_spaces(runs: Sequence[Run]) -> list[Run]:
    """Return runs with their outer spaces as plain runs of their own: Markdown allows no emphasis there."""
    stripped: list[Run] = []
    for at, run in enumerate(runs):
        core = run.text.lstrip() if at == 0 else run.text
        head = run.text[: len(run.text) - len(core)]
        text = core.rstrip() if at == len(runs) - 1 else core
        parts = ((head, False), (text, True), (core[len(text) :], False))
        stripped += [
            replace(run, text=part) if is_emphasized else Run(part, href=run.href) for part, is_emphasized in parts if part
        ]
    return stripped


_EmphasizedRuns = list[tuple[str, frozenset[str], Run]]
"""Texts, each with its emphasis as Markdown delimiters ("**", "*") and the run that it is from."""


def _emphasis_end(emphasized: _EmphasizedRuns, at: int, delimiter: str) -> int:
    """Return the index of the first run, from `at` on, without this delimiter; the number of runs if all have it."""
    return next((index for index in range(at, len(emphasized)) if delimiter not in emphasized[index][1]), len(emphasized))


def _valid_emphasis(runs: Sequence[Run], before: str, after: str) -> _EmphasizedRuns:
    """Return runs whose emphasis begins and ends at a letter if a letter is on its other side.

    "word**(bold)**" is not emphasis in Markdown: there the bracket is left out of it.
    """
    emphasized: _EmphasizedRuns = []
    for at, run in enumerate(runs):
        delimiters = _emphasis(run)
        left = runs[at - 1] if at else Run(before)
        right = runs[at + 1] if at + 1 < len(runs) else Run(after)
        text = run.text
        head = tail = ""
        if delimiters and run.kind is RunKind.TEXT:
            begins_after_letter = _is_letter(left.text[-1:]) and not delimiters <= _emphasis(left)
            head = _leading_punctuation(text) if begins_after_letter else ""
            text = text[len(head) :]
            ends_before_letter = _is_letter(right.text[:1]) and not delimiters <= _emphasis(right)
            tail = _leading_punctuation(text[::-1])[::-1] if ends_before_letter else ""
            text = text[: len(text) - len(tail)]
        parts = ((head, delimiters & _emphasis(left)), (text, delimiters), (tail, delimiters & _emphasis(right)))
        emphasized += [(part, part_delimiters, run) for part, part_delimiters in parts if part]
    return emphasized


def _emphasis(run: Run) -> frozenset[str]:
    """Return the emphasis of a run as Markdown delimiters: "**" if it is bold, "*" if it is italic."""
    return frozenset([*(["**"] if run.bold else []), *(["*"] if run.italic else [])])


def _is_letter(letter: str) -> bool:
    """Return whether a character is neither a space nor punctuation, at which Markdown lets emphasis begin and end."""
    return bool(letter) and not letter.isspace() and letter not in punctuation and unicodedata.category(letter)[0] not in "PS"


def _leading_punctuation(text: str) -> str:
    """Return the spaces and punctuation at the start of a text."""
    return text[: next((at for at, letter in enumerate(text) if _is_letter(letter)), len(text))]


def _first_character(run: Run) -> str:
    """Return the character with which the Markdown of a run begins."""
    if run.href or run.kind is RunKind.NOTE:
        return "["
    return run.text[:1] if run.kind is RunKind.TEXT else "<"


def _run_markdown(text: str, run: Run, follows: str, *, linked: bool) -> str:
    """Return text of a run as Markdown: escaped, except placeholders, or as a footnote reference or an HTML tag.

    `follows` is the character after it; `linked` text is the text of a link.
    """
    if run.kind is RunKind.NOTE:
        return f"[^{text}]"
    if run.kind is not RunKind.TEXT:
        return f"<{run.kind.value}>{text}</{run.kind.value}>"
    pieces: list[str] = []
    at = 0
    for placeholder in _PLACEHOLDER.finditer(text):
        pieces += [_escaped(text[at : placeholder.start()], "{", linked=linked), placeholder[0]]
        at = placeholder.end()
    return "".join([*pieces, _escaped(text[at:], follows, linked=linked)])


def _escaped(text: str, follows: str, *, linked: bool) -> str:
    """Return text with markup escaped; `follows` is the character after it."""
    text = _ALWAYS_ESCAPED.sub(r"\\\g<0>", text)
    if linked:
        text = _ANY_BRACKET.sub(r"\\\g<0>", text)
    else:
        text = _BRACKET.sub(r"\\\g<0>", text + follows)
        text = text[: len(text) - len(follows)]
    text = _UNDERLINE.sub(r"\\_", text)
    text = _ENTITY.sub(r"\\&", text)
    return _TAG.sub(r"\\<", text)
