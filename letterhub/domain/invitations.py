"""When staff may invite an organization to sign a letter, and how its invitation stands."""

import datetime as dt
import enum
from dataclasses import dataclass

from letterhub.domain.document import Kind
from letterhub.domain.importing import Fate, Fated, Given
from letterhub.domain.refusals import Refused
from letterhub.domain.states import STANDING, SignatureState

MOST_AT_ONCE = 500
REMINDED_AFTER = dt.timedelta(days=3)


class CannotInvite(Refused):
    """An organization or a mailbox that is not invited now."""

    field = "email"


class Came(enum.StrEnum):
    """What came of an invitation."""

    WAITING = "waiting"
    BEGUN = "begun"
    SIGNED = "signed"
    DECLINED = "declined"


def came_of(state: SignatureState | None, *, declined: bool) -> Came:
    """What came of an invitation whose form led to a signature in that state, None where it led to none."""
    if state in STANDING:
        return Came.SIGNED
    if declined:
        return Came.DECLINED
    return Came.BEGUN if state is SignatureState.PENDING else Came.WAITING


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
    else, under its name, it was invited, "" for nowhere, and whether it `declined` there; whether a signature of it is `there`
    in any state; and the line of the file where its mailbox stands `earlier`.
    """

    invited: bool = False
    invited_at: str = ""
    declined: bool = False
    stopped: bool = False
    there: bool = False
    earlier: int | None = None


NO_ADDRESS = "There is no e-mail address to invite it at."


def invited_row(row: Fated, known: KnownBefore) -> InvitedRow:
    """What becomes of a row that an import would have that fate for."""
    given = row.given
    if row.fate is Fate.STANDS:
        return InvitedRow(given, Prospect.SIGNED)
    if row.fate is not Fate.NEW:
        return InvitedRow(given, Prospect.LEFT, row.sentence)
    if given.signatory.kind is not Kind.ORGANIZATION:
        return InvitedRow(given, Prospect.LEFT, "Invitations are for organizations: a person signs by the form.")
    if known.stopped or known.declined:
        return InvitedRow(given, Prospect.LEFT, "It wants no more e-mail about this letter, or none reaches this mailbox.")
    if known.invited or known.invited_at:
        return InvitedRow(given, Prospect.BEFORE, f"It was invited at {known.invited_at}." if known.invited_at else "")
    if known.there:
        return InvitedRow(given, Prospect.LEFT, "A signature for this name, or from this mailbox, was begun or ended before.")
    if known.earlier is not None:
        return InvitedRow(given, Prospect.LEFT, f"The same mailbox as on line {known.earlier}: each is invited once.")
    return InvitedRow(given, Prospect.INVITED, row.sentence)
