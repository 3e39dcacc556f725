"""Marks of layout in Markdown that was read from a word processor: tabs between columns, and empty paragraphs.

They tell two columns and two addresses apart (`letterhub.intake.letters.letter_parts`), and never reach a letter. See
docs/design/drafts/word-drafts.md.
"""

import re

TAB, BLANK_LINE = "\ufdd2", "\ufdd3"  # noncharacters: removed from input, so that no text contains them

MAX_MARKER = 40  # characters, with indents
_MARKER = re.compile(r"\s*(?:\(?[^\W_]{1,4}[.):]{0,2}|[^\w\s]{1,2}|\w{2,12}\s?:)?\s*")
_LEADING = re.compile(rf"^{TAB}[{TAB} ]*(.*)", re.MULTILINE)
_BLOCK_START = re.compile(r"(?:#{1,6}|[-+*])(?=\s|$)|>|~~~|\d{1,9}[.)](?=\s|$)")


def opens_column(before: str, *, below_columns: bool) -> bool:
    """Return whether a tab after these words of its line begins a column; below a line of columns the first one may be empty.

    After nothing it is an indent, after "1.", "•" or "cc:" it belongs to that.
    """
    before = before[:MAX_MARKER]
    return not _MARKER.fullmatch(before) or (below_columns and not before.strip().strip(TAB))


def without_layout_tags(markdown: str) -> tuple[str, int]:
    """Return Markdown with spaces in place of tabs, and the number of lines that had columns."""
    plain = _LEADING.sub(lambda match: _escaped(match[1]), markdown.replace(BLANK_LINE, ""))
    columns = sum(TAB in line for line in plain.split("\n"))
    return re.sub(rf"[{TAB} ]*{TAB}[{TAB} ]*", " ", plain), columns


def _escaped(line: str) -> str:
    """Return what followed a tab so that it begins no list, heading or quotation."""
    return f"\\{line}" if _BLOCK_START.match(line) and not line[:1].isdigit() else line
