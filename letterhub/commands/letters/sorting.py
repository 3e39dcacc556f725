"""Sorting of letters whose language got an alphabet of its own since they were opened."""

from letterhub.commands.letters._shared_steps import set_alphabet
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter


@one_transaction
def sort_by_alphabet(letter_id: int, alphabet: str) -> None:
    """Sort a letter's signatories by this alphabet. Editions that are frozen keep their order."""
    if db.session.get(Letter, letter_id, with_for_update=True) is not None:
        set_alphabet(letter_id, alphabet)
