"""Letters as the public reads them: their facts and their document."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from letterhub.domain.letters.letter_document import (
    LetterDocument,
    LetterText,
    Logo,
    Signatory,
    SignatoryCounts,
    SignatoryKind,
    SignatoryOrder,
    SignatoryStyle,
)
from letterhub.domain.letters.revisions import ChangeKind
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.letters.signing_settings import FormSettings, OptionalField, PublishRule, WhoMaySign
from letterhub.domain.questions.news import NewsOffer
from letterhub.domain.questions.question import Questions
from letterhub.domain.signatures.line_fields import LINE_FIELDS
from letterhub.domain.signatures.publishing import ReviewDisclosure
from letterhub.domain.signatures.signing import SigningPeriod, check_confirmable, is_open
from letterhub.domain.states import LetterState
from letterhub.infrastructure.db import db, execute_core
from letterhub.models import (
    Coalition,
    Letter,
    Organization,
    OrganizationLogo,
    PressPage,
    Reply,
    Revision,
    Signature,
    Translation,
    is_listed,
    root_id_of,
)
from letterhub.queries.letters.letter_lookup import current_revisions


@dataclass(frozen=True, slots=True)
class TextState:
    """State of the current text: when it was last corrected or changed, None if it is as first signed.

    `reconfirmations` names had signed an earlier text; `reconfirmed` of them have confirmed this one.
    """

    changed_at: dt.datetime | None
    change_kind: ChangeKind
    reconfirmations: int
    reconfirmed: int


@dataclass(frozen=True, slots=True)
class PublicLetter:
    """Letter that has been opened: its state, who may sign it, and its current text.

    `contact_email` is the coalition's contact address, "" if there is none; `questions` are those that the form asks.
    `reply_count` counts the recipients' replies, `translation_count` its published translations; `release_at` is when its press
    page becomes public, None without an hour.
    """

    id: int
    slug: str
    state: LetterState
    coalition: str
    coalition_slug: str
    contact_email: str
    who_may_sign: WhoMaySign
    optional_fields: frozenset[OptionalField]
    questions: Questions
    news: NewsOffer | None
    deadline_at: dt.datetime | None
    deadline_zone: str
    grace: dt.timedelta
    closed_at: dt.datetime | None
    delivered_at: dt.datetime | None
    delivered_to: str
    withdrawn_at: dt.datetime | None
    organization_count: int
    individual_count: int
    revision_id: int
    revision_number: int
    revision_hash: str
    text: LetterText
    text_state: TextState
    review_disclosure: ReviewDisclosure
    reply_count: int
    release_at: dt.datetime | None
    translation_count: int

    @property
    def form_settings(self) -> FormSettings:
        """Return what the letter's form asks for."""
        return FormSettings(self.id, self.slug, self.who_may_sign, self.optional_fields, self.questions, self.news)

    @property
    def counts(self) -> SignatoryCounts:
        """Return the numbers of listed organizations and individuals."""
        return SignatoryCounts(self.organization_count, self.individual_count)

    @property
    def count(self) -> int:
        """Return how many signatories are listed."""
        return self.organization_count + self.individual_count

    @property
    def takes_late_names(self) -> bool:
        """Return whether it was delivered and takes names for its next edition."""
        return self.state is LetterState.OPEN and self.delivered_at is not None

    def check_confirmable(self, started_at: dt.datetime, at: dt.datetime) -> None:
        """Raise LetterNotOpen unless a signature begun then may be confirmed at this moment."""
        check_confirmable(SigningPeriod(self.state, self.deadline_at, self.closed_at, self.grace), started_at, at)

    def is_open(self, at: dt.datetime) -> bool:
        """Return whether the letter accepts signatures at this moment."""
        return is_open(self.state, self.deadline_at, at)

    def is_over(self, at: dt.datetime) -> bool:
        """Return whether an open letter's deadline has passed."""
        return self.state is LetterState.OPEN and not self.is_open(at)


