"""Outgoing mail: kinds, states, precedence, retry with backoff, and suppression of mailboxes. See docs/design/mail.md."""

import datetime as dt
import enum

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

GIVE_UP_AFTER = dt.timedelta(days=3)


class MailKind(enum.StrEnum):
    """Kind of mail, and the facts that its outbox line holds. What can be looked up is looked up on sending."""

    CONFIRM = "confirm"  # of a signature, no facts
    REMIND = "remind"  # of a signature, no facts
    SIGNED = "signed"  # of a signature, no facts
    PUBLISHED = "published"  # of a signature that staff published, no facts
    DECLINED = "declined"  # of a signature: `explanation`, what staff chose to tell, if anything
    WITHDRAWN = "withdrawn"  # of a signature, no facts
    CORRECTED = "corrected"  # of a signature: `before` and `after`, each [name, detail] as printed
    DELIVERY = "delivery"  # of an edition to a recipient: `recipient_id`, and how it brings its files
    COPY = "copy"  # of a signature: `edition_id`, and how it brings the file
    TYPO = "typo"  # of a signature: `revision_id` of the corrected text
    RECONFIRM = "reconfirm"  # of a signature that holds an earlier text, no facts
    RESTORED = "restored"  # of a signature that is back under the text it signed, no facts
    RENEW_CONSENT = "renew-consent"  # of a signature whose consent is old, no facts
    ADDED = "added"  # of a signature that staff added, no facts
    INQUIRY = "inquiry"  # of a signature, to a second address of its organization: `inquiry_id`
    INVITE = "invite"  # of a letter, to whom staff ask to sign it: `invitation_id`, and `again` in a reminder
    SIGN_OFF = "sign-off"  # of a letter, to a lead who is asked to agree to its draft: `sign_off_id`
    SECONDED = "seconded"  # to a seconder, of their own entry: `seconded`, the signature that they confirmed
    SECONDED_CHANGED = "seconded-changed"  # of the same: `seconded`, and its `event` since
    NOTICE = "notice"  # to staff at once: `membership_id`, and the times `since` and `until` of what happened
    DIGEST = "digest"  # to staff once a day, of the same
    MESSAGE = "message"  # of a signature, in the coalition's own words: `message_id`
    REPLY = "reply"  # of a signature, about a reply of the letter's recipient: `reply_id`
    QUOTE = "quote"  # of a signature, to approve a quote: `quote_id`
    SUBSCRIBE = "subscribe"  # of a coalition, to whom unsubscribed and asked for its emails again, no facts
    OPENING = "opening"  # to organizers, of a letter whose hour to open came: `error`, "" if it is open
    WEBHOOK_PAUSED = "webhook-paused"  # to owners: `webhook_id`
    JOIN = "join"  # `membership_id`, and the `language` of who invites
    FOUNDING = "founding"  # to found a coalition: `coalition_invitation_id`, and the `language` of who invites
    TEST = "test"  # of a letter, to a member of staff who tries own words: `mail`, `subject`, `text`, `sender_name`
    ACCOUNT_CHANGED = "account-changed"  # to an account: `staff_id`, an `event` of its sign-in or role, and its `detail`
    RESET = "reset"  # to an account's address, no facts; deleted if there is no account


class Precedence(enum.IntEnum):
    """Sending precedence of due mails; lower goes first."""

    INTERACTIVE = 0  # someone is waiting for it
    BULK = 1  # bulk mail that nobody waits for


BULK = frozenset({
    MailKind.REMIND, MailKind.COPY, MailKind.TYPO, MailKind.RECONFIRM, MailKind.RESTORED, MailKind.RENEW_CONSENT,
    MailKind.ADDED, MailKind.INVITE, MailKind.DIGEST, MailKind.PUBLISHED, MailKind.DECLINED,
    MailKind.MESSAGE, MailKind.REPLY,
})  # fmt: skip


