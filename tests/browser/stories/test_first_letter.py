"""A newcomer opens a letter with the first help page for organizers alone: each of its steps is taken here, in its order."""

import re
from collections.abc import Callable
from functools import partial

import pytest
from docx.document import Document as Draft
from flask import Flask
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.commands.operations.demo import load_demo
from letterhub.domain.operations.demo_accounts import DEMO_PASSWORD
from letterhub.infrastructure.db import end_read_transaction
from letterhub.paths import DOCUMENTS, ROOT
from tests.browser.watch import check_page
from tests.support.files.word_documents import write_docx

FIRST_PAGE = DOCUMENTS / "guide" / "organizers" / "first-letter.md"
DRAFT = [
    "Keep the River Path Open", "March 3, 2027", "The Mayor", "City Hall", "Exampleville, MD 20999", "Dear Mayor Example:",
    "We ask you to keep the river path open through the winter.", "Respectfully,", "River Keepers", "Lake Friends",
]  # fmt: skip


@pytest.fixture
def demo(app: Flask, site: str) -> None:
    """The demo, as `letterhub demo` loads it."""
    load_demo(ROOT / "demo", now())
    end_read_transaction()


def steps() -> list[str]:
    """Return the numbered steps of the page, each up to its first period."""
    items = re.findall(r"^\d\. (.+?)(?=\n\d\. |\n\n|\Z)", FIRST_PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [" ".join(item.split()).replace("*", "").partition(". ")[0].rstrip(".") for item in items]


def sign_in(page: Page) -> None:
    page.get_by_role("link", name="Staff sign in").click()
    page.get_by_label("Email").fill("organizer@demo.example")
    page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Letters", exact=True)).to_be_visible()


def word_file() -> bytes:
    """Return a letter as people write one in Word: each line of the address is a paragraph."""
    title, *lines = DRAFT
    return write_docx(lambda draft: draft.add_heading(title, 0), *(partial(Draft.add_paragraph, text=line) for line in lines))


def choose_file(page: Page) -> None:
    draft = {"name": "river.docx", "mimeType": "application/octet-stream", "buffer": word_file()}
    page.get_by_label("Start from a Word draft (.docx)").set_input_files(draft)  # type: ignore[arg-type]


def check_parts(page: Page) -> None:
    expect(page.get_by_text("We found: date, one addressee, salutation, closing, names. Is this right?")).to_be_visible()
    check_page(page, "draft-parts")


def check_addressee(page: Page) -> None:
    expect(page.get_by_label("Name or office")).to_have_value("The Mayor")
    expect(page.get_by_role("textbox", name="Address", exact=True)).to_have_value("City Hall\nExampleville, MD 20999")


def import_names(page: Page) -> None:
    expect(page.get_by_role("cell", name="River Keepers")).to_be_visible()
    press(page, "Import 2 names")
    page.get_by_role("link", name="Write", exact=True).click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


STEPS: dict[str, Callable[[Page], object]] = {
    "Follow Staff sign in at the foot of any page, and enter your email and password": sign_in,
    "Choose Write a letter": lambda page: page.get_by_role("link", name="Write a letter").click(),
    "Under Start from a Word draft (.docx), choose your file": choose_file,
    "Choose Create draft": lambda page: press(page, "Create draft"),
    "Of a file or pasted text, you first see its parts: date, addressees, salutation and so on, each line with the part we "
    "took it for": check_parts,
    "Leave the box checked to see names that stand below the letter as signatures to import": lambda page: expect(
        page.get_by_label("Show these names as signatures to import")
    ).to_be_visible(),
    "Choose Create the letter": lambda page: press(page, "Create the letter"),
    "If there were names, you see what would become of each": import_names,
    "To start over with another draft, follow Replace the text from a Word file or pasted text below the text": (
        lambda page: expect(page.get_by_role("link", name="Replace the text from a Word file")).to_be_visible()
    ),
    "Below Addressees, fill in Name or office and Address if they are empty": check_addressee,
    "Fill in Salutation, such as “Dear Governor Example:”, if it is empty": lambda page: expect(
        page.get_by_label("Salutation")
    ).to_have_value("Dear Mayor Example:"),
    "Under Date, enter the day that you will print on the letter": lambda page: expect(
        page.get_by_label("Date (optional)")
    ).to_have_value("2027-03-03"),
    "Choose Save": lambda page: press(page, "Save"),
    "Go to the Settings tab": lambda page: page.get_by_role("link", name="Settings", exact=True).click(),
    "Under Last day, enter the deadline": lambda page: page.get_by_label("Last day").fill("2037-04-30"),
    "Leave the rest as it is": lambda page: expect(page.get_by_label("Always after staff review.")).to_be_checked(),
    "Choose Save deadline and rules": lambda page: press(page, "Save deadline and rules"),
    "Choose Open the letter": lambda page: press(page, "Open the letter"),
    "Look through Before it opens, as described below": lambda page: expect(
        page.get_by_role("heading", name="Before it opens")
    ).to_be_visible(),
    "Check the Web address": lambda page: expect(page.get_by_label("Web address")).to_have_value("keep-the-river-path-open"),
    "Choose Open now": lambda page: press(page, "Open now"),
}


def test_the_first_page_opens_a_letter_step_by_step(page: Page, demo: None) -> None:
    assert steps() == list(STEPS), "the steps of this test are those of docs/guide/organizers/first-letter.md: change both"
    page.goto("/")
    for say, take in STEPS.items():
        take(page)
        if say == "Choose Save":
            expect(page.get_by_text("Ready to open for signatures.")).to_be_visible()
    expect(page.get_by_text("The letter is open. Anyone can read and sign it now.")).to_be_visible()
    page.get_by_role("link", name="/letters/keep-the-river-path-open").click()
    expect(page.get_by_role("link", name="Sign for your organization").first).to_be_visible()
    expect(page.get_by_text("Respectfully,")).to_have_count(1)


def test_help_is_read_on_a_phone_by_keyboard_in_the_dark_and_searched(page: Page, site: str) -> None:
    page.goto("/help")
    check_page(page, "help")
    page.get_by_role("link", name="Open your first letter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open your first letter")
    check_page(page, "help-first-letter")
    page.emulate_media(color_scheme="dark")
    page.get_by_role("searchbox", name="Search the help").fill("mailbox domain")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/help/search\?"))
    check_page(page, "help-search-dark")
    page.get_by_role("link", name="Evidence and doubts: Evidence").click()
    expect(page).to_have_url(re.compile(r"/help/reviewers/evidence#evidence$"))
    check_page(page, "help-evidence-dark")
    page.goto("/help/operations")
    check_page(page, "help-operations-dark")
