"""Comparison of a Word file with the copy that it was: changes of blocks of the text, and what can't be taken.

See docs/design/drafting/word_back.md.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from letterhub.domain.drafting.suggestions import SuggestionKind
from letterhub.domain.drafting.word_edits import (
    PARAGRAPH_END,
    Edit,
    NewWords,
    formatting_changes,
    paragraph_edits,
)
from letterhub.domain.drafting.word_file import OUTSIDE, ParagraphKey, Tracking, WordFile, WordParagraph
from letterhub.domain.i18n import _

_WORD = re.compile(r"\w+")
QUOTED = 120  # characters of a quotation
_OUTSIDE = _("This isn’t part of the text. Change it in its field on the Write tab.")
_MOVED = _("A paragraph was moved. Move it on the Write tab.")
_JOINED = _("Paragraphs were joined. Join them on the Write tab.")
_SPLIT = _("A heading, an item of a list or a cell was divided. Divide it on the Write tab.")
_BEFORE = _("A paragraph was added before a heading or list. Add it on the Write tab.")
_ITEMS = _("Items of a list, or lines of a table or quotation, were added. Add them on the Write tab.")
_LINES = _("Items of a list, or lines of a table or quotation, were removed. Remove them on the Write tab.")
_TABLE = _("A table or list was added. Add it on the Write tab.")
_FORMATTING = _("Only the formatting of words changed. Change it on the Write tab.")
_NOTE = _("A footnote changed. Change it on the Write tab.")


@dataclass(frozen=True, slots=True)
class UntakenPart:
    """Part of a file that can't be taken: why, and its words."""

    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class BlockChange:
    """Change of the block that begins at a line, by one author: edits of its paragraphs by number, or new paragraphs after it.

    An edit of an unchanged file's author is by who saved the file last.
    """

    kind: SuggestionKind
    line: int
    by: Tracking
    edits: Mapping[int, tuple[Edit, ...]] = field(default_factory=dict)
    added: tuple[tuple[NewWords, ...], ...] = ()


@dataclass(slots=True)
class WordChanges:
    """All changes of a file, in the order of the text, and what can't be taken."""

    changes: list[BlockChange] = field(default_factory=list)
    refusals: list[UntakenPart] = field(default_factory=list)

    def refuse(self, reason: str, words: Iterable[str] | str) -> None:
        """Add a part that can't be taken."""
        text = " ".join(" ".join([words] if isinstance(words, str) else words).replace(PARAGRAPH_END, " ").split())
        refusal = UntakenPart(reason, text if len(text) <= QUOTED else f"{text[:QUOTED]}…")
        if refusal not in self.refusals:
            self.refusals.append(refusal)


Groups = dict[ParagraphKey, list[WordParagraph]]


def compare_word(base: WordFile, returned: WordFile) -> WordChanges:
    """Return what is different in a file from the copy that it was, `base`."""
    comparison = WordChanges()
    known = {key: paragraph for paragraph in base.paragraphs for key in paragraph.keys}
    groups = _groups(known, returned.paragraphs, comparison)
    lines: dict[int, list[ParagraphKey]] = defaultdict(list)
    for key in known:
        lines[key.line].append(key)
    for line, keys in lines.items():
        if line == OUTSIDE:
            for key in keys:
                _compare_outside(known[key], groups.get(key), comparison)
        else:
            _Block(line, [known[key] for key in keys], [groups.get(key) for key in keys], comparison).compare(
                returned.last_saved
            )
    for note in _different(base.notes, returned.notes):
        comparison.refuse(_NOTE, note)
    return comparison


