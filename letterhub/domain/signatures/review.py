"""Review of signatures: staff decisions and corrections, filters of the list, conflicts, and events for notices."""

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.serialization import fingerprint
from letterhub.domain.questions.answers import Answers
from letterhub.domain.signatures.evidence import Assessment, Doubt, Evidence
from letterhub.domain.states import ACTIVE_STATES, SignatureMove, SignatureState, next_signature_state


class SignatureFilter(enum.StrEnum):
    """Filter of the signature list: all without a doubt, all with one, or one kind of evidence or doubt."""

    CLEAR = "clear"
    VOUCHED = "vouched"
    KNOWN_CONTACT = "known-contact"
    INVITED = "invited"
    SECOND_YES = "second-yes"
    SECOND_NO = "second-no"
    NOT_OURS = "not-ours"
    DISPUTED = "disputed"
    DOUBT = "doubt"
    IMPORTED = "imported"
    TURNED_AWAY = "turned-away"
    SAME_NAME = "same-name"
    LIKE_ANOTHER = "like-another"
    NAMES_ANOTHER = "names-another"
    LIKE_ORGANIZATION = "like-organization"
    ODD_LETTERS = "odd-letters"
    OTHER_NAME = "other-name"
    FREE_MAIL = "free-mail"
    DISPOSABLE = "disposable"
    OTHER_DOMAIN = "other-domain"
    NO_MAIL_SERVER = "no-mail-server"
    NO_WEBSITE = "no-website"
    NO_ADDRESS = "no-address"
    GOVERNMENT = "government"
    FLOOD = "flood"
    NO_PROOF = "no-proof"
    NEW_ORGANIZATION = "new-organization"

    def matches(self, assessment: Assessment) -> bool:
        """Return whether a signature with this assessment matches the filter."""
        match self:
            case SignatureFilter.CLEAR:
                return assessment.is_undoubted
            case SignatureFilter.DOUBT:
                return bool(assessment.doubts - {Doubt.NEW_ORGANIZATION})
            case (
                SignatureFilter.IMPORTED
                | SignatureFilter.VOUCHED
                | SignatureFilter.SECOND_YES
                | SignatureFilter.KNOWN_CONTACT
                | SignatureFilter.INVITED
            ):
                return Evidence(self.value) in assessment.evidence
        return Doubt(self.value) in assessment.doubts


@dataclass(frozen=True, slots=True)
class Decision:
    """Move of signatures that the reviewer saw in the state `expected_state`; one that has left it is not moved."""

    move: SignatureMove
    expected_state: SignatureState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SignatureTarget:
    """Name that a member of staff acts on, who acts and when.

    `expected_version` is the version hash of the line that was shown.
    """

    coalition_id: int
    signature_id: int
    expected_version: str
    actor: str
    at: dt.datetime


class AlreadyDecided(UserFacingError):
    """Raised when someone else decided on a name first."""


class PlaceTaken(UserFacingError):
    """Raised when a name cannot take its place because another holds it."""

    field = "organization"


class SignatureChanged(UserFacingError):
    """Raised when a name has changed since the reviewer saw it."""


class CannotVouch(UserFacingError):
    """Raised when a signature needs no vouch, or has one already."""


class CannotCorrect(UserFacingError):
    """Raised when a name is neither listed nor on its way there."""


STATE_PHRASES = {
    SignatureState.PENDING: _("is not confirmed"),
    SignatureState.CONFIRMED: _("was returned to the queue"),
    SignatureState.PUBLISHED: _("was published"),
    SignatureState.DECLINED: _("was declined"),
    SignatureState.WITHDRAWN: _("was withdrawn"),
    SignatureState.EXPIRED: _("expired without confirmation"),
    SignatureState.OUTDATED: _("needs to be confirmed again under the new text"),
}


def check_decision(name: str, state: SignatureState, decision: Decision, last_by: str) -> None:
    """Raise AlreadyDecided unless a signature is in the state that the reviewer saw, and MoveNotAllowed if the decision is not
    possible in its state. `last_by` is the name of the person who decided last, "" if unknown."""
    if state is not decision.expected_state:
        if last_by and state is not SignatureState.PENDING:
            phrase = _("%(what)s by %(who)s", what=STATE_PHRASES[state], who=last_by)
        else:
            phrase = STATE_PHRASES[state]
        raise AlreadyDecided(_("%(name)s %(what)s in the meantime. Nothing was changed.", name=name, what=phrase))
    next_signature_state(state, decision.move)


def check_correction(
    name: str, state: SignatureState, current: Signatory, expected_version: str, answers: Answers | None = None
) -> None:
    """Raise CannotCorrect unless a name is listed or waits for review, and SignatureChanged if the version hash of its line is
    not `expected_version`."""
    if state not in ACTIVE_STATES:
        raise CannotCorrect(
            _("%(name)s %(what)s. Return it to the queue before you correct it.", name=name, what=STATE_PHRASES[state])
        )
    check_line_version(current, expected_version, answers)


def check_line_version(current: Signatory, expected_version: str, answers: Answers | None = None) -> None:
    """Raise SignatureChanged if the version hash of the line, for staff with its answers, is not `expected_version`."""
    if line_version(current, answers) != expected_version:
        raise SignatureChanged(
            _("%(name)s was changed while you were looking at it. Review it again, then decide.", name=current.name)
        )


def line_version(line: Signatory, answers: Answers | None = None) -> str:
    """Return the version hash of a line, with its answers where they are shown, for optimistic concurrency."""
    facts: dict[str, Any] = {name: str(getattr(line, name)) for name in line.__slots__}
    return fingerprint(facts | {"answers": dict(answers)} if answers else facts)[:16]


class SignatureEvent(enum.StrEnum):
    """Kind of event of a signature."""

    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    NOT_OURS = "not-ours"
    PUBLISHED = "published"
    DECLINED = "declined"
    RETURNED = "returned"
