"""Page cache: a page that is the same for everyone is rendered once a second; a private one is never cached."""

import gzip
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from letterhub.config import Settings
from letterhub.models import Letter
from letterhub.web import page_cache
from letterhub.web.concurrency_limits import ConcurrencyLimit
from letterhub.web.page_cache import PageCacheMiddleware
from tests.support import cast, factories
from tests.support.database_statements import record_statements
from tests.support.visitor import Visitor


class FakeClock:
    """Clock that advances when called."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def cache_clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock of the page cache."""
    clock = FakeClock()
    monkeypatch.setattr(page_cache, "time", clock)
    return clock


@pytest.fixture
def letter(app: Flask, settings: Settings, cache_clock: FakeClock) -> Iterator[Letter]:
    """An open letter, on a site with a page cache."""
    app.wsgi_app = PageCacheMiddleware(app.wsgi_app, replace(settings, page_cache_seconds=1.0))  # type: ignore[method-assign]
    return factories.open_letter()


def address(letter: Letter) -> str:
    """Return the URL of the letter."""
    return f"/letters/{letter.slug}"


def test_a_site_keeps_its_pages_unless_told_otherwise(settings: Settings) -> None:
    assert (
        replace(settings, page_cache_seconds=1.0).page_cache_seconds
        == Settings.__dataclass_fields__["page_cache_seconds"].default
    )


@pytest.mark.shows("S32")
def test_a_page_that_cannot_be_drawn_anew_is_shown_for_another_minute(
    app: Flask, visitor: Visitor, letter: Letter, cache_clock: FakeClock
) -> None:
    here = address(letter)
    first = visitor.ask(here)
    lane: ConcurrencyLimit = app.extensions["concurrency_limits"].others
    taken = [f"10.0.{one}.0/24" for one in range(lane.max_total)]
    assert not any(map(lane.admit, taken))  # all slots are taken
    cache_clock.now += 30
    assert visitor.ask(here).data == first.data
    assert visitor.ask("/styles/public.css").status_code == 200
    cache_clock.now += 60
    assert visitor.ask(here).status_code == 503
    for network in taken:
        lane.release(network, has_slot=False)
    assert visitor.ask(here).data == first.data


def test_a_page_is_drawn_once_and_a_change_is_seen_after_a_second(
    visitor: Visitor, letter: Letter, cache_clock: FakeClock
) -> None:
    here = address(letter)
    first = visitor.ask(here)
    factories.signature(letter)
    with record_statements() as statements:
        again = visitor.ask(here)
    assert (statements, again.data, again.headers["ETag"]) == ([], first.data, first.headers["ETag"])
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    cache_clock.now += 1.01
    assert "One organization has signed" in visitor.ask(address(letter)).text


