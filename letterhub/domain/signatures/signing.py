"""Signing a letter: the request, deadlines, states of letter and signature, duplicates, and what a signature is bound to."""

import datetime as dt
import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from letterhub.domain.abuse.submission_limits import make_idempotency_key
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.letters.signing_settings import FormSettings, WhoMaySign
from letterhub.domain.line_validation import count_scriptless_marks
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.name_keys import spelling_key, wording_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.questions.answers import Answers
from letterhub.domain.questions.news import NewsOffer
from letterhub.domain.signatures.line_fields import line_texts
from letterhub.domain.states import ACTIVE_STATES, SIGNATURE_STATE_NAMES, LetterState, SignatureState

COMMON_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)
"""Time zones listed first: those of the United States."""
YEARS = range(2000, 2101)


class YearOutOfRange(UserFacingError):
    """Raised for a year that is probably a typing error, and outside the range of time zone data."""

    field = "deadline_date"


class SkippedTime(UserFacingError):
    """Raised for a time that is skipped when clocks are set forward."""

    field = "deadline_time"


class DeadlinePassed(UserFacingError):
    """Raised for a deadline in the past where one ahead is needed."""

    field = "deadline_date"


def is_deadline_past(deadline_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return whether a deadline was set and has passed."""
    return deadline_at is not None and now > deadline_at


def local_to_utc(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """Convert a local day and time in a zone to UTC.

    Where clocks are set back and the time occurs twice, the later one counts, in favor of the signer. Raises SkippedTime if
    clocks skip it, and YearOutOfRange outside the years 2000 to 2100.
    """
    if day.year not in YEARS:
        raise YearOutOfRange(
            _("Check the year. It must be between %(first)s and %(last)s.", first=str(YEARS[0]), last=str(YEARS[-1]))
        )
    time_zone = ZoneInfo(zone)
    local = dt.datetime.combine(day, time, tzinfo=time_zone).replace(fold=1)
    moment = local.astimezone(dt.UTC)
    if moment.astimezone(time_zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise SkippedTime(
            _("Clocks go forward on this day and skip %(time)s. Choose an hour earlier or later.", time=f"{time:%H:%M}"),
        )
    return moment


def utc_to_local(moment: dt.datetime, zone: str) -> tuple[dt.date, dt.time]:
    """Convert a moment to the day and time in a zone, to the minute."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.date(), local.time().replace(second=0, microsecond=0)


class Source(enum.StrEnum):
    """Source of a signature."""

    FORM = "form"
    IMPORT = "import"


class Scope(enum.StrEnum):
    """Scope of an organization: how far it reaches, and so its section of the list unless staff chose another."""

    NATIONAL = "national"
    STATE = "state"
    LOCAL = "local"
    INTERNATIONAL = "international"


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """Input of the signing form: the line as it will print, and the email address.

    `revision` is the number of the text that the form showed, None if unknown. `form_token` is the form's one-time token, ""
    for none. `no_mail_server` says that the address's domain has no mail server. `private` has other fields that are never
    published. `settings` is what the input was checked by, None if it need not be what the letter asks for now. `answers` are
    those to the letter's questions, `news` is the offer of news that was accepted. `language` is the one in which the letter
    was read, "" for its own, `translation` the id of the translation that the form showed.
    """

    line: Signatory
    email: EmailAddress
    revision: int | None
    form_token: str = ""
    no_mail_server: bool = False
    private: Mapping[str, str] = field(default_factory=dict)
    settings: FormSettings | None = None
    answers: Answers | None = None
    news: NewsOffer | None = None
    language: str = ""
    translation: int | None = None

    def key(self, letter_id: int) -> str | None:
        """Return the idempotency key of the form, whatever was typed: one token yields one signature."""
        return make_idempotency_key(self.form_token, letter_id)


class LetterNotOpen(UserFacingError):
    """Raised when the letter accepts no signatures."""


class SignerKindNotAccepted(UserFacingError):
    """Raised when the letter is for the other kind of signatory."""


class TextChanged(UserFacingError):
    """Raised when the text that the form showed is no longer the current one."""


class AlreadySigned(UserFacingError):
    """Raised when the organization has signed the letter already."""

    field = "organization"


class AlreadyConfirmed(UserFacingError):
    """Raised when the signature was confirmed before, so that it can be neither confirmed nor disowned."""


class NothingChanged(UserFacingError):
    """Raised when a correction changes nothing."""


class NotCorrectable(UserFacingError):
    """Raised when a signature is neither listed nor on its way there."""


class AlreadyErased(UserFacingError):
    """Raised when the personal data of a signature is erased."""


class MailedTooOften(UserFacingError):
    """Raised when enough mail has been sent to this address for now."""

    field = "email"


def is_open(state: LetterState, deadline_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return whether a letter accepts signatures at this moment. `Letter.is_open_at` says the same in SQL."""
    return state is LetterState.OPEN and not is_deadline_past(deadline_at, now)


def check_open(state: LetterState, deadline_at: dt.datetime | None, now: dt.datetime) -> None:
    """Raise LetterNotOpen unless the letter accepts signatures at this moment."""
    if state is LetterState.DRAFT:
        raise LetterNotOpen(_("This letter is not open for signatures yet."))
    if state is LetterState.WITHDRAWN:
        raise LetterNotOpen(_("This letter was withdrawn. It takes no signatures."))
    if state is not LetterState.OPEN or is_deadline_past(deadline_at, now):
        raise LetterNotOpen(_("This letter is closed. It takes no more signatures."))


@dataclass(frozen=True, slots=True)
class SigningPeriod:
    """Signing period of a letter: until its deadline or until it was closed by staff, and the grace period for confirming."""

    state: LetterState
    deadline_at: dt.datetime | None
    closed_at: dt.datetime | None
    grace: dt.timedelta

    @property
    def end(self) -> dt.datetime | None:
        """End of signing; None if not known yet."""
        return min((moment for moment in (self.deadline_at, self.closed_at) if moment is not None), default=None)


def check_confirmable(signing_period: SigningPeriod, started_at: dt.datetime, now: dt.datetime) -> None:
    """Raise LetterNotOpen unless the letter accepts signatures, or the signature was submitted at `started_at` before signing
    ended and the grace period for confirming it has not passed."""
    end = signing_period.end
    if signing_period.state in (LetterState.CLOSED, LetterState.OPEN) and end is not None:
        was_in_time, in_grace_period = started_at <= end, now - end <= signing_period.grace
        if was_in_time and in_grace_period:
            return
    check_open(signing_period.state, signing_period.deadline_at, now)


def may_confirm(signing_period: SigningPeriod, started_at: dt.datetime, now: dt.datetime) -> bool:
    """Return whether a signature that was submitted then may still be confirmed."""
    try:
        check_confirmable(signing_period, started_at, now)
    except LetterNotOpen:
        return False
    return True


ONLY_KIND_SENTENCES = {
    WhoMaySign.ORGANIZATIONS: _("Only organizations can sign this letter."),
    WhoMaySign.INDIVIDUALS: _("Only individuals can sign this letter."),
}


def only_accepted_kind(who_may_sign: WhoMaySign) -> SignatoryKind | None:
    """Return the one kind of signatories that a letter accepts; None if it accepts both."""
    only = {WhoMaySign.ORGANIZATIONS: SignatoryKind.ORGANIZATION, WhoMaySign.INDIVIDUALS: SignatoryKind.INDIVIDUAL}
    return only.get(who_may_sign)


def accepts_kind(who_may_sign: WhoMaySign, kind: SignatoryKind) -> bool:
    """Return whether a letter accepts signatories of a kind."""
    return only_accepted_kind(who_may_sign) in (kind, None)


def check_kind_accepted(who_may_sign: WhoMaySign, kind: SignatoryKind) -> None:
    """Raise SignerKindNotAccepted unless the letter accepts signatories of a kind."""
    if not accepts_kind(who_may_sign, kind):
        raise SignerKindNotAccepted(ONLY_KIND_SENTENCES[who_may_sign])


def check_text_current(displayed: int | None, current: int | None) -> None:
    """Raise TextChanged if the text that was shown is not the current one: a revision's number, or a translation's id."""
    if displayed != current:
        raise TextChanged(_("The text of this letter changed while you had this page open. Please read it again, then sign."))


def check_correctable(state: SignatureState) -> None:
    """Raise NotCorrectable unless a signature is listed or on its way there."""
    if state is SignatureState.OUTDATED:
        raise NotCorrectable(
            _(
                "The text of this letter has changed since you signed, so your entry was not corrected. Please "
                "read the new text."
            )
        )
    if state not in ACTIVE_STATES:
        raise NotCorrectable(_("This signature is %(state)s, so it can’t be corrected.", state=SIGNATURE_STATE_NAMES[state]))


def needs_review(before: Signatory, after: Signatory) -> bool:
    """Return whether a correction needs staff review: any change of an organization's name; elsewhere one that changes more
    than case, accents, spaces and what joins words, or that adds combining marks which belong to no letter."""
    if before.organization != after.organization:
        return True
    changes_spelling = _line_keys(before, spelling_key) != _line_keys(after, spelling_key)
    return changes_spelling or _count_loose_marks(after) > _count_loose_marks(before)


def _count_loose_marks(line: Signatory) -> int:
    return sum(map(count_scriptless_marks, line_texts(line)))


def line_wording(line: Signatory) -> tuple[str, ...]:
    """Return the wording of a line, without differences of spelling."""
    return _line_keys(line, wording_key)


def _line_keys(line: Signatory, key_of: Callable[[str], str]) -> tuple[str, ...]:
    return (*map(key_of, line_texts(line)), line.kind, line.section, domain_of_website(line.website))


MIN_MAIL_INTERVAL = dt.timedelta(minutes=1)
MAILS_PER_DAY = 5


def check_mail_frequency(mailed_at: Sequence[dt.datetime], now: dt.datetime) -> None:
    """Raise MailedTooOften if a signature had a mail within the last minute, or five within a day."""
    recent = [moment for moment in mailed_at if moment > now - dt.timedelta(days=1)]
    if any(moment > now - MIN_MAIL_INTERVAL for moment in recent):
        raise MailedTooOften(_("You asked for it less than a minute ago. Wait a moment, and check your spam folder."))
    if len(recent) >= MAILS_PER_DAY:
        raise MailedTooOften(
            _("You asked for this email several times today. Check that the address is correct, or try again tomorrow.")
        )
