"""Signing settings of a letter, what it still needs to open, and its lifecycle so far."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.letters.drafts import trim_text
from letterhub.domain.letters.opening_rules import Requirement
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.letters.signing_settings import SigningSettings
from letterhub.domain.letters.slugs import DEFAULT_SLUG, first_free_slug, slugify
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter
from letterhub.queries.changes.replies import OpenReplies, open_replies
from letterhub.queries.letters.missing_to_open import missing_to_open


@dataclass(frozen=True, slots=True)
class SigningOverview:
    """Signing settings of a letter, what it still needs to open, and its lifecycle so far."""

    signing_settings: SigningSettings
    missing: tuple[Requirement, ...]
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None
    delivered_at: dt.datetime | None
    delivered_to: str
    withdrawn_at: dt.datetime | None
    open_replies: OpenReplies | None


def suggested_slug(title: str) -> str:
    """Return a public slug for this title that no opened letter has; "" if its script gives none."""
    slug = slugify(title)
    if slug == DEFAULT_SLUG:
        return ""
    query = select(Letter.slug).where(Letter.slug.startswith(slug, autoescape=True), Letter.opened_at.is_not(None))
    return first_free_slug(slug, frozenset(db.session.scalars(query)))


def signing_overview(letter_id: int, at: dt.datetime) -> SigningOverview:
    """Return the signing settings of a letter at a moment."""
    letter, draft = db.session.execute(
        select(Letter, Draft).join(Draft, Draft.letter_id == Letter.id).where(Letter.id == letter_id)
    ).one()
    text = trim_text(text_from_facts(draft.text))
    return SigningOverview(
        signing_settings=letter.signing_settings,
        missing=missing_to_open(letter, text, at),
        opened_at=letter.opened_at,
        closed_at=letter.closed_at,
        delivered_at=letter.delivered_at,
        delivered_to=letter.delivered_to,
        withdrawn_at=letter.withdrawn_at,
        open_replies=open_replies(letter_id),
    )
