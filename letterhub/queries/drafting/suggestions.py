"""Suggested changes of a draft, with what stands in their place in the text as it is now."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.drafting.comments import PassageFinder, PassageState
from letterhub.domain.drafting.suggestions import (
    SuggestedChange,
    SuggestionKind,
    SuggestionState,
    find_place,
    paragraph_name,
)
from letterhub.domain.editions.diff import ParagraphDiff, diff_pairs
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import LetterText
from letterhub.infrastructure.db import db
from letterhub.models import DraftSuggestion, SecretLink
from letterhub.rendering.editor.text_blocks import text_blocks


@dataclass(frozen=True, slots=True)
class ListedSuggestion:
    """Suggestion as shown: `partner` is for whom its link is, "" for one of a Word file; `place` and `now` are the state of its
    paragraph and what stands there now, `shown` the name of that paragraph; all as it was once it is no longer open.

    `diff` compares it with what is suggested, a new paragraph with nothing.
    """

    id: int
    link_id: int | None
    author: str
    partner: str
    change: SuggestedChange
    reason: str
    suggested_at: dt.datetime
    state: SuggestionState
    decided_at: dt.datetime | None
    decided_by: str
    place: PassageState
    now: str
    shown: str
    diff: ParagraphDiff

    @property
    def is_open(self) -> bool:
        """True if nobody has decided yet."""
        return self.state is SuggestionState.OPEN


def draft_blocks(text: LetterText) -> tuple[str, ...]:
    """Return the Markdown of each paragraph, heading and list of a draft; none for a text that can't be shown."""
    try:
        return tuple(block.markdown for block in text_blocks(text))
    except UserFacingError:
        return ()


def draft_suggestions(letter_id: int, text: LetterText) -> tuple[ListedSuggestion, ...]:
    """Return the suggestions for a draft: open ones in the order of the letter, then those decided last."""
    query = select(DraftSuggestion, SecretLink.label).outerjoin(SecretLink, SecretLink.id == DraftSuggestion.link_id)
    rows = db.session.execute(query.where(DraftSuggestion.letter_id == letter_id).order_by(DraftSuggestion.id)).all()
    blocks = draft_blocks(text)
    finder, facts = PassageFinder(blocks), list[tuple[PassageState, int, str]]()
    for one, _label in rows:
        place = find_place(one.was, one.number, blocks, finder)
        is_there = one.state is SuggestionState.OPEN and place.number is not None
        now = (place.number or 0, blocks[place.number or 0]) if is_there else (one.number, one.was)
        facts.append((place.state if one.state is SuggestionState.OPEN else PassageState.UNCHANGED, *now))
    diffs = diff_pairs(
        ("" if one.kind is SuggestionKind.ADD else now, one.content)
        for (one, _label), (_state, _number, now) in zip(rows, facts, strict=True)
    )
    listed = [
        (
            number,
            ListedSuggestion(
                one.id, one.link_id, one.author, label or "", one.change, one.reason, one.suggested_at, one.state,
                one.decided_at, one.decided_by, state, now, paragraph_name(number, now), diff,
            ),
        )
        for (one, label), (state, number, now), diff in zip(rows, facts, diffs, strict=True)
    ]  # fmt: skip
    waiting = sorted((pair for pair in listed if pair[1].is_open), key=lambda pair: (pair[0], pair[1].id))
    decided = [one for _number, one in listed if not one.is_open]
    decided.sort(key=lambda one: (one.decided_at or one.suggested_at, one.id), reverse=True)
    return (*(one for _number, one in waiting), *decided)