_COUNTED_REVISION = aliased(Revision)
_REPLY_COUNT = (
    select(func.count(Reply.id))
    .where(Reply.letter_id == Letter.id, Reply.retracted_at.is_(None))
    .correlate(Letter)
    .scalar_subquery()
    .label("reply_count")
)
_TRANSLATION_COUNT = (
    select(func.count(Translation.published_id))
    .where(Translation.letter_id == Letter.id)
    .correlate(Letter)
    .scalar_subquery()
    .label("translation_count")
)
_LETTERS = (
    current_revisions()
    .join(Coalition, Coalition.id == Letter.coalition_id)
    .join(_COUNTED_REVISION, (_COUNTED_REVISION.letter_id == Letter.id) & (_COUNTED_REVISION.number == Revision.counts_from))
    .outerjoin(PressPage, PressPage.letter_id == Letter.id)
    .with_only_columns(
        Letter.id, Letter.slug, Letter.state, Coalition.name.label("coalition"), Coalition.slug.label("coalition_slug"),
        Coalition.contact_email, Letter.who_may_sign, Letter.optional_fields, Letter.questions, Letter.news_text,
        Letter.news_version, Letter.deadline_at, Letter.deadline_zone, Letter.grace_hours, Letter.closed_at,
        Letter.delivered_at, Letter.delivered_to, Letter.withdrawn_at, Letter.publish_rule, Letter.publish_individuals,
        Letter.organizations_by_rule,
        Letter.individuals_by_rule, Letter.individuals_imported, Letter.organization_count, Letter.individual_count,
        Letter.reconfirmed_count,
        Revision.id.label("revision_id"), Revision.number, Revision.sha256, Revision.change, Revision.created_at,
        _COUNTED_REVISION.reconfirmations_requested, _REPLY_COUNT, _TRANSLATION_COUNT,
        PressPage.release_at.label("release_at"),
    )
    .where(Letter.state != LetterState.DRAFT)
)  # fmt: skip
_BY_SLUG = _LETTERS.where(Letter.slug == bindparam("slug"))
_BY_ID = _LETTERS.where(Letter.id == bindparam("letter_id"))
"""Prebuilt statements, run for every page of a letter: building one takes longer than running it."""


def public_letter(slug: str) -> PublicLetter | None:
    """Return the letter at this slug; None if there is none or it is a draft."""
    row = execute_core(_BY_SLUG, {"slug": slug}).one_or_none()
    return _public_letter_from(row) if row else None


def public_letter_by_id(letter_id: int) -> PublicLetter | None:
    """Return the letter with this id, as `public_letter` does."""
    row = db.session.execute(_BY_ID, {"letter_id": letter_id}).one_or_none()
    return _public_letter_from(row) if row else None


def _public_letter_from(row: Row[Any]) -> PublicLetter:
    """Return the letter of a row of the statements above, with its current text."""
    form = FormSettings.from_columns(row.id, row)
    return PublicLetter(
        id=row.id, slug=row.slug, state=row.state, coalition=row.coalition, coalition_slug=row.coalition_slug,
        contact_email=row.contact_email, who_may_sign=row.who_may_sign, optional_fields=form.optional_fields,
        questions=form.questions, news=form.news, deadline_at=row.deadline_at, deadline_zone=row.deadline_zone,
        grace=dt.timedelta(hours=row.grace_hours), closed_at=row.closed_at, delivered_at=row.delivered_at,
        delivered_to=row.delivered_to, withdrawn_at=row.withdrawn_at, organization_count=row.organization_count,
        individual_count=row.individual_count, revision_id=row.revision_id, revision_number=row.number,
        revision_hash=row.sha256,
        text=revision_text(row.revision_id, row.sha256),
        text_state=_text_state(row),
        review_disclosure=ReviewDisclosure(
            organizations_before=row.organizations_by_rule or row.publish_rule is PublishRule.REVIEWED,
            individuals_unreviewed=row.individuals_by_rule or row.publish_individuals,
            individuals_imported=row.individuals_imported,
        ),
        reply_count=row.reply_count, release_at=row.release_at, translation_count=row.translation_count,
    )  # fmt: skip


