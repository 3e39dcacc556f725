"""Reads about how a letter is signed: its terms, what it still needs to open, and its way so far."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.db import db
from letterhub.domain.counts_by_hand import CountByHand, counts_by_hand
from letterhub.domain.drafts import settled
from letterhub.domain.letters import NO_SLUG, Missing, slug_from, what_is_missing
from letterhub.domain.sign_up import SignUp, first_free
from letterhub.domain.snapshot import text_from_facts
from letterhub.domain.unfinished import unfinished_in
from letterhub.models import Draft, Letter


@dataclass(frozen=True, slots=True)
class Terms:
    """A letter's terms. `version` is the draft in which `missing`, `dated`, `by_hand` (the counts that were typed into it) and
    `unfinished` (the placeholders left in it) were found: what is decided upon it names it.
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
    """Return a public address for a letter of this title that no open letter has; "" where its script gives none."""
    wanted = slug_from(title)
    taken = select(Letter.slug).where(Letter.slug.startswith(wanted, autoescape=True), Letter.opened_at.is_not(None))
    return "" if wanted == NO_SLUG else first_free(wanted, frozenset(db.session.scalars(taken)))


def terms_of(letter_id: int, at: dt.datetime) -> Terms:
    """The terms of a letter at a moment."""
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
