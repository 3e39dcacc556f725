"""A letter on pages of another origin, in Chromium: under the policies of WordPress and Ghost sites, and refused elsewhere."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar
from urllib.parse import parse_qs

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from letterhub.clock import now
from letterhub.commands.accounts.staff import change_embed_sites
from letterhub.domain.letters.letter_document import LetterText
from letterhub.models import Letter
from letterhub.rendering.letter.embed_code import element_code, iframe_code
from tests.browser.signed_in import sign_in
from tests.browser.watch import accessibility_violations, check_page
from tests.support import cast, factories

TITLE = "Clean rivers for everyone"
STRICT = "default-src 'none'; script-src 'self' {site}; frame-src {site}; style-src 'self'; img-src 'self'; base-uri 'none'"
"""Policy of a website that allows scripts and frames of a site by name, as plugins for WordPress and Ghost write it."""
WORDPRESS = """<main class="wp-site-blocks"><div class="entry-content wp-block-post-content is-layout-constrained">
<p>Before.</p>
<div class="wp-block-html">{code}</div>
<p>After.</p></div></main>"""
GHOST = """<main class="gh-main"><article class="gh-article post"><section class="gh-content gh-canvas">
<p>Before.</p><!--kg-card-begin: html-->
{code}
<!--kg-card-end: html--><p>After.</p></section></article></main>"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Our campaign</title>
<meta name="viewport" content="width=device-width"></head><body>{body}</body></html>"""


class OtherSite(BaseHTTPRequestHandler):
    """Pages of another website, by path, and the policy of all of them."""

    pages: ClassVar[dict[str, str]] = {}
    policy: ClassVar[str] = ""

    def do_GET(self) -> None:
        body = self.pages.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""


@pytest.fixture
def other_site(site: str) -> Iterator[str]:
    """Origin of another website, on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), OtherSite)
    Thread(target=server.serve_forever).start()
    OtherSite.policy = STRICT.format(site=site)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visitor_page(chromium: Browser, site: str) -> Iterator[Page]:
    """Browser page that may go to other sites, and nothing may go wrong on."""
    with chromium.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        wrong = [one for one in complaints if "frame-ancestors" not in one and "favicon" not in one and "404" not in one]
        assert wrong == []
        assert context.cookies() == []


def put_on_pages(site: str, letter: Letter) -> None:
    """Put a letter on pages of the other website: as WordPress and Ghost write them, and as a plain frame."""
    frame = f"{site}/embed/letters/{letter.slug}"
    element = element_code(frame, f"{site}/letters/{letter.slug}", f"{site}/embed/v1/letterhub-letter.js", TITLE)
    bodies = {
        "/wordpress": WORDPRESS.format(code=element),
        "/ghost": GHOST.format(code=element),
        "/plain": iframe_code(frame, TITLE, "100%", 480),
    }
    OtherSite.pages = {path: PAGE.format(body=body) for path, body in bodies.items()}


def letter_in(language: str, title: str, names: int = 12) -> Letter:
    """Return an open letter in a language with so many names."""
    letter = factories.open_letter(LetterText(title=title, body="Text.", language=language, accent="#7a1f2b"))
    for number in range(names):
        factories.signature(letter, organization_name=f"Example Alliance {number}", website=f"https://{number}.example")
    return letter


@pytest.mark.shows("S13")
def test_s13_another_origin_shows_the_letter_and_an_unlisted_one_does_not(
    site: str, visitor_page: Page, other_site: str
) -> None:
    letter, page = letter_in("en", TITLE), visitor_page
    put_on_pages(site, letter)
    change_embed_sites(letter.coalition_id, (other_site,), actor="operator", at=now())
    for path in ("/wordpress", "/ghost"):
        page.goto(other_site + path)
        frame = page.frame_locator("letterhub-letter iframe")
        expect(frame.get_by_text("12 organizations have signed")).to_be_visible()
        expect(page.locator("letterhub-letter > a")).to_have_count(0)  # the link gave way to the frame
        closed = page.locator("letterhub-letter iframe").evaluate("frame => frame.getBoundingClientRect().height")
        frame.get_by_text("12 signatories").click()
        expect(frame.get_by_text("Example Alliance 11")).to_be_visible()
        page.wait_for_function(
            "before => document.querySelector('iframe').getBoundingClientRect().height > before + 50", arg=closed
        )
        inner = page.frames[1]
        assert inner.evaluate("document.documentElement.scrollHeight <= innerHeight + 1")
        assert accessibility_violations(inner) == []  # type: ignore[arg-type]
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Read and sign").click()
    expect(opened.value.get_by_role("heading", name=TITLE).first).to_be_visible()
    page.goto(f"{other_site}/plain")
    expect(page.frame_locator("iframe").get_by_text("12 organizations have signed")).to_be_visible()
    change_embed_sites(letter.coalition_id, ("https://www.example.org",), actor="operator", at=now())
    page.goto(f"{other_site}/wordpress")
    expect(page.locator("letterhub-letter iframe")).to_have_count(1)
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()  # as the frame stays empty
    assert page.frames[1].url.startswith("chrome-error:")


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_a_letter_in_a_frame_looks_right(app: Flask, page: Page, language: str, scheme: str) -> None:
    letter = letter_in(language, {"en": TITLE, "ar": "أنهار نظيفة للجميع"}[language])
    change_embed_sites(letter.coalition_id, ("https://www.example.org",), actor="operator", at=now())
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"/embed/letters/{letter.slug}")
    page.locator("summary").click()
    check_page(page, f"embed-{language}-{scheme}")


def test_staff_list_a_website_and_copy_the_code(app: Flask, page: Page) -> None:
    letter = letter_in("en", TITLE, names=1)
    factories.staff(cast.OTTO)
    sign_in(page, cast.OTTO)
    page.goto(f"/staff/coalition-for-clean-rivers/letters/{letter.slug}/overview")
    page.get_by_role("link", name="List your websites").click()
    page.get_by_label("Websites").fill("www.example.org")
    page.get_by_role("button", name="Save websites").click()
    check_page(page, "embedding-sites")
    page.goto(f"/staff/coalition-for-clean-rivers/letters/{letter.slug}/overview")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy Code that fits its height").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert "<letterhub-letter src=" in page.evaluate("navigator.clipboard.readText()")
    check_page(page, "overview-embed")


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_a_letter_can_be_passed_on(app: Flask, site: str, page: Page, language: str, scheme: str) -> None:
    letter = letter_in(language, TITLE, names=2)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/letters/{letter.slug}")
    page.locator(".share button").first.click()
    if language == "en":
        expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}/letters/{letter.slug}"
    mail = page.locator(".share a").get_attribute("href") or ""
    assert parse_qs(mail.removeprefix("mailto:?"))["body"] == [f"{site}/letters/{letter.slug}"]
    check_page(page, f"letter-share-{language}-{scheme}")
