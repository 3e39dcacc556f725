"""Runs of letters as Markdown of a letter: emphasis that holds, links, and every sign escaped that would be read as a mark."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from string import punctuation

from markdown_it import MarkdownIt

from letterhub.intake.word.blocks import Form, Run, Runs

_PARSER = MarkdownIt("commonmark", {"html": False})
_ALWAYS = re.compile(r"[\\*`]")
_UNDERLINE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # one between two letters is none
_ENTITY = re.compile(r"&(?=#?\w+;)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BRACKET = re.compile(r"\[(?=\^)|\](?=[(\[:])|[!^](?=\[)")
_ANY_BRACKET = re.compile(r"[\[\]]")
_MAILBOX = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_NOTE_START = re.compile(r"(\[\^\d+\])(?=:)")
_PLACE = re.compile(r"\{\{\s*\w+\s*\}\}")
_BLOCK_START = re.compile(r"(?:#{1,6}|[-+])(?=\s|$)|>|~~~|(?=[-=|:\s]+$)[-=|:]")
_NUMBER_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_IN_ADDRESS = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C", '"': "%22", "|": "%7C"}


def words_of(runs: Runs, *, cell: bool = False, heading: bool = False) -> str:
    """Runs as they are written within a block. A cell of a table and a heading have no lines: there a break is a tag or a
    blank."""
    line_end = "<br>" if cell else " " if heading else "\\\n"
    lines: list[str] = []
    for line in _lines(runs):
        said = _written(line)
        lines.append(said.replace("|", "\\|") if cell else said if heading else guarded(said))
    return line_end.join(lines)


def guarded(line: str) -> str:
    """A line of prose that does not begin as a heading, a list, a quotation, a table or a rule."""
    line = _NUMBER_START.sub(r"\1\\\2", line, count=1) if _NUMBER_START.match(line) else line
    line = _NOTE_START.sub(r"\1\\", line, count=1) if _NOTE_START.match(line) else line
    return f"\\{line}" if _BLOCK_START.match(line) else line


def _written(line: Sequence[Run]) -> str:
    """A line with its emphasis, or without any where marks within a word could not be told apart."""
    said = "".join(_linked(line))
    if any(run.bold or run.italic for run in line):
        read = _PARSER.parseInline(said)[0].children or []
        if sum(one.content.count("*") for one in read) != sum(run.text.count("*") for run in line):
            return "".join(_linked([replace(run, bold=False, italic=False) for run in line]))
    return said


def _lines(runs: Runs) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        if run.form is Form.BREAK:
            lines.append([])
        else:
            lines[-1].append(run)
    return lines


def _linked(line: Sequence[Run]) -> Iterator[str]:
    """The runs of a line, those of one link within its brackets."""
    at = 0
    while at < len(line):
        href = line[at].href
        end = next((place for place in range(at, len(line)) if line[place].href != href), len(line))
        before = line[at - 1].text[-1:] if at else ""
        after = _beginning(line[end]) if end < len(line) else ""
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
    address = "".join(_IN_ADDRESS.get(letter, letter) for letter in href)
    return f"[{_emphasized(runs, '', '', linked=True)}]({address})"


def _emphasized(runs: Sequence[Run], before: str, after: str, *, linked: bool = False) -> str:
    """Runs with their marks; `before` and `after` are the letters that they stand between."""
    letters = _settled(_with_bare_ends(runs), before, after)
    said: list[str] = []
    open_marks: list[str] = []
    for at, (text, look, run) in enumerate(letters):
        for mark in [mark for mark in reversed(open_marks) if mark not in look]:
            while mark in open_marks:
                said.append(open_marks.pop())
        for mark in sorted(look - set(open_marks), key=lambda one: -_lasts(letters, at, one)):
            said.append(mark)
            open_marks.append(mark)
        follows = letters[at + 1][0][:1] if at + 1 < len(letters) else after
        said.append(_signed(text, run, follows, linked=linked))
    return "".join([*said, *reversed(open_marks)])


def _with_bare_ends(runs: Sequence[Run]) -> list[Run]:
    """Runs that neither begin nor end with an emphasized blank, at which no mark of emphasis could stand."""
    kept: list[Run] = []
    for at, run in enumerate(runs):
        core = run.text.lstrip() if at == 0 else run.text
        head = run.text[: len(run.text) - len(core)]
        text = core.rstrip() if at == len(runs) - 1 else core
        parts = ((head, False), (text, True), (core[len(text) :], False))
        kept += [replace(run, text=part) if looks else Run(part, href=run.href) for part, looks in parts if part]
    return kept


_Letters = list[tuple[str, frozenset[str], Run]]


def _lasts(letters: _Letters, at: int, mark: str) -> int:
    """For how many runs a mark goes on: what lasts longer is opened first."""
    return next((place for place in range(at, len(letters)) if mark not in letters[place][1]), len(letters))


def _settled(runs: Sequence[Run], before: str, after: str) -> _Letters:
    """Runs whose emphasis begins and ends at a letter wherever a letter stands on its other side.

    "word**(bold)**" is not emphasized by the rules of Markdown: there the bracket is left out of it.
    """
    letters: _Letters = []
    for at, run in enumerate(runs):
        look = _look(run)
        left = runs[at - 1] if at else Run(before)
        right = runs[at + 1] if at + 1 < len(runs) else Run(after)
        text = run.text
        head = tail = ""
        if look and run.form is Form.TEXT:
            head = _signs_before(text) if _is_letter(left.text[-1:]) and not look <= _look(left) else ""
            text = text[len(head) :]
            tail = _signs_after(text) if _is_letter(right.text[:1]) and not look <= _look(right) else ""
            text = text[: len(text) - len(tail)]
        parts = ((head, look & _look(left)), (text, look), (tail, look & _look(right)))
        letters += [(part, its_look, run) for part, its_look in parts if part]
    return letters


def _look(run: Run) -> frozenset[str]:
    return frozenset([*(["**"] if run.bold else []), *(["*"] if run.italic else [])])


def _is_letter(letter: str) -> bool:
    """Whether it is neither blank nor one of the signs that Markdown lets emphasis begin and end at."""
    return bool(letter) and not letter.isspace() and letter not in punctuation and unicodedata.category(letter)[0] not in "PS"


def _signs_before(text: str) -> str:
    return text[: next((at for at, letter in enumerate(text) if _is_letter(letter)), len(text))]


def _signs_after(text: str) -> str:
    return text[next((at for at in range(len(text), 0, -1) if _is_letter(text[at - 1])), 0) :]


def _beginning(run: Run) -> str:
    """The sign that a run begins with as it is written."""
    return "[" if run.href or run.form is Form.NOTE else run.text[:1] if run.form is Form.TEXT else "<"


def _signed(text: str, run: Run, follows: str, *, linked: bool) -> str:
    if run.form is Form.NOTE:
        return f"[^{text}]"
    if run.form is not Form.TEXT:
        return f"<{run.form.value}>{text}</{run.form.value}>"
    pieces: list[str] = []
    at = 0
    for place in _PLACE.finditer(text):
        pieces += [_escaped(text[at : place.start()], "{", linked=linked), place[0]]
        at = place.end()
    return "".join([*pieces, _escaped(text[at:], follows, linked=linked)])


def _escaped(text: str, follows: str, *, linked: bool) -> str:
    text = _ALWAYS.sub(r"\\\g<0>", text)
    if linked:
        text = _ANY_BRACKET.sub(r"\\\g<0>", text)
    else:
        text = _BRACKET.sub(r"\\\g<0>", text + follows)
        text = text[: len(text) - len(follows)]
    text = _UNDERLINE.sub(r"\\_", text)
    text = _ENTITY.sub(r"\\&", text)
    return _TAG.sub(r"\\<", text)
