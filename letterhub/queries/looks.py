"""Reads about how a coalition's letters look."""

from letterhub.db import db
from letterhub.domain.looks import House
from letterhub.models import Coalition


def house_of(coalition_id: int) -> House:
    """The look that new letters of a coalition begin with."""
    return db.session.get_one(Coalition, coalition_id).house


def contact_of(coalition_id: int) -> str:
    """The address at which people can write to a coalition; "" where it gives none."""
    return db.session.get_one(Coalition, coalition_id).contact
