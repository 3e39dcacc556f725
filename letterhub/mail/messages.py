"""A mail as it leaves: kind and facts in, one message for one recipient out, as text and as HTML."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from flask import render_template

from letterhub.domain.mails import MailKind


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes out with a mail; its media type as "application/pdf"."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mailing:
    """What one mail says to whom: its templates are told `facts`. Answers go to `reply_to`, where there is one."""

    kind: MailKind
    recipient: str
    message_id: str
    facts: Mapping[str, Any]
    reply_to: str = ""
    attached: tuple[Attachment, ...] = ()


def compose(mailing: Mailing, sender: str, at: dt.datetime) -> EmailMessage:
    """The message from the three templates of its kind: subject, text, HTML."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mailing.recipient
    if mailing.reply_to:
        message["Reply-To"] = mailing.reply_to
    message["Subject"] = one_line(_drawn(mailing, "subject.txt"))
    message["Date"] = at
    message["Message-ID"] = mailing.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(tidied(_drawn(mailing, "body.txt")), cte="quoted-printable")
    message.add_alternative(_drawn(mailing, "body.html"), subtype="html", cte="quoted-printable")
    for file in mailing.attached:
        kind, _, part = file.media_type.partition("/")
        message.add_attachment(file.content, kind, part, filename=file.name)
    return message


def _drawn(mailing: Mailing, part: str) -> str:
    return render_template(f"email/{mailing.kind}/{part}", **mailing.facts)


def one_line(text: str) -> str:
    """A text without anything that ends a line or cannot be seen: what may stand in a header."""
    seen = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    return " ".join(seen.split())


def tidied(text: str) -> str:
    """A text with at most one empty line at a time. Paragraphs stay whole: a mail program folds them to its own width."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"
