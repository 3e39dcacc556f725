"""Weight of the pages that a stranger opens first: bytes, requests, and nothing that moves while fonts arrive."""

from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page

from letterhub.config import Settings
from letterhub.web.page_cache import PageCacheMiddleware
from tests.support import factories

MAX_BYTES, MAX_REQUESTS, MAX_SHIFT = 150_000, 8, 0.02
SHIFTS = """new Promise(resolve => new PerformanceObserver(list => resolve(
    list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({type: "layout-shift", buffered: true}) ||
    setTimeout(() => resolve(0), 300))"""

BLOCKING = """performance.getEntriesByType("resource").filter(entry => entry.renderBlockingStatus === "blocking")
    .map(entry => new URL(entry.name).pathname)"""
"""Paths of all that a page waits for before its first paint."""


@pytest.fixture
def letter_of_many(app: Flask, settings: Settings) -> str:
    """Path of a letter with 256 names and every Latin face, on a site with the page cache."""
    app.wsgi_app = PageCacheMiddleware(app.wsgi_app, settings)  # type: ignore[method-assign]
    body = "## Heading\n\nWe *ask* you.[^1]\n\n" + "We ask again. " * 200 + "\n\n[^1]: A note."
    letter = factories.open_letter(replace(factories.TEXT, body=body))
    for number in range(256):
        factories.signature(letter, organization_name=f"Example Readers of County {number}", website=f"county{number}.example")
    return f"/letters/{letter.slug}"


@pytest.mark.parametrize("page_of", ["", "/sign"], ids=["letter", "form"])
def test_a_page_is_light_and_does_not_move(chromium: Browser, site: str, letter_of_many: str, page_of: str) -> None:
    with chromium.new_context(base_url=site, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        sizes = record_sizes(context.new_cdp_session(page))
        slow_down(context.new_cdp_session(page))
        page.goto(letter_of_many + page_of)
        page.evaluate("document.fonts.ready")
        assert len(sizes) <= MAX_REQUESTS, sizes
        assert sum(sizes.values()) <= MAX_BYTES, sizes
        assert layout_shift(page) < MAX_SHIFT
        assert page.evaluate(BLOCKING) == ([] if not page_of else ["/styles/public.css"])


def record_sizes(session: CDPSession) -> dict[str, float]:
    """Return a dictionary that fills with the bytes on the wire of each request, headers included."""
    session.send("Network.enable")
    sizes: dict[str, float] = {}
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    return sizes


def slow_down(session: CDPSession) -> None:
    """Let the network be that of a slow phone: 400 kbit/s, 400 ms."""
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000},
    )


def layout_shift(page: Page) -> float:
    """Return the cumulative layout shift of a page so far."""
    shift: float = page.evaluate(SHIFTS)
    return shift
