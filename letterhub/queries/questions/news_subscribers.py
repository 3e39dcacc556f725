"""Signatories who want news: their number, and a table for the coalition's own mailing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from letterhub.domain.i18n import _
from letterhub.domain.questions.news import news_consent_from
from letterhub.domain.states import CONFIRMED_STATES
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import Purpose
from letterhub.mail.messages import signed_url
from letterhub.models import Letter, Signature

COLUMNS = (
    _("Email"), _("Signer"), _("Title of the signer"), _("Organization"), _("Agreed to"), _("Agreed at"), _("Link to end it"),
)  # fmt: skip
"""Headings of the table."""


@dataclass(frozen=True, slots=True)
class NewsSettings:
    """Words that a letter's form offers news with, "" for none, and the number of their version."""

    text: str
    version: int


def news_settings(letter_id: int) -> NewsSettings:
    """Return the words that a letter's form offers news with."""
    row = db.session.execute(select(Letter.news_text, Letter.news_version).where(Letter.id == letter_id)).one()
    return NewsSettings(row.news_text, row.news_version)


def count_news_subscribers(letter_id: int) -> int:
    """Return how many signatories of a letter want news."""
    return sum(1 for _row in _subscribers(letter_id))


def news_subscribers(letter_id: int) -> Sequence[Sequence[str]]:
    """Return a table of the signatories of a letter who want news, with its headings and a link by which each can end it."""
    rows = [
        (
            row.email, row.signer_name, row.signer_title, row.organization_name, row.news_consent["text"],
            row.news_consent["agreed_at"][:19].replace("T", " ") + " UTC", news_url(row),
        )
        for row in _subscribers(letter_id)
    ]  # fmt: skip
    return [[str(heading) for heading in COLUMNS], *rows]


def news_url(signature: Any) -> str:
    """Return the address of the page by which a signatory ends the news."""
    return signed_url(Purpose.NEWS, signature.id, since=signature.created_at)


def _subscribers(letter_id: int) -> Iterator[Any]:
    """Yield the signatures whose signatory confirmed the mailbox and wants news, oldest first."""
    columns = (
        Signature.id, Signature.created_at, Signature.email, Signature.signer_name, Signature.signer_title,
        Signature.organization_name, Signature.news_consent,
    )  # fmt: skip
    consenting = (Signature.letter_id == letter_id, Signature.news_consent.is_not(None), Signature.email != "")
    query = select(*columns).where(*consenting, Signature.state.in_(CONFIRMED_STATES)).order_by(Signature.id)
    for row in db.session.execute(query):
        consent = news_consent_from(row.news_consent)
        if consent is not None and consent.ended_at is None:
            yield row
