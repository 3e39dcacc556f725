"""Signing settings of a letter: deadline, signer kinds, optional fields, publish rules."""

import datetime as dt
import enum
from dataclasses import asdict, dataclass
from typing import Any

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.serialization import fingerprint
from letterhub.domain.operations.retention import CONTACT_MONTHS, NETWORK_DAYS
from letterhub.domain.questions.news import NewsOffer
from letterhub.domain.questions.question import Questions, asked, questions_from_facts


class WhoMaySign(enum.StrEnum):
    """Kinds of signatories that a letter accepts."""

    ORGANIZATIONS = "organizations"
    INDIVIDUALS = "individuals"
    BOTH = "both"


class OptionalField(enum.StrEnum):
    """Form fields that a letter may ask for or omit; name, title and email address are always asked."""

    WEBSITE = "website"
    LOCATION = "location"
    SECTION = "section"


class PublishRule(enum.StrEnum):
    """Rule for publishing an organization's confirmed signature: after staff review, or at once if it was reviewed before."""

    ASK_STAFF = "ask-staff"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class SigningSettings:
    """Signing settings as staff choose them. `deadline_at` is None for no deadline; see `Letter` for the last five."""

    deadline_at: dt.datetime | None
    deadline_zone: str
    who_may_sign: WhoMaySign
    optional_fields: frozenset[OptionalField]
    publish_rule: PublishRule
    grace_hours: int
    network_days: int = NETWORK_DAYS
    contact_months: int = CONTACT_MONTHS
    requires_proof_of_work: bool = False
    publish_individuals: bool = False
    skips_published_email: bool = False


@dataclass(frozen=True, slots=True)
class FormSettings:
    """Letter at a slug, and what its form asks for."""

    id: int
    slug: str
    who_may_sign: WhoMaySign
    optional_fields: frozenset[OptionalField]
    questions: Questions = ()
    news: NewsOffer | None = None

    @classmethod
    def from_columns(cls, letter_id: int, letter: Any) -> "FormSettings":
        """Return the settings of a letter by a row that has its columns."""
        questions = asked(questions_from_facts(letter.questions)) if letter.questions else ()
        optional_fields = frozenset(map(OptionalField, letter.optional_fields))
        news = NewsOffer(letter.news_text, letter.news_version) if letter.news_text else None
        return cls(letter_id, letter.slug, letter.who_may_sign, optional_fields, questions, news)


class FormSettingsChanged(UserFacingError):
    """Raised when a letter's form does not ask for the same any more as when the input was checked: check it again."""


class SigningSettingsLocked(UserFacingError):
    """Raised when a letter was delivered or withdrawn, so that its signing settings are fixed."""


class SigningSettingsChanged(UserFacingError):
    """Raised when the deadline or the rules were changed in the meantime."""


def settings_version(signing_settings: SigningSettings) -> str:
    """Return the version hash of signing settings."""
    deadline = signing_settings.deadline_at.isoformat() if signing_settings.deadline_at else None
    return fingerprint(
        asdict(signing_settings) | {"deadline_at": deadline, "optional_fields": sorted(signing_settings.optional_fields)}
    )


def check_settings_version(current: SigningSettings, expected_version: str) -> None:
    """Raise SigningSettingsChanged if the version hash of the settings is not `expected_version`."""
    if settings_version(current) != expected_version:
        raise SigningSettingsChanged(
            _(
                "The deadline or the rules changed after you opened this page, so nothing was saved. Your "
                "choices are still below: save again to replace that change, or reload the page to see it."
            )
        )
