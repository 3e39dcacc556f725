"""Text that people enter stays text on each page, in a real browser that would run it (S3)."""

import io
import re
import zipfile
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from letterhub.commands.mail.send import send_due_mail
from letterhub.config import Settings
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.queries.letters.public_letter import letter_document
from letterhub.rendering.docx.file import docx_file
from letterhub.rendering.letter.html import standalone_html
from letterhub.rendering.odt.file import odt_file
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from letterhub.rendering.tables.xlsx_export import workbook
from tests.browser.signed_in import sign_in
from tests.support.servers.mail_server import Inbox
from tests.support.xss.addresses import addresses, links
from tests.support.xss.emails import one_email_of_each_kind
from tests.support.xss.site import ATTACK, MARKDOWN, XssSite, make_xss_site

pytestmark = pytest.mark.shows("S3")
LETTER_PAGES = "/staff/evil/letters/evil"
LISTEN = "window.ran = number => { window.heard = [...(window.heard || []), number] }; "
FOUND = """() => {
    const bad = [...document.querySelectorAll("ran-here, [onerror], [onload], [onclick], [ontoggle], [srcdoc], iframe, math")];
    const scripts = [...document.scripts].filter(one => !one.src && !one.type.includes("json"));
    const names = ["href", "src", "action", "formaction"], runs = /^\\s*(javascript|vbscript|data:text)/i;
    const led = [...document.querySelectorAll(names.map(name => `[${name}]`).join())].filter(one =>
        names.some(name => runs.test(one.getAttribute(name) || "")));
    return [...bad, ...scripts, ...led].map(one => one.outerHTML.slice(0, 200)).concat((window.heard || []).map(String));
}"""


@pytest.fixture
def xss_site(site: str) -> XssSite:
    """Site in which every text is an attack."""
    return make_xss_site()


def nothing_ran(page: Page) -> None:
    assert page.evaluate(FOUND) == [], page.url


@pytest.fixture
def monitored_page(page: Page) -> Page:
    """Yield a browser page that records every script that runs; a dialog fails the test."""
    page.add_init_script(LISTEN)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    return page


def test_s3_no_page_holds_an_element_of_what_was_typed(monitored_page: Page, app: Flask, xss_site: XssSite) -> None:
    page, shown = monitored_page, {}
    sign_in(page, xss_site.owner)
    for endpoint, address in addresses(app):
        answer = page.goto(address, wait_until="domcontentloaded")
        shown[endpoint] = answer.status if answer else 0
        nothing_ran(page)
    assert shown.pop("writing_sessions.missed") == 410  # nobody writes at once
    assert {endpoint: status for endpoint, status in shown.items() if status != 200} == {}
    assert len(shown) > 40
    for address in links(app, xss_site):
        answer = page.goto(address, wait_until="domcontentloaded")
        assert answer is not None
        assert answer.status == 200, address
        nothing_ran(page)
    query = urlencode(dict.fromkeys(("q", "page", "state", "pick", "whose", "older_than", "outcome", "next"), ATTACK))
    for place in ("/letters/evil", "/sign-in", "/staff/evil/", "/staff/evil/organizations", "/staff/evil/email",
                  "/staff/evil/activity", f"{LETTER_PAGES}/signatures", f"{LETTER_PAGES}/review", f"{LETTER_PAGES}/activity",
                  f"{LETTER_PAGES}/import/1"):  # fmt: skip
        page.goto(f"{place}?{query}", wait_until="domcontentloaded")
        nothing_ran(page)


def test_s3_what_is_typed_into_a_page_stays_text_while_its_scripts_work(monitored_page: Page, xss_site: XssSite) -> None:
    page = monitored_page
    page.goto("/letters/evil-open/sign")
    for label in ("Organization", "Your name", "Your title", "City and state"):
        page.get_by_label(label, exact=label == "Organization").first.fill(ATTACK)
    page.get_by_label("Email").fill(f'"{ATTACK[:20]}"@gmial.com')
    page.get_by_label("Your name").focus()
    expect(page.get_by_text("How it will print:").locator("..")).to_contain_text("<ran-here")
    nothing_ran(page)
    page.get_by_role("button", name="Send me the link").click()
    nothing_ran(page)
    sign_in(page, xss_site.owner)
    page.goto("/staff/evil/letters/evil-open/write")
    with page.expect_response("**/write/preview"):
        page.get_by_label("Text", exact=True).fill(f"{MARKDOWN}\n\nTyped just now.")
    expect(page.get_by_text("Typed just now.").last).to_be_visible()
    nothing_ran(page)


