"""When staff may invite an organization to sign a letter, and how its invitation stands."""

import datetime as dt
import enum
from dataclasses import dataclass

from letterhub.domain.document import Kind
from letterhub.domain.importing import Fate, Fated, Given
from letterhub.domain.organizations import domain_of_email, domain_of_website, name_key
from letterhub.domain.refusals import Refused
from letterhub.domain.sameness import tells_apart
from letterhub.domain.states import SignatureState

MOST_AT_ONCE = 500
REMINDED_AFTER = dt.timedelta(days=3)


class OnLetterAlready(Refused):
    """An organization that is not invited, because the letter has a signature of it."""

    field = "organization"


class CannotInvite(Refused):
    """An organization or a mailbox that is not invited now."""

    field = "email"


class Came(enum.StrEnum):
    """What came of an invitation."""

    SIGNED = "signed"
    IN_REVIEW = "in-review"
    OUTDATED = "outdated"  # it signed an earlier text
    DECLINED = "declined"  # whoever was invited wants no invitation
    WITHDRAWN = "withdrawn"
    TURNED_DOWN = "turned-down"  # by staff
    BEGUN = "begun"  # the form behind the link was sent, and is not confirmed
    BOUNCED = "bounced"
    REMINDED = "reminded"
    WAITING = "waiting"


COUNTS_MOST = (
    SignatureState.PUBLISHED, SignatureState.CONFIRMED, SignatureState.OUTDATED, SignatureState.WITHDRAWN,
    SignatureState.DECLINED, SignatureState.PENDING,
)  # fmt: skip
"""States of a signature that say something of its organization's invitation, the weightiest first."""
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
"""What came of an invitation where the letter has a signature of its organization."""
OPEN = frozenset({Came.WAITING, Came.REMINDED, Came.BOUNCED})
"""What came of an invitation whose mail may still leave."""


def came_of(signed: SignatureState | None, *, declined: bool = False, bounced: bool = False, mails: int = 1) -> Came:
    """What came of an invitation: `signed` is the state of its organization's signature, None without one; `declined` and
    `bounced` tell of its mailbox, and `mails` counts those that left or will.
    """
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
    """Raises OnLetterAlready where the letter has a signature of the organization that is to be invited, under the name
    `signed_as`.
    """
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
    """Whether a signature for an organization counts as that of the invitee: `email` and `website` are the invitee's.

    One that was withdrawn or declined counts only if it was confirmed at a domain where the invitee is at home: whoever signs
    elsewhere in its name, and withdraws, ends no invitation.
    """
    if state not in ENDED:
        return state in COUNTS_MOST
    homes = {domain_of_email(email), domain_of_website(website)}
    home = domain_of_email(signed_from)
    return tells_apart(home) and home in homes


class Prospect(enum.StrEnum):
    """What becomes of a row of a file whose organizations are to be invited."""

    INVITED = "invited"
    BEFORE = "before"
    SIGNED = "signed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class InvitedRow:
    """A row of a file with what becomes of it, and a sentence that gives the reason; "" where there is nothing to say."""

    given: Given
    prospect: Prospect
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class KnownBefore:
    """What is known of an organization that is to be invited: whether its mailbox was `invited` before, or is `stopped`; where
    else, under its name, it was invited, "" for nowhere, and whether it `declined` there; what `came` of it, None where the
    letter has no signature of it; and the line of the file where its mailbox stands `earlier`.
    """

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
"""Why an organization of a file is not invited; "" where that it is on the letter says it all."""


def invited_row(row: Fated, known: KnownBefore) -> InvitedRow:
    """What becomes of a row of a file, whose fate in an import tells whether it can be read."""
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
