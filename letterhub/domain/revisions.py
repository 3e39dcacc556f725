"""How a text that people signed may change: called a typo or a substance, with a reason, and taken back in time."""

import enum
from dataclasses import dataclass

from letterhub.domain.refusals import Refused
from letterhub.domain.states import LetterState

REASON_LENGTH = 500


class ChangeKind(enum.StrEnum):
    """How a revision differs from the one before it."""

    FIRST = "first"
    UNSIGNED = "unsigned"  # nobody had signed the one before
    TYPO = "typo"  # what was signed means the same: signatures count for it
    SUBSTANCE = "substance"  # it means something else: everyone is asked again
    TAKEN_BACK = "taken-back"  # the text from before a change of substance, once more


CALLED = frozenset({ChangeKind.TYPO, ChangeKind.SUBSTANCE})
"""What an organizer may call a change of a text that people signed."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an organizer calls a change, and the reason that everyone reads."""

    kind: ChangeKind
    reason: str


class NotCalled(Refused):
    """A change of a signed text of which nobody said what it is, or why."""


class TextIsSigned(Refused):
    """A text that people signed by now: its change needs a name and a reason."""


class SameText(Refused):
    """A change that changes nothing."""


class RevisedMeanwhile(Refused):
    """Another text was published since the change was looked at."""


class ChangeStays(Refused):
    """A change that stays."""


def check_called(change: Change) -> None:
    """Raises NotCalled unless a change is called a typo or a substance, with a reason of at most 500 characters."""
    if change.kind not in CALLED:
        raise NotCalled("Say whether this corrects a typo or changes what the letter says.", field="kind")
    if not change.reason.strip():
        raise NotCalled("Give the reason. Everyone who reads the letter’s history sees it.", field="reason")
    if len(change.reason) > REASON_LENGTH:
        raise NotCalled(f"Keep the reason under {REASON_LENGTH} characters.", field="reason")


def check_still_current(seen: int, current: int) -> None:
    """Raises RevisedMeanwhile unless the text that was compared with is still the one that readers see."""
    if seen != current:
        raise RevisedMeanwhile("Another text was published while you were looking. Compare with that one, then decide.")


def counts_from(kind: ChangeKind, number: int, before: int) -> int:
    """The first revision whose signatures count for revision `number`; `before` is that of the text that it continues.

    Nobody stands under a text that nobody signed, so a revision that replaces one counts from itself on.
    """
    return before if kind in (ChangeKind.TYPO, ChangeKind.TAKEN_BACK) else number


def check_takes_back(state: LetterState, kind: ChangeKind, held: bool) -> None:
    """Raises ChangeStays unless the last change of substance can be undone.

    `kind` is that of the revision from which on signatures count now; `held` says whether a reviewed name stands under
    a text since.
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
