"""Branding defaults of a coalition, and its contact address."""

from letterhub.domain.letters.branding import BrandingDefaults
from letterhub.infrastructure.db import db
from letterhub.models import Coalition


def branding_defaults(coalition_id: int) -> BrandingDefaults:
    """Return the branding that new letters of a coalition begin with."""
    return db.session.get_one(Coalition, coalition_id).branding


def contact_address(coalition_id: int) -> str:
    """Return a coalition's contact address; "" if it has none."""
    return db.session.get_one(Coalition, coalition_id).contact_email
