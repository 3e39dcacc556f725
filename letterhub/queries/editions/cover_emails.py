"""Preview of an email that delivers an edition: to each recipient as it leaves, with its files and their sizes."""

import datetime as dt
from dataclasses import dataclass

from letterhub.domain.editions.deliveries import AttachmentMode
from letterhub.domain.editions.delivery_emails import (
    CoverEmail,
    EmailRecipient,
    RecipientRole,
    choose_cover_mode,
    cover_email_size,
)
from letterhub.infrastructure.signed_links import current_settings
from letterhub.mail.messages import compose_message
from letterhub.queries.editions.delivery_emails import MailedFile, delivery_mail, mailed_files
from letterhub.queries.editions.edition_files import file_sizes

SHOWN_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject")


@dataclass(frozen=True, slots=True)
class LeavingEmail:
    """Email to one recipient: its headers as readers see them, and its text."""

    address: str
    role: RecipientRole
    headers: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True, slots=True)
class CoverEmailPreview:
    """Emails of a delivery as they leave. `html` is that of the first; `size` is the most bytes that one of them has, and
    `attached_size` what it would have with its files."""

    emails: tuple[LeavingEmail, ...]
    html: str
    mode: AttachmentMode
    files: tuple[MailedFile, ...]
    size: int
    attached_size: int

    @property
    def total_size(self) -> int:
        """Return the most bytes of all of them."""
        return self.size * len(self.emails)


def preview_cover_email(edition_id: int, email: CoverEmail, reply_to: str, at: dt.datetime) -> CoverEmailPreview:
    """Return the preview. Raises EmptyField, TextTooDeep and TextTooLong for words that no email can be made of."""
    sizes = file_sizes(edition_id, email.language)
    mode = choose_cover_mode(email, sizes)
    composed = [_compose(edition_id, email, one, mode, reply_to, at) for one in email.recipients]
    attached_size = cover_email_size([sizes[one] for one in email.formats], email.words)
    return CoverEmailPreview(
        emails=tuple(leaving for leaving, _html in composed),
        html=composed[0][1],
        mode=mode,
        files=mailed_files(edition_id, email.formats, mode, fits_recipients=True, language=email.language),
        size=attached_size if mode is AttachmentMode.ATTACHED else cover_email_size((), email.words),
        attached_size=attached_size,
    )


def _compose(
    edition_id: int, email: CoverEmail, recipient: EmailRecipient, mode: AttachmentMode, reply_to: str, at: dt.datetime
) -> tuple[LeavingEmail, str]:
    """Return one recipient's email, and its HTML."""
    mail = delivery_mail(
        edition_id, email, recipient, mode, message_id="<preview@example.org>", reply_to=reply_to, with_files=False
    )
    message = compose_message(mail, current_settings().mail_from, at)
    headers = tuple((name, str(message[name])) for name in SHOWN_HEADERS if message[name])
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    leaving = LeavingEmail(recipient.address, recipient.role, headers, text.get_content() if text else "")
    return leaving, html.get_content() if html else ""