def _text_state(row: Row[Any]) -> TextState:
    is_as_first_signed = row.change in (ChangeKind.FIRST, ChangeKind.UNSIGNED)
    reconfirmed = row.reconfirmed_count if row.reconfirmations_requested else 0
    return TextState(None if is_as_first_signed else row.created_at, row.change, row.reconfirmations_requested, reconfirmed)


@lru_cache(maxsize=32)
def revision_text(revision_id: int, sha256: str) -> LetterText:  # noqa: ARG001 - tells revisions of several databases apart
    """Return a revision's text. It never changes, so it is cached per process, as its logos make it heavy."""
    content = db.session.scalars(select(Revision.content).where(Revision.id == revision_id)).one()
    return text_from_facts(content)


def letter_document(letter_id: int) -> LetterDocument:
    """Return the current letter: its current text and everyone published under it."""
    revision = db.session.scalars(current_revisions().where(Letter.id == letter_id)).one()
    return LetterDocument(revision.text, published_signatories(letter_id, revision.text), revision_hash=revision.sha256)


def published_signatories(letter_id: int, text: LetterText) -> tuple[Signatory, ...]:
    """Return everyone published under a letter, in the text's order, with logos if it shows them."""
    return tuple(signatory for _, signatory in published_lines(letter_id, text))


def logos_of_signatures(*conditions: ColumnElement[bool]) -> Mapping[int, Logo]:
    """Return the logos of the organizations whose signatures meet all conditions, by signature id."""
    rows = db.session.execute(
        select(Signature.id, OrganizationLogo.media_type, OrganizationLogo.content)
        .join(Organization, Organization.id == Signature.organization_id)
        .join(OrganizationLogo, OrganizationLogo.organization_id == root_id_of(Organization))
        .where(Signature.kind == SignatoryKind.ORGANIZATION, *conditions)
    )
    return {signature_id: Logo(media_type, content, "") for signature_id, media_type, content in rows}


def published_lines(letter_id: int, text: LetterText) -> tuple[tuple[int, Signatory], ...]:
    """Return `published_signatories`, each with the signature's id."""
    listed = (Signature.letter_id == letter_id, is_listed())
    rows = db.session.execute(select(*LINE_COLUMNS).where(*listed).order_by(*sort_columns(text.order)))
    lines = tuple((row[0], signatory_from_row(row)) for row in rows)
    logos = logos_of_signatures(*listed) if text.shown is SignatoryStyle.LOGOS else {}
    return tuple((number, replace(line, logo=logos[number]) if number in logos else line) for number, line in lines)


_COLUMN_BY_KEY = {field.key: getattr(Signature, field.column) for field in LINE_FIELDS}
LINE_COLUMNS = (Signature.id, *(_COLUMN_BY_KEY[field.name] for field in fields(Signatory) if field.name in _COLUMN_BY_KEY))
"""Columns of a printed line, in the order of Signatory; the email address is deliberately not among them."""


def signatory_from_row(row: Any) -> Signatory:
    """Return the signatory of a row that begins with LINE_COLUMNS. An individual without a section gets the section of
    individuals."""
    line = Signatory(*row[1 : len(LINE_COLUMNS)])
    if line.section or line.kind is SignatoryKind.ORGANIZATION:
        return line
    return replace(line, section=str(line.kind))


def sort_columns(order: SignatoryOrder) -> tuple[InstrumentedAttribute[Any], ...]:
    """Return the columns by which a letter's names are sorted, the id last; each order has its own index."""
    match order:
        case SignatoryOrder.AS_GIVEN:
            return Signature.lead_key, Signature.id
        case SignatoryOrder.SECTIONS:
            return Signature.section_key, Signature.sort_key, Signature.id
        case SignatoryOrder.LOCATION:
            return Signature.location_key, Signature.sort_key, Signature.id
        case SignatoryOrder.ALPHABETICAL:
            return Signature.kind_key, Signature.sort_key, Signature.id
