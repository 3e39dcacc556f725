"""What a delivery is: of which edition, to whom, by which way, when; and how long it can be taken back."""

import datetime as dt
import enum
from collections.abc import Collection
from dataclasses import dataclass

from letterhub.domain.attaching import USUAL_LIMIT
from letterhub.domain.editions import JobState
from letterhub.domain.refusals import Refused
from letterhub.domain.states import LetterState

UNDONE_WITHIN = dt.timedelta(days=7)
RECIPIENT_LENGTH = 500
RECEIPT_LENGTH = 1000
REASON_LENGTH = 500


class Way(enum.StrEnum):
    """How an edition reaches its addressees."""

    LETTERHUB = "letterhub"  # by email from here
    EMAIL = "email"
    POST = "post"
    HAND = "hand"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class Handover:
    """A delivery as it is told: `address` is where Letterhub sends the file, "" for every other way, and `limit` how many
    bytes a mail to it may have; `copies` asks for an email to each signatory. `once` is the word of its form,
    `known` the mark of what was seen of the edition that does not stand any more.
    """

    recipient: str
    way: Way
    delivered_at: dt.datetime
    zone: str
    receipt: str = ""
    address: str = ""
    limit: int = USUAL_LIMIT
    copies: bool = False
    once: str = ""
    known: str = ""


class CannotDeliver(Refused):
    """An edition that is not handed over now."""


class DeliveryStays(Refused):
    """A delivery that stays."""


def check_deliverable(state: LetterState, files: Collection[JobState]) -> None:
    """Raises CannotDeliver unless a letter in this state may be handed over, all files of the edition being drawn."""
    if state is LetterState.OPEN:
        raise CannotDeliver("The letter is still open. Close it first: what is delivered has its final names.")
    if state not in (LetterState.CLOSED, LetterState.DELIVERED):
        raise CannotDeliver(f"This letter is {state}: it cannot be delivered.")
    if any(file is not JobState.DONE for file in files):
        raise CannotDeliver("The files of this edition are not all ready. Wait for them, or try the missing ones again.")


def check_known(known: str, mark: str) -> None:
    """Raises CannotDeliver where something of the edition does not stand any more, and that was not seen as it is."""
    if mark and known != mark:
        raise CannotDeliver(
            "Some of this edition no longer holds. Read what has changed, and tick the box to deliver it anyway.",
            field="known",
        )


def check_handover(handover: Handover, frozen_at: dt.datetime, at: dt.datetime) -> None:
    """Raises CannotDeliver for a moment that lies ahead, or before the edition was there."""
    if handover.delivered_at > at:
        raise CannotDeliver("This time is still ahead. Record the delivery once it has happened.", field="day")
    if handover.delivered_at < frozen_at.replace(second=0, microsecond=0):
        raise CannotDeliver("The edition had not been frozen yet at this time.", field="day")


def can_be_taken_back(recorded_at: dt.datetime, taken_back_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Whether a delivery is recent enough that what was recorded by mistake can be undone."""
    return taken_back_at is None and at <= recorded_at + UNDONE_WITHIN


def check_take_back(recorded_at: dt.datetime, taken_back_at: dt.datetime | None, at: dt.datetime) -> None:
    """Raises DeliveryStays where it was taken back already, or stands for too long."""
    if taken_back_at is not None:
        raise DeliveryStays("This delivery has already been taken back.")
    if not can_be_taken_back(recorded_at, taken_back_at, at):
        raise DeliveryStays(f"This delivery was recorded more than {UNDONE_WITHIN.days} days ago. It stays.")
