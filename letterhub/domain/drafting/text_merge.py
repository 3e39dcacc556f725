"""Three-way merge of a letter's Markdown: words that two people changed at different places are both kept."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_WORDS = re.compile(r"\w+|\n|[^\S\n]+|[^\w\s]")
MAX_WORDS = 4_000
"""Most words of a passage that are compared one by one, since that takes time by their square."""


class _Change(NamedTuple):
    """Tokens from `start` to `end` of the earlier text, and what stands there now."""

    start: int
    end: int
    new: tuple[str, ...]


def merge_bodies(base: str, edited: str, stored: str) -> str | None:
    """Merge two texts that grew from `base`; None if both changed the same words differently.

    Lines are compared first, then the words of lines that both changed. Both may write at the same place only if they wrote the
    same.
    """
    if edited in (base, stored):
        return stored
    if stored == base:
        return edited
    return _merge(*(text.splitlines(keepends=True) for text in (base, edited, stored)), by_words=False)


def _merge(base: Sequence[str], edited: Sequence[str], stored: Sequence[str], *, by_words: bool) -> str | None:
    """Merge sequences of lines or, `by_words`, of words."""
    merged: list[str] = []
    at = 0
    for own, other in _overlaps(_changes(base, edited), _changes(base, stored)):
        start = min(change.start for change in (*own, *other))
        end = max(change.end for change in (*own, *other))
        merged += base[at:start]
        at = end
        passage = _passage(base, own, other, start, end, by_words=by_words)
        if passage is None:
            return None
        merged.append(passage)
    return "".join((*merged, *base[at:]))


def _passage(
    base: Sequence[str], own: Sequence[_Change], other: Sequence[_Change], start: int, end: int, *, by_words: bool
) -> str | None:
    """Return what becomes of a passage that `own` and `other` changed; None if that cannot be told."""
    was, own_text, other_text = "".join(base[start:end]), _changed(base, own, start, end), _changed(base, other, start, end)
    if not other or own_text == other_text:
        return own_text
    if not own:
        return other_text
    if by_words:
        return None
    words = [_WORDS.findall(text) for text in (was, own_text, other_text)]
    return None if max(map(len, words)) > MAX_WORDS else _merge(*words, by_words=True)


def _changes(base: Sequence[str], new: Sequence[str]) -> list[_Change]:
    codes = SequenceMatcher(None, base, new, autojunk=False).get_opcodes()
    return [_Change(start, end, tuple(new[a:b])) for tag, start, end, a, b in codes if tag != "equal"]


def _changed(base: Sequence[str], changes: Sequence[_Change], start: int, end: int) -> str:
    parts: list[str] = []
    for change in changes:
        parts += [*base[start : change.start], *change.new]
        start = change.end
    return "".join((*parts, *base[start:end]))


def _overlaps(own: Sequence[_Change], other: Sequence[_Change]) -> list[tuple[list[_Change], list[_Change]]]:
    """Return the changes of both in groups that touch the same tokens, in order."""
    groups: list[tuple[list[_Change], list[_Change]]] = []
    end = -1
    for change, is_own in sorted([(change, True) for change in own] + [(change, False) for change in other]):
        if (
            change.start > end
            or not groups
            or (change.start == end and change.start < change.end and _is_apart(groups[-1], end))
        ):
            groups.append(([], []))
        groups[-1][0 if is_own else 1].append(change)
        end = max(end, change.end)
    return groups


def _is_apart(group: tuple[list[_Change], list[_Change]], end: int) -> bool:
    """Return whether all changes of a group replace words before `end`, so that one that begins there is apart from them."""
    return all(change.start < end for change in (*group[0], *group[1]))