FOR_STAFF = frozenset({
    MailKind.NOTICE, MailKind.DIGEST, MailKind.OPENING, MailKind.JOIN, MailKind.FOUNDING, MailKind.ACCOUNT_CHANGED,
    MailKind.RESET,
})  # fmt: skip
"""Kinds that speak the language of the account that they go to, whatever that of a letter."""


UNSUBSCRIBABLE = frozenset({
    MailKind.INVITE, MailKind.REMIND, MailKind.PUBLISHED, MailKind.ADDED, MailKind.MESSAGE, MailKind.REPLY,
    MailKind.SIGN_OFF,
})  # fmt: skip
"""Kinds that a recipient can unsubscribe from, at all letters of a coalition."""


MIN_SUBSCRIBE_INTERVAL = dt.timedelta(days=1)
"""Least time between two emails by which a mailbox subscribes again: whoever holds its link may ask for one."""


class MailState(enum.StrEnum):
    """State of an outgoing mail."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MailFailure(enum.StrEnum):
    """Kind of delivery failure."""

    SERVER = "server"  # the server is away or refuses us: says nothing about this mail
    INTERRUPTED = "interrupted"  # the connection ended within this mail, because of it or not
    TEMPORARY = "temporary"  # temporary failure of this mail
    PERMANENT = "permanent"  # permanent failure of this mail
    NO_MAILBOX = "no-mailbox"  # the server says that the mailbox does not exist


MIN_BACKOFF = dt.timedelta(seconds=10)
INITIAL_BACKOFF = {
    MailFailure.SERVER: MIN_BACKOFF,
    MailFailure.INTERRUPTED: MIN_BACKOFF,
    MailFailure.TEMPORARY: dt.timedelta(minutes=1),
}
MAX_BACKOFF = {
    MailFailure.SERVER: MIN_BACKOFF,
    MailFailure.INTERRUPTED: dt.timedelta(minutes=5),
    MailFailure.TEMPORARY: dt.timedelta(hours=6),
}


class MailNotAccepted(UserFacingError):
    """Raised when a mail was not accepted: `trouble` says whether to retry, `too_large` that a smaller one may be accepted."""

    def __init__(self, trouble: MailFailure, sentence: str, *, too_large: bool = False) -> None:
        super().__init__(sentence)
        self.trouble = trouble
        self.too_large = too_large


class ObsoleteMail(UserFacingError):
    """Raised when a mail is obsolete and is not to be sent."""


class CannotMail(UserFacingError):
    """Raised for an address that no mail can be sent to."""

    field = "email"


class CannotRetry(UserFacingError):
    """Raised when a mail does not wait for a decision about a retry."""


def next_attempt_at(
    failure: MailFailure, asked_at: dt.datetime, deferrals: int, at: dt.datetime, chance: float
) -> dt.datetime | None:
    """Return when to retry a mail that was requested at `asked_at`, and failed at `at` after so many deferrals; None to give
    up.

    The wait doubles from one minute up to six hours if the server defers this mail, and from ten seconds up to five minutes if
    the connection ended within it. An unavailable server says nothing about the mail, which is soon due again: the worker
    itself pauses. `chance`, from 0 to 1, adds 20 % jitter.
    """
    if failure in (MailFailure.PERMANENT, MailFailure.NO_MAILBOX):
        return None
    wait = min(INITIAL_BACKOFF[failure] * 2 ** min(deferrals, 20), MAX_BACKOFF[failure])
    due_at = at + wait * (0.8 + 0.4 * chance)
    return due_at if due_at <= asked_at + GIVE_UP_AFTER else None


ALERT_THRESHOLD = 3


class SuppressionReason(enum.StrEnum):
    """Reason for mail suppression."""

    DISOWNED = "disowned"
    BOUNCED = "bounced"


NOT_SENT_SENTENCES = {
    SuppressionReason.DISOWNED: _("Not sent: someone with this mailbox said that an earlier signature was not theirs."),
    SuppressionReason.BOUNCED: _("Not sent: an earlier email to this mailbox could not be delivered."),
}
