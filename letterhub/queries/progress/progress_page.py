"""Progress page of a letter, as holders of a secret link read it."""

import datetime as dt
from dataclasses import dataclass

from letterhub.domain.letters.letter_document import SignatoryOrder, SignatoryStyle
from letterhub.domain.links.secret_links import LinkKind
from letterhub.queries.letters.public_letter import PublicLetter, public_letter_by_id
from letterhub.queries.links.secret_links import find_secret_link
from letterhub.queries.progress.overview import LetterFigures, letter_figures


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """Page behind a secret link: the letter and its figures, None before it opens. It has numbers alone; states of signatories
    only if the letter prints their locations."""

    link_id: int
    letter: PublicLetter | None
    figures: LetterFigures | None
    shows_states: bool


def progress_page(token: str, at: dt.datetime) -> ProgressPage | None:
    """Return the page that a secret link opens; None if the link does not work, or its draft was deleted."""
    found = find_secret_link(LinkKind.PROGRESS, token, at)
    if found is None:
        return None
    link_id, letter_id = found
    letter = public_letter_by_id(letter_id)
    if letter is None:
        return ProgressPage(link_id, None, None, shows_states=False)
    prints_location = letter.text.shown is SignatoryStyle.LOCATION or letter.text.order is SignatoryOrder.LOCATION
    return ProgressPage(link_id, letter, letter_figures(letter_id, at), prints_location)
