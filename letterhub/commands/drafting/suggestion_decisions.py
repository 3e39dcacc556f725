"""Decisions of staff on suggested changes of a draft: one by one, or all at once. See docs/design/drafting/suggestions.md."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select

from letterhub.commands.letters._shared_steps import check_text_editable, lock_letter_and_draft, store_draft
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.drafting.comments import PassageFinder, PassageState
from letterhub.domain.drafting.suggestions import (
    CannotDecide,
    Place,
    SuggestionKind,
    SuggestionState,
    find_place,
    paragraph_name,
)
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Draft, DraftSuggestion, append_audit_entry
from letterhub.rendering.editor.text_blocks import change_block, text_blocks


@dataclass(frozen=True, slots=True)
class Decider:
    """Member of staff who decides: the account, its name, and its name in the audit log."""

    staff_id: int
    name: str
    actor: str


@one_transaction
def accept_suggestion(letter_id: int, suggestion_id: int, shown: str, by: Decider, at: dt.datetime) -> None:
    """Make a suggested change in the draft, as its next version. `shown` is the name of the paragraph that the page showed.

    Raises CannotDecide if it is not open, or another paragraph stands there now; CannotSuggest if the words would change others
    around them now; TextIsLocked.
    """
    draft = _lock_draft(letter_id)
    suggestion = _lock_open_suggestion(letter_id, suggestion_id)
    text = text_from_facts(draft.text)
    blocks = [block.markdown for block in text_blocks(text)]
    number = find_place(suggestion.was, suggestion.number, blocks, PassageFinder(blocks)).number
    if number is None or paragraph_name(number, blocks[number]) != shown:
        raise CannotDecide(_("The letter has changed since this page was loaded. Look at the suggestion again."))
    store_draft(draft, _changed(text, number, suggestion), by.staff_id, at)
    suggestion.was, suggestion.number = blocks[number], number  # the list shows what was replaced
    _decide(suggestion, SuggestionState.ACCEPTED, by, at)


@one_transaction
def reject_suggestion(letter_id: int, suggestion_id: int, by: Decider, at: dt.datetime) -> None:
    """Reject a suggestion. Raises CannotDecide if it is not open, and TextIsLocked."""
    _lock_draft(letter_id)
    _decide(_lock_open_suggestion(letter_id, suggestion_id), SuggestionState.REJECTED, by, at)


@one_transaction
def accept_all_suggestions(letter_id: int, by: Decider, at: dt.datetime) -> tuple[int, int]:
    """Accept all open suggestions whose paragraph is as it was and that are the only one to change it; return how many, and how
    many stay open. The last paragraph is changed first, so that the others stay where they are. Raises TextIsLocked."""
    draft = _lock_draft(letter_id)
    text = text_from_facts(draft.text)
    blocks = [block.markdown for block in text_blocks(text)]
    finder, waiting = PassageFinder(blocks), _lock_open_suggestions(letter_id)
    places = [(find_place(one.was, one.number, blocks, finder), one) for one in waiting]
    accepted = 0
    last_first = sorted(
        _without_rivals(places), key=lambda pair: (pair[0].number, pair[1].kind is SuggestionKind.ADD, pair[1].id), reverse=True
    )
    for place, suggestion in last_first:
        try:
            text = _changed(text, place.number or 0, suggestion)
        except UserFacingError:  # it stays open, and accepting it alone says why
            continue
        _decide(suggestion, SuggestionState.ACCEPTED, by, at)
        accepted += 1
    if accepted:
        store_draft(draft, text, by.staff_id, at)
    return accepted, len(waiting) - accepted


@one_transaction
def reject_all_suggestions(letter_id: int, by: Decider, at: dt.datetime) -> int:
    """Reject all open suggestions; return how many. Raises TextIsLocked."""
    _lock_draft(letter_id)
    waiting = _lock_open_suggestions(letter_id)
    for suggestion in waiting:
        _decide(suggestion, SuggestionState.REJECTED, by, at)
    return len(waiting)


def _lock_draft(letter_id: int) -> Draft:
    """Return the draft, locked. Raises CannotDecide once the letter has opened, and TextIsLocked."""
    letter, draft = lock_letter_and_draft(letter_id)
    check_text_editable(letter)
    if letter.state is not LetterState.DRAFT:
        raise CannotDecide(_("This letter is no longer a draft: change its text on the Write tab."))
    return draft


def _lock_open_suggestion(letter_id: int, suggestion_id: int) -> DraftSuggestion:
    """Return a suggestion, locked. Raises CannotDecide if it is not open."""
    query = select(DraftSuggestion).where(DraftSuggestion.id == suggestion_id, DraftSuggestion.letter_id == letter_id)
    suggestion = db.session.scalar(query.with_for_update())
    if suggestion is None or suggestion.state is not SuggestionState.OPEN:
        raise CannotDecide(_("This suggestion is no longer open."))
    return suggestion


def _lock_open_suggestions(letter_id: int) -> list[DraftSuggestion]:
    query = select(DraftSuggestion).where(DraftSuggestion.letter_id == letter_id).order_by(DraftSuggestion.id)
    return list(db.session.scalars(query.where(DraftSuggestion.state == SuggestionState.OPEN).with_for_update()))


def _without_rivals(places: Iterable[tuple[Place, DraftSuggestion]]) -> list[tuple[Place, DraftSuggestion]]:
    """Return the suggestions whose paragraph is unchanged, without those of which several would change the same one."""
    unchanged = [(place, one) for place, one in places if place.state is PassageState.UNCHANGED]
    rivals = Counter(place.number for place, one in unchanged if one.kind is not SuggestionKind.ADD)
    return [(place, one) for place, one in unchanged if one.kind is SuggestionKind.ADD or rivals[place.number] == 1]


def _changed(text: LetterText, number: int, suggestion: DraftSuggestion) -> LetterText:
    return replace(text, body=change_block(text, number, suggestion.kind, suggestion.content))


def _decide(suggestion: DraftSuggestion, state: SuggestionState, by: Decider, at: dt.datetime) -> None:
    suggestion.decide(state, by.name, at)
    chain = ReferenceKind.LETTER.reference(suggestion.letter_id)
    append_audit_entry(db.session(), chain, by.actor, f"suggestion {state}", at=at, after={"suggestion": suggestion.id})
