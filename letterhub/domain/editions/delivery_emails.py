"""Emails that deliver an edition: recipients with copies, a cover note in own words, and attached or linked files.

See docs/design/deliveries.md.
"""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from letterhub.domain.editions.deliveries import DEFAULT_MAIL_LIMIT, MAX_RECIPIENTS, MESSAGE_OVERHEAD, AttachmentMode
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.mail.mail_words import MailWords
from letterhub.domain.mail.outgoing_mail import MailState

MAX_COPY_RECIPIENTS = 20
NAME_LENGTH = 200

ATTACHABLE = tuple(one for one in FileFormat if one is not FileFormat.JSON)
"""Formats that staff may attach; the manifest is for programs."""


class RecipientRole(enum.StrEnum):
    """Header of an email that names a recipient; a blind copy's recipient is in none."""

    TO = "to"
    CC = "cc"
    BCC = "bcc"


class RecipientState(enum.StrEnum):
    """State of a delivery's email to one recipient."""

    QUEUED = "queued"
    ACCEPTED = "accepted"  # by their mail server, which is a delivery
    FAILED = "failed"
    BOUNCED = "bounced"  # accepted, and returned later
    CANCELED = "canceled"


MAIL_STATES: Mapping[MailState, RecipientState] = {
    MailState.WAITING: RecipientState.QUEUED,
    MailState.SENT: RecipientState.ACCEPTED,
    MailState.FAILED: RecipientState.FAILED,
    MailState.CANCELLED: RecipientState.CANCELED,
}
RESENDABLE = (RecipientState.FAILED, RecipientState.BOUNCED, RecipientState.CANCELED)


@dataclass(frozen=True, slots=True)
class EmailRecipient:
    """Recipient of a delivery's email. `name` is "" for copies, whose recipients have an address alone."""

    name: str
    address: str
    role: RecipientRole = RecipientRole.TO


@dataclass(frozen=True, slots=True)
class CoverEmail:
    """Email that delivers an edition, the same to all its recipients but for {{recipient}}.

    `formats` are the files it brings, attached if they fit mailboxes that take `mail_limit` bytes, else as links; each in the
    `language` if the edition has it in that, else in the letter's own.
    """

    recipients: tuple[EmailRecipient, ...]
    words: MailWords
    formats: tuple[FileFormat, ...]
    mail_limit: int = DEFAULT_MAIL_LIMIT
    language: str = ""

    def with_role(self, role: RecipientRole) -> tuple[EmailRecipient, ...]:
        """Return the recipients with this role, as entered."""
        return tuple(one for one in self.recipients if one.role == role)

    @property
    def names(self) -> str:
        """Names of all to whom it is addressed, as their copies read it."""
        return ", ".join(one.name for one in self.with_role(RecipientRole.TO))


@dataclass(frozen=True, slots=True)
class CoverEmailRequest:
    """Cover email as staff send it: `copies` asks for an email to each signatory once it is delivered. `form_token` is the
    idempotency key of the form, `errata_version` the version of the errata that it showed. `again` says that a recipient may
    get the edition twice."""

    email: CoverEmail
    time_zone: str
    copies: bool = False
    form_token: str = ""
    errata_version: str = ""
    again: bool = False


class AlreadyEmailed(UserFacingError):
    """Raised for a recipient who was emailed the edition already, unless staff say that it is sent again."""

    field = "again"


class CannotSendDelivery(UserFacingError):
    """Raised for an email that cannot be sent, or not again."""


def check_recipients(recipients: Sequence[EmailRecipient]) -> None:
    """Raise CannotSendDelivery unless there is a recipient, none is named twice, and they are not too many."""
    addressed = [one for one in recipients if one.role is RecipientRole.TO]
    if not addressed:
        raise CannotSendDelivery(_("Enter the email address of at least one recipient."), "recipients")
    if len(addressed) > MAX_RECIPIENTS:
        raise CannotSendDelivery(_("Send it to at most %(most)s recipients at once.", most=MAX_RECIPIENTS), "recipients")
    if len(recipients) - len(addressed) > MAX_COPY_RECIPIENTS:
        raise CannotSendDelivery(_("Copy at most %(most)s people.", most=MAX_COPY_RECIPIENTS), "cc")
    (address, count), *_others = Counter(one.address.casefold() for one in recipients).most_common(1)
    if count > 1:
        role = [one.role for one in recipients if one.address.casefold() == address][-1]
        field = "recipients" if role is RecipientRole.TO else str(role)
        raise CannotSendDelivery(_("%(address)s is entered twice.", address=address), field)


def cover_email_size(file_sizes: Iterable[int], words: MailWords) -> int:
    """Return the maximum size in bytes of an email with these files attached: base64, in lines of 76 characters.

    The words stand in it as text and as HTML, in quoted-printable.
    """
    encoded = sum(-(-size // 3) * 4 + -(-size // 57) * 2 for size in file_sizes)
    return MESSAGE_OVERHEAD + 2 * 3 * len(words.text.encode()) + encoded


def choose_cover_mode(email: CoverEmail, file_sizes: Mapping[FileFormat, int]) -> AttachmentMode:
    """Return how an email brings its files, of which these are the sizes in bytes; without files, it has a link."""
    if not email.formats:
        return AttachmentMode.LINK
    size = cover_email_size([file_sizes[one] for one in email.formats], email.words)
    return AttachmentMode.ATTACHED if size <= email.mail_limit else AttachmentMode.LINK


def recipient_state(mail: MailState | None, *, is_bounced: bool) -> RecipientState:
    """Return the state of a recipient's email, by that of its outbox line."""
    if is_bounced:
        return RecipientState.BOUNCED
    return MAIL_STATES[mail] if mail else RecipientState.CANCELED


def check_resend(state: RecipientState) -> None:
    """Raise CannotSendDelivery unless an email in this state may be sent again."""
    if state not in RESENDABLE:
        raise CannotSendDelivery(_("This email hasn’t failed, so it isn’t sent again."))


def joined_names(names: Iterable[str], longest: int) -> str:
    """Return names as one text of at most `longest` characters, each once; what doesn't fit is left out at its end."""
    joined = ""
    for name in dict.fromkeys(names):
        longer = f"{joined}, {name}" if joined else name
        if len(longer) > longest:
            break
        joined = longer
    return joined
