"""Runs as inline Markdown: valid emphasis, links, and every character escaped that would be read as markup."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from string import punctuation

from markdown_it import MarkdownIt

from letterhub.intake.docx.document_tree import Run, RunKind, Runs

_PARSER = MarkdownIt("commonmark", {"html": False})
_ALWAYS_ESCAPED = re.compile(r"[\\*`]")
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
    line_end = "<br>" if cell else " " if heading else "\\\n"
    lines: list[str] = []
    for line in _split_at_breaks(runs):
        said = _line_markdown(line)
        lines.append(said.replace("|", "\\|") if cell else said if heading else escape_block_start(said))
    return line_end.join(lines)


def escape_block_start(line: str) -> str:
    """Return a line of prose, escaped so that it does not begin a heading, list, quotation, table or rule."""
    line = _NUMBER_START.sub(r"\1\\\2", line, count=1) if _NUMBER_START.match(line) else line
    line = _NOTE_START.sub(r"\1\\", line, count=1) if _NOTE_START.match(line) else line
    return f"\\{line}" if _BLOCK_START.match(line) else line


def _line_markdown(line: Sequence[Run]) -> str:
    """Return a line with its emphasis, or without any if markup within a word would be ambiguous."""
    said = "".join(_with_links(line))
    if any(run.bold or run.italic for run in line):
        read = _PARSER.parseInline(said)[0].children or []
        if sum(one.content.count("*") for one in read) != sum(run.text.count("*") for run in line):
            return "".join(_with_links([replace(run, bold=False, italic=False) for run in line]))
    return said


def _split_at_breaks(runs: Runs) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        if run.kind is RunKind.BREAK:
            lines.append([])
        else:
            lines[-1].append(run)
    return lines


def _with_links(line: Sequence[Run]) -> Iterator[str]:
    """Yield the runs of a line, those of one link within its brackets."""
    at = 0
    while at < len(line):
        href = line[at].href
        end = next((place for place in range(at, len(line)) if line[place].href != href), len(line))
        before = line[at - 1].text[-1:] if at else ""
        after = _first_character(line[end]) if end < len(line) else ""
        if href:
            yield _link(line[at:end], href)
        else:
            yield _emphasized(line[at:end], before, after)
        at = end


def _link(runs: Sequence[Run], href: str) -> str:
    said = "".join(run.text for run in runs).strip()
    if said == href.removeprefix("mailto:") and _MAILBOX.fullmatch(said):
        return f"<{said}>"
    if said == href and not re.search(r"[<>\\\s]", href):
        return f"<{href}>"
    address = "".join(_URL_ESCAPES.get(letter, letter) for letter in href)
    return f"[{_emphasized(runs, '', '', linked=True)}]({address})"


def _emphasized(runs: Sequence[Run], before: str, after: str, *, linked: bool = False) -> str:
    """Return runs with emphasis; `before` and `after` are the adjacent characters."""
    letters = _valid_emphasis(_without_outer_spaces(runs), before, after)
    said: list[str] = []
    open_marks: list[str] = []
    for at, (text, look, run) in enumerate(letters):
        for mark in [mark for mark in reversed(open_marks) if mark not in look]:
            while mark in open_marks:
                said.append(open_marks.pop())
        for mark in sorted(look - set(open_marks), key=lambda one: -_emphasis_end(letters, at, one)):
            said.append(mark)
            open_marks.append(mark)
        follows = letters[at + 1][0][:1] if at + 1 < len(letters) else after
        said.append(_run_markdown(text, run, follows, linked=linked))
    return "".join([*said, *reversed(open_marks)])


def _without_outer_spaces(runs: Sequence[Run]) -> list[Run]:
    """Return runs without emphasized spaces at either end, where Markdown allows no emphasis."""
    kept: list[Run] = []
    for at, run in enumerate(runs):
        core = run.text.lstrip() if at == 0 else run.text
        head = run.text[: len(run.text) - len(core)]
        text = core.rstrip() if at == len(runs) - 1 else core
        parts = ((head, False), (text, True), (core[len(text) :], False))
        kept += [replace(run, text=part) if looks else Run(part, href=run.href) for part, looks in parts if part]
    return kept


_EmphasizedRuns = list[tuple[str, frozenset[str], Run]]


def _emphasis_end(letters: _EmphasizedRuns, at: int, mark: str) -> int:
    """Return the index of the run where an emphasis ends: the one that lasts longer is opened first."""
    return next((place for place in range(at, len(letters)) if mark not in letters[place][1]), len(letters))


def _valid_emphasis(runs: Sequence[Run], before: str, after: str) -> _EmphasizedRuns:
    """Return runs whose emphasis begins and ends at a letter if a letter is on its other side.

    "word**(bold)**" is not emphasis in Markdown: there the bracket is left out of it.
    """
    letters: _EmphasizedRuns = []
    for at, run in enumerate(runs):
        look = _emphasis(run)
        left = runs[at - 1] if at else Run(before)
        right = runs[at + 1] if at + 1 < len(runs) else Run(after)
        text = run.text
        head = tail = ""
        if look and run.kind is RunKind.TEXT:
            head = _signs_before(text) if _is_letter(left.text[-1:]) and not look <= _emphasis(left) else ""
            text = text[len(head) :]
            tail = _signs_after(text) if _is_letter(right.text[:1]) and not look <= _emphasis(right) else ""
            text = text[: len(text) - len(tail)]
        parts = ((head, look & _emphasis(left)), (text, look), (tail, look & _emphasis(right)))
        letters += [(part, its_look, run) for part, its_look in parts if part]
    return letters


def _emphasis(run: Run) -> frozenset[str]:
    return frozenset([*(["**"] if run.bold else []), *(["*"] if run.italic else [])])


def _is_letter(letter: str) -> bool:
    """Return whether a character is neither a space nor punctuation, at which Markdown lets emphasis begin and end."""
    return bool(letter) and not letter.isspace() and letter not in punctuation and unicodedata.category(letter)[0] not in "PS"


def _signs_before(text: str) -> str:
    return text[: next((at for at, letter in enumerate(text) if _is_letter(letter)), len(text))]


def _signs_after(text: str) -> str:
    return text[next((at for at in range(len(text), 0, -1) if _is_letter(text[at - 1])), 0) :]


def _first_character(run: Run) -> str:
    """Return the first character of a run in Markdown."""
    return "[" if run.href or run.kind is RunKind.NOTE else run.text[:1] if run.kind is RunKind.TEXT else "<"


def _run_markdown(text: str, run: Run, follows: str, *, linked: bool) -> str:
    if run.kind is RunKind.NOTE:
        return f"[^{text}]"
    if run.kind is not RunKind.TEXT:
        return f"<{run.kind.value}>{text}</{run.kind.value}>"
    pieces: list[str] = []
    at = 0
    for place in _PLACEHOLDER.finditer(text):
        pieces += [_escaped(text[at : place.start()], "{", linked=linked), place[0]]
        at = place.end()
    return "".join([*pieces, _escaped(text[at:], follows, linked=linked)])


def _escaped(text: str, follows: str, *, linked: bool) -> str:
    text = _ALWAYS_ESCAPED.sub(r"\\\g<0>", text)
    if linked:
        text = _ANY_BRACKET.sub(r"\\\g<0>", text)
    else:
        text = _BRACKET.sub(r"\\\g<0>", text + follows)
        text = text[: len(text) - len(follows)]
    text = _UNDERLINE.sub(r"\\_", text)
    text = _ENTITY.sub(r"\\&", text)
    return _TAG.sub(r"\\<", text)
