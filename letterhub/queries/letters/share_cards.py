"""Share cards of letters as pictures, of which each process keeps the last ones; see docs/design/press.md."""

import base64
import datetime as dt
import logging
from dataclasses import dataclass
from threading import Lock

from cachetools import LRUCache

from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.document import LetterText, SignatoryCounts
from letterhub.domain.letters.share_card import ShareCard, share_card
from letterhub.intake.pdf.workers import WorkerLimits, run_worker
from letterhub.rendering.lazy_imports import lazy_function
from letterhub.rendering.subprocesses import RenderingInterrupted

LOG = logging.getLogger(__name__)
REFRESH_AFTER = dt.timedelta(minutes=1)
"""Time for which a letter's picture stays, though its count has changed, and after which a failed one is tried again."""
MAX_CARDS = 200  # of some 30 KB, per process
PICTURE_LIMITS = WorkerLimits(cpu_seconds=10, wall_seconds=60)
_share_card_pdf = lazy_function("pdf.share_card", "share_card_pdf")


@dataclass(frozen=True, slots=True)
class DrawnCard:
    """Picture of a card, as PNG, and when it was drawn; None if it could not be."""

    card: ShareCard
    picture: bytes | None
    drawn_at: dt.datetime

    def serves(self, card: ShareCard, at: dt.datetime) -> bool:
        """Return whether it is the picture to show for a card at this moment."""
        is_right = self.picture is not None and self.card == card
        return is_right or at - self.drawn_at < REFRESH_AFTER


_cards: LRUCache[tuple[str, str], DrawnCard] = LRUCache(MAX_CARDS)
_lock, _drawing = Lock(), Lock()


def card_picture(
    site: str, slug: str, text: LetterText, coalition: str, counts: SignatoryCounts, at: dt.datetime
) -> bytes | None:
    """Return the picture of a letter's card, drawn anew at most each minute; None if it could not be drawn.

    One is drawn at a time in a process: whoever asks meanwhile gets the picture as it was, or waits for the first one.
    """
    card, key = share_card(text, coalition, counts), (site, slug)
    if (known := _known(key)) and known.serves(card, at):
        return known.picture
    if not _drawing.acquire(blocking=known is None):
        return known.picture if known else None
    try:
        if (known := _known(key)) and known.serves(card, at):
            return known.picture  # another request drew it meanwhile
        drawn = DrawnCard(card, _draw(card), at)
    finally:
        _drawing.release()
    with _lock:
        _cards[key] = drawn
    return drawn.picture


def forget_cards() -> None:
    """Forget all pictures."""
    with _lock:
        _cards.clear()


def _known(key: tuple[str, str]) -> DrawnCard | None:
    with _lock:
        return _cards.get(key)


def _draw(card: ShareCard) -> bytes | None:
    try:
        drawn = run_worker("pdf.card_worker", _share_card_pdf(card), PICTURE_LIMITS)
    except (UserFacingError, RenderingInterrupted) as error:  # over a limit, or this process is ending
        LOG.warning("a share card could not be drawn: %s", error)
        return None
    return base64.b64decode(drawn["picture"]) if "picture" in drawn else None