def _groups(
    known: Mapping[ParagraphKey, WordParagraph], paragraphs: Sequence[WordParagraph], comparison: WordChanges
) -> Groups:
    """Return what stands in the place of each known paragraph: itself, then new ones. Refuses what was moved or joined."""
    groups: Groups = {}
    moved = _moved_texts(known, paragraphs)
    current: ParagraphKey | None = None
    sizes: dict[int, int] = defaultdict(int)
    for key in known:
        sizes[key.line] += 1
    order: list[ParagraphKey] = []
    for previous, paragraph in zip([None, *paragraphs], paragraphs, strict=False):
        if previous and previous.end_deleted and previous.after.strip() and paragraph.after.strip():
            comparison.refuse(_JOINED, f"{previous.after} {paragraph.after}")
        own = [key for key in paragraph.keys if key in known]
        if not own:
            _add_new(paragraph, groups.get(current) if current else None, moved, comparison)
            continue
        present = [key for key in own if _shares_words(known[key], paragraph)] or own[-1:]
        before, current = current, present[0]
        groups[current] = [paragraph]
        if len(present) > 1:
            comparison.refuse(_JOINED, paragraph.after)
            groups |= {key: [known[key]] for key in present}
        order.append(current)
        if before and before.line == OUTSIDE and current.line != OUTSIDE and sizes[current.line] == 1:
            groups[current] = [*groups[before][1:], *groups[current]]
            del groups[before][1:]
    for key in _out_of_order(list(known), order):
        comparison.refuse(_MOVED, known[key].after)
    missing = [key for key in known if key not in groups and known[key].after in moved]
    return groups | {key: [known[key]] for key in missing}


def _out_of_order(known: Sequence[ParagraphKey], order: Sequence[ParagraphKey]) -> list[ParagraphKey]:
    """Return the first key of each block that stands elsewhere, as few as explain the order."""
    firsts: dict[object, int] = {}
    for place, key in enumerate(known):
        firsts.setdefault(key if key.line == OUTSIDE else key.line, place)
    places = list(dict.fromkeys(firsts[key if key.line == OUTSIDE else key.line] for key in order))
    ends, before = list[int](), dict[int, int | None]()
    for place in places:
        at = bisect_left(ends, place)
        before[place] = ends[at - 1] if at else None
        ends[at:] = [place, *ends[at + 1 :]]
    in_order, last = set[int](), ends[-1] if ends else None
    while last is not None:
        in_order.add(last)
        last = before[last]
    return [known[place] for place in places if place not in in_order]


def _add_new(
    paragraph: WordParagraph, group: list[WordParagraph] | None, moved: Iterable[str], comparison: WordChanges
) -> None:
    """Add a paragraph without a known bookmark to the group before it, unless it is empty or was moved."""
    if paragraph.moved or paragraph.after in moved:
        comparison.refuse(_MOVED, paragraph.after or paragraph.before)
    elif not any(piece.text.strip() for piece in paragraph.pieces):
        pass
    elif group is None:
        comparison.refuse(_OUTSIDE, paragraph.after)
    else:
        group.append(paragraph)


def _moved_texts(known: Mapping[ParagraphKey, WordParagraph], paragraphs: Sequence[WordParagraph]) -> set[str]:
    """Return the words of paragraphs that lost their bookmark, and stand elsewhere."""
    present = {key for paragraph in paragraphs for key in paragraph.keys}
    missing = {paragraph.after for key, paragraph in known.items() if key not in present and paragraph.after.strip()}
    return missing & {paragraph.after for paragraph in paragraphs if not any(key in known for key in paragraph.keys)}


def _shares_words(base: WordParagraph, paragraph: WordParagraph) -> bool:
    """Return whether most words of a paragraph are in another one."""
    words, others = _WORD.findall(base.after), set(_WORD.findall(paragraph.before))
    return bool(words) and sum(word in others for word in words) * 2 > len(words)


def _compare_outside(base: WordParagraph, group: Sequence[WordParagraph] | None, comparison: WordChanges) -> None:
    after = "\n".join(paragraph.after.strip() for paragraph in group or ())
    if after != base.after.strip():
        comparison.refuse(_OUTSIDE, after or base.after)


