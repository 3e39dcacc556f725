"""Annexes of a letter's text: what follows a line `:::annex Title` stands after the names, on pages of its own.

See docs/design/letter-text.md.
"""

import re
from collections.abc import Sequence

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from letterhub.rendering.letter.markdown_cleanup import Notes

_ANNEX = re.compile(r":{3,}[ \t]*annex[ \t]+(\S.*)", re.IGNORECASE)


def annex(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Parse the line that begins an annex; its title becomes an h1. Returns False at anything else."""
    match = _ANNEX.fullmatch(state.getLines(start, start + 1, state.blkIndent, False).strip())
    if match is None or state.level:
        return False
    if not silent:
        state.push("annex", "", 0)
        state.push("heading_open", "h1", 1).map = [start, start + 1]
        title = state.push("inline", "", 0)
        title.content, title.map, title.children = match[1].strip(), [start, start + 1], []
        state.push("heading_close", "h1", -1)
        state.line = start + 1
    return True


def split_annexes(tokens: Sequence[Token]) -> list[list[Token]]:
    """Return the tokens of the text itself, and those of each annex."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.type == "annex":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def notes_by_part(parts: Sequence[Sequence[Token]], notes: Notes) -> list[list[int]]:
    """Return the ids of the notes of each part of a text. A note belongs to the first part that refers to it; one that only
    other notes refer to belongs to the last part."""
    listed: set[int] = set()
    result = []
    for part in parts:
        references = (child for token in part for child in token.children or () if child.type == "footnote_ref")
        numbers = {int(reference.meta["id"]) for reference in references} - listed
        listed |= numbers
        result.append(sorted(numbers))
    result[-1] = sorted({*result[-1], *(number for number in notes.footnotes if number not in listed)})
    return result