def test_s3_a_decision_between_two_that_fails_runs_nothing(monitored_page: Page, xss_site: XssSite) -> None:
    page = monitored_page
    sign_in(page, xss_site.owner)
    page.goto(f"{LETTER_PAGES}/signatures/1/compare/2")
    with page.expect_response(lambda answer: answer.request.method == "POST") as failed:
        page.locator(".comparison-choice").evaluate("form => form.submit()")  # without the browser's own validation
    assert failed.value.status == 422
    expect(page.get_by_role("radio")).to_have_count(2)
    expect(page.locator(".comparison-choice")).to_contain_text("<ran-here")
    nothing_ran(page)


def test_s3_a_page_that_is_shared_says_its_title_and_no_more(monitored_page: Page, xss_site: XssSite) -> None:
    monitored_page.goto("/letters/evil")
    metas = monitored_page.evaluate("[...document.querySelectorAll('meta[property^=og]')].map(one => one.content).join(' ')")
    assert "<ran-here" in metas
    assert monitored_page.locator("meta").count() < 20


def test_s3_mails_run_nothing_where_nothing_would_stop_them(
    chromium: Browser, xss_site: XssSite, settings: Settings, postbox: Inbox
) -> None:
    assert {line.kind for line in one_email_of_each_kind()} == set(MailKind)
    send_due_mail(settings)
    assert len(postbox.mails) == len(MailKind) + 1  # and the one that was there before
    with chromium.new_context() as context:  # without our Content-Security-Policy
        page = context.new_page()
        page.add_init_script(LISTEN)
        for mail in postbox.mails:
            html = mail.message.get_body(("html",))
            assert html is not None
            page.goto("about:blank")
            page.set_content(html.get_content())
            nothing_ran(page)
            words = page.inner_text("body")
            assert ("<ran-here" in words) is ("Choose a new password" not in words)


def test_s3_files_hold_text_and_run_nothing(chromium: Browser, xss_site: XssSite, tmp_path: Path) -> None:
    document = letter_document(xss_site.letter.id)
    file = tmp_path / "letter.html"
    file.write_bytes(standalone_html(document))
    with chromium.new_context() as context:
        page = context.new_page()
        page.add_init_script(LISTEN)
        page.goto(file.as_uri())
        nothing_ran(page)
        assert "<ran-here" in page.inner_text("body")
    for content in (docx_file(document), odt_file(document), workbook(document)):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            text = "".join("".join(ET.fromstring(package.read(part)).itertext()) for part in text_parts(package))
            parts = {
                part: package.read(part).decode() for part in package.namelist() if part.endswith((".rels", "content.xml"))
            }
            led = " ".join(address for part in parts.values() for address in re.findall(r'(?:href|Target)="([^"]*)"', part))
        assert "<ran-here" in text
        assert not re.search(r"(javascript|vbscript|data):", led)
    paper = tmp_path / "letter.pdf"
    paper.write_bytes(render_letter_pdf(document).data)
    with pikepdf.open(paper) as opened:
        acts = [one for one in opened.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one and "/Type" not in one]
        assert {str(one.S) for one in acts} & {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR"} == set()
        led = [str(one.URI) for one in opened.objects if isinstance(one, pikepdf.Dictionary) and "/URI" in one]
        assert [address for address in led if not address.startswith(("https://", "http://", "mailto:"))] == []


def text_parts(package: zipfile.ZipFile) -> list[str]:
    """Return the text-bearing parts of an office file."""
    return [
        name
        for name in package.namelist()
        if name.endswith(("document.xml", "sharedStrings.xml", "footnotes.xml", "content.xml"))
    ]
