"""Deliveries of an edition: recipient, method and time, and the period in which one can be undone."""

import datetime as dt
import enum
from collections.abc import Collection
from dataclasses import dataclass

from letterhub.domain.editions.attachment_policy import DEFAULT_MAIL_LIMIT
from letterhub.domain.editions.edition import JobState
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.states import LETTER_STATE_NAMES, LetterState

UNDO_PERIOD = dt.timedelta(days=7)
RECIPIENT_LENGTH = 500
RECEIPT_LENGTH = 1000
REASON_LENGTH = 500


class DeliveryMethod(enum.StrEnum):
    """Method of a delivery."""

    LETTERHUB = "letterhub"  # by email from here
    EMAIL = "email"
    POST = "post"
    HAND = "hand"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class DeliveryRequest:
    """Delivery as entered: `address` is the email address that the file is sent to, "" for other methods; `mail_limit` the
    maximum bytes of a mail to it; `copies` asks for an email to each signatory. `form_token` is the idempotency key of the
    form, `errata_version` the version hash of the errata that the form showed."""

    recipient: str
    method: DeliveryMethod
    delivered_at: dt.datetime
    time_zone: str
    receipt: str = ""
    address: str = ""
    mail_limit: int = DEFAULT_MAIL_LIMIT
    copies: bool = False
    form_token: str = ""
    errata_version: str = ""


class CannotDeliver(UserFacingError):
    """Raised when an edition cannot be delivered now."""


class CannotUndoDelivery(UserFacingError):
    """Raised when a delivery can no longer be undone."""


def check_deliverable(state: LetterState, files: Collection[JobState]) -> None:
    """Raise CannotDeliver unless a letter in this state may be delivered and all files of the edition are rendered."""
    if state is LetterState.OPEN:
        raise CannotDeliver(_("The letter is still open. Close it first: what is delivered has its final names."))
    if state not in (LetterState.CLOSED, LetterState.DELIVERED):
        raise CannotDeliver(_("This letter is %(state)s, so it can’t be delivered.", state=LETTER_STATE_NAMES[state]))
    if any(file is not JobState.DONE for file in files):
        raise CannotDeliver(_("Some files of this edition aren’t ready. Wait for them, or retry the ones that failed."))


def check_errata_version(displayed: str, current: str) -> None:
    """Raise CannotDeliver if the edition has errata, and `current`, their version, is not the one that the form displayed."""
    if current and displayed != current:
        raise CannotDeliver(
            _("Parts of this edition no longer hold. Read what changed, and check the box to deliver it anyway."),
            field="errata_version",
        )


def check_delivery_time(delivery: DeliveryRequest, frozen_at: dt.datetime, at: dt.datetime) -> None:
    """Raise CannotDeliver for a time in the future, or before the edition was frozen."""
    if delivery.delivered_at > at:
        raise CannotDeliver(_("This time is in the future. Record the delivery once it has happened."), field="day")
    if delivery.delivered_at < frozen_at.replace(second=0, microsecond=0):
        raise CannotDeliver(_("The edition wasn’t frozen yet at this time."), field="day")


def can_be_undone(recorded_at: dt.datetime, undone_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Return whether a delivery is recent enough to be undone if it was recorded by mistake."""
    return undone_at is None and at <= recorded_at + UNDO_PERIOD


def check_undo(recorded_at: dt.datetime, undone_at: dt.datetime | None, at: dt.datetime) -> None:
    """Raise CannotUndoDelivery if it is undone already, or too old to undo."""
    if undone_at is not None:
        raise CannotUndoDelivery(_("This delivery has already been taken back."))
    if not can_be_undone(recorded_at, undone_at, at):
        raise CannotUndoDelivery(
            _(
                "This delivery was recorded more than %(days)s days ago, so it can no longer be taken back.",
                days=UNDO_PERIOD.days,
            )
        )
