"""Every page that the demo reaches, as each role, in Chromium: what axe finds in anyone's way, and the HTML as it was sent."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from playwright.sync_api import Browser, Error, Page, sync_playwright

from audit.findings import HOME, Finding
from audit.site import LETTER, ROLES, SITE, signed_in
from tests.browser.conftest import PROGRAMS
from tests.browser.watch import WIDTHS, Watch, barriers

KEPT = HOME / "pages"
MOST = 120  # pages a role
FILE = re.compile(r"\.(csv|pdf|docx|xlsx|txt|json|css|js|svg|png)$|/(csv|pdf|docx|xlsx|txt|json|html|comment)$|/data$")
LINKS = "[...document.querySelectorAll('a[href]')].map(one => one.href)"


def shape(address: str) -> str:
    """What addresses of one kind of page share: ids and searches set aside."""
    parts = urlsplit(address)
    asked = "&".join(sorted(part.partition("=")[0] for part in parts.query.split("&") if part))
    path = re.sub(r"/\d+", "/1", re.sub(r"/(confirm|signatures|again|answer|mailbox)/[^/]+", r"/\1/x", parts.path))
    return f"{path}?{asked}"


def look() -> list[Finding] | None:
    """What is in the way on each page, at two widths. None where there is no Chromium."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        return None
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        findings = [finding for role in ("stranger", *ROLES) for finding in _as(browser, role)]
        browser.close()
    return findings


def _as(browser: Browser, role: str) -> Iterator[Finding]:
    with browser.new_context(base_url=SITE, reduced_motion="reduce") as context:
        if role != "stranger":
            session = signed_in(role)
            context.add_cookies([{"name": session.name, "value": session.value, "url": SITE}])
        page = context.new_page()
        watch = Watch(page, SITE)
        for number, address in enumerate(_reached(page)):
            yield from _looked_at(page, role, number, address)
        for address in STATES.get(role, ()):
            address(page)
            yield from _looked_at(page, role, 900 + STATES[role].index(address), "")
        yield from (Finding("console", complaint, role) for complaint in watch.complaints)


def _reached(page: Page) -> Iterator[str]:
    """Addresses, each kind once, found by following links from the front page and the desk."""
    waiting, seen = [f"{SITE}/", LETTER, f"{LETTER}/sign", f"{SITE}/desk/", f"{SITE}/demo/mailbox"], set()
    while waiting and len(seen) < MOST:
        address = urldefrag(waiting.pop(0))[0]
        if not address.startswith(f"{SITE}/") or FILE.search(urlsplit(address).path) or shape(address) in seen:
            continue
        seen.add(shape(address))
        try:
            page.goto(address, wait_until="load", timeout=30_000)
        except Error:
            continue  # a download
        yield address
        waiting += page.evaluate(LINKS)


def _looked_at(page: Page, role: str, number: int, address: str) -> Iterator[Finding]:
    where = f"{role}: {urlsplit(page.url).path}"
    if address:  # as it was sent; a page that follows a form is kept as Chromium holds it
        answer = page.request.get(address)
        kept = answer.text() if "text/html" in answer.headers.get("content-type", "") else ""
    else:
        kept = page.content()
    if kept:
        name = re.sub(r"\W+", "-", urlsplit(page.url).path).strip("-")[:80]
        (KEPT / f"{role}-{number:03}-{name or 'front'}.html").write_text(kept, encoding="utf-8")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for each in page.locator("details:not([open]) > summary").all() if width == WIDTHS[0] else ():
            if each.is_visible():
                each.click()
        yield from (Finding("axe", found, f"{where} at {width}") for found in barriers(page))
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield Finding("axe", "the page runs over the edge", f"{where} at {width}")


def _empty_form(page: Page) -> None:
    page.goto(f"{LETTER}/sign")
    page.get_by_role("button", name="Send me the link").click()


def _wrong_password(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill("nobody@demo.example")
    page.get_by_label("Password", exact=True).fill("not a password of anyone")
    page.get_by_role("button", name="Sign in").click()


def _nothing_found(page: Page) -> None:
    page.goto(f"{LETTER}?q=zzzz")


def _no_page(page: Page) -> None:
    page.goto("/no-such-page")


def _broken_link(page: Page) -> None:
    page.goto("/confirm/broken")


def _empty_letter(page: Page) -> None:
    page.goto("/desk/open-shelves/letters/new")
    page.get_by_label("Title").fill("A letter without a word")
    page.get_by_role("button", name="Begin writing").click()


def _second_step(page: Page) -> None:
    page.goto("/account/two-steps")
    page.get_by_role("button", name="Set it up").click()


STATES = {
    "stranger": [_empty_form, _wrong_password, _nothing_found, _no_page, _broken_link],
    "owner": [_empty_letter, _second_step],
}


def sent() -> list[Path]:
    """The HTML of each page."""
    return sorted(KEPT.glob("*.html"))
