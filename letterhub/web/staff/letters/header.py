"""Lookup of a letter by its URL."""

from flask import abort

from letterhub.queries.accounts.staff import StaffContext
from letterhub.queries.letters.header import LetterHeader, find_letter_header


def get_letter_or_404(staff: StaffContext, slug: str) -> LetterHeader:
    """Return the header of the coalition's letter. Aborts with 404 if there is none."""
    header = find_letter_header(staff.coalition_id, slug)
    if header is None:
        abort(404)
    return header
