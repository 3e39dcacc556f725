"""Slugs: the last part of a letter's web address, made of its title or chosen by staff."""

import re
import secrets

from letterhub.domain.errors import UserFacingError
from letterhub.domain.unicode import normalize_unicode


class SlugTaken(UserFacingError):
    """Raised when another letter has this slug."""

    field = "slug"


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


SLUG_LENGTH = 60


RESERVED_SLUGS = frozenset({"new", "import"})


_IN_ASCII = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


DEFAULT_SLUG = "letter"


def slugify(title: str) -> str:
    """Return a letter's slug from its title: letters, digits and hyphens, at most 60; DEFAULT_SLUG if none are left."""
    plain = normalize_unicode("NFKD", title.casefold().translate(_IN_ASCII)).encode("ascii", "ignore").decode().casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > SLUG_LENGTH:
        slug = slug[: SLUG_LENGTH + 1].rpartition("-")[0] or slug[:SLUG_LENGTH]
    return DEFAULT_SLUG if not slug or slug in RESERVED_SLUGS else slug
