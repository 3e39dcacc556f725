"""Next step for a letter, as one sentence."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from letterhub.domain.i18n import _, ngettext
from letterhub.domain.letters.opening_rules import Requirement
from letterhub.domain.signatures.signing import is_deadline_past
from letterhub.domain.states import LetterState

REQUIREMENT_LABELS = {
    "title": _("a title"),
    "body": _("its text"),
    "placeholder": _("a known placeholder"),
    "misplaced": _("its placeholders in the text"),
    "notes": _("notes that match their references"),
    "addressees": _("an addressee"),
    "salutation": _("a salutation"),
    "closing": _("a closing"),
    "deadline": _("a later deadline"),
    "sign-offs": _("the agreement of lead organizations"),
}


@dataclass(frozen=True, slots=True)
class LetterProgress:
    """Progress of a letter: how many signatures await review, how many are published, and how many `editions` are frozen."""

    state: LetterState
    deadline_at: dt.datetime | None
    awaiting_review_count: int
    published_count: int
    editions: int


def next_step(progress: LetterProgress, missing: Sequence[Requirement], now: dt.datetime) -> str:
    """Return what staff should do next, as one sentence; "" for nothing."""
    match progress.state:
        case LetterState.DRAFT if missing:
            *first, last = [str(REQUIREMENT_LABELS[requirement.field]) for requirement in missing]
            things = _("%(first)s and %(last)s", first=", ".join(first), last=last) if first else last
            return _("Still needs %(things)s.", things=things)
        case LetterState.DRAFT:
            return _("Ready to open for signatures.")
        case LetterState.OPEN:
            return _step_while_open(progress, now)
        case LetterState.CLOSED if not progress.awaiting_review_count:
            if progress.editions:
                return _("Hand over the edition, then record its delivery.")
            if progress.published_count:
                return _("Freeze an edition to deliver.")
            return _("No names are published. Reopen the letter, or withdraw it.")
        case LetterState.CLOSED | LetterState.DELIVERED:
            return _waiting_sentence(progress.awaiting_review_count)
    return ""


def _step_while_open(progress: LetterProgress, now: dt.datetime) -> str:
    """Return the next step for an open letter, before and after its deadline."""
    if is_deadline_past(progress.deadline_at, now):
        if not progress.awaiting_review_count:
            return _("The deadline has passed. Close the letter, or extend the deadline.")
        return ngettext(
            "1 name waits for review; the deadline has passed.",
            "%(num)s names wait for review; the deadline has passed.",
            progress.awaiting_review_count,
        )
    return _waiting_sentence(progress.awaiting_review_count) or _("Organizations can sign. There is nothing to review.")


def _waiting_sentence(count: int) -> str:
    """Return how many names wait for review, as a sentence; "" for none."""
    if not count:
        return ""
    return ngettext("1 name waits for review.", "%(num)s names wait for review.", count)
