"""State machines of letters and signatures: states, moves and transitions."""

import enum
from collections.abc import Mapping

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _


class LetterState(enum.StrEnum):
    """State of a letter."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


class SignatureState(enum.StrEnum):
    """State of a signature."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    OUTDATED = "outdated"  # it is bound to an earlier text, and needs to be reconfirmed


class LetterMove(enum.StrEnum):
    """Action of staff on a letter."""

    OPEN = "open"
    CLOSE = "close"
    REOPEN = "reopen"
    DELIVER = "deliver"
    REVERT_DELIVERY = "revert-delivery"  # its last delivery was recorded by mistake
    WITHDRAW = "withdraw"
    TAKE_LATE_NAMES = "take-late-names"  # the form opens under a delivered letter, for its next edition
    END_LATE_NAMES = "end-late-names"


class SignatureMove(enum.StrEnum):
    """Action of signatories, staff or the clock on a signature."""

    CONFIRM = "confirm"
    PUBLISH = "publish"
    RETURN = "return"  # to the queue: undoes a decision of staff
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    REOPEN = "reopen"  # undoes a decline of what nobody had confirmed
    OUTDATE = "outdate"  # the text changed in substance
    RESTORE = "restore"  # that change was taken back


LETTER_MOVES: Mapping[tuple[LetterState, LetterMove], LetterState] = {
    (LetterState.DRAFT, LetterMove.OPEN): LetterState.OPEN,
    (LetterState.OPEN, LetterMove.CLOSE): LetterState.CLOSED,
    (LetterState.CLOSED, LetterMove.REOPEN): LetterState.OPEN,
    (LetterState.CLOSED, LetterMove.DELIVER): LetterState.DELIVERED,
    (LetterState.DELIVERED, LetterMove.REVERT_DELIVERY): LetterState.CLOSED,
    (LetterState.DELIVERED, LetterMove.TAKE_LATE_NAMES): LetterState.OPEN,
    (LetterState.OPEN, LetterMove.END_LATE_NAMES): LetterState.DELIVERED,
    (LetterState.OPEN, LetterMove.WITHDRAW): LetterState.WITHDRAWN,
    (LetterState.CLOSED, LetterMove.WITHDRAW): LetterState.WITHDRAWN,
    (LetterState.DELIVERED, LetterMove.WITHDRAW): LetterState.WITHDRAWN,
}

SIGNATURE_MOVES: Mapping[tuple[SignatureState, SignatureMove], SignatureState] = {
    (SignatureState.PENDING, SignatureMove.CONFIRM): SignatureState.CONFIRMED,
    (SignatureState.PENDING, SignatureMove.WITHDRAW): SignatureState.WITHDRAWN,
    (SignatureState.PENDING, SignatureMove.EXPIRE): SignatureState.EXPIRED,
    (SignatureState.PENDING, SignatureMove.DECLINE): SignatureState.DECLINED,
    (SignatureState.EXPIRED, SignatureMove.CONFIRM): SignatureState.CONFIRMED,
    (SignatureState.EXPIRED, SignatureMove.WITHDRAW): SignatureState.WITHDRAWN,
    (SignatureState.CONFIRMED, SignatureMove.PUBLISH): SignatureState.PUBLISHED,
    (SignatureState.CONFIRMED, SignatureMove.DECLINE): SignatureState.DECLINED,
    (SignatureState.CONFIRMED, SignatureMove.WITHDRAW): SignatureState.WITHDRAWN,
    (SignatureState.PUBLISHED, SignatureMove.RETURN): SignatureState.CONFIRMED,
    (SignatureState.PUBLISHED, SignatureMove.DECLINE): SignatureState.DECLINED,
    (SignatureState.PUBLISHED, SignatureMove.WITHDRAW): SignatureState.WITHDRAWN,
    (SignatureState.DECLINED, SignatureMove.RETURN): SignatureState.CONFIRMED,
    (SignatureState.DECLINED, SignatureMove.REOPEN): SignatureState.PENDING,
    (SignatureState.DECLINED, SignatureMove.WITHDRAW): SignatureState.WITHDRAWN,
    (SignatureState.CONFIRMED, SignatureMove.OUTDATE): SignatureState.OUTDATED,
    (SignatureState.PUBLISHED, SignatureMove.OUTDATE): SignatureState.OUTDATED,
    (SignatureState.OUTDATED, SignatureMove.CONFIRM): SignatureState.CONFIRMED,
    (SignatureState.OUTDATED, SignatureMove.RESTORE): SignatureState.CONFIRMED,
    (SignatureState.OUTDATED, SignatureMove.DECLINE): SignatureState.DECLINED,
    (SignatureState.OUTDATED, SignatureMove.WITHDRAW): SignatureState.WITHDRAWN,
}

