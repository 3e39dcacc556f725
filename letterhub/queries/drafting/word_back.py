"""Word copy of a draft that comes back: read, and compared with the text that it was made from.

See docs/design/drafting/word_back.md.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from letterhub.domain.drafting.comments import (
    MAX_COMMENT,
    MAX_WORDS_QUOTED,
    CommentPassage,
    PassageFinder,
    PassageNotFound,
    PassageState,
    choose_passage,
    passage_key,
)
from letterhub.domain.drafting.suggestions import SuggestionKind, find_place
from letterhub.domain.drafting.word_comparison import BlockChange, WordChanges, compare_word
from letterhub.domain.drafting.word_file import COPIED_TEXT, OUTSIDE, DraftIdentity, Tracking, WordComment, WordFile
from letterhub.domain.drafting.word_plan import (
    MAX_FROM_WORD,
    OTHER_LETTER,
    CannotBringBack,
    PlannedComment,
    PlannedSuggestion,
    WordPlan,
)
from letterhub.domain.editions.diff import ParagraphDiff, diff_pairs
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.infrastructure.signed_links import (
    ExpiredLink,
    InvalidLink,
    Purpose,
    UnreadableSecret,
    current_link_signer,
    unseal_facts,
)
from letterhub.intake.letters.draft_file import read_returned_copy
from letterhub.models import Draft, Letter
from letterhub.queries.drafting.comments import draft_paragraphs
from letterhub.queries.drafting.suggestions import draft_blocks
from letterhub.queries.letters.pdf_previews import copy_document
from letterhub.rendering.editor.word_changes import BlockEditor
from letterhub.rendering.lazy_imports import lazy_function

_docx_file = lazy_function("docx.file", "docx_file")
_NO_IDENTITY = _(
    "This file doesn’t say which draft it came from. Choose the Word file that was downloaded here; some programs, such as "
    "Google Docs, remove that information."
)
_NO_BOOKMARKS = _(
    "The program that saved this file removed the bookmarks that tell its paragraphs apart. Edit the downloaded file in Word "
    "or LibreOffice."
)
_UNNAMED = _("Unnamed")


def read_word_back(letter_id: int, data: bytes, name: str, at: dt.datetime) -> WordPlan:
    """Return what a Word file brings back to a draft. Nothing is stored.

    Raises CannotBringBack for one that isn't a copy of this draft, and FileRefused for one that can't be read.
    """
    returned = read_returned_copy(data, name)
    version, text = _copied_text(letter_id, returned.identity)
    end_read_transaction()
    base = read_returned_copy(_docx_file(copy_document(text, at), is_draft_copy=True, identity=DraftIdentity("-", "-")), name)
    known = {key for paragraph in base.paragraphs for key in paragraph.keys if key.line != OUTSIDE}
    if known and not any(key in known for paragraph in returned.paragraphs for key in paragraph.keys):
        raise CannotBringBack(_NO_BOOKMARKS)
    comparison = compare_word(base, returned)
    suggestions = tuple(_suggestions(text, base, comparison, returned.last_saved, at))
    comments = tuple(_comments(text, base, returned, comparison, at))
    return WordPlan(letter_id, version, suggestions, comments, tuple(comparison.refusals))


def _copied_text(letter_id: int, identity: DraftIdentity) -> tuple[int, LetterText]:
    """Return the version that a file was made from, and its text. Raises CannotBringBack."""
    letter = db.session.get_one(Letter, letter_id)
    if not identity.token:
        raise CannotBringBack(_NO_IDENTITY)
    try:
        opened = current_link_signer().open(Purpose.WORD_COPY, identity.token)
    except (InvalidLink, ExpiredLink):
        raise CannotBringBack(_NO_IDENTITY) from None
    if len(opened.subject) != 2 or opened.subject[0] != letter_id or opened.valid_since != letter.created_at:
        raise CannotBringBack(OTHER_LETTER)
    version = opened.subject[1]
    try:
        facts = unseal_facts(identity.sealed_text, COPIED_TEXT) if identity.sealed_text else None
    except UnreadableSecret:
        raise CannotBringBack(_NO_IDENTITY) from None
    if facts and (facts["letter"], facts["version"]) == (letter_id, version):
        return version, text_from_facts(facts["text"])
    draft = db.session.get_one(Draft, letter_id)
    if draft.version != version:
        raise CannotBringBack(
            _(
                "The program that saved this file removed the text that it was made from, and the draft has changed since. "
                "Edit the downloaded file in Word or LibreOffice."
            )
        )
    return version, text_from_facts(draft.text)


def _suggestions(
    text: LetterText, base: WordFile, comparison: WordChanges, last_saved: Tracking, at: dt.datetime
) -> Iterator[PlannedSuggestion]:
    """Yield the changes as suggestions; refuses those that can't be made."""
    words: dict[int, list[str]] = {}
    for paragraph in base.paragraphs:
        for key in paragraph.keys:
            words.setdefault(key.line, []).append(paragraph.after)
    editor = BlockEditor(text, words)
    for number, change in enumerate(comparison.changes):
        try:
            if number >= MAX_FROM_WORD:
                raise CannotBringBack(_("A file can bring back %(most)s changes, and this one has more.", most=MAX_FROM_WORD))
            suggested = editor.suggested_change(change)
        except UserFacingError as refusal:
            comparison.refuse(str(refusal), _new_words(change) or words[change.line])
            continue
        if suggested.kind is SuggestionKind.REPLACE and suggested.content == suggested.was:
            continue
        yield PlannedSuggestion(suggested, _name(change.by), _moment(change.by, at), change.by != last_saved)


