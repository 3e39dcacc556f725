"""The states of a letter and of a signature, and which move leads from where to where."""

import enum
from collections.abc import Mapping

from letterhub.domain.refusals import Refused


class LetterState(enum.StrEnum):
    """Where a letter stands between its first word and its delivery."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


class SignatureState(enum.StrEnum):
    """Where a signature stands between the form and the printed list."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    OUTDATED = "outdated"  # it holds an earlier text, and needs to be confirmed again


class LetterMove(enum.StrEnum):
    """What staff may do to a letter."""

    OPEN = "open"
    CLOSE = "close"
    REOPEN = "reopen"
    DELIVER = "deliver"
    TAKE_BACK = "take-back"  # its last delivery was recorded by mistake
    WITHDRAW = "withdraw"


class SignatureMove(enum.StrEnum):
    """What signatories, staff and the clock may do to a signature."""

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
    (LetterState.DELIVERED, LetterMove.TAKE_BACK): LetterState.CLOSED,
    (LetterState.DRAFT, LetterMove.WITHDRAW): LetterState.WITHDRAWN,
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

STANDING = frozenset({SignatureState.CONFIRMED, SignatureState.PUBLISHED})
"""The states of a signature that is in the list or waits to be."""

HOLDING = STANDING | {SignatureState.OUTDATED}
"""The states in which a signature may hold its organization's one place under a letter."""


class NotAllowedNow(Refused):
    """A move that does not follow from where a letter or signature stands."""


def next_letter_state(state: LetterState, move: LetterMove) -> LetterState:
    """The state a letter is in after a move; raises NotAllowedNow where the move does not follow."""
    try:
        return LETTER_MOVES[state, move]
    except KeyError:
        raise NotAllowedNow(f"This letter is {state}: it cannot {move} now.") from None


NEVER_WHEN_ERASED = frozenset(
    {
        (SignatureState.DECLINED, SignatureMove.RETURN),
        (SignatureState.DECLINED, SignatureMove.REOPEN),
        (SignatureState.PENDING, SignatureMove.CONFIRM),
        (SignatureState.EXPIRED, SignatureMove.CONFIRM),
    }
)
"""What leads towards the list, where what was not in it has no data any more."""


def check_not_erased(state: SignatureState, move: SignatureMove, *, erased: bool) -> None:
    """Raises NotAllowedNow for what is in no list and would come back to one without the data of whoever signed."""
    if erased and (state, move) in NEVER_WHEN_ERASED:
        raise NotAllowedNow("The data of whoever signed here is erased: this name does not return.")


def next_signature_state(state: SignatureState, move: SignatureMove) -> SignatureState:
    """The state a signature is in after a move; raises NotAllowedNow where the move does not follow."""
    try:
        return SIGNATURE_MOVES[state, move]
    except KeyError:
        raise NotAllowedNow(f"This signature is {state}: it cannot {move} now.") from None
