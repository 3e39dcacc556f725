"""Mail to the operator (LETTERHUB_OPERATOR_EMAIL), sent past the outbox: the database may be what failed."""

import datetime as dt
import logging
import platform
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

from letterhub.config import Settings
from letterhub.domain.i18n import _
from letterhub.domain.mail.outgoing_mail import MailNotAccepted
from letterhub.infrastructure.logs import redact
from letterhub.mail.messages import header_text
from letterhub.mail.transport import transport_for

log = logging.getLogger(__name__)


def mail_operator(settings: Settings, subject: str, sentences: Sequence[str], at: dt.datetime) -> str:
    """Mail what failed. Return an error sentence if that could not be sent; "" if it was, or there is no operator to mail."""
    if not settings.operator_email:
        return ""
    try:
        with transport_for(settings) as transport:
            transport.send(_message(settings, subject, sentences, at))
    except MailNotAccepted as trouble:
        log.error("the operator could not be mailed: %s", trouble)
        return _("The operator could not be emailed: %(problem)s", problem=str(trouble))
    return ""


def _message(settings: Settings, subject: str, sentences: Sequence[str], at: dt.datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = settings.mail_from, settings.operator_email
    message["Subject"] = header_text(f"Letterhub at {settings.host}: {subject}")
    message["Date"], message["Message-ID"] = at, make_msgid(domain=settings.host or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    problems = "\n\n".join(redact(header_text(sentence)) for sentence in sentences)
    site_facts = f"Machine: {platform.node()}\nSite: {settings.public_url}\nTime: {at:%Y-%m-%d %H:%M} UTC"
    footer = _(
        "You received this email because LETTERHUB_OPERATOR_EMAIL is set to your address. docs/operations.md says what to do."
    )
    message.set_content(f"{problems}\n\n{site_facts}\n\n{footer}\n", cte="quoted-printable")
    return message
