"""Signing settings of a letter, what it still needs to open, a preview of its publish rules, and branding defaults."""

import datetime as dt
import enum
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.letters.branding import BrandingDefaults
from letterhub.domain.letters.document import SignatoryKind
from letterhub.domain.letters.draft_lint import HardcodedCount, find_hardcoded_counts, find_placeholders
from letterhub.domain.letters.drafts import trim_text
from letterhub.domain.letters.opening_rules import Requirement, missing_requirements
from letterhub.domain.letters.serialization import text_from_facts
from letterhub.domain.letters.signing_settings import PublishRule, SigningSettings
from letterhub.domain.letters.slugs import DEFAULT_SLUG, first_free_slug, slugify
from letterhub.domain.signatures.evidence import Doubt, Evidence, initial_assessment
from letterhub.domain.signatures.publishing import PublishRules, publishes_at_once, review_reasons
from letterhub.domain.signatures.signing import Source
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Draft, Letter, Signature
from letterhub.queries.letters.open_letters import current_revisions
from letterhub.queries.signatures.review import SignatureDetails, latest_confirmed_signatures


@dataclass(frozen=True, slots=True)
class SigningOverview:
    """Signing settings of a letter. `version` is the draft's version in which `missing`, `has_date`, `hardcoded_counts` and
    `placeholders` were found; decisions refer to it.
    """

    signing_settings: SigningSettings
    version: int
    missing: tuple[Requirement, ...]
    has_date: bool
    hardcoded_counts: tuple[HardcodedCount, ...]
    placeholders: tuple[str, ...]
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None
    delivered_at: dt.datetime | None
    delivered_to: str
    withdrawn_at: dt.datetime | None


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
        version=draft.version,
        missing=missing_requirements(text, letter.deadline_at, at),
        has_date=text.date is not None,
        hardcoded_counts=find_hardcoded_counts(text.body),
        placeholders=find_placeholders(text),
        opened_at=letter.opened_at,
        closed_at=letter.closed_at,
        delivered_at=letter.delivered_at,
        delivered_to=letter.delivered_to,
        withdrawn_at=letter.withdrawn_at,
    )


SAMPLE_SIZE = 50


class PublishOption(enum.StrEnum):
    """Options for publishing, each previewed by itself."""

    ASK_STAFF = "ask-staff"
    REVIEWED = "reviewed"
    INDIVIDUALS = "individuals"

    @property
    def rules(self) -> PublishRules:
        """Return the rules of a letter with only this option."""
        if self is PublishOption.INDIVIDUALS:
            return PublishRules(individuals=True)
        return PublishRules(PublishRule(self.value))


@dataclass(frozen=True, slots=True)
class OptionOutcome:
    """Outcome for one name: published at once, or sent to staff for these reasons; `is_new_to_staff` if it is new to them."""

    signature: SignatureDetails
    is_published: bool
    reasons: tuple[Doubt, ...]
    is_new_to_staff: bool


@dataclass(frozen=True, slots=True)
class OptionPreview:
    """Option with the names it was previewed on, newest first."""

    choice: PublishOption
    outcomes: tuple[OptionOutcome, ...]

    @property
    def published_count(self) -> int:
        """Return how many would have been published at once."""
        return sum(outcome.is_published for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class OptionPreviews:
    """Preview of every option on a letter's latest signatures; `other_title` is its title if another letter had to be used."""

    options: tuple[OptionPreview, ...]
    other_title: str


def option_previews(coalition_id: int, letter_id: int) -> OptionPreviews:
    """Preview every option on the letter's last 50 signatures confirmed by mail; if it has none, on those of another one.

    That is the coalition's last signed letter.
    """
    signatures, other_title = latest_confirmed_signatures(letter_id, SAMPLE_SIZE), ""
    if not signatures:
        query = (
            select(Signature.letter_id)
            .join(Letter, Letter.id == Signature.letter_id)
            .where(Letter.coalition_id == coalition_id, Signature.source == Source.FORM, Signature.confirmed_at.is_not(None))
            .order_by(Signature.confirmed_at.desc(), Signature.id.desc())
        )
        other_id = db.session.scalar(query.limit(1))
        if other_id is not None:
            signatures = latest_confirmed_signatures(other_id, SAMPLE_SIZE)
            other_title = db.session.scalars(current_revisions().where(Letter.id == other_id)).one().text.title
    return OptionPreviews(
        tuple(
            OptionPreview(option, tuple(_outcome_of(signature, option.rules) for signature in signatures))
            for option in PublishOption
        ),
        other_title,
    )


def _outcome_of(signature: SignatureDetails, rules: PublishRules) -> OptionOutcome:
    """Return what these rules would have done with a signature when it was confirmed."""
    assessment, kind = initial_assessment(signature.assessment), signature.signatory.kind
    is_new_to_staff = (
        kind is SignatoryKind.ORGANIZATION and not rules.staff_review_all(kind) and Evidence.REVIEWED not in assessment.evidence
    )
    return OptionOutcome(
        signature, publishes_at_once(rules, kind, assessment), review_reasons(rules, kind, assessment), is_new_to_staff
    )


def branding_defaults(coalition_id: int) -> BrandingDefaults:
    """Return the branding that new letters of a coalition begin with."""
    return db.session.get_one(Coalition, coalition_id).branding


def contact_address(coalition_id: int) -> str:
    """Return a coalition's contact address; "" if it has none."""
    return db.session.get_one(Coalition, coalition_id).reply_to