def test_who_has_the_page_is_told_so_without_its_being_drawn(visitor: Visitor, letter: Letter, cache_clock: FakeClock) -> None:
    here = address(letter)
    etag = visitor.ask(here).headers["ETag"]
    for known in (etag, f'"another", {etag}', etag.removeprefix("W/"), "*"):
        with record_statements() as statements:
            same = visitor.ask(here, headers={"If-None-Match": known})
        assert (same.status_code, same.data, same.headers["ETag"], statements) == (304, b"", etag, [])
        assert "s-maxage" in same.headers["Cache-Control"]
    cache_clock.now += 2
    assert visitor.ask(address(letter), headers={"If-None-Match": etag}).status_code == 304
    assert visitor.ask(address(letter), headers={"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "is_compressed"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("gzip;q=0.5, identity;q=0.1", True),
        ("br", False),
        ("", False),
        ("gzip;q=0", False),
        ("br, gzip; q=0", False),
    ],
)
def test_a_public_page_is_compressed_for_whoever_reads_that(
    visitor: Visitor, letter: Letter, accepted: str, is_compressed: bool
) -> None:
    plain = visitor.ask(address(letter))
    for _first_and_cached in range(2):
        answer = visitor.ask(address(letter), headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == ("gzip" if is_compressed else None)
        assert (gzip.decompress(answer.data) if is_compressed else answer.data) == plain.data
        assert (answer.headers["Vary"], answer.headers["ETag"]) == ("Accept-Encoding", plain.headers["ETag"])
        assert answer.content_length == len(answer.data)


def test_a_page_with_a_secret_is_never_compressed(visitor: Visitor, letter: Letter) -> None:
    answer = visitor.ask(f"{address(letter)}/sign", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, None)


def test_each_address_is_a_page_of_its_own(visitor: Visitor, letter: Letter) -> None:
    factories.signature(letter)
    plain = visitor.ask(address(letter))
    assert visitor.ask(f"{address(letter)}?q=nobody").data != plain.data
    assert visitor.ask(address(letter), headers={"Host": "elsewhere.example"}).status_code == 400
    assert visitor.ask(address(letter), method="HEAD").data == b""


def test_whoever_brings_a_cookie_is_given_nothing_that_is_kept(visitor: Visitor, letter: Letter, app: Flask) -> None:
    stranger = Visitor(app, visitor.base_url)
    stranger.ask(address(letter))
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    factories.signature(letter)
    assert "One organization has signed" in visitor.ask(address(letter)).text
    assert "No signatures published yet" in stranger.ask(address(letter)).text


@pytest.mark.parametrize("page", ["/sign-in", "/letters/{}/sign", "/letters/nothing", "/staff/"])
def test_what_is_anyones_own_is_never_kept(visitor: Visitor, letter: Letter, page: str, app: Flask) -> None:
    middleware: PageCacheMiddleware = app.wsgi_app  # type: ignore[assignment]
    visitor.ask(page.format(letter.slug))
    assert not middleware._pages


def test_what_is_kept_takes_no_more_room_than_it_may(
    visitor: Visitor, letter: Letter, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(visitor.ask(address(letter)).data)
    monkeypatch.setattr(page_cache, "MAX_CACHE_BYTES", 3 * size)
    middleware = PageCacheMiddleware(app.wsgi_app.app, app.extensions["settings"])  # type: ignore[attr-defined]
    app.wsgi_app = middleware  # type: ignore[method-assign, assignment]
    for number in range(9):
        visitor.ask(f"{address(letter)}?odd={number}")
    assert 1 < len(middleware._pages) < 4
    assert middleware._pages.currsize == sum(len(page) for page in middleware._pages.values()) <= 3 * size


def test_every_answer_has_a_number_of_its_own(visitor: Visitor, letter: Letter) -> None:
    here = address(letter)
    first, second = visitor.ask(here), visitor.ask(here)
    third = visitor.ask(here, headers={"If-None-Match": first.headers["ETag"]})
    assert third.status_code == 304
    assert len({one.headers["X-Request-ID"] for one in (first, second, third)}) == 3


def test_while_a_page_is_drawn_anew_others_are_shown_the_old_one_for_a_moment(
    letter: Letter, settings: Settings, cache_clock: FakeClock
) -> None:
    drawn: list[int] = []

    def slow(_environ: object, start: object) -> list[bytes]:
        drawn.append(1)
        if len(drawn) == 2:
            inside.append(ask())
        start(
            "200 OK",
            [("Cache-Control", "s-maxage=1"), ("ETag", f'"{len(drawn)}"'), ("Content-Length", "1"), ("X-Request-ID", "x")],
        )  # type: ignore[operator]
        return [b"x"]

    site, inside, etags = PageCacheMiddleware(slow, replace(settings, page_cache_seconds=1.0)), [], []

    def ask() -> str:
        site(
            {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_HOST": "here"},
            lambda _status, headers: etags.append(dict(headers)["ETag"]),
        )
        return etags[-1]

    assert ask() == '"1"'
    cache_clock.now += 1.2
    assert (ask(), inside) == ('"2"', ['"1"'])
    cache_clock.now += 5
    assert ask() == '"3"'