ACTIVE_STATES = frozenset({SignatureState.CONFIRMED, SignatureState.PUBLISHED})
"""States of a signature that is listed or waits for review."""

CONFIRMED_STATES = ACTIVE_STATES | {SignatureState.OUTDATED}
"""States of a confirmed signature that has not ended: it may hold its organization's only place on a letter."""

UNCONFIRMED_STATES = frozenset({SignatureState.PENDING, SignatureState.EXPIRED})
"""States of a signature that nobody has confirmed or ended."""


LETTER_STATE_NAMES: Mapping[LetterState, str] = {
    LetterState.DRAFT: _("a draft"),
    LetterState.OPEN: _("open"),
    LetterState.CLOSED: _("closed"),
    LetterState.DELIVERED: _("delivered"),
    LetterState.WITHDRAWN: _("withdrawn"),
}
"""States of a letter in sentences, after “is”."""

SIGNATURE_STATE_NAMES: Mapping[SignatureState, str] = {
    SignatureState.PENDING: _("unconfirmed"),
    SignatureState.CONFIRMED: _("waiting for review"),
    SignatureState.PUBLISHED: _("published"),
    SignatureState.DECLINED: _("declined"),
    SignatureState.WITHDRAWN: _("withdrawn"),
    SignatureState.EXPIRED: _("expired"),
    SignatureState.OUTDATED: _("bound to an earlier text"),
}
"""States of a signature in sentences, after “is”."""


class MoveNotAllowed(UserFacingError):
    """Raised when a move is not allowed in the current state."""


def next_letter_state(state: LetterState, move: LetterMove) -> LetterState:
    """Return a letter's state after a move. Raises MoveNotAllowed if the move is not allowed."""
    try:
        return LETTER_MOVES[state, move]
    except KeyError:
        raise MoveNotAllowed(
            _("This letter is %(state)s, so that isn’t possible now.", state=LETTER_STATE_NAMES[state])
        ) from None


FORBIDDEN_WHEN_ERASED = frozenset(
    {
        (SignatureState.DECLINED, SignatureMove.RETURN),
        (SignatureState.DECLINED, SignatureMove.REOPEN),
        (SignatureState.PENDING, SignatureMove.CONFIRM),
        (SignatureState.EXPIRED, SignatureMove.CONFIRM),
    }
)
"""Transitions that are not allowed for an unlisted signature whose data is erased."""


def check_not_erased(state: SignatureState, move: SignatureMove, *, erased: bool) -> None:
    """Raise MoveNotAllowed for an unlisted signature that would come back without its signer's data."""
    if erased and (state, move) in FORBIDDEN_WHEN_ERASED:
        raise MoveNotAllowed(_("This signer’s data was erased, so the name can’t be restored."))


def next_signature_state(state: SignatureState, move: SignatureMove) -> SignatureState:
    """Return a signature's state after a move. Raises MoveNotAllowed if the move is not allowed."""
    try:
        return SIGNATURE_MOVES[state, move]
    except KeyError:
        raise MoveNotAllowed(
            _("This signature is %(state)s, so that isn’t possible now.", state=SIGNATURE_STATE_NAMES[state])
        ) from None
