"""Someone who signs a letter: fills in the form, reads the mail, follows its link."""

import re
from urllib.parse import urlsplit

from sqlalchemy import func, select

from letterhub.commands.mail import send_due
from letterhub.config import Settings
from letterhub.db import db
from letterhub.links import LinkSigner, Purpose
from letterhub.models import Letter, OutboxLine, RecordEntry, Signature
from tests import cast
from tests.databases import SECRET_KEY
from tests.pages import Page, Visitor
from tests.postbox import Postbox

LINK = re.compile(r"https?://\S+/(?:confirm|signatures|again|still)/\S+")


def fill_in(visitor: Visitor, letter: Letter, by: cast.Signer = cast.CLARA, status: int = 200, **changes: object) -> Page:
    """Opens the form, fills it in as someone of the cast but for the changes, and sends it."""
    page = visitor.visit("signing.sign", slug=letter.slug)
    return page.submit("Send me the link", status=status, **{**by.form, "authorized": True, **changes})


def newest_link(settings: Settings, postbox: Postbox, address: str = cast.CLARA.email) -> str:
    """The link in the newest mail to an address, after all that is due was sent: a path of the site."""
    send_due(settings)
    found = LINK.search(postbox.to(address)[-1].text)
    assert found, postbox.to(address)[-1].text
    return urlsplit(found[0]).path


def confirm_link(signature: Signature) -> str:
    """Where the mail about a signature leads."""
    return "/confirm/" + token_about(signature, Purpose.CONFIRM, signature.revision_id)


def manage_link(signature: Signature) -> str:
    """Where the mail of thanks for a signature leads."""
    return "/signatures/" + token_about(signature, Purpose.MANAGE)


def token_about(signature: Signature, purpose: Purpose, *more: int) -> str:
    """What a link about a signature that is mailed now holds."""
    return LinkSigner((SECRET_KEY,)).token(purpose, signature.id, *more, since=signature.created_at)


def signatures() -> list[Signature]:
    """All signatures, oldest first, as the database has them now."""
    db.session.expire_all()
    return list(db.session.scalars(select(Signature).order_by(Signature.id)))


def the_signature() -> Signature:
    """The only signature there is."""
    (signature,) = signatures()
    return signature


def count_of_mails() -> int:
    """How many mails were posted, sent or not."""
    return db.session.scalar(select(func.count()).select_from(OutboxLine)) or 0


def actions() -> list[str]:
    """What the record says was done, oldest first."""
    return list(db.session.scalars(select(RecordEntry.action).order_by(RecordEntry.id)))
