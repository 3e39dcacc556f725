"""What reviewers decide on a name, what they pick names by, and how a decision that comes too late is answered."""

import enum
from dataclasses import dataclass

from letterhub.domain.document import Signatory
from letterhub.domain.evidence import Doubt, Evidence, Standing
from letterhub.domain.refusals import Refused
from letterhub.domain.snapshot import fingerprint
from letterhub.domain.states import STANDING, SignatureMove, SignatureState, next_signature_state


class Pick(enum.StrEnum):
    """What staff may pick names by: all that is clear, all with a doubt, or one thing known of a name."""

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
    SAME_MAILBOX = "same-mailbox"
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
    FIRST_SEEN = "first-seen"

    def takes(self, standing: Standing) -> bool:
        """Whether a name of this standing is among those picked."""
        match self:
            case Pick.CLEAR:
                return standing.clear
            case Pick.DOUBT:
                return bool(standing.doubts - {Doubt.FIRST_SEEN})
            case Pick.IMPORTED | Pick.VOUCHED | Pick.SECOND_YES | Pick.KNOWN_CONTACT | Pick.INVITED:
                return Evidence(self.value) in standing.evidence
        return Doubt(self.value) in standing.doubts


@dataclass(frozen=True, slots=True)
class Decision:
    """A move upon names that the reviewer saw in the state `seen`; a name that has left it is not moved."""

    move: SignatureMove
    seen: SignatureState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """How a name shall print from now on, and where it stands in the list."""

    organization: str
    signer_name: str
    signer_title: str
    location: str
    affiliation: str
    section: str
    sort_name: str
    lead: bool


class DecidedAlready(Refused):
    """A name that someone else decided on first."""


class StandsAlready(Refused):
    """A name that cannot take its place because another holds it."""

    field = "organization"


class ChangedMeanwhile(Refused):
    """A name that is not as the reviewer saw it any more."""


class NotCorrectedNow(Refused):
    """A name that is not in the list nor on its way there."""


DONE = {
    SignatureState.PENDING: "waits for its confirmation",
    SignatureState.CONFIRMED: "is back in the queue",
    SignatureState.PUBLISHED: "was published",
    SignatureState.DECLINED: "was declined",
    SignatureState.WITHDRAWN: "was withdrawn",
    SignatureState.EXPIRED: "was never confirmed",
    SignatureState.OUTDATED: "needs to be confirmed again under the new text",
}


def check_decision(name: str, state: SignatureState, decision: Decision, last_by: str) -> None:
    """Raises DecidedAlready, with who was first where that is known, unless the name stands as the reviewer saw it."""
    if state is not decision.seen:
        whom = f" by {last_by}" if last_by and state is not SignatureState.PENDING else ""
        raise DecidedAlready(f"{name} {DONE[state]}{whom} in the meantime. Nothing was changed.")
    next_signature_state(state, decision.move)


def check_correction(name: str, state: SignatureState, now_is: Signatory, seen: str) -> None:
    """Raises NotCorrectedNow, or ChangedMeanwhile where the line is not the one whose mark was `seen`."""
    if state not in STANDING:
        raise NotCorrectedNow(f"{name} {DONE[state]}: return it to the queue before you correct it.")
    check_seen(now_is, seen)


def check_seen(now_is: Signatory, seen: str) -> None:
    """Raises ChangedMeanwhile unless the line is the one whose mark was `seen`."""
    if mark_of(now_is) != seen:
        raise ChangedMeanwhile(f"{now_is.name} was changed while you were looking at it. Look at it as it is now, then decide.")


def mark_of(line: Signatory) -> str:
    """A short mark of a line as it is, to notice that it changed."""
    return fingerprint({name: str(getattr(line, name)) for name in line.__slots__})[:16]
