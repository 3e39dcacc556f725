"""Invitations of organizations to sign a letter: who may be invited, and the outcome."""

import datetime as dt
import enum
from dataclasses import dataclass

from letterhub.domain.errors import Refused
from letterhub.domain.invitations.imports import Fate, Fated, Given
from letterhub.domain.letters.document import Kind
from letterhub.domain.organizations.matching import tells_apart
from letterhub.domain.organizations.names import domain_of_email, domain_of_website, name_key
from letterhub.domain.states import SignatureState

MOST_AT_ONCE = 500
REMINDED_AFTER = dt.timedelta(days=3)


class OnLetterAlready(Refused):
    """Raised for an organization that has signed the letter."""

    field = "organization"


class CannotInvite(Refused):
    """Raised for an organization or mailbox that cannot be invited now."""

    field = "email"


class Came(enum.StrEnum):
    """Outcome of an invitation."""

    SIGNED = "signed"
    IN_REVIEW = "in-review"
    OUTDATED = "outdated"  # it signed an earlier text
    DECLINED = "declined"  # the invitee wants no invitations
    WITHDRAWN = "withdrawn"
    TURNED_DOWN = "turned-down"  # by staff
    BEGUN = "begun"  # the form behind the link was submitted, not confirmed
    BOUNCED = "bounced"
    REMINDED = "reminded"
    WAITING = "waiting"


COUNTS_MOST = (
    SignatureState.PUBLISHED, SignatureState.CONFIRMED, SignatureState.OUTDATED, SignatureState.WITHDRAWN,
    SignatureState.DECLINED, SignatureState.PENDING,
)  # fmt: skip
"""Signature states that decide an invitation's outcome, by descending precedence."""
ENDED = frozenset({SignatureState.WITHDRAWN, SignatureState.DECLINED})
CAME = {
    SignatureState.PUBLISHED: Came.SIGNED,
    SignatureState.CONFIRMED: Came.IN_REVIEW,
    SignatureState.OUTDATED: Came.OUTDATED,
    SignatureState.WITHDRAWN: Came.WITHDRAWN,
    SignatureState.DECLINED: Came.TURNED_DOWN,
    SignatureState.PENDING: Came.BEGUN,
}
STANDS = frozenset({Came.SIGNED, Came.IN_REVIEW, Came.OUTDATED})
"""Outcomes where the letter has a signature of the organization."""
OPEN = frozenset({Came.WAITING, Came.REMINDED, Came.BOUNCED})
"""Outcomes after which mail may still be sent."""


def came_of(signed: SignatureState | None, *, declined: bool = False, bounced: bool = False, mails: int = 1) -> Came:
    """Return the outcome of an invitation. `signed` is the state of the organization's signature, None without one;
    `declined` and `bounced` are about its mailbox; `mails` counts those sent or to be sent."""
    came = CAME.get(signed) if signed else None
    if came in STANDS:
        return came
    if declined:
        return Came.DECLINED
    if came:
        return came
    if bounced:
        return Came.BOUNCED
    return Came.REMINDED if mails > 1 else Came.WAITING


def check_not_on_letter(name: str, signed_as: str, came: Came) -> None:
    """Raise OnLetterAlready if the letter has a signature of the organization, under the name `signed_as`."""
    said = name if name_key(name) == name_key(signed_as) else f"{name}, as “{signed_as},”"
    match came:
        case Came.SIGNED:
            raise OnLetterAlready(f"{said} is already on this letter.")
        case Came.IN_REVIEW:
            raise OnLetterAlready(f"{said} has signed already and waits for review.")
        case Came.OUTDATED:
            raise OnLetterAlready(
                f"{said} signed an earlier text of this letter, and is asked by email to confirm the new one."
            )


def is_of_invitee(state: SignatureState, *, email: str, website: str, signed_from: str) -> bool:
    """Return whether a signature for an organization counts as the invitee's; `email` and `website` are the invitee's.

    One that was withdrawn or declined counts only if it was confirmed at a domain of the invitee: signing elsewhere in its
    name, and withdrawing, must not end its invitation.
    """
    if state not in ENDED:
        return state in COUNTS_MOST
    homes = {domain_of_email(email), domain_of_website(website)}
    home = domain_of_email(signed_from)
    return tells_apart(home) and home in homes


class Prospect(enum.StrEnum):
    """Outcome of a row in a file of organizations to invite."""

    INVITED = "invited"
    BEFORE = "before"
    SIGNED = "signed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class InvitedRow:
    """Row of a file with its outcome, and a sentence that gives the reason; "" if there is none."""

    given: Given
    prospect: Prospect
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class KnownBefore:
    """Facts about an organization to invite: whether its mailbox was `invited` before or is `stopped` (suppressed); where
    else it was `invited_at` under its name, "" for nowhere, and whether it `declined` there; the outcome `came` of its
    signature, None without one; and the `earlier` line of the file with the same mailbox."""

    invited: bool = False
    invited_at: str = ""
    declined: bool = False
    stopped: bool = False
    came: Came | None = None
    earlier: int | None = None


NO_ADDRESS = "There is no email address to invite it at."
NOT_INVITED = {
    Came.SIGNED: "",
    Came.IN_REVIEW: "A signature for it waits for review.",
    Came.OUTDATED: "It signed an earlier text, and is asked to confirm the new one.",
    Came.WITHDRAWN: "It signed this letter and withdrew.",
    Came.TURNED_DOWN: "Its signature was declined.",
}
"""Reasons why an organization is not invited; "" if it is simply on the letter."""


def invited_row(row: Fated, known: KnownBefore) -> InvitedRow:
    """Decide the outcome of a row; the outcome that an import would give it says whether it is valid."""
    given = row.given
    if row.fate in (Fate.PROBLEM, Fate.TWICE):
        return InvitedRow(given, Prospect.LEFT, row.sentence)
    if given.signatory.kind is not Kind.ORGANIZATION:
        return InvitedRow(given, Prospect.LEFT, "Invitations are for organizations: a person signs by the form.")
    if known.came in NOT_INVITED:
        prospect = Prospect.SIGNED if known.came in STANDS else Prospect.LEFT
        return InvitedRow(given, prospect, NOT_INVITED[known.came])
    if known.stopped or known.declined:
        return InvitedRow(given, Prospect.LEFT, "It wants no more email about this letter, or none reaches this mailbox.")
    if known.invited or known.invited_at:
        return InvitedRow(given, Prospect.BEFORE, f"It was invited at {known.invited_at}." if known.invited_at else "")
    if known.earlier is not None:
        return InvitedRow(given, Prospect.LEFT, f"The same mailbox as on line {known.earlier}: each is invited once.")
    return InvitedRow(given, Prospect.INVITED, " ".join(given.notes))
