"""The whole story: Clara signs on a phone, Sam publishes and freezes, the worker renders, the PDF is downloaded."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.commands.editions.file_jobs import render_edition_file
from letterhub.config import Settings
from letterhub.models import Letter
from letterhub.queries.editions.editions import edition_files_to_render
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.pdf_readers import text_of_pdf
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import newest_link

LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"


def test_clara_signs_and_her_organization_stands_in_the_pdf(
    app: Flask, page: Page, letter: Letter, settings: Settings, postbox: Inbox, tmp_path: Path
) -> None:
    clara_signs(page, letter)
    page.goto(newest_link(settings, postbox))
    page.get_by_role("checkbox", name="I am authorized to sign for Example Alliance.").check()
    page.get_by_role("button", name="Sign for our organization").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your signature is confirmed")

    sign_in(page, cast.SAM)
    page.goto(f"{LETTER_PAGES}/review")
    page.get_by_role("button", name="Publish Example Alliance").click()
    expect(page.get_by_text("Every name has been reviewed. Thank you.")).to_be_visible()

    page.get_by_role("link", name="Editions").click()
    page.get_by_role("link", name="Preview an edition").click()
    check_page(page, "proof")
    page.get_by_role("button", name="Freeze this edition with one name").click()
    expect(page.get_by_role("progressbar", name="PDF")).to_be_visible()
    check_page(page, "edition-waits")
    assert all(render_edition_file(file_id) for file_id in edition_files_to_render(now()))
    expect(page.get_by_role("link", name="PDF")).to_be_visible()  # without a reload
    check_page(page, "edition")
    with page.expect_download() as coming:
        page.get_by_role("link", name="PDF").click()
    assert coming.value.suggested_filename == "clean-rivers-for-everyone-edition-1.pdf"
    coming.value.save_as(tmp_path / "letter.pdf")
    assert "Example Alliance" in text_of_pdf(tmp_path / "letter.pdf")


def clara_signs(page: Page, letter: Letter) -> None:
    page.goto(f"/letters/{letter.slug}")
    page.get_by_role("link", name="Sign for your organization").first.click()
    page.get_by_label("Organization", exact=True).fill(cast.CLARA.organization)
    page.get_by_label("Website").fill(cast.CLARA.website)
    page.get_by_label("Your name").fill(cast.CLARA.name)
    page.get_by_label("Your title").fill(cast.CLARA.title)
    page.get_by_label("Email").fill(cast.CLARA.email)
    page.get_by_label("City and state").fill(cast.CLARA.location)
    page.get_by_label("National", exact=True).check()
    page.get_by_label("I am authorized to sign").check()
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()


@pytest.fixture
def letter(site: str) -> Letter:
    """The open letter, and Sam who works for its coalition."""
    factories.staff(cast.SAM)
    return factories.open_letter()
