"""Share cards of letters as pictures, of which each process keeps the last ones; see docs/design/press.md."""

import base64
import datetime as dt
import logging
from collections import deque
from threading import BoundedSemaphore, Lock
from typing import NamedTuple

from cachetools import LRUCache

from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import SignatoryCounts
from letterhub.domain.letters.share_card import ShareCard, share_card
from letterhub.intake.pdf.workers import WorkerLimits, run_worker
from letterhub.queries.letters.public_letter import revision_text
from letterhub.rendering.lazy_imports import lazy_function
from letterhub.rendering.subprocesses import RenderingInterrupted

LOG = logging.getLogger(__name__)
REFRESH_AFTER = dt.timedelta(minutes=1)
"""Time for which a letter's picture stays, though its count has changed, and after which a failed one is tried again."""
MAX_CARDS = 200  # of some 30 KB, per process
MAX_DRAWN = 10
"""Cards that a process draws within that time at most: a site has more letters than it may draw at a stranger's wish."""
PICTURE_LIMITS = WorkerLimits(cpu_seconds=10, wall_seconds=60)
_share_card_pdf = lazy_function("pdf.share_card", "share_card_pdf")


class CardContent(NamedTuple):
    """Content of a card: title and look of a revision's text, the coalition's name, and counts. Equal ones are equal pictures.

    It has no text, whose logos would take too much memory.
    """

    revision_id: int
    revision_hash: str
    coalition: str
    counts: SignatoryCounts


class DrawnCard(NamedTuple):
    """Picture of a card, as PNG, and when it was drawn; None if it could not be."""

    content: CardContent
    picture: bytes | None
    drawn_at: dt.datetime

    def serves(self, content: CardContent, at: dt.datetime) -> bool:
        """Return whether it is the picture to show for a card at this moment."""
        is_right = self.picture is not None and self.content == content
        return is_right or at - self.drawn_at < REFRESH_AFTER


_cards: LRUCache[tuple[str, str], DrawnCard] = LRUCache(MAX_CARDS)
_drawn_times: deque[dt.datetime] = deque(maxlen=MAX_DRAWN)
_lock, _drawing = Lock(), Lock()
_places = BoundedSemaphore(2)  # one request draws and one waits: of the four that work at a time, two are left for pages


def card_picture(site: str, slug: str, content: CardContent, at: dt.datetime) -> bytes | None:
    """Return the picture of a letter's card, drawn anew at most each minute; None if it could not be drawn now.

    One is drawn at a time in a process. Whoever asks meanwhile gets the picture as it was; for a first one, one request waits.
    """
    key = (site, slug)
    known = _known(key)
    if known and known.serves(content, at):
        return known.picture
    picture = known.picture if known else None
    if not _places.acquire(blocking=False):
        return picture
    try:
        if not _drawing.acquire(blocking=known is None):
            return picture
        try:
            if (drawn := _known(key)) and drawn.serves(content, at):
                return drawn.picture  # another request drew it meanwhile
            return _draw_again(key, content, at) if _may_draw(at) else picture
        finally:
            _drawing.release()
    finally:
        _places.release()


def forget_cards() -> None:
    """Forget all pictures."""
    with _lock:
        _cards.clear()
        _drawn_times.clear()


def _known(key: tuple[str, str]) -> DrawnCard | None:
    with _lock:
        return _cards.get(key)


def _may_draw(at: dt.datetime) -> bool:
    first = _drawn_times[0] if len(_drawn_times) == MAX_DRAWN else None
    return first is None or not first <= at < first + REFRESH_AFTER  # a clock that was set back stops nothing


def _draw_again(key: tuple[str, str], content: CardContent, at: dt.datetime) -> bytes | None:
    """Draw a card and keep its picture."""
    _drawn_times.append(at)
    text = revision_text(content.revision_id, content.revision_hash)
    drawn = DrawnCard(content, _draw(share_card(text, content.coalition, content.counts)), at)
    with _lock:
        _cards[key] = drawn
    return drawn.picture


def _draw(card: ShareCard) -> bytes | None:
    try:
        drawn = run_worker("pdf.card_worker", _share_card_pdf(card), PICTURE_LIMITS)
    except (UserFacingError, RenderingInterrupted) as error:  # over a limit, or this process is ending
        LOG.warning("a share card could not be drawn: %s", error)
        return None
    return base64.b64decode(drawn["picture"]) if "picture" in drawn else None
