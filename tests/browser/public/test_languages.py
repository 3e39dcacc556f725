"""Long sentences and right-to-left pages fit on a phone."""

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.support.pseudo_locale import PSEUDO
from tests.support.xss.pseudo import make_site_in, public_addresses

PHONE = {"width": 390, "height": 844}
RIGHT_TO_LEFT = "fa"
OVERFLOW = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = element => getComputedStyle(element).overflowX !== "visible" && element !== document.documentElement;
    const inScroller = element => element && (scrolls(element) || inScroller(element.parentElement));
    return [...document.querySelectorAll("main *, header *, footer *")].filter(one => {
        const box = one.getBoundingClientRect();
        return box.width > 1 && box.height > 1 && (box.right > width + 1 || box.left < -1) && !inScroller(one.parentElement);
    }).map(one => one.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("language", [PSEUDO, RIGHT_TO_LEFT])
def test_no_public_page_overflows_on_a_phone(page: Page, app: Flask, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    site = make_site_in(language, monkeypatch)
    page.set_viewport_size(PHONE)
    page.set_extra_http_headers({"Accept-Language": language})
    found = {}
    for address in public_addresses(app, site):
        if address.startswith("/letters/") and address.endswith(("/logos.zip", "/1")):
            continue
        page.goto(address, wait_until="domcontentloaded")
        assert page.evaluate("document.documentElement.lang") == language, address
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == RIGHT_TO_LEFT else "ltr"), address
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"] or page.evaluate(OVERFLOW):
            found[address] = page.evaluate(OVERFLOW)
    assert found == {}
