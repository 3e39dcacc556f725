"""Drafts of a letter: normalization, three-way merge of concurrent edits, and the states in which the text is fixed."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import NamedTuple

from letterhub.domain.drafting.text_merge import merge_bodies
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _, join_sentences
from letterhub.domain.letters.letter_document import Addressee, LetterText
from letterhub.domain.letters.opening_rules import Requirement
from letterhub.domain.letters.pictures import Figure, Picture, insert_block
from letterhub.domain.letters.serialization import fingerprint, text_to_facts
from letterhub.domain.states import LetterState
from letterhub.domain.unicode import normalize_unicode

LOCK_REASONS = {
    LetterState.CLOSED: _("This letter is closed, so its text can no longer be changed."),
    LetterState.DELIVERED: _("This letter was delivered, so its text can no longer be changed."),
    LetterState.WITHDRAWN: _("This letter was withdrawn, so its text can no longer be changed."),
}

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x85\u2028]")
_PARAGRAPH_ENDS = re.compile("[\x0c\u2029]")
_BROKEN_LINE = re.compile("(?<![ \t])[ \t]*+[\x0b\u2028][ \t]*+(?![\r\n\x0b\x0c\x85\u2028\u2029]|$)")

MAX_ADDRESSEES = 60
MAX_LOGOS = 6
MOVES = {"up": -1, "down": 1, "remove": None}
HASH_LENGTH = 12  # hex digits: enough to tell texts of one letter apart


class TextIsLocked(UserFacingError):
    """Raised when the text may no longer be changed."""


class DraftConflict(UserFacingError):
    """Raised when someone else saved the text in the meantime. `version` is the stored one."""

    def __init__(self, saved_by: str, saved_at: dt.datetime, version: int) -> None:
        super().__init__(_("%(name)s saved this letter after you opened it.", name=saved_by))
        self.saved_by = saved_by
        self.saved_at = saved_at
        self.version = version


class LetterNotReady(UserFacingError):
    """Raised when a letter cannot be opened yet; `missing` lists what it needs."""

    def __init__(self, missing: tuple[Requirement, ...]) -> None:
        super().__init__(join_sentences(requirement.sentence for requirement in missing))
        self.missing = missing


def lock_reason(state: LetterState, *, is_delivered: bool) -> str:
    """Return the sentence that says why a letter's text may no longer be changed; "" if it may. Once it `is_delivered`, late
    names are for that text."""
    return LOCK_REASONS.get(state, "") or (LOCK_REASONS[LetterState.DELIVERED] if is_delivered else "")


def normalize_multiline(text: str) -> str:
    """Normalize multi-line input: NFC, "\\n" as line end, no control characters."""
    text = _LINE_ENDS.sub("\n", _PARAGRAPH_ENDS.sub("\n\n", text))
    return _CONTROLS.sub("", normalize_unicode("NFC", text))


def normalize_body(markdown: str) -> str:
    """Normalize a letter's Markdown by `normalize_multiline`; the line breaks of a word processor within a paragraph become
    Markdown's."""
    return normalize_multiline(_BROKEN_LINE.sub("  \n", markdown))


def published_hash(text: LetterText) -> str:
    """Return the SHA-256, in hex, that a draft's text has once it is published."""
    return fingerprint(text_to_facts(trim_text(text)))


def trim_text(text: LetterText) -> LetterText:
    """Return the text without empty addressees, empty lines and surrounding spaces."""
    return replace(
        text,
        title=text.title.strip(),
        date_words=text.date_words.strip(),
        via=text.via.strip(),
        re=text.re.strip(),
        short_subject=text.short_subject.strip(),
        salutation=text.salutation.strip(),
        body=text.body.rstrip(),
        closing=text.closing.strip(),
        addressees=tuple(addressee for addressee in map(_trim_addressee, text.addressees) if addressee.name),
        cc=_trim_lines(text.cc),
        enclosures=_trim_lines(text.enclosures),
        letterhead=replace(text.letterhead, name=text.letterhead.name.strip(), lines=_trim_lines(text.letterhead.lines)),
    )


