"""Changes of a signed text: called a typo or substantive, with a public reason, and reversible for a time."""

import enum
from dataclasses import dataclass

from letterhub.domain.errors import Refused
from letterhub.domain.states import LetterState

REASON_LENGTH = 500


class ChangeKind(enum.StrEnum):
    """Kind of difference between a revision and the one before it."""

    FIRST = "first"
    UNSIGNED = "unsigned"  # nobody had signed the one before
    TYPO = "typo"  # same meaning: signatures remain valid
    SUBSTANCE = "substance"  # another meaning: all signatories are asked to reconfirm
    TAKEN_BACK = "taken-back"  # the text from before a substantive change


CALLED = frozenset({ChangeKind.TYPO, ChangeKind.SUBSTANCE})
"""Kinds of change that an organizer may choose for a signed text."""


@dataclass(frozen=True, slots=True)
class Change:
    """Change as the organizer describes it: its kind, and the reason that everyone reads."""

    kind: ChangeKind
    reason: str


class NotCalled(Refused):
    """Raised when a change of a signed text has no kind or reason."""


class TextIsSigned(Refused):
    """Raised when people have signed the text by now, so that its change needs a kind and a reason."""


class SameText(Refused):
    """Raised when a change leaves the text as it is."""


class RevisedMeanwhile(Refused):
    """Raised when another text was published since the change was compared."""


class ChangeStays(Refused):
    """Raised when a change can no longer be reversed."""


def check_called(change: Change) -> None:
    """Raise NotCalled unless a change is called a typo or substantive, with a reason of at most 500 characters."""
    if change.kind not in CALLED:
        raise NotCalled("Say whether this corrects a typo or changes what the letter says.", field="kind")
    if not change.reason.strip():
        raise NotCalled("Give the reason. Everyone who reads the letter’s history sees it.", field="reason")
    if len(change.reason) > REASON_LENGTH:
        raise NotCalled(f"Keep the reason under {REASON_LENGTH} characters.", field="reason")


def check_still_current(seen: int, current: int) -> None:
    """Raise RevisedMeanwhile unless the text that was compared with is still the current one."""
    if seen != current:
        raise RevisedMeanwhile("Another text was published while you were looking. Compare with that one, then decide.")


def counts_from(kind: ChangeKind, number: int, before: int) -> int:
    """Return the first revision whose signatures count for revision `number`; `before` is that of the previous text.

    A revision that replaces an unsigned text counts from itself on.
    """
    return before if kind in (ChangeKind.TYPO, ChangeKind.TAKEN_BACK) else number


def check_takes_back(state: LetterState, kind: ChangeKind, held: bool) -> None:
    """Raise ChangeStays unless the last substantive change can be reversed.

    `kind` is that of the revision from which signatures count now; `held` says whether a reviewed name has signed the new text.
    """
    if kind is not ChangeKind.SUBSTANCE:
        raise ChangeStays("The letter’s text did not change in substance: there is nothing to take back.")
    if state not in (LetterState.OPEN, LetterState.CLOSED):
        raise ChangeStays(f"This letter is {state}: its text stays as it is.")
    if held:
        raise ChangeStays(
            "A name that staff reviewed already stands under the new text, so it stays. To return to the earlier words, write"
            " them and publish them as another change."
        )
