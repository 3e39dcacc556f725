"""Share card of a letter: what it shows, and how a long title fits."""

import unicodedata
from dataclasses import dataclass

from letterhub.domain.letters.letter_document import LetterText, SignatoryCounts

MAX_COLUMNS = 260
"""Columns of a title; what is longer ends with an ellipsis. A wide letter, such as one of Japanese, takes two."""
SIZES = ((45, "short"), (90, "medium"), (160, "long"), (MAX_COLUMNS, "longest"))
"""Columns up to which a title has a size."""


@dataclass(frozen=True, slots=True)
class ShareCard:
    """Content of a share card. `text` is the letter's, for its title, look and language; equal cards are equal pictures."""

    text: LetterText
    coalition: str
    counts: SignatoryCounts


def share_card(text: LetterText, coalition: str, counts: SignatoryCounts) -> ShareCard:
    """Return the card of a letter: of its text only what the card shows."""
    shown = LetterText(
        title=text.title, body="", language=text.language, theme=text.theme, face=text.face, accent=text.accent,
        letterhead=text.letterhead,
    )  # fmt: skip
    return ShareCard(shown, coalition, counts)


def shortened_title(title: str) -> tuple[str, str]:
    """Return a title as a card has room for it, and the name of its size."""
    columns = 0
    for position, character in enumerate(title):
        columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if columns > MAX_COLUMNS:
            return f"{title[:position].rpartition(' ')[0] or title[:position]}…", SIZES[-1][1]
    return title, next(name for most, name in SIZES if columns <= most)
