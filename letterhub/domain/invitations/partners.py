"""Partners who recruit signers: the word in each one's link, and what of a link is kept."""

import re

from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.slugs import DEFAULT_SLUG, first_free_slug, slugify

SOURCE_LENGTH = 40
_SOURCE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class PartnerExists(UserFacingError):
    """Raised for a partner whom the letter has already."""

    field = "name"


def source_from(word: str | None) -> str:
    """Return the word of a partner's link as it is kept with a signature; "" for any text that is none."""
    plain = (word or "").strip().casefold()
    return plain if len(plain) <= SOURCE_LENGTH and _SOURCE.fullmatch(plain) else ""


def source_for(name: str, taken: frozenset[str]) -> str:
    """Return a word for a partner of this name that no other partner of the letter has."""
    slug = slugify(name)
    word = slug[: SOURCE_LENGTH - 5].strip("-") if slug != DEFAULT_SLUG else "partner"
    return first_free_slug(word, taken)
