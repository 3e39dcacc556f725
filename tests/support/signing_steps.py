"""Steps of a signer: fill in the form, read the email, follow its link."""

import datetime as dt
import re
from urllib.parse import urlsplit

import time_machine
from sqlalchemy import func, select

from letterhub.clock import now
from letterhub.commands.mail.notices import queue_notices
from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import LinkSigner, Purpose
from letterhub.models import AuditEntry, Letter, NoticeProgress, OutboxMessage, Signature
from tests.support import cast
from tests.support.servers.database_copies import SECRET_KEY
from tests.support.servers.mail_server import Inbox
from tests.support.visitor import Page, Visitor

LINK_PATTERN = re.compile(r"https?://\S+/(?:confirm|signatures|reconfirm|renew-consent|quotes)/\S+")


def fill_in(visitor: Visitor, letter: Letter, by: cast.Signer = cast.CLARA, status: int = 200, **changes: object) -> Page:
    """Open the form, fill it in as someone of the cast with changes, and submit it."""
    page = visitor.visit("signing.new", slug=letter.slug)
    return page.submit("Send me the link", status=status, **{**by.form, "authorized": True, **changes})


def newest_link(settings: Settings, postbox: Inbox, address: str = cast.CLARA.email) -> str:
    """Send all emails that are due, and return the path of the link in the newest one to an address."""
    send_due_mail(settings)
    found = LINK_PATTERN.search(postbox.to(address)[-1].text)
    assert found, postbox.to(address)[-1].text
    return urlsplit(found[0]).path


def send_notices(settings: Settings) -> int:
    """Have the worker tell staff at once of what happened until now, a minute later; return how many emails are sent."""
    if db.session.get(NoticeProgress, 1) is None:
        queue_notices(now() - dt.timedelta(hours=1))
    with time_machine.travel(now() + dt.timedelta(minutes=1), tick=False):
        queue_notices(now())
        return send_due_mail(settings)


def sign_and_confirm(visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox) -> Signature:
    """Sign as Clara and confirm by the mailed link; return the signature, with the email about it delivered."""
    fill_in(visitor, letter)
    visitor.open(newest_link(settings, postbox)).submit("Sign for our organization", authorized=True)
    newest_link(settings, postbox)
    return only_signature()


def confirm_link(signature: Signature) -> str:
    """Return the path of the confirmation link of a signature."""
    return "/confirm/" + token_for(signature, Purpose.CONFIRM, signature.revision_id)


def manage_link(signature: Signature) -> str:
    """Return the path of the manage link of a signature."""
    return "/signatures/" + token_for(signature, Purpose.MANAGE)


def token_for(signature: Signature, purpose: Purpose, *more: int) -> str:
    """Return the token of a link about a signature, as it would be mailed now."""
    return LinkSigner((SECRET_KEY,)).token(purpose, signature.id, *more, since=signature.created_at)


def signatures() -> list[Signature]:
    """Return all signatures, oldest first, as the database has them now."""
    db.session.expire_all()
    return list(db.session.scalars(select(Signature).order_by(Signature.id)))


def only_signature() -> Signature:
    """Return the only signature."""
    (signature,) = signatures()
    return signature


def email_count() -> int:
    """Return the number of emails in the outbox, sent or not."""
    return db.session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def audit_actions() -> list[str]:
    """Return the actions in the audit log, oldest first."""
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
