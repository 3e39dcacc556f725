"""Entries of Atom feeds: letters that opened or were delivered, and a letter's newest names."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Edition, Letter, Revision, Signature, is_listed
from letterhub.queries.editions.editions import delivered_edition_id
from letterhub.queries.editions.signatory_pages import frozen_lines
from letterhub.queries.letters.letter_lookup import current_revisions
from letterhub.queries.letters.public_letter import LINE_COLUMNS, PublicLetter, signatory_from_row

MAX_ENTRIES = 50
PUBLIC_STATES = (LetterState.OPEN, LetterState.CLOSED, LetterState.DELIVERED)
"""States of letters that anyone may find."""


@dataclass(frozen=True, slots=True)
class LetterNews:
    """Opening or delivery of a letter. `delivered_to` is empty for an opening."""

    slug: str
    title: str
    language: str
    coalition: str
    delivered_to: str
    at: dt.datetime
    is_delivery: bool


@dataclass(frozen=True, slots=True)
class NewName:
    """Name on a letter's list, without the lines below it, and when it was published."""

    id: int
    name: str
    at: dt.datetime


def letter_news(coalition_id: int | None = None) -> tuple[LetterNews, ...]:
    """Return what last happened to letters, of one coalition or of the site: openings and deliveries, newest first."""
    news = [*_latest(Letter.opened_at, coalition_id), *_latest(Letter.delivered_at, coalition_id)]
    return tuple(sorted(news, key=lambda one: one.at, reverse=True)[:MAX_ENTRIES])


def _latest(moment: InstrumentedAttribute[dt.datetime | None], coalition_id: int | None) -> list[LetterNews]:
    """Return the latest openings or deliveries, whichever a column is the time of."""
    of_coalition: tuple[ColumnElement[bool], ...] = () if coalition_id is None else (Letter.coalition_id == coalition_id,)
    query = (
        current_revisions()
        .join(Coalition, Coalition.id == Letter.coalition_id)
        .with_only_columns(
            Letter.slug,
            Revision.content["title"].as_string().label("title"),
            Revision.content["language"].as_string().label("language"),
            Coalition.name.label("coalition"),
            Letter.delivered_to,
            moment.label("at"),
        )
        .where(Letter.state.in_(PUBLIC_STATES), moment.is_not(None), *of_coalition)
        .order_by(moment.desc(), Letter.id.desc())
        .limit(MAX_ENTRIES)
    )
    is_delivery = moment is Letter.delivered_at
    return [
        LetterNews(
            row.slug, row.title, row.language, row.coalition, row.delivered_to if is_delivery else "", row.at, is_delivery
        )
        for row in db.session.execute(query)
    ]


def newest_names(letter: PublicLetter) -> tuple[NewName, ...]:
    """Return the names that were published last on a letter's page, newest first; that of a delivered letter has the names of
    its edition, that of a withdrawn one none."""
    if letter.state is LetterState.WITHDRAWN:
        return ()
    edition_id = delivered_edition_id(letter.id) if letter.delivered_at else None
    frozen_at = db.session.scalar(select(Edition.frozen_at).where(Edition.id == edition_id)) if edition_id else None
    published = Signature.published_at <= frozen_at if frozen_at else Signature.published_at.is_not(None)
    rows = db.session.execute(
        select(*LINE_COLUMNS, Signature.published_at)
        .where(Signature.letter_id == letter.id, is_listed(), published)
        .order_by(Signature.published_at.desc(), Signature.id.desc())
        .limit(MAX_ENTRIES)
    ).all()
    lines = {row.id: signatory_from_row(row) for row in rows}
    if edition_id:  # only staff change what was delivered
        lines = frozen_lines(edition_id, lines)
    return tuple(NewName(row.id, lines[row.id].name, row.published_at) for row in rows if row.id in lines)
