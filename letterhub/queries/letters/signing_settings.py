"""Signing settings of a letter, what it still needs to open, and its lifecycle so far."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.letters.drafts import settled
from letterhub.domain.letters.letter import NO_SLUG, Missing, slug_from, what_is_missing
from letterhub.domain.letters.placeholders import unfinished_in
from letterhub.domain.letters.signing_settings import SignUp, first_free
from letterhub.domain.letters.snapshot import text_from_facts
from letterhub.domain.letters.text_remarks import CountByHand, counts_by_hand
from letterhub.infrastructure.db import db
from letterhub.models import Draft, Letter


@dataclass(frozen=True, slots=True)
class Terms:
    """Signing settings of a letter. `version` is the draft's version in which `missing`, `dated`, `by_hand` (hardcoded counts)
    and `unfinished` (placeholders) were found; decisions refer to it.
    """

    sign_up: SignUp
    version: int
    missing: tuple[Missing, ...]
    dated: bool
    by_hand: tuple[CountByHand, ...]
    unfinished: tuple[str, ...]
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None
    delivered_at: dt.datetime | None
    delivered_to: str
    withdrawn_at: dt.datetime | None


def suggested_slug(title: str) -> str:
    """Return a public slug for this title that no opened letter has; "" if its script gives none."""
    wanted = slug_from(title)
    taken = select(Letter.slug).where(Letter.slug.startswith(wanted, autoescape=True), Letter.opened_at.is_not(None))
    return "" if wanted == NO_SLUG else first_free(wanted, frozenset(db.session.scalars(taken)))


def terms_of(letter_id: int, at: dt.datetime) -> Terms:
    """Return the signing settings of a letter at a moment."""
    letter, draft = db.session.execute(
        select(Letter, Draft).join(Draft, Draft.letter_id == Letter.id).where(Letter.id == letter_id)
    ).one()
    text = settled(text_from_facts(draft.text))
    return Terms(
        sign_up=letter.sign_up,
        version=draft.version,
        missing=what_is_missing(text, letter.deadline_at, at),
        dated=text.date is not None,
        by_hand=counts_by_hand(text.body),
        unfinished=unfinished_in(text),
        opened_at=letter.opened_at,
        closed_at=letter.closed_at,
        delivered_at=letter.delivered_at,
        delivered_to=letter.delivered_to,
        withdrawn_at=letter.withdrawn_at,
    )
