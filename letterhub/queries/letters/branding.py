"""Branding defaults of a coalition, its contact address, and the websites that may show its letters."""

from sqlalchemy import select

from letterhub.domain.letters.branding import BrandingDefaults
from letterhub.infrastructure.db import db
from letterhub.models import Coalition, Letter


def branding_defaults(coalition_id: int) -> BrandingDefaults:
    """Return the branding that new letters of a coalition begin with."""
    return db.session.get_one(Coalition, coalition_id).branding


def contact_address(coalition_id: int) -> str:
    """Return a coalition's contact address; "" if it has none."""
    return db.session.get_one(Coalition, coalition_id).contact_email


def embed_sites(coalition_id: int) -> tuple[str, ...]:
    """Return the origins of the websites that may show a coalition's letters in a frame."""
    return tuple(db.session.get_one(Coalition, coalition_id).embed_sites)


def embed_sites_of_letter(letter_id: int) -> tuple[str, ...]:
    """Return the origins of the websites that may show a letter in a frame; empty where embedding is off."""
    of_letter = select(Coalition.embed_sites).join(Letter, Letter.coalition_id == Coalition.id).where(Letter.id == letter_id)
    return tuple(db.session.scalars(of_letter).one())
