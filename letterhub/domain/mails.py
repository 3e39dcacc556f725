"""What mails there are, how each of them stands, and when one that could not be handed over is tried again."""

import datetime as dt
import enum

from letterhub.domain.refusals import Refused

GIVEN_UP_AFTER = dt.timedelta(days=3)


class MailKind(enum.StrEnum):
    """Why a mail is written, and the facts that its line holds. What can be looked up is looked up when it is sent."""

    CONFIRM = "confirm"  # of a signature, no facts
    REMIND = "remind"  # of a signature, no facts
    SIGNED = "signed"  # of a signature, no facts
    CORRECTED = "corrected"  # of a signature: `before` and `after`, each [name, detail] as printed
    DELIVERY = "delivery"  # of a letter to its addressee: `delivery_id`, and how it brings the file
    COPY = "copy"  # of a signature: `edition_id`, and how it brings the file
    TYPO = "typo"  # of a signature: `revision_id` of the corrected text
    AGAIN = "again"  # of a signature that holds an earlier text, no facts
    RESTORED = "restored"  # of a signature that is back under the text it signed, no facts
    STILL = "still"  # of a signature whose consent is old, no facts
    INQUIRY = "inquiry"  # of a signature, to a second address of its organization: `inquiry_id`
    INVITE = "invite"  # of a letter, to whom staff ask to sign it: `invitation_id`, and `again` in a reminder
    SECONDED = "seconded"  # of the own entry of a second person: `seconded`, the signature that she confirmed
    SECONDED_CHANGED = "seconded-changed"  # of the same: `seconded`, and its `happening` since
    NOTICE = "notice"  # to staff, of what became of a published or seconded name: `notice_id`
    JOIN = "join"  # `membership_id`
    RESET = "reset"  # to whoever signs in with this address, no facts; deleted where nobody does


class Precedence(enum.IntEnum):
    """Which mail goes first where several are due, by the number that its line holds."""

    AWAITED = 0  # someone did something, and sits and waits for what comes of it
    TO_MANY = 1  # many are told at once, and none of them waits for it


TO_MANY = frozenset({
    MailKind.REMIND, MailKind.COPY, MailKind.TYPO, MailKind.AGAIN, MailKind.RESTORED, MailKind.STILL, MailKind.INVITE,
})  # fmt: skip


def precedence_of(kind: MailKind) -> Precedence:
    """Whether a mail of a kind goes before those of others."""
    return Precedence.TO_MANY if kind in TO_MANY else Precedence.AWAITED


class MailState(enum.StrEnum):
    """How a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Trouble(enum.StrEnum):
    """Why a mail could not be handed over."""

    SERVER = "server"  # the server is away, or refuses us: says nothing about this mail
    INTERRUPTED = "interrupted"  # the connection ended in the middle of this mail, because of it or not
    LATER = "later"  # the server asks to try this mail again
    NEVER = "never"  # the server will never take this mail
    NO_MAILBOX = "no mailbox"  # the server says that nobody can be mailed at this address


SOON = dt.timedelta(seconds=10)
FIRST_WAIT = {Trouble.SERVER: SOON, Trouble.INTERRUPTED: SOON, Trouble.LATER: dt.timedelta(minutes=1)}
LONGEST_WAIT = {Trouble.SERVER: SOON, Trouble.INTERRUPTED: dt.timedelta(minutes=5), Trouble.LATER: dt.timedelta(hours=6)}


class NotSent(Refused):
    """A mail that was not taken: `trouble` says whether to try again, `too_large` that a smaller one may be taken."""

    def __init__(self, trouble: Trouble, sentence: str, *, too_large: bool = False) -> None:
        super().__init__(sentence)
        self.trouble = trouble
        self.too_large = too_large


class NoLongerMeant(Refused):
    """A mail whose occasion has passed: it is not sent."""


class CannotMail(Refused):
    """An address that no mail can be sent to."""

    field = "email"


class CannotRetry(Refused):
    """A mail that is not waiting for anyone's decision."""


def next_try(trouble: Trouble, asked_at: dt.datetime, deferrals: int, at: dt.datetime, chance: float) -> dt.datetime | None:
    """Return when to try again a mail that failed at `at`, having been deferred so often before; None to give it up.

    Waits double from one minute up to six hours where the server defers this mail, and from ten seconds up to five minutes
    where the connection ended within it. A server that is away says nothing about the mail, which is soon due again: it is
    the worker that leaves the server alone for a while. `chance`, from 0 to 1, spreads the waits by a fifth, so that what
    failed together does not come back together.
    """
    if trouble in (Trouble.NEVER, Trouble.NO_MAILBOX):
        return None
    wait = min(FIRST_WAIT[trouble] * 2 ** min(deferrals, 20), LONGEST_WAIT[trouble])
    due_at = at + wait * (0.8 + 0.4 * chance)
    return due_at if due_at <= asked_at + GIVEN_UP_AFTER else None