def _different(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return the words that only one of two lists has."""
    gone = [words for words in old if words not in new]
    return [words for words in new if words not in old] or gone


@dataclass(slots=True)
class _Block:
    """Block of the text, with its paragraphs as they were, and what stands in the place of each."""

    line: int
    base: Sequence[WordParagraph]
    groups: Sequence[list[WordParagraph] | None]
    comparison: WordChanges

    def compare(self, last_saved: Tracking) -> None:
        """Add the changes of the block."""
        words = [paragraph.after for paragraph in self.base]
        if all(group is None for group in self.groups):
            self._add(BlockChange(SuggestionKind.DROP, self.line, last_saved))
            return
        if any(group is None for group in self.groups):
            gone = (text for text, group in zip(words, self.groups, strict=True) if group is None)
            self.comparison.refuse(_LINES, gone)
        edits: dict[Tracking, dict[int, list[Edit]]] = defaultdict(lambda: defaultdict(list))
        added: list[Edit] = []
        for number, (base, group) in enumerate(zip(self.base, self.groups, strict=True)):
            for edit in self._edits_of(number, base, group or [base]):
                by = edit.by or last_saved
                own, addition = _split_new(edit, len(base.after))
                added += [replace(addition, by=by)] if addition else []
                if base.after[own.start : own.end] != own.text and self._is_possible(base, own):
                    edits[_one_author(edits, by)][number].append(own)
        for by, numbered in edits.items():
            self._add_edits(by, {number: tuple(some) for number, some in numbered.items()})
        for addition in added:
            self._add_new(addition, last_saved)

    def _edits_of(self, number: int, base: WordParagraph, group: list[WordParagraph]) -> list[Edit]:
        """Return the edits of one paragraph; refuses new ones within a list or table, and formatting alone."""
        for words in formatting_changes(base, group):
            self.comparison.refuse(_FORMATTING, words)
        if len(group) > 1 and len(self.base) > 1:
            is_last = number == len(self.base) - 1
            allowed = [one for one in group[1:] if is_last and not one.is_in_list and not one.is_in_table]
            for one in group[1:]:
                if one not in allowed:
                    self.comparison.refuse(_ITEMS, one.after)
            group = [group[0], *allowed]
        if any(paragraph.moved for paragraph in group):
            self.comparison.refuse(_MOVED, group[0].after or group[0].before)
            return []
        return paragraph_edits(base, group)

    def _is_possible(self, base: WordParagraph, edit: Edit) -> bool:
        """Return whether an edit can be made; refuses one that divides what can't be divided."""
        is_plain = len(self.base) == 1 and not base.is_in_list and not base.is_in_table and base.style == "BodyText"
        if PARAGRAPH_END in edit.text and not is_plain:
            self.comparison.refuse(_BEFORE if edit.end == 0 else _SPLIT, edit.text)
            return False
        return True

    def _add_edits(self, by: Tracking, edits: Mapping[int, tuple[Edit, ...]]) -> None:
        """Add the edits of one author; if nothing is left, the block is dropped."""
        left = "".join(_edited(base.after, edits.get(number, ())) for number, base in enumerate(self.base))
        kind = SuggestionKind.REPLACE if left.strip() else SuggestionKind.DROP
        self._add(BlockChange(kind, self.line, by, edits))

    def _add_new(self, addition: Edit, last_saved: Tracking) -> None:
        paragraphs = tuple(new_paragraphs(addition.words))
        if any(part[0].style in ("list", "table") for part in paragraphs):
            self.comparison.refuse(_TABLE, addition.text)
        elif paragraphs:
            self._add(BlockChange(SuggestionKind.ADD, self.line, addition.by or last_saved, added=paragraphs))

    def _add(self, change: BlockChange) -> None:
        self.comparison.changes.append(change)


def _one_author(edits: Iterable[Tracking], by: Tracking) -> Tracking:
    """Return the key for an author's edits: those of one author are one change, whenever they were made."""
    return next((other for other in edits if other.author == by.author), by)


def _split_new(edit: Edit, end: int) -> tuple[Edit, Edit | None]:
    """Return an edit without the paragraphs that it adds after the one that ends at `end`, and these if there are any."""
    if edit.end != end or PARAGRAPH_END not in edit.text:
        return edit, None
    first = next(at for at, words in enumerate(edit.words) if PARAGRAPH_END in words.text)
    head, _end, tail = edit.words[first].text.partition(PARAGRAPH_END)
    own = (*edit.words[:first], *([replace(edit.words[first], text=head)] if head else []))
    new = (replace(edit.words[first], text=PARAGRAPH_END + tail), *edit.words[first + 1 :])
    return replace(edit, words=own), replace(edit, start=end, words=new)


def new_paragraphs(words: Sequence[NewWords]) -> Iterable[tuple[NewWords, ...]]:
    """Yield new paragraphs that have words, each with the style of its own."""
    current: list[NewWords] = []
    style = ""
    for one in words:
        for at, part in enumerate(one.text.split(PARAGRAPH_END)):
            if at:
                if any(each.text.strip() for each in current):
                    yield tuple(current)
                current, style = [], one.style
            if part:
                current.append(replace(one, text=part, style=style))
    if any(each.text.strip() for each in current):
        yield tuple(current)


def _edited(text: str, edits: Sequence[Edit]) -> str:
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