def changed_parts(one: LetterText, other: LetterText) -> tuple[str, ...]:
    """Return the names of the parts in which two texts differ, in the order of the paper."""
    trimmed, other_trimmed = trim_text(one), trim_text(other)
    return tuple(part.name for part in fields(LetterText) if getattr(trimmed, part.name) != getattr(other_trimmed, part.name))


def apply_editor_action(text: LetterText, action: str) -> LetterText:
    """Return the text after a button of the editor was pressed: "add", "remove-1", "up-1" or "down-0" for the addressee with
    that index, "remove-logo-0" for a logo, "remove-picture-0" for a picture. Any other action changes nothing."""
    if action.startswith("remove-logo-"):
        removed = action.rpartition("-")[2]
        logos = tuple(logo for index, logo in enumerate(text.letterhead.logos) if str(index) != removed)
        return replace(text, letterhead=text.letterhead.with_logos(logos))
    if action.startswith("remove-picture-"):
        removed = action.rpartition("-")[2]
        return replace(text, pictures=tuple(one for index, one in enumerate(text.pictures) if str(index) != removed))
    verb, _dash, number = action.partition("-")
    blocks = list(text.addressees) or [Addressee("")]
    if verb == "add" and len(blocks) < MAX_ADDRESSEES:
        return replace(text, addressees=(*blocks, Addressee("")))
    if verb not in MOVES or number not in map(str, range(len(blocks))):
        return text
    index, step = int(number), MOVES[verb]
    block = blocks.pop(index)
    if step is not None:
        blocks.insert(max(index + step, 0), block)
    return replace(text, addressees=tuple(blocks))


def with_figure(text: LetterText, figure: Figure, position: int | None) -> LetterText:
    """Return the text with a figure after the paragraph that a position in its body is in, or at the end."""
    body = insert_block(text.body, figure.markdown, position)
    return replace(text, body=body, pictures=(*text.pictures, figure.picture))


def with_annex(text: LetterText, markdown: str, pictures: Sequence[Picture]) -> LetterText:
    """Return the text with an annex after all others, and the pictures that it shows."""
    return replace(text, body=insert_block(text.body, markdown, None), pictures=(*text.pictures, *pictures))


def part_hashes(text: LetterText) -> str:
    """Return a short hash of each part of a text, to detect later which ones changed: "title:1f0c… body:9a3b…"."""
    facts = text_to_facts(trim_text(text))
    parts = [part.name for part in fields(LetterText)]
    return " ".join(f"{part}:{fingerprint({part: facts.get(part)})[:HASH_LENGTH]}" for part in parts)


def parts_changed_since(text: LetterText, base: str) -> frozenset[str]:
    """Return the names of the parts of a text whose hashes are not in `base`, which is the result of `part_hashes` for an
    earlier text."""
    changed_hashes = set(part_hashes(text).split()) - set(base.split())
    return frozenset(part_hash.partition(":")[0] for part_hash in changed_hashes)


class TextBase(NamedTuple):
    """Earlier text that somebody edited: the hashes of its parts, and its body if it is known."""

    hashes: str
    body: str | None


class MergedText(NamedTuple):
    """Text with the changes of two who wrote at once, and the parts that both changed differently: there it has one's own."""

    text: LetterText
    conflicts: frozenset[str]


def merge_texts(edited: LetterText, stored: LetterText, base: TextBase) -> MergedText:
    """Merge two texts that were edited from the same earlier one: parts that `edited` left unchanged come from `stored`.

    Where the earlier body is known, changes at different places of the body are merged, too.
    """
    own_parts = parts_changed_since(edited, base.hashes)
    unchanged = {part.name for part in fields(LetterText)} - own_parts
    text = replace(edited, **{name: getattr(stored, name) for name in unchanged})
    conflicts = own_parts & parts_changed_since(stored, base.hashes) & set(changed_parts(edited, stored))
    if base.body is not None and (body := merge_bodies(base.body, edited.body, stored.body)) is not None:
        return MergedText(replace(text, body=body), conflicts - {"body"})
    return MergedText(text, conflicts)


def _trim_addressee(addressee: Addressee) -> Addressee:
    """Return an addressee without empty lines and surrounding spaces; without a name, the first line becomes the name."""
    lines = _trim_lines(addressee.lines)
    name = addressee.name.strip()
    return Addressee(name, lines) if name or not lines else Addressee(lines[0], lines[1:])


def _trim_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())
