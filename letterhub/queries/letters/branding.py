"""Branding defaults of a coalition, and its contact address."""

from letterhub.domain.letters.branding import House
from letterhub.infrastructure.db import db
from letterhub.models import Coalition


def house_of(coalition_id: int) -> House:
    """Return the branding that new letters of a coalition begin with."""
    return db.session.get_one(Coalition, coalition_id).house


def contact_of(coalition_id: int) -> str:
    """Return a coalition's contact address; "" if it has none."""
    return db.session.get_one(Coalition, coalition_id).contact
