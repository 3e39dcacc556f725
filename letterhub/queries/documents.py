"""Letters as the public reads them: what is known of one, its document, and the document that an edition froze."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import undefer

from letterhub.db import db
from letterhub.domain.document import EditionMark, Kind, LetterDocument, LetterText, Logo, Shown, Signatory, arranged
from letterhub.domain.letters import Asked, WhoMaySign
from letterhub.domain.signing import Term, check_confirmable, check_open
from letterhub.domain.snapshot import document_from_facts
from letterhub.domain.states import LetterState, SignatureState
from letterhub.models import Coalition, Edition, Letter, Organization, OrganizationLogo, Revision, Signature, root_of
from letterhub.queries.letters import current_revisions


@dataclass(frozen=True, slots=True)
class PublicLetter:
    """A letter that was opened at some time: how it stands, who may sign it, and its current text."""

    id: int
    slug: str
    state: LetterState
    coalition: str
    who_may_sign: WhoMaySign
    asked: frozenset[Asked]
    deadline_at: dt.datetime | None
    deadline_zone: str
    grace: dt.timedelta
    closed_at: dt.datetime | None
    delivered_at: dt.datetime | None
    delivered_to: str
    withdrawn_at: dt.datetime | None
    revision_id: int
    revision: int
    revision_hash: str
    text: LetterText

    def check_open(self, at: dt.datetime) -> None:
        """Raises CannotSignNow unless the letter takes signatures at this moment."""
        check_open(self.state, self.deadline_at, at)

    def check_confirmable(self, begun_at: dt.datetime, at: dt.datetime) -> None:
        """Raises CannotSignNow unless a signature begun then may be confirmed at this moment."""
        check_confirmable(Term(self.state, self.deadline_at, self.closed_at, self.grace), begun_at, at)

    def is_over(self, at: dt.datetime) -> bool:
        """Whether an open letter's deadline has passed."""
        return self.state is LetterState.OPEN and self.deadline_at is not None and at > self.deadline_at


def public_letter(slug: str) -> PublicLetter | None:
    """The letter at this address; None where there is none, or staff are still writing it."""
    return _letter_where(Letter.slug == slug)


def letter_of(letter_id: int) -> PublicLetter | None:
    """The letter with this number, as `public_letter` has it."""
    return _letter_where(Letter.id == letter_id)


def _letter_where(condition: ColumnElement[bool]) -> PublicLetter | None:
    row = db.session.execute(
        current_revisions()
        .join(Coalition, Coalition.id == Letter.coalition_id)
        .add_columns(Letter, Coalition.name)
        .where(condition, Letter.state != LetterState.DRAFT)
    ).one_or_none()
    return _public(*row) if row else None


def _public(revision: Revision, letter: Letter, coalition: str) -> PublicLetter:
    return PublicLetter(
        id=letter.id,
        slug=letter.slug,
        state=letter.state,
        coalition=coalition,
        who_may_sign=letter.who_may_sign,
        asked=frozenset(Asked(one) for one in letter.asked),
        deadline_at=letter.deadline_at,
        deadline_zone=letter.deadline_zone,
        grace=dt.timedelta(hours=letter.grace_hours),
        closed_at=letter.closed_at,
        delivered_at=letter.delivered_at,
        delivered_to=letter.delivered_to,
        withdrawn_at=letter.withdrawn_at,
        revision_id=revision.id,
        revision=revision.number,
        revision_hash=revision.sha256,
        text=revision.text,
    )


def letter_document(letter_id: int) -> LetterDocument:
    """The letter as it stands: its current text and everyone published under it."""
    revision = db.session.scalars(current_revisions().where(Letter.id == letter_id)).one()
    signatories = published_signatories(letter_id, revision.text.shown)
    return arranged(revision.text, signatories, revision_hash=revision.sha256)


def published_signatories(letter_id: int, shown: Shown) -> tuple[Signatory, ...]:
    """Everyone published under a letter, by their names; with their logos where the letter shows them."""
    lines = published_lines(letter_id)
    if shown is not Shown.LOGOS:
        return tuple(signatory for _, signatory in lines)
    logos = _logos_under(letter_id)
    return tuple(replace(signatory, logo=logos.get(number)) for number, signatory in lines)


def _logos_under(letter_id: int) -> Mapping[int, Logo]:
    """The logos of the organizations that are published under a letter, by the numbers of their signatures."""
    rows = db.session.execute(
        select(Signature.id, OrganizationLogo.media_type, OrganizationLogo.content)
        .join(Organization, Organization.id == Signature.organization_id)
        .join(OrganizationLogo, OrganizationLogo.organization_id == root_of(Organization))
        .where(
            Signature.letter_id == letter_id,
            Signature.state == SignatureState.PUBLISHED,
            Signature.kind == Kind.ORGANIZATION,
        )
    )
    return {number: Logo(media_type, content, "") for number, media_type, content in rows}


def published_lines(letter_id: int) -> tuple[tuple[int, Signatory], ...]:
    """Everyone published under a letter, with the number of the signature. An address is not even asked of the database."""
    rows = db.session.execute(
        select(
            Signature.id,
            Signature.organization_name,
            Signature.signer_name,
            Signature.signer_title,
            Signature.location,
            Signature.kind,
            Signature.website,
            Signature.affiliation,
            Signature.scope,
            Signature.lead,
            Signature.sort_name,
        )
        .where(Signature.letter_id == letter_id, Signature.state == SignatureState.PUBLISHED)
        .order_by(Signature.sort_key, Signature.id)
    )
    return tuple(
        (row[0], Signatory(*row[1:8], section=row[8] or _own_section(row[5]), lead=row[9], sort_name=row[10])) for row in rows
    )


def _own_section(kind: Kind) -> str:
    return "individual" if kind is Kind.INDIVIDUAL else ""


def document_of_edition(edition_id: int) -> LetterDocument:
    """The document that an edition froze, with the edition's mark."""
    edition = db.session.get_one(Edition, edition_id, options=[undefer(Edition.document)])
    as_of = edition.as_of.astimezone(ZoneInfo(edition.zone))
    return document_from_facts(edition.document, EditionMark(edition.number, edition.public_id, as_of, edition.address))
