"""Two organizers write on the sheet at once, into the same paragraph: every key of both is in the letter."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from letterhub.infrastructure.db import db
from letterhub.models import Draft, WritingSession
from tests.browser.signed_in import sign_in
from tests.browser.staff.writing.test_sheet_editor import ADDRESS
from tests.browser.watch import PageMonitor, check_page
from tests.support import cast, factories

TEXT = "We ask for clean water.\n\nPlease act."


@pytest.fixture
def two_pages(chromium: Browser, site: str) -> Iterator[tuple[Page, Page]]:
    """Browsers of Otto and Olive, both with the draft on the sheet."""
    factories.draft(replace(factories.TEXT, body=TEXT))
    with (
        chromium.new_context(base_url=site, reduced_motion="reduce") as one,
        chromium.new_context(base_url=site, reduced_motion="reduce") as other,
    ):
        pages = one.new_page(), other.new_page()
        watches = [PageMonitor(page, site) for page in pages]
        for page, account in zip(pages, (cast.OTTO, cast.OLIVE), strict=True):
            factories.staff(account)
            sign_in(page, account)
            page.goto(ADDRESS)
            page.get_by_role("button", name="Write on the sheet").click()
            expect(sheet(page)).to_be_visible()
        yield pages
        assert [complaint for watch in watches for complaint in watch.complaints] == []


def sheet(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Letter text")


def saved() -> str:
    db.session.expire_all()
    return str(db.session.query(Draft).one().text["body"])


def paragraphs(page: Page) -> list[str]:
    return page.evaluate("[...document.querySelectorAll('.letter-body p')].map(one => one.textContent)")


@contextmanager
def held(page: Page, address: str) -> Iterator[list[Route]]:
    """Hold requests back until the block ends, and for half a second: longer than a page waits to write into its form."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(address, hold)
    yield waiting
    page.wait_for_timeout(500)
    while waiting:
        waiting.pop().continue_()
    page.unroute(address, hold)


def test_two_type_into_one_paragraph_and_nobody_loses_a_key(two_pages: tuple[Page, Page]) -> None:
    otto, olive = two_pages
    sheet(otto).press("Control+Home")
    sheet(olive).press("Control+Home")
    olive.keyboard.press("End")
    for first, second in zip("αβγδεζηθ", "абвгдежз", strict=True):
        otto.keyboard.type(first)
        olive.keyboard.type(second)
        otto.wait_for_timeout(90)
    expected = ["αβγδεζηθWe ask for clean water.абвгдежз", "Please act."]
    for page in two_pages:
        expect(sheet(page)).to_contain_text("αβγδεζηθ")
        expect(sheet(page)).to_contain_text("абвгдежз")
        assert paragraphs(page) == expected
    expect(otto.get_by_text("Also writing here: Olive Owner")).to_be_visible()
    expect(olive.locator(".author-cursor")).to_have_attribute("data-name", "Otto Organizer")
    check_page(otto, "write-at-once")
    expect(otto.get_by_text(re.compile("^Saved at"))).to_be_visible()
    otto.get_by_role("button", name="Write in Markdown").click()
    expect(otto.get_by_label("Text", exact=True)).to_have_value("\n\n".join(expected))
    assert saved() == "\n\n".join(expected)


def test_what_is_typed_while_cut_off_and_an_answer_that_was_lost_come_in_once(two_pages: tuple[Page, Page]) -> None:
    otto, olive = two_pages
    sheet(otto).press("Control+Home")

    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    otto.route("**/write/steps*", lose_answer, times=1)
    otto.keyboard.type("Lost answer. ")
    expect(sheet(olive)).to_contain_text("Lost answer. We ask")
    otto.route("**/write/**", lambda route: route.abort())
    otto.keyboard.type("Cut off. ")
    sheet(olive).press("Control+End")
    olive.keyboard.type(" Now.")
    otto.wait_for_timeout(1500)
    otto.unroute("**/write/**")
    for page in two_pages:
        expect(sheet(page)).to_contain_text("Lost answer. Cut off. We ask")
        expect(sheet(page)).to_contain_text("Please act. Now.")


def test_a_save_of_the_textarea_comes_to_the_sheet_and_what_was_deleted_there_is_asked(two_pages: tuple[Page, Page]) -> None:
    otto, olive = two_pages
    olive.get_by_role("button", name="Write in Markdown").click()
    text = olive.get_by_label("Text", exact=True)
    expect(text).to_have_value(TEXT)
    text.fill(f"{TEXT}\n\nFrom the textarea.")
    expect(sheet(otto)).to_contain_text("From the textarea.")
    sheet(otto).press("Control+Home")
    otto.keyboard.type("On the sheet: ")
    expect(otto.get_by_text(re.compile("^Saved at"))).to_be_visible()
    otto.wait_for_timeout(1500)
    text.fill("Please act.\n\nFrom the textarea.")
    olive.get_by_role("button", name="Save", exact=True).click()
    expect(olive.get_by_text("You both changed one part:")).to_be_visible()
    assert saved() == f"On the sheet: {TEXT}\n\nFrom the textarea."


def test_a_session_that_is_over_goes_on_alone_and_is_joined_again(two_pages: tuple[Page, Page]) -> None:
    otto, olive = two_pages
    db.session.query(WritingSession).delete()
    db.session.commit()
    sheet(otto).press("Control+Home")
    otto.keyboard.type("First: ")
    sheet(olive).press("Control+End")
    olive.keyboard.type(" Last.")
    for page in two_pages:
        expect(sheet(page)).to_contain_text("First: We ask")
        expect(sheet(page)).to_contain_text("Please act. Last.")


def test_what_is_typed_while_the_page_waits_to_join_again_stays(two_pages: tuple[Page, Page]) -> None:
    otto, _olive = two_pages
    db.session.query(WritingSession).delete()
    db.session.commit()
    with held(otto, "**/write/session") as waiting:
        sheet(otto).press("Control+Home")
        otto.keyboard.type("First: ")
        while not waiting:
            otto.wait_for_timeout(100)
        otto.keyboard.type("then ")
    expect(sheet(otto)).to_contain_text("First: then We ask")
    expect(otto.get_by_text(re.compile("^Saved at"))).to_be_visible()
    otto.wait_for_timeout(500)
    expect(sheet(otto)).to_contain_text("First: then We ask")
    assert saved().startswith("First: then We ask")


def test_what_is_typed_while_the_sheet_opens_and_closes_stays(page: Page, site: str) -> None:
    factories.draft(replace(factories.TEXT, body=TEXT))
    factories.staff(cast.OTTO)
    sign_in(page, cast.OTTO)
    page.goto(ADDRESS)
    with held(page, "**/write/session"):
        page.get_by_role("button", name="Write on the sheet").click()
        page.wait_for_timeout(500)
        page.get_by_label("Text", exact=True).press("Control+Home")
        page.keyboard.type("Now ")
    expect(sheet(page)).to_contain_text("Now We ask")
    with held(page, "**/write/steps"):
        sheet(page).press("Control+End")
        page.keyboard.type(" Last")
        page.get_by_role("button", name="Write in Markdown").click()
        sheet(page).press("Control+End")
        page.keyboard.type(" words.")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Now We ask for clean water.\n\nPlease act. Last words.")
    expect(page.get_by_text(re.compile("^Saved at"))).to_be_visible()
    assert saved() == "Now We ask for clean water.\n\nPlease act. Last words."
