"""An organizer writes a letter in a browser: the preview follows, every change is saved, and concurrent editors are warned."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from letterhub.infrastructure.db import db
from letterhub.models import Draft
from tests.browser.watch import PageMonitor, check_page
from tests.support import cast, factories

ADDRESS = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone/write"


def sign_in(page: Page, member: cast.Member) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email").fill(member.email)
    page.get_by_label("Password").fill(member.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/(staff|account)"))


@pytest.fixture
def otto(page: Page) -> Page:
    """An organizer's browser, with a new draft."""
    factories.staff(cast.OTTO)
    factories.draft()
    sign_in(page, cast.OTTO)
    page.goto(ADDRESS)
    return page


@pytest.fixture
def olive(chromium: Browser, site: str, app: Flask) -> Iterator[Page]:
    """The owner's browser."""
    factories.staff(cast.OLIVE)
    with chromium.new_context(base_url=site, reduced_motion="reduce") as context:
        page = context.new_page()
        watch = PageMonitor(page, site)
        sign_in(page, cast.OLIVE)
        yield page
        assert watch.complaints == []


def stored_body() -> str:
    db.session.rollback()
    db.session.expire_all()
    return str(db.session.query(Draft).one().text["body"])


def sheet(page: Page) -> Locator:
    return page.get_by_label("Letter preview")


def saved(page: Page) -> None:
    expect(page.get_by_text(re.compile("^Saved at"))).to_be_visible()


def test_the_sheet_follows_what_is_typed_and_every_word_is_saved(otto: Page) -> None:
    check_page(otto, "write")
    otto.get_by_label("Text", exact=True).fill("We ask for **clean water**.")
    expect(sheet(otto).get_by_text("clean water", exact=True)).to_be_visible()
    expect(otto.get_by_text("Not saved yet")).to_be_visible()
    saved(otto)
    assert stored_body() == "We ask for **clean water**."
    otto.reload()
    expect(otto.get_by_label("Text", exact=True)).to_have_value("We ask for **clean water**.")


def test_addressees_are_added_and_moved_in_place(otto: Page) -> None:
    otto.get_by_role("button", name="Add an addressee").click()
    otto.keyboard.type("The Speaker")
    second = otto.get_by_role("group", name="Addressee 2")
    expect(second.get_by_label("Name or office")).to_have_value("The Speaker")
    second.get_by_role("button", name="Move up").click()
    first = otto.get_by_role("group", name="Addressee 1")
    expect(first.get_by_label("Name or office")).to_have_value("The Speaker")
    first.get_by_role("button", name="Remove").click()
    expect(sheet(otto).get_by_text("The Speaker")).to_have_count(0)
    saved(otto)
    assert [one["name"] for one in db.session.query(Draft).one().text["addressees"]] == ["The President"]


def test_half_a_color_keeps_nothing_else_from_being_saved_and_drawn(otto: Page) -> None:
    otto.get_by_label("Accent color").fill("#7a1")
    expect(otto.get_by_text("“#7a1” is not a color.")).to_be_visible()
    otto.get_by_label("Text", exact=True).fill("We ask for **clean water**.")
    expect(sheet(otto).get_by_text("clean water", exact=True)).to_be_visible()
    expect(otto.get_by_text("Everything else is saved.")).to_be_visible()
    saved(otto)
    assert stored_body() == "We ask for **clean water**."
    check_page(otto, "write-half-typed")
    otto.reload()
    otto.get_by_role("button", name="Restore it").click()
    expect(otto.get_by_label("Accent color")).to_have_value("#7a1")
    otto.get_by_label("Accent color").fill("#7a1f2b")
    expect(otto.get_by_text("is not a color.")).to_be_hidden()
    saved(otto)


def test_two_who_write_at_once_learn_of_each_other_and_nothing_is_lost(otto: Page, olive: Page) -> None:
    olive.goto(ADDRESS)
    otto.get_by_label("Text", exact=True).fill("What Otto wrote.")
    saved(otto)
    olive.get_by_label("Text", exact=True).fill("What Olive wrote.")
    expect(olive.get_by_text("Otto Organizer saved this letter after you opened it.")).to_be_visible()
    assert stored_body() == "What Otto wrote."
    olive.get_by_role("button", name="Compare and choose").click()
    check_page(olive, "write-compared")
    expect(olive.get_by_label("Text, saved version")).to_have_text("What Otto wrote.")
    olive.get_by_role("button", name="Save my version").click()
    expect(olive.get_by_text("after you opened it")).to_have_count(0)
    assert stored_body() == "What Olive wrote."


def test_a_text_outlives_the_loss_of_the_network(otto: Page) -> None:
    otto.context.set_offline(True)
    otto.get_by_label("Text", exact=True).fill("Written on a train.")
    expect(otto.get_by_text("Letterhub is not responding")).to_be_visible()
    otto.context.set_offline(False)
    saved(otto)
    assert stored_body() == "Written on a train."


def test_a_text_outlives_the_end_of_a_session(otto: Page) -> None:
    otto.context.clear_cookies()
    otto.get_by_label("Text", exact=True).fill("Typed after signing out.")
    expect(otto.get_by_text("you are signed out")).to_be_visible()
    sign_in(otto, cast.OTTO)
    otto.goto(ADDRESS)
    otto.get_by_role("button", name="Restore it").click()
    expect(otto.get_by_label("Text", exact=True)).to_have_value("Typed after signing out.")
    saved(otto)
    assert stored_body() == "Typed after signing out."


@pytest.mark.parametrize(
    ("act", "becomes"),
    [
        (lambda page: page.keyboard.press("Control+b"), "ask for **water**"),
        (lambda page: page.get_by_role("button", name="Italic").click(), "ask for *water*"),
        (lambda page: page.get_by_role("button", name="Heading").click(), "## ask for water"),
        (lambda page: page.get_by_role("button", name="Footnote").click(), "ask for water[^1]\n\n[^1]: Source"),
        (lambda page: page.get_by_role("button", name="Count").click(), "ask for {{count}}"),
    ],
    ids=["bold", "italic", "heading", "footnote", "count"],
)
def test_the_toolbar_marks_what_is_chosen_and_can_be_undone(otto: Page, act: Callable[[Page], None], becomes: str) -> None:
    text = otto.get_by_label("Text", exact=True)
    text.fill("ask for water")
    text.evaluate("field => field.setSelectionRange(8, 13)")
    act(otto)
    expect(text).to_have_value(becomes)
    otto.keyboard.press("Control+z")
    expect(text).not_to_have_value(becomes)


def test_the_tab_key_leaves_the_text(otto: Page) -> None:
    otto.get_by_label("Text", exact=True).focus()
    otto.keyboard.press("Tab")
    expect(otto.get_by_role("link", name="Replace the text from a Word file")).to_be_focused()
