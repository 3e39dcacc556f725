"""Secret links to a letter's progress page, for staff; and the page that one opens."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.letters.document import SignatoryOrder, SignatoryStyle
from letterhub.domain.progress.progress_links import progress_token_hash
from letterhub.infrastructure.db import db
from letterhub.models import Letter, ProgressLink, Staff
from letterhub.queries.letters.public_letter import PublicLetter, public_letter_by_id
from letterhub.queries.progress.overview import LetterFigures, letter_figures


@dataclass(frozen=True, slots=True)
class ListedProgressLink:
    """Secret link as staff see it, without its token; `works` says whether it still opens the page."""

    id: int
    label: str
    created_at: dt.datetime
    created_by: str
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None
    use_count: int
    used_at: dt.datetime | None
    works: bool


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """Page behind a secret link: the letter and its figures, None before it opens. It has numbers alone; states of signatories
    only if the letter prints their locations."""

    link_id: int
    letter: PublicLetter | None
    figures: LetterFigures | None
    shows_states: bool


def progress_links(letter_id: int, at: dt.datetime) -> tuple[ListedProgressLink, ...]:
    """Return a letter's secret links, the newest first."""
    query = select(ProgressLink, Staff.name).outerjoin(Staff, Staff.id == ProgressLink.created_by_id)
    rows = db.session.execute(query.where(ProgressLink.letter_id == letter_id).order_by(ProgressLink.id.desc()))
    return tuple(
        ListedProgressLink(
            link.id, link.label, link.created_at, created_by or "", link.expires_at, link.revoked_at, link.use_count,
            link.used_at, link.is_valid_at(at),
        )
        for link, created_by in rows
    )  # fmt: skip


def progress_page(token: str, at: dt.datetime) -> ProgressPage | None:
    """Return the page that a secret link opens; None if the link does not work, or its draft was deleted."""
    query = select(ProgressLink).join(Letter, Letter.id == ProgressLink.letter_id).where(Letter.deleted_at.is_(None))
    link = db.session.scalar(query.where(ProgressLink.token_hash == progress_token_hash(token)))
    if link is None or not link.is_valid_at(at):
        return None
    letter = public_letter_by_id(link.letter_id)
    if letter is None:
        return ProgressPage(link.id, None, None, shows_states=False)
    prints_location = letter.text.shown is SignatoryStyle.LOCATION or letter.text.order is SignatoryOrder.LOCATION
    return ProgressPage(link.id, letter, letter_figures(link.letter_id, at), prints_location)
