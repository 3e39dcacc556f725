"""Every page that the demo reaches, as each role, in Chromium: axe's findings, and the HTML as it was sent."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from playwright.sync_api import Browser, Error, Page, sync_playwright

from audit.findings import HOME, Finding
from audit.site import LETTER, ROLES, SITE, staff_session
from audit.states import STATES
from tests.browser.conftest import PROGRAMS
from tests.browser.watch import WIDTHS, PageMonitor, accessibility_violations

PAGES_FOLDER = HOME / "pages"
MAX_PAGES_PER_ROLE = 120  # pages per role
FILE_URL = re.compile(r"\.(csv|pdf|docx|xlsx|txt|json|css|js|svg|png)$|/(csv|pdf|docx|xlsx|txt|json|html|comment)$|/data$")
LINKS_SCRIPT = "[...document.querySelectorAll('a[href]')].map(one => one.href)"


def url_pattern(address: str) -> str:
    """Return a URL without ids and queries, the same for pages of one kind."""
    parts = urlsplit(address)
    parameters = "&".join(sorted(part.partition("=")[0] for part in parts.query.split("&") if part))
    path = re.sub(r"/(confirm|signatures|reconfirm|renew-consent|answer|mailbox)/[^/]+", r"/\1/x", parts.path)
    return re.sub(r"/\d+", "/1", path) + f"?{parameters}"


def check_pages() -> list[Finding] | None:
    """Return axe's findings on each page, at two widths. None if there is no Chromium."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        return None
    shutil.rmtree(PAGES_FOLDER, ignore_errors=True)
    PAGES_FOLDER.mkdir(parents=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        findings = [finding for role in ("stranger", *ROLES) for finding in _check_as(browser, role)]
        browser.close()
    return findings


def _check_as(browser: Browser, role: str) -> Iterator[Finding]:
    with browser.new_context(base_url=SITE, reduced_motion="reduce") as context:
        if role != "stranger":
            session = staff_session(role)
            context.add_cookies([{"name": session.name, "value": session.value, "url": SITE}])
        page = context.new_page()
        watch = PageMonitor(page, SITE)
        for number, address in enumerate(_crawl(page)):
            yield from _check_page(page, role, number, address)
        for number, reach in enumerate(STATES.get(role, ()), 900):
            reach(page)
            yield from _check_page(page, role, number, "")
        yield from (Finding("console", complaint, role) for complaint in watch.complaints)


def _crawl(page: Page) -> Iterator[str]:
    """Yield URLs, each kind once, found by following links from the front page and the dashboard."""
    visited: set[str] = set()
    waiting = [f"{SITE}/", LETTER, f"{LETTER}/sign", f"{SITE}/staff/", f"{SITE}/demo/mailbox"]
    while waiting and len(visited) < MAX_PAGES_PER_ROLE:
        address = urldefrag(waiting.pop(0))[0]
        if not address.startswith(f"{SITE}/") or FILE_URL.search(urlsplit(address).path) or url_pattern(address) in visited:
            continue
        visited.add(url_pattern(address))
        try:
            page.goto(address, wait_until="load", timeout=30_000)
        except Error:
            continue  # a download
        yield address
        waiting += page.evaluate(LINKS_SCRIPT)


def _check_page(page: Page, role: str, number: int, address: str) -> Iterator[Finding]:
    where = f"{role}: {urlsplit(page.url).path}"
    with (PAGES_FOLDER / f"{role}.txt").open("a", encoding="utf-8") as file:
        file.write(f"{page.url}\n")
    if address:  # as it was sent; a page that follows a form is saved as Chromium holds it
        answer = page.request.get(address)
        html = answer.text() if "text/html" in answer.headers.get("content-type", "") else ""
    else:
        html = page.content()
    if html:
        name = re.sub(r"\W+", "-", urlsplit(page.url).path).strip("-")[:80]
        (PAGES_FOLDER / f"{role}-{number:03}-{name or 'front'}.html").write_text(html, encoding="utf-8")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for each in page.locator("details:not([open]) > summary").all() if width == WIDTHS[0] else ():
            if each.is_visible():
                each.click()
        yield from (Finding("axe", found, f"{where} at {width}") for found in accessibility_violations(page))
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield Finding("axe", "the page runs over the edge", f"{where} at {width}")


def saved_pages() -> list[Path]:
    """Return the HTML files of the pages."""
    return sorted(PAGES_FOLDER.glob("*.html"))


def checked_urls(role: str) -> list[str]:
    """Return the URLs that axe checked as a role; empty if none yet."""
    file = PAGES_FOLDER / f"{role}.txt"
    return file.read_text(encoding="utf-8").split() if file.exists() else []
