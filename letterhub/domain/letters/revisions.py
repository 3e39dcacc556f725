"""Changes of a signed text: called a typo or substantive, with a public reason, and reversible for a time."""

import enum
from dataclasses import dataclass

from letterhub.domain.changes.replies import ChangeTerms
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.states import LETTER_STATE_NAMES, LetterState

REASON_LENGTH = 500


class ChangeKind(enum.StrEnum):
    """Kind of difference between a revision and the one before it."""

    FIRST = "first"
    UNSIGNED = "unsigned"  # nobody had signed the one before
    TYPO = "typo"  # same meaning: signatures remain valid
    SUBSTANCE = "substance"  # another meaning: all signatories are asked to reconfirm
    REVERTED = "reverted"  # the text from before a substantive change


CHOOSABLE_KINDS = frozenset({ChangeKind.TYPO, ChangeKind.SUBSTANCE})
"""Kinds of change that an organizer may choose for a signed text."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """Change as the organizer describes it: its kind, and the reason that everyone reads. `terms` are those of a substantive
    change: what silence means, and from when."""

    kind: ChangeKind
    reason: str
    terms: ChangeTerms | None = None


class ChangeNotDescribed(UserFacingError):
    """Raised when a change of a signed text has no kind or reason."""


class TextIsSigned(UserFacingError):
    """Raised when people have signed the text by now, so that its change needs a kind and a reason."""


class SameText(UserFacingError):
    """Raised when a change leaves the text as it is."""


class RevisionConflict(UserFacingError):
    """Raised when another text was published since the change was compared."""


class CannotRevertChange(UserFacingError):
    """Raised when a change can no longer be reversed."""


def check_change_description(change: TextChange) -> None:
    """Raise ChangeNotDescribed unless a change is called a typo or substantive, with a reason of at most 500 characters, and
    one of substance has terms."""
    if change.kind not in CHOOSABLE_KINDS:
        raise ChangeNotDescribed(_("Choose whether this corrects a typo or changes what the letter says."), field="kind")
    if not change.reason.strip():
        raise ChangeNotDescribed(_("Enter the reason. Everyone who reads the letter’s history sees it."), field="reason")
    if len(change.reason) > REASON_LENGTH:
        raise ChangeNotDescribed(_("Keep the reason under %(most)s characters.", most=REASON_LENGTH), field="reason")
    if change.kind is ChangeKind.SUBSTANCE and change.terms is None:
        raise ChangeNotDescribed(_("Choose what happens to signatories who don’t reply."), field="rule")


def check_still_current(expected: int, current: int) -> None:
    """Raise RevisionConflict unless the text that was compared with is still the current one."""
    if expected != current:
        raise RevisionConflict(_("Another text was published while you were looking. Compare with it, then decide."))


def counts_from(kind: ChangeKind, number: int, before: int) -> int:
    """Return the number of the first revision whose signatures count for revision `number`, a change of this kind.

    `before` is the same for the previous revision. Only a corrected typo and a reversed change keep earlier signatures.
    """
    return before if kind in (ChangeKind.TYPO, ChangeKind.REVERTED) else number


def check_revert(state: LetterState, kind: ChangeKind, has_reviewed_name: bool, *, is_settled: bool = False) -> None:
    """Raise CannotRevertChange unless the last substantive change of a letter in this state can be reversed.

    `kind` is that of the first revision whose signatures count now. `has_reviewed_name` says whether staff reviewed a name
    under the new text; `is_settled` that the deadline for replies passed, and its rule was applied.
    """
    if kind is not ChangeKind.SUBSTANCE:
        raise CannotRevertChange(_("The last change didn’t alter what the letter says, so there is nothing to take back."))
    if state not in (LetterState.OPEN, LetterState.CLOSED):
        raise CannotRevertChange(_("This letter is %(state)s, so its text can’t be changed.", state=LETTER_STATE_NAMES[state]))
    if is_settled:
        raise CannotRevertChange(
            _(
                "The deadline for replies has passed, so the change stays. To return to the earlier wording, publish it as "
                "another change."
            )
        )
    if has_reviewed_name:
        raise CannotRevertChange(
            _(
                "A name reviewed by staff already stands under the new text, so the change stays. To return to "
                "the earlier wording, publish it as another change."
            )
        )
