"""Share card of a letter: a picture of 1200 × 630 pixels, drawn anew at most each minute."""

import datetime as dt
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from threading import BoundedSemaphore

import pytest
import time_machine
from flask import Flask
from PIL import Image

from letterhub.clock import now
from letterhub.domain.letters.share_card import ShareCard
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Letter
from letterhub.queries.letters import share_card_pictures
from tests.support import cast, editions, factories
from tests.support.servers.database_copies import SITE
from tests.support.visitor import Visitor

PATH = "/letters/clean-rivers-for-everyone/card.png"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """An open letter with a name."""
    letter = factories.open_letter(deadline_at=None)
    factories.signature(letter, cast.CLARA)
    return letter


@pytest.fixture(autouse=True)
def no_cards() -> Iterator[None]:
    share_card_pictures.forget_cards()
    yield
    share_card_pictures.forget_cards()


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the counts of the cards that are drawn, in place of pictures."""
    counts: list[str] = []

    def draw(card: ShareCard) -> bytes:
        counts.append(f"{card.counts.total} {card.text.title}")
        return b"picture " + counts[-1].encode()

    monkeypatch.setattr(share_card_pictures, "_draw", draw)
    return counts


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_letters_page_names_a_picture_in_its_own_type(visitor: Visitor, letter: Letter) -> None:
    page = visitor.open(f"/letters/{letter.slug}")
    assert f'<meta property="og:image" content="{SITE}{PATH}">' in page.html
    assert '<meta name="twitter:card" content="summary_large_image">' in page.html
    answer = visitor.ask(PATH)
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "image/png", "public, max-age=60")
    assert "Set-Cookie" not in answer.headers
    with Image.open(BytesIO(answer.data)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
        dark = sum(picture.convert("L").histogram()[:128]) / (1200 * 630)
    assert 0.04 < dark < 0.3  # the bar and the words


def test_it_is_drawn_anew_once_a_minute_at_most_and_only_if_it_shows_something_else(
    visitor: Visitor, letter: Letter, drawn: list[str], clock: time_machine.Traveller
) -> None:
    visitor.ask(PATH)
    visitor.ask(PATH)
    factories.signature(letter, cast.HIRO)
    clock.shift(dt.timedelta(seconds=59))
    assert visitor.ask(PATH).data == b"picture 1 Clean rivers for everyone"
    clock.shift(dt.timedelta(seconds=1))
    assert visitor.ask(PATH).data == b"picture 2 Clean rivers for everyone"
    clock.shift(dt.timedelta(hours=1))
    visitor.ask(PATH)
    assert drawn == ["1 Clean rivers for everyone", "2 Clean rivers for everyone"]


def test_a_delivered_letter_shows_what_was_delivered(visitor: Visitor, drawn: list[str]) -> None:
    letter = factories.closed_letter()
    count = editions.deliver_edition(letter).count
    factories.signature(letter, replace(cast.HIRO, organization="Late Alliance", website=""))
    visitor.ask(PATH)
    assert drawn == [f"{count} Clean rivers for everyone"]


def test_a_card_that_cannot_be_drawn_is_tried_again_in_a_minute(
    visitor: Visitor, letter: Letter, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    tries = []
    monkeypatch.setattr(share_card_pictures, "_draw", tries.append)
    assert [visitor.ask(PATH).status_code for _twice in range(2)] == [503, 503]
    assert len(tries) == 1
    clock.shift(dt.timedelta(minutes=1))
    visitor.ask(PATH)
    assert len(tries) == 2


@pytest.mark.shows("S32")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_process_draws_few_cards_in_a_minute_whoever_asks_for_those_of_how_many_letters(
    visitor: Visitor, drawn: list[str], clock: time_machine.Traveller
) -> None:
    letters = [factories.open_letter(replace(factories.TEXT, title=f"Letter {number}")) for number in range(4)]
    share_cards_of = [f"/letters/{letter.slug}/card.png" for letter in letters]
    with pytest.MonkeyPatch.context() as limit:
        limit.setattr(share_card_pictures, "_drawn_times", deque(maxlen=share_card_pictures.MAX_DRAWN))
        share_card_pictures._drawn_times.extend([now()] * (share_card_pictures.MAX_DRAWN - 2))
        answers = [visitor.ask(path) for path in share_cards_of]
        assert [answer.status_code for answer in answers] == [200, 200, 503, 503]
        assert answers[-1].headers["Retry-After"] == "60"
        clock.shift(share_card_pictures.REFRESH_AFTER)
        assert visitor.ask(share_cards_of[-1]).status_code == 200
    assert len(drawn) == 3


@pytest.mark.shows("S32")
def test_requests_for_a_first_card_leave_room_for_pages(
    visitor: Visitor, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(share_card_pictures, "_places", BoundedSemaphore(1))
    with share_card_pictures._places:  # as many as may draw or wait
        assert visitor.ask(PATH).status_code == 503


@pytest.mark.shows("S29")
def test_only_letters_that_can_be_read_have_one(visitor: Visitor, letter: Letter, drawn: list[str]) -> None:
    draft = factories.draft(replace(factories.TEXT, title="Unspoken"))
    for slug in ("nothing", draft.slug):
        visitor.open(f"/letters/{slug}/card.png", status=404)
    letter.move(LetterMove.WITHDRAW, now())
    db.session.commit()
    visitor.open(PATH, status=404)
    assert "og:image" not in visitor.open(f"/letters/{letter.slug}").html
    assert drawn == []
