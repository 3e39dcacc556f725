"""Editions that print a signature."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import undefer

from letterhub.infrastructure.db import db
from letterhub.mail.messages import edition_url
from letterhub.models import Edition


@dataclass(frozen=True, slots=True)
class PrintingEdition:
    """Edition that prints a signature, with the URL of its check page."""

    number: int
    frozen_at: dt.datetime
    url: str


def editions_printing(signature_id: int, letter_id: int) -> tuple[PrintingEdition, ...]:
    """Return the editions that print a signature, oldest first."""
    query = select(Edition).where(Edition.letter_id == letter_id).order_by(Edition.number)
    rows = db.session.scalars(query.options(undefer(Edition.signature_ids)))
    return tuple(
        PrintingEdition(row.number, row.frozen_at, edition_url(row.public_id))
        for row in rows
        if signature_id in row.signature_ids
    )
