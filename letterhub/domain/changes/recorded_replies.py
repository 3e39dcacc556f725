"""Replies to a substantive change that signatories gave by phone, email, on paper or in person, as staff enter them."""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from letterhub.domain.changes.replies import REPLY_STATES, ChangeTerms, ReplyState
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.signatures.added_names import AgreementMethod, EvidenceFile, notification_fact
from letterhub.domain.states import LetterState, SignatureState


class ReplyAnswer(enum.StrEnum):
    """Answer of a signatory to a change."""

    YES = "yes"
    OBJECTION = "objection"


class CannotRecordReply(UserFacingError):
    """Raised for a reply that can't be recorded."""


class InvalidReplyDay(CannotRecordReply):
    """Raised for a day on which nobody can have replied, or too late for the change."""

    field = "agreed_on"


@dataclass(frozen=True, slots=True)
class RecordedReply:
    """Reply that a signatory gave outside of this site. `note` and `file` are for staff and the signatory alone."""

    answer: ReplyAnswer
    method: AgreementMethod
    replied_on: dt.date
    note: str = ""
    file: EvidenceFile | None = None

    def facts(self, revision_number: int, email: str) -> Mapping[str, str]:
        """Return what the evidence says, without personal data; `email` is the signatory's address, or ""."""
        return {
            "method": str(self.method), "agreed_on": self.replied_on.isoformat(), "revision": str(revision_number),
            "notified": notification_fact(email, is_notified=True),
        }  # fmt: skip


def is_recordable(letter: LetterState, signature: SignatureState, reply: ReplyState | None) -> bool:
    """Return whether staff may record a reply to the last change: the signatory was asked, has not answered, and was on the
    letter until the rule took the name off it, or is on it because of the rule."""
    if letter not in REPLY_STATES:
        return False
    if signature is SignatureState.OUTDATED:
        return reply in (ReplyState.WAITING, ReplyState.NOT_CONFIRMED, ReplyState.UNREACHED)
    is_on_letter = signature in (SignatureState.PUBLISHED, SignatureState.CONFIRMED)
    return is_on_letter and reply is ReplyState.NOT_OBJECTED


def is_in_time(replied_on: dt.date, terms: ChangeTerms) -> bool:
    """Return whether a reply of that day counts as one before the deadline."""
    return replied_on <= terms.deadline_at.astimezone(ZoneInfo(terms.zone)).date()


def check_reply_day(replied_on: dt.date, asked_at: dt.datetime, terms: ChangeTerms, at: dt.datetime) -> None:
    """Raise InvalidReplyDay for a day before the change was published, or one that is still to come."""
    zone = ZoneInfo(terms.zone)
    if replied_on > at.astimezone(zone).date():
        raise InvalidReplyDay(_("This day is still to come. Enter the day they replied."))
    if replied_on < asked_at.astimezone(zone).date():
        raise InvalidReplyDay(_("The change wasn’t published yet on this day. Enter the day they replied to it."))
