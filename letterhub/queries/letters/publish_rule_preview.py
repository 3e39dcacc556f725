"""Preview of publish rules: how the latest signatures would have fared under each."""

import enum
from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.letters.signing_settings import PublishRule
from letterhub.domain.signatures.evidence import Doubt, Evidence, initial_assessment
from letterhub.domain.signatures.publishing import PublishRules, publishes_at_once, review_reasons
from letterhub.domain.signatures.signing import Source
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from letterhub.queries.letters.letter_lookup import current_revisions
from letterhub.queries.signatures.review import SignatureDetails, latest_confirmed_signatures

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
