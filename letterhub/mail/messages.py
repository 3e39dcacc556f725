"""Composition of a mail: its kind and template context become one message with text and HTML parts."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from flask import render_template

from letterhub.domain.mail.outgoing_mail import MailKind


@dataclass(frozen=True, slots=True)
class Attachment:
    """File attached to a mail; `media_type` is like "application/pdf"."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PreparedMail:
    """Everything that one mail is composed from.

    `parameters` is its template context; `reply_to` is "" for no Reply-To header.
    """

    kind: MailKind
    recipient: str
    message_id: str
    parameters: Mapping[str, Any]
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()


def compose_message(mail: PreparedMail, sender: str, at: dt.datetime) -> EmailMessage:
    """Return the message rendered from the three templates of its kind: subject, text and HTML."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.recipient
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = header_text(_render(mail, "subject.txt"))
    message["Date"] = at
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(collapse_blank_lines(_render(mail, "body.txt")), cte="quoted-printable")
    message.add_alternative(_render(mail, "body.html"), subtype="html", cte="quoted-printable")
    for file in mail.attachments:
        kind, _, part = file.media_type.partition("/")
        message.add_attachment(file.content, kind, part, filename=file.name)
    return message


def _render(mail: PreparedMail, part: str) -> str:
    return render_template(f"email/{mail.kind}/{part}", **mail.parameters)


def header_text(text: str) -> str:
    """Return the text without line breaks and control characters, safe for a header."""
    printable = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    return " ".join(printable.split())


def collapse_blank_lines(text: str) -> str:
    """Return the text with at most one blank line in a row. Paragraphs are not wrapped: mail clients do that."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"
