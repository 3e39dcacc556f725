"""Composition of a mail from its kind and template context, as text and HTML; its URLs begin with PUBLIC_URL."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import parseaddr
from typing import Any, ClassVar, Literal

from flask import render_template
from markupsafe import Markup

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.interface_languages import public_language, speaking
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.infrastructure.signed_links import Purpose, current_link_signer, current_settings

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""Form field and value by which a mail program unsubscribes its reader, as List-Unsubscribe-Post announces (RFC 8058)."""


class UrlHeader(UnstructuredHeader, BaseHeader):
    """Header with a URL, on one line: the standard library would fold a long one into encoded words that nobody decodes."""

    def fold(self, *, policy: Policy) -> str:
        """Return the header's line."""
        return f"{self.name}: {self}{policy.linesep}"


class SubjectHeader(UnstructuredHeader, BaseHeader):
    """Subject, on one line if it is ASCII: the standard library would leave the first line of one of 70 characters empty."""

    max_count: ClassVar[Literal[1]] = 1

    def fold(self, *, policy: Policy) -> str:
        """Return the header's line, or the lines of one in other letters."""
        if self.isascii() and self.isprintable():
            return f"{self.name}: {self}{policy.linesep}"
        return str(super().fold(policy=policy))


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", UrlHeader)
HEADERS.map_to_type("subject", SubjectHeader)
MESSAGE_POLICY = SMTP.clone(header_factory=HEADERS)


@dataclass(frozen=True, slots=True)
class Attachment:
    """File attached to a mail; `media_type` is like "application/pdf"."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class FilledWords:
    """A coalition's own words in one mail, with its fields: the subject, and the text without and with markup."""

    subject: str
    text: str
    html: Markup
    sender_name: str


@dataclass(frozen=True, slots=True)
class PreparedMail:
    """Everything that one mail is composed from.

    `parameters` is its template context, with the `language` of its letter or account, if it has one; `reply_to` is "" for no
    Reply-To header, and `unsubscribe` the link that ends mail of its kind, "" if none does. `words` are the coalition's own;
    with None, those of the templates. `to` and `cc` are named in its headers, by default the recipient alone.
    """

    kind: MailKind
    recipient: str
    message_id: str
    parameters: Mapping[str, Any]
    reply_to: str = ""
    unsubscribe: str = ""
    words: FilledWords | None = None
    attachments: tuple[Attachment, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """Message with the one address that it is handed over for, whomever its headers name."""

    recipient: str
    message: EmailMessage


def outgoing_message(mail: PreparedMail, sender: str, at: dt.datetime) -> OutgoingMessage:
    """Return a mail as it is handed over to a mail server."""
    return OutgoingMessage(mail.recipient, compose_message(mail, sender, at))


def compose_message(mail: PreparedMail, sender: str, at: dt.datetime) -> EmailMessage:
    """Return the message rendered from the three templates of its kind: subject, text and HTML.

    It is in the language of its letter or, for staff, of the account; English if there is neither.
    """
    with speaking(public_language(mail.parameters.get("language", ""))):
        subject = mail.words.subject if mail.words else _render(mail, "subject.txt")
        text, html = collapse_blank_lines(_render(mail, "body.txt")), _render(mail, "body.html")
    message = EmailMessage(policy=MESSAGE_POLICY)
    message["From"] = _with_name(sender, mail.words.sender_name) if mail.words and mail.words.sender_name else sender
    message["To"] = mail.to or mail.recipient
    if mail.cc:
        message["Cc"] = mail.cc
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = header_text(subject)
    message["Date"] = at
    message["Message-ID"] = mail.message_id
    if mail.kind is not MailKind.DELIVERY:  # a person sends that one, to whom receipts and bounces are of use
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "=".join(ONE_CLICK)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for file in mail.attachments:
        kind, _, part = file.media_type.partition("/")
        message.add_attachment(file.content, kind, part, filename=file.name)
    return message


def _render(mail: PreparedMail, part: str) -> str:
    return render_template(f"email/{mail.kind}/{part}", unsubscribe=mail.unsubscribe, words=mail.words, **mail.parameters)


def _with_name(sender: str, name: str) -> Address:
    """Return the sender's address under another display name."""
    return named_address(name, parseaddr(sender)[1])


def named_address(name: str, address: str) -> Address:
    """Return an address under a display name, which is encoded and holds no line break."""
    return Address(header_text(name), addr_spec=address)


def header_text(text: str) -> str:
    """Return the text without line breaks and control characters, safe for a header.

    "=?" would begin an encoded word, in which any letter, also a line break, can be typed by its code (RFC 2047).
    """
    printable = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    return " ".join(printable.replace("=?", "= ?").split())


def collapse_blank_lines(text: str) -> str:
    """Return the text with at most one blank line in a row. Paragraphs are not wrapped: mail clients do that."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


PATHS = {
    Purpose.CONFIRM: "/confirm/{token}",
    Purpose.MANAGE: "/signatures/{token}",
    Purpose.RECONFIRM: "/reconfirm/{token}",
    Purpose.RENEW_CONSENT: "/renew-consent/{token}",
    Purpose.ANSWER: "/answer/{token}",
    Purpose.INVITED: "/invited/{token}",
    Purpose.PARTNER: "/partner/{token}",
    Purpose.SIGN_OFF: "/sign-offs/{token}",
    Purpose.QUOTE: "/quotes/{token}",
    Purpose.NEWS: "/news/{token}",
    Purpose.UNSUBSCRIBE: "/unsubscribe/{token}",
    Purpose.SUBSCRIBE: "/subscribe/{token}",
    Purpose.END_NOTICES: "/end-notices/{token}",
    Purpose.JOIN: "/join/{token}",
    Purpose.FOUNDING: "/founding/{token}",
}


def signed_url(purpose: Purpose, *subject: int, since: dt.datetime) -> str:
    """Return a signed link for one purpose and subject, whose lifetime begins at `since`. It is made on demand and never
    stored.
    """
    return site_url(PATHS[purpose].format(token=current_link_signer().token(purpose, *subject, since=since)))


def password_reset_url(token: str) -> str:
    """Return the URL of the page that sets a new password."""
    return site_url(f"/reset-password/{token}")


def letter_url(slug: str, language: str = "") -> str:
    """Return the URL of a letter's public page, or of its translation into a language."""
    return site_url(f"/letters/{slug}/{language}" if language else f"/letters/{slug}")


def history_url(slug: str) -> str:
    """Return the URL of a letter's public history."""
    return site_url(f"/letters/{slug}/history")


def edition_url(public_id: str) -> str:
    """Return the URL of an edition's public check page."""
    return site_url(f"/editions/{public_id}")


def edition_file_url(public_id: str, file_format: FileFormat, language: str = "") -> str:
    """Return the URL of a file of a delivered edition, in the letter's own or another language."""
    return site_url(f"/editions/{public_id}/{language}/{file_format}" if language else f"/editions/{public_id}/{file_format}")


def site_url(path: str = "") -> str:
    """Return an absolute URL of this site."""
    return f"{current_settings().public_url}{path}"
