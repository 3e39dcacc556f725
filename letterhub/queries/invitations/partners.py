"""Partners of a letter with what came by their links: numbers alone, of forms that carried the word of a link."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import Purpose
from letterhub.mail.messages import letter_url, signed_url
from letterhub.models import Letter, Partner, Signature, SubmissionOrigin
from letterhub.queries.letters.public_letter import PublicLetter, public_letter_by_id


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """Numbers of forms that came by a link: `started`, `confirmed` of them, and `listed` on the letter."""

    started: int = 0
    confirmed: int = 0
    listed: int = 0


@dataclass(frozen=True, slots=True)
class PartnerCounts:
    """Partner with its link, its page, which is secret, and what came by the link."""

    id: int
    name: str
    link: str
    page: str
    counts: SourceCounts


@dataclass(frozen=True, slots=True)
class LetterSources:
    """Partners of a letter, and what came by links with other words."""

    partners: tuple[PartnerCounts, ...]
    others: SourceCounts


@dataclass(frozen=True, slots=True)
class PartnerPage:
    """Contents of a partner's page: its name, the letter, None before it opens, its link and its numbers."""

    name: str
    letter: PublicLetter | None
    link: str
    counts: SourceCounts
    created_at: dt.datetime


def letter_sources(letter_id: int) -> LetterSources:
    """Return a letter's partners by name, with what came by their links."""
    slug = db.session.get_one(Letter, letter_id).slug
    partners = db.session.scalars(
        select(Partner).where(Partner.letter_id == letter_id).order_by(Partner.name, Partner.id)
    ).all()
    by_source = _counts_by_source(letter_id)
    known = tuple(
        PartnerCounts(
            partner.id, partner.name, _link(slug, partner.source),
            signed_url(Purpose.PARTNER, partner.id, since=partner.created_at), by_source.pop(partner.source, SourceCounts()),
        )
        for partner in partners
    )  # fmt: skip
    return LetterSources(known, _sum(by_source))


def partner_page(partner_id: int) -> PartnerPage | None:
    """Return what a partner sees; None if it was removed, or the draft deleted."""
    query = select(Partner, Letter.slug).join(Letter, Letter.id == Partner.letter_id)
    row = db.session.execute(query.where(Partner.id == partner_id, Letter.deleted_at.is_(None))).one_or_none()
    if row is None:
        return None
    partner, slug = row
    counts = _counts_by_source(partner.letter_id).get(partner.source, SourceCounts())
    return PartnerPage(
        partner.name, public_letter_by_id(partner.letter_id), _link(slug, partner.source), counts, partner.created_at
    )


def _link(slug: str, source: str) -> str:
    return f"{letter_url(slug)}?via={source}"


def _counts_by_source(letter_id: int) -> dict[str, SourceCounts]:
    """Return what came by each word, by the index of those that carried one."""
    query = (
        select(
            SubmissionOrigin.via, func.count().label("started"), func.count(Signature.confirmed_at).label("confirmed"),
            func.count().filter(Signature.state == SignatureState.PUBLISHED).label("listed"),
        )
        .join(Signature, Signature.id == SubmissionOrigin.signature_id)
        .where(SubmissionOrigin.letter_id == letter_id, SubmissionOrigin.via != "")
        .group_by(SubmissionOrigin.via)
    )  # fmt: skip
    rows: list[Row[Any]] = list(db.session.execute(query))
    return {row.via: SourceCounts(row.started, row.confirmed, row.listed) for row in rows}


def _sum(counts: Mapping[str, SourceCounts]) -> SourceCounts:
    values = counts.values()
    return SourceCounts(
        sum(one.started for one in values), sum(one.confirmed for one in values), sum(one.listed for one in values)
    )


def source_of(signature_id: int) -> str:
    """Return the word of the partner's link by which a signature's form came; "" for none."""
    return db.session.scalar(select(SubmissionOrigin.via).where(SubmissionOrigin.signature_id == signature_id)) or ""
