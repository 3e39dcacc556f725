"""Replies of signatories to a substantive change: the rule for those who stay silent, the deadline, and its result.

Silence counts only where the notice arrived in time: see docs/decisions/20-silence-counts-only-after-notice.md.
"""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.states import LetterState

MIN_NOTICE = dt.timedelta(hours=12)
"""Time that a signatory has at least, from the moment the notice is sent to the deadline."""
MAX_NOTICE = dt.timedelta(days=28)
"""Time to reply at most: the emailed link works a little longer."""
REMINDER_LEAD = dt.timedelta(days=1)
REPLY_STATES = frozenset({LetterState.OPEN, LetterState.CLOSED, LetterState.DELIVERED})
"""States of a letter whose signatories may reply to a change until its deadline: it was promised to them, and silence counts
then, too."""


class SilenceRule(enum.StrEnum):
    """Rule for signatories who do not reply to a substantive change by its deadline."""

    KEEP = "keep"  # they stay, under the new text
    CONFIRM = "confirm"  # they come off


class NoticeState(enum.StrEnum):
    """State of the notice about a change."""

    RUNNING = "running"
    SETTLED = "settled"  # the deadline passed, and its rule was applied
    REPLACED = "replaced"  # by the notice of the next change
    TAKEN_BACK = "taken-back"  # with the change


class ReplyState(enum.StrEnum):
    """Reply of one signatory to a change."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    OBJECTED = "objected"
    NOT_OBJECTED = "not-objected"  # stays under the rule KEEP
    NOT_CONFIRMED = "not-confirmed"  # came off under the rule CONFIRM
    UNREACHED = "unreached"  # the notice did not arrive in time, so silence says nothing
    ENDED = "ended"  # declined, replaced or asked anew before the deadline


class UnreachedReason(enum.StrEnum):
    """Reason why a signatory's silence says nothing."""

    NO_ADDRESS = "no-address"
    UNCONFIRMED_MAILBOX = "unconfirmed-mailbox"  # from a file or from staff: nobody ever answered from there
    BOUNCED = "bounced"
    NOT_SENT = "not-sent"
    TOO_LATE = "too-late"


UNREACHED_REASONS: Mapping[UnreachedReason, str] = {
    UnreachedReason.NO_ADDRESS: _("There is no email address."),
    UnreachedReason.UNCONFIRMED_MAILBOX: _("Nobody has ever confirmed from this mailbox."),
    UnreachedReason.BOUNCED: _("The email couldn’t be delivered."),
    UnreachedReason.NOT_SENT: _("The email hasn’t been sent."),
    UnreachedReason.TOO_LATE: _("The email was sent less than 12 hours before the deadline."),
}


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    """Choice of the organizer before a change is published: the rule, and the deadline with the zone it is shown in."""

    rule: SilenceRule
    deadline_at: dt.datetime
    zone: str


@dataclass(frozen=True, slots=True)
class NoticeDelivery:
    """Delivery of the notice to one signatory, as far as it is known. `is_proven_mailbox` says that someone confirmed from it
    before."""

    has_address: bool
    is_proven_mailbox: bool
    is_undeliverable: bool
    sent_at: dt.datetime | None


class InvalidDeadline(UserFacingError):
    """Raised for a deadline that leaves too little time, or too much."""

    field = "deadline_date"


class NotRunning(UserFacingError):
    """Raised when a change waits for no replies any more."""


def check_deadline(deadline_at: dt.datetime, at: dt.datetime, last_notice_at: dt.datetime | None = None) -> None:
    """Raise InvalidDeadline unless everyone who is emailed by `last_notice_at` has MIN_NOTICE to reply."""
    if deadline_at < at + MIN_NOTICE:
        raise InvalidDeadline(_("Give signatories at least 12 hours from now."))
    if last_notice_at is not None and deadline_at < last_notice_at + MIN_NOTICE:
        raise InvalidDeadline(
            _("There are many signatories, and the last email leaves later. Choose a deadline at least a day later.")
        )
    if deadline_at > at + MAX_NOTICE:
        raise InvalidDeadline(_("Choose a deadline within the next four weeks."))


def check_extension(state: NoticeState, current: dt.datetime, new: dt.datetime, at: dt.datetime) -> None:
    """Raise NotRunning or InvalidDeadline unless the deadline `current` may be moved to `new`: never to an earlier time."""
    if state is not NoticeState.RUNNING or current <= at:
        raise NotRunning(_("The deadline has passed, so it can’t be extended."))
    if new <= current:
        raise InvalidDeadline(_("Signatories were promised the current deadline. Choose a later one."))
    if new > at + MAX_NOTICE:
        raise InvalidDeadline(_("Choose a deadline within the next four weeks."))


def reminder_at(asked_at: dt.datetime, deadline_at: dt.datetime) -> dt.datetime:
    """Return when to remind those who have not replied: a day before the deadline, or halfway if there is less time."""
    return deadline_at - min(REMINDER_LEAD, (deadline_at - asked_at) / 2)


def unreached_reason(delivery: NoticeDelivery, deadline_at: dt.datetime) -> UnreachedReason | None:
    """Return why a signatory cannot be said to have stayed silent; None if the notice arrived in time."""
    if not delivery.has_address:
        return UnreachedReason.NO_ADDRESS
    if delivery.is_undeliverable:
        return UnreachedReason.BOUNCED
    if not delivery.is_proven_mailbox:
        return UnreachedReason.UNCONFIRMED_MAILBOX
    if delivery.sent_at is None:
        return UnreachedReason.NOT_SENT
    if delivery.sent_at + MIN_NOTICE > deadline_at:
        return UnreachedReason.TOO_LATE
    return None


def reply_at_deadline(rule: SilenceRule, delivery: NoticeDelivery, deadline_at: dt.datetime) -> ReplyState:
    """Return what the silence of a signatory means at the deadline."""
    if unreached_reason(delivery, deadline_at) is not None:
        return ReplyState.UNREACHED
    return ReplyState.NOT_OBJECTED if rule is SilenceRule.KEEP else ReplyState.NOT_CONFIRMED
