"""Signing settings of a letter: deadline, signer kinds, optional fields, publish rules; slugs."""

import datetime as dt
import secrets
from dataclasses import asdict, dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter import RESERVED_SLUGS, OptionalField, PublishRule, WhoMaySign, slugify
from letterhub.domain.letters.serialization import fingerprint
from letterhub.domain.operations.retention import CONTACT_MONTHS, NETWORK_DAYS


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


class SigningSettingsLocked(UserFacingError):
    """Raised when a letter was delivered or withdrawn, so that its signing settings are fixed."""


class SigningSettingsChanged(UserFacingError):
    """Raised when the deadline or the rules were changed in the meantime."""


class SlugTaken(UserFacingError):
    """Raised when another letter has this slug."""

    field = "slug"


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


def first_free_slug(slug: str, taken: frozenset[str]) -> str:
    """Return the slug itself, or with the first number that makes it free: "clean-rivers-2"."""
    candidates = (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3)))
    return next(candidate for candidate in candidates if candidate not in taken)


def draft_slug(title: str) -> str:
    """Return an unguessable slug for a new draft, so that other coalitions cannot probe for it."""
    return f"{slugify(title)[:45].strip('-')}-{secrets.token_hex(6)}"


def is_valid_slug(slug: str) -> bool:
    """Return whether a slug is valid for `/letters/<slug>`."""
    return bool(slug) and slug == slugify(slug) and slug not in RESERVED_SLUGS
