"""Long sentences and right-to-left pages fit on a phone."""

from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page

from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.interface_languages import PUBLIC_LANGUAGES, direction_of
from tests.browser.watch import save_picture
from tests.support import cast, factories
from tests.support.languages.pseudo_locale import PSEUDO
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link
from tests.support.xss.pseudo import make_site_in, public_addresses, staff_addresses
from tests.support.xss.site import make_xss_site

PHONE = {"width": 390, "height": 844}
RIGHT_TO_LEFT = "fa"
OVERFLOW = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = element => getComputedStyle(element).overflowX !== "visible" && element !== document.documentElement;
    const inScroller = element => element && (scrolls(element) || inScroller(element.parentElement));
    return [...document.querySelectorAll("main *, header *, footer *")].filter(one => {
        if (one.closest("[aria-hidden]")) return false;
        const box = one.getBoundingClientRect();
        return box.width > 1 && box.height > 1 && (box.right > width + 1 || box.left < -1) && !inScroller(one.parentElement);
    }).map(one => one.outerHTML.slice(0, 120));
}"""
CUT_WORDS = """() => [...document.querySelectorAll(".staff-user > :not([href='/account']), .staff-user button")]
    .filter(one => one.scrollWidth > one.clientWidth || one.offsetHeight > 40).map(one => one.innerText)"""


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
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            page.wait_for_load_state()  # with its fonts and pictures
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"] or page.evaluate(OVERFLOW):
            found[address] = page.evaluate(OVERFLOW)
    assert found == {}


def test_no_page_of_staff_overflows_on_a_phone_in_french(page: Page, app: Flask, site: str) -> None:
    xss_site = make_xss_site()
    page.set_viewport_size(PHONE)
    page.set_extra_http_headers({"Accept-Language": "fr"})
    page.goto("/sign-in")
    page.locator("[name=email]").fill(xss_site.owner.email)
    page.locator("[name=password]").fill(xss_site.owner.password)
    page.locator("main form button.button").first.click()
    found = {}
    for address in staff_addresses(app):
        if address.endswith(("/version", "/steps")):
            continue  # no page
        answer = page.goto(address, wait_until="domcontentloaded")
        assert answer is not None
        assert answer.status == 200, address
        assert page.evaluate("document.documentElement.lang") == "fr", address
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            page.wait_for_load_state()  # with its fonts and pictures
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"] or page.evaluate(OVERFLOW):
            found[address] = page.evaluate(OVERFLOW)
        elif words := page.evaluate(CUT_WORDS):
            found[address] = words
    assert found == {}


@pytest.mark.parametrize("language", PUBLIC_LANGUAGES)
def test_signing_on_a_phone_in_each_language(page: Page, settings: Settings, postbox: Inbox, language: str) -> None:
    text = replace(factories.TEXT, language=language)
    letter = factories.open_letter(text, deadline_zone="America/New_York")
    factories.signature(letter, cast.HIRO)
    page.set_viewport_size(PHONE)
    first = {"front": f"/?lang={language}", "letter": f"/letters/{letter.slug}", "form": f"/letters/{letter.slug}/sign"}
    for name, address in first.items():
        page.goto(address)
        picture(page, name, language)
    for field, value in cast.CLARA.form.items():
        if field != "section" and page.locator(f"[name={field}]").count():
            page.locator(f"[name={field}]").fill(value)
    page.locator("[name=section][value=national]").check()
    page.locator("[name=authorized]").check()
    page.locator("main form button.button").first.click()
    picture(page, "check-email", language)
    page.goto(newest_link(settings, postbox))
    picture(page, "confirm", language)
    page.locator("[name=authorized]").first.check()
    page.locator("button[value=sign]").click()
    picture(page, "thanks", language)
    send_due_mail(settings)
    for number, mail in enumerate(postbox.to(cast.CLARA.email)):
        page.goto("about:blank")  # without our Content-Security-Policy
        page.set_content(mail.html)
        picture(page, f"email-{number}", language)


def picture(page: Page, name: str, language: str) -> None:
    """Check that a page speaks the language and does not overflow, and save a picture of it."""
    page.wait_for_load_state()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [language, direction_of(language)]
    save_picture(page, f"language-{language}-{name}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
