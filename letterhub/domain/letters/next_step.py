"""Next step for a letter, as one sentence."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from letterhub.domain.letters.letter import Missing
from letterhub.domain.states import LetterState

NEEDED = {
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
class Progress:
    """Progress of a letter: signatures `waiting` for review and `published`, and the number of frozen `editions`."""

    state: LetterState
    deadline_at: dt.datetime | None
    waiting: int
    published: int
    editions: int


def next_step(progress: Progress, missing: Sequence[Missing], now: dt.datetime) -> str:
    """Return what staff should do next, as one sentence; "" for nothing."""
    match progress.state:
        case LetterState.DRAFT:
            return (
                f"Still needs {_listed([NEEDED[one.field] for one in missing])}."
                if missing
                else "Ready to open for signatures."
            )
        case LetterState.OPEN:
            return _while_open(progress, now)
        case LetterState.CLOSED:
            return _names_wait(progress.waiting) or _towards_delivery(progress)
        case LetterState.DELIVERED:
            return _names_wait(progress.waiting)
    return ""


def is_past(deadline_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return whether a deadline was set and has passed."""
    return deadline_at is not None and now > deadline_at


def _while_open(progress: Progress, now: dt.datetime) -> str:
    if is_past(progress.deadline_at, now):
        waiting = _names_wait(progress.waiting).removesuffix(".")
        return f"{waiting}; the deadline has passed." if waiting else "The deadline has passed: close the letter, or extend it."
    return _names_wait(progress.waiting) or "Organizations can sign; no name waits for you."


def _towards_delivery(progress: Progress) -> str:
    if progress.editions:
        return "Hand the edition over, then record its delivery."
    return "Freeze an edition to deliver." if progress.published else "No name is published: reopen the letter, or withdraw it."


def _names_wait(count: int) -> str:
    if not count:
        return ""
    return "1 name waits for review." if count == 1 else f"{count:,} names wait for review."


def _listed(things: Sequence[str]) -> str:
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"
