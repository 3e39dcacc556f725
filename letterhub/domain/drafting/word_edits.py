"""Edits of a paragraph in a Word file: who replaced which of its words, with tracking on or off.

See docs/design/drafting/word_back.md.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from letterhub.domain.drafting.word_file import Tracking, WordParagraph, WordPiece
from letterhub.domain.editions.word_alignment import changed_runs

PARAGRAPH_END = "\u2029"
"""Character at which an edit begins a new paragraph."""
_TOKEN = re.compile(r"\w+|\s|[^\w\s]")


@dataclass(frozen=True, slots=True)
class NewWords:
    """Words of an edit. After PARAGRAPH_END, `style` is that of the paragraph that begins, "list" for an item of a list."""

    text: str
    bold: bool = False
    italic: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `start` to `end` of a paragraph replaced by words; `by` is None for an edit that wasn't tracked."""

    start: int
    end: int
    words: tuple[NewWords, ...]
    by: Tracking | None

    @property
    def text(self) -> str:
        """Words without their formatting."""
        return "".join(one.text for one in self.words)


class Places:
    """Places in a text for those of another one, in which some words are different."""

    def __init__(self, text: str, other: str) -> None:
        spans = list[tuple[int, int]]()  # in the text, of each character of the other
        at = 0
        for start, end, new_start, new_end in [*changed_spans(text, other), (len(text), len(text), len(other), len(other))]:
            spans += ((place, place + 1) for place in range(at, start))
            spans += [(start, end)] * (new_end - new_start)
            at = end
        self._spans, self._end = spans, len(text)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the start and end in the text for those in the other one; all of what differs in between."""
        if start == end:
            place = self._spans[start - 1][1] if start else 0
            return place, place
        return self._spans[start][0], self._spans[end - 1][1]


def changed_spans(text: str, other: str) -> list[tuple[int, int, int, int]]:
    """Return the characters that differ: start and end in the one text, and in the other."""
    if text == other:
        return []
    tokens, others = _TOKEN.findall(text), _TOKEN.findall(other)
    places = list(accumulate(map(len, tokens), initial=0))
    other_places = list(accumulate(map(len, others), initial=0))
    return [
        (places[run.start], places[run.end], other_places[run.new_start], other_places[run.new_end])
        for run in changed_runs(tokens, others)
    ]


def paragraph_edits(base: WordParagraph, group: Sequence[WordParagraph]) -> list[Edit]:
    """Return the edits that lead from a paragraph as it was copied to those that stand in its place."""
    pieces = list(_joined(group))
    unchanged = [piece for piece in pieces if not piece.inserted]
    words, before = "".join(piece.text for piece in unchanged), base.after
    edits = []
    for start, end, new_start, new_end in changed_spans(before, words):
        edits.append(Edit(start, end, tuple(_slice(unchanged, new_start, new_end)), None))
    places = Places(before, words)
    for edit in _tracked(pieces):
        start, end = places.span(edit.start, edit.end)
        edits.append(replace(edit, start=start, end=end))
    return [edit for edit in edits if before[edit.start : edit.end] != edit.text]


def formatting_changes(base: WordParagraph, group: Sequence[WordParagraph]) -> list[str]:
    """Return the words that are bold or italic in one and not in the other, and the same otherwise."""
    unchanged = [piece for piece in _joined(group) if not piece.inserted]
    old, new = list(_formats(base.pieces)), list(_formats(unchanged))
    words, before = "".join(piece.text for piece in unchanged), base.after
    changed, at, new_at = list[int](), 0, 0
    for start, end, new_start, new_end in [*changed_spans(before, words), (len(before), len(before), len(words), len(words))]:
        changed += [
            place
            for place, new_place in zip(range(at, start), range(new_at, new_start), strict=False)
            if before[place].isalnum() and old[place] != new[new_place]
        ]
        at, new_at = end, new_end
    found = list[str]()
    last = -2
    for place in changed:
        if place > last + 1 and not (found and before[last + 1 : place].isspace()):
            found.append("")
        found[-1] += before[last + 1 : place + 1] if found[-1] else before[place]
        last = place
    return found


def _joined(group: Sequence[WordParagraph]) -> Iterator[WordPiece]:
    """Yield the pieces of paragraphs, with an end of a paragraph between each two."""
    for at, paragraph in enumerate(group):
        if at:
            before = group[at - 1]
            yield _End(PARAGRAPH_END, inserted=before.end_inserted, deleted=None, style=_style(paragraph))
        yield from paragraph.pieces


@dataclass(frozen=True, slots=True)
class _End(WordPiece):
    """End of a paragraph, with the style of the next one."""

    style: str = ""


def _style(paragraph: WordParagraph) -> str:
    return "list" if paragraph.is_in_list else "table" if paragraph.is_in_table else paragraph.style


def _tracked(pieces: Sequence[WordPiece]) -> list[Edit]:
    """Return the tracked edits; places are those of the words before them."""
    edits = list[Edit]()
    at, is_open = 0, False
    for piece in pieces:
        by = piece.inserted or piece.deleted
        if piece.inserted and piece.deleted:  # one's words that another took out again
            continue
        end = at if piece.inserted else at + len(piece.text)
        if by is None:
            is_open = False
        else:
            last = edits[-1] if edits and is_open and edits[-1].by and edits[-1].by.author == by.author else None
            words = (_new_words(piece),) if piece.inserted else ()
            if last is None:
                edits.append(Edit(at, end, words, by))
            else:
                edits[-1] = Edit(last.start, end, (*last.words, *words), _latest(last.by, by))
            is_open = True
        at = end
    return edits


def _latest(one: Tracking | None, other: Tracking) -> Tracking:
    return one if one and one.at and (other.at is None or one.at > other.at) else other


def _new_words(piece: WordPiece) -> NewWords:
    return NewWords(piece.text, piece.bold, piece.italic, piece.style if isinstance(piece, _End) else "")


def _slice(pieces: Sequence[WordPiece], start: int, end: int) -> Iterator[NewWords]:
    at = 0
    for piece in pieces:
        part = piece.text[max(start - at, 0) : max(end - at, 0)]
        if part:
            yield replace(_new_words(piece), text=part)
        at += len(piece.text)


def _formats(pieces: Sequence[WordPiece]) -> Iterator[tuple[bool, bool]]:
    for piece in pieces:
        yield from ((piece.bold, piece.italic) for _character in piece.text)
