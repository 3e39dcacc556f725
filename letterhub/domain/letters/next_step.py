"""Next step for a letter, as one sentence."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from letterhub.domain.letters.letter import Requirement
from letterhub.domain.states import LetterState

REQUIREMENT_LABELS = {
    "title": "a title",
    "body": "its text",
    "placeholder": "a placeholder that stands for a number",
    "misplaced": "its placeholders in the text",
    "notes": "marks and notes that fit together",
    "addressees": "an addressee",
    "salutation": "a salutation",
    "closing": "a closing",
    "deadline": "a later deadline",
}


@dataclass(frozen=True, slots=True)
class LetterProgress:
    """Progress of a letter: signatures `waiting` for review and `published`, and the number of frozen `editions`."""

    state: LetterState
    deadline_at: dt.datetime | None
    waiting: int
    published: int
    editions: int


def next_step(progress: LetterProgress, missing: Sequence[Requirement], now: dt.datetime) -> str:
    """Return what staff should do next, as one sentence; "" for nothing."""
    match progress.state:
        case LetterState.DRAFT:
            return (
                f"Still needs {_join_words([REQUIREMENT_LABELS[one.field] for one in missing])}."
                if missing
                else "Ready to open for signatures."
            )
        case LetterState.OPEN:
            return _step_while_open(progress, now)
        case LetterState.CLOSED:
            return _waiting_sentence(progress.waiting) or _step_towards_delivery(progress)
        case LetterState.DELIVERED:
            return _waiting_sentence(progress.waiting)
    return ""


def is_deadline_past(deadline_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return whether a deadline was set and has passed."""
    return deadline_at is not None and now > deadline_at


def _step_while_open(progress: LetterProgress, now: dt.datetime) -> str:
    if is_deadline_past(progress.deadline_at, now):
        waiting = _waiting_sentence(progress.waiting).removesuffix(".")
        return f"{waiting}; the deadline has passed." if waiting else "The deadline has passed: close the letter, or extend it."
    return _waiting_sentence(progress.waiting) or "Organizations can sign; no name waits for you."


def _step_towards_delivery(progress: LetterProgress) -> str:
    if progress.editions:
        return "Hand the edition over, then record its delivery."
    return "Freeze an edition to deliver." if progress.published else "No name is published: reopen the letter, or withdraw it."


def _waiting_sentence(count: int) -> str:
    if not count:
        return ""
    return "1 name waits for review." if count == 1 else f"{count:,} names wait for review."


def _join_words(things: Sequence[str]) -> str:
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"