def _new_words(change: BlockChange) -> str:
    edits = [edit.text for some in change.edits.values() for edit in some]
    return " … ".join(filter(str.strip, [*edits, *(one.text for words in change.added for one in words)]))


def _comments(
    text: LetterText, base: WordFile, returned: WordFile, comparison: WordChanges, at: dt.datetime
) -> Iterator[PlannedComment]:
    """Yield the comments, each on the passage that it is about in the text that was copied."""
    paragraphs = draft_paragraphs(text)
    finder = PassageFinder(paragraphs)
    originals = {key: paragraph.after for paragraph in base.paragraphs for key in paragraph.keys}
    for comment in returned.comments:
        if not comment.text:
            continue
        if len(comment.text) > MAX_COMMENT:
            comparison.refuse(_("This comment is too long."), comment.text)
            continue
        passage = _passage(comment, returned, originals, paragraphs, finder)
        yield PlannedComment(passage, comment.text, _name(comment.tracking), _moment(comment.tracking, at))


def _passage(
    comment: WordComment, returned: WordFile, originals: dict[Any, str], paragraphs: Sequence[str], finder: PassageFinder
) -> CommentPassage:
    """Return the passage of a comment: its words where the text has them, else their paragraph, else the whole letter."""
    if comment.paragraph is None or comment.paragraph >= len(returned.paragraphs):
        return CommentPassage()
    keys = [key for key in returned.paragraphs[comment.paragraph].keys if key in originals]
    original = originals[keys[0]] if keys else returned.paragraphs[comment.paragraph].before
    found = finder.most_similar(original)
    words = " ".join(comment.quote.split())[:MAX_WORDS_QUOTED]
    for key in (passage_key(paragraphs[found]) if found is not None else "", ""):
        try:
            return choose_passage(paragraphs, key, words) if words else choose_passage(paragraphs, key, "")
        except PassageNotFound:
            if key:
                return choose_passage(paragraphs, key, "")
    return CommentPassage()


def _name(tracking: Tracking) -> str:
    return tracking.author or str(_UNNAMED)


def _moment(tracking: Tracking, at: dt.datetime) -> dt.datetime:
    """Return when a change was made, by the clock of who made it, but never in the future."""
    return min(tracking.at, at) if tracking.at else at


@dataclass(frozen=True, slots=True)
class PreviewedSuggestion:
    """Suggestion of a file as the page shows it: `place` is the state of its paragraph in the draft as it is now."""

    planned: PlannedSuggestion
    place: PassageState
    diff: ParagraphDiff


def previewed_suggestions(plan: WordPlan) -> tuple[PreviewedSuggestion, ...]:
    """Return the suggestions of a file with their differences, and what became of their paragraphs since."""
    blocks = draft_blocks(text_from_facts(db.session.get_one(Draft, plan.letter_id).text))
    finder = PassageFinder(blocks)
    diffs = diff_pairs(
        ("" if one.change.kind is SuggestionKind.ADD else one.change.was, one.change.content) for one in plan.suggestions
    )
    return tuple(
        PreviewedSuggestion(one, find_place(one.change.was, one.change.number, blocks, finder).state, diff)
        for one, diff in zip(plan.suggestions, diffs, strict=True)
    )
