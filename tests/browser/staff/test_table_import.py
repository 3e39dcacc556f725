"""Sixty organizations of a spreadsheet are invited in five clicks; an unknown table says what its columns are."""

import pytest
from playwright.sync_api import FilePayload, Page, expect

from letterhub.models import Letter
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.workbooks import xlsx

LETTER_PAGES = "/staff/coalition-for-clean-rivers/letters/clean-rivers-for-everyone"
CONTACTS = [["Organization", "Email"], *([f"Friends of River {n}", f"friends@river{n}.example"] for n in range(60))]


@pytest.fixture
def letter(site: str) -> Letter:
    """An open letter of Otto's coalition."""
    factories.staff(cast.OTTO)
    return factories.open_letter()


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_sixty_contacts_of_a_spreadsheet_are_invited_without_a_question(page: Page, letter: Letter) -> None:
    sign_in(page, cast.OTTO)
    page.goto(f"{LETTER_PAGES}/invitations")
    page.get_by_role("link", name="Choose a file, or paste a list").click()
    page.get_by_label("File", exact=True).set_input_files(file("contacts.xlsx", xlsx(CONTACTS)))
    check_page(page, "table-upload")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Invite 60 organizations").click()
    expect(page.get_by_text("60 organizations are being invited by email.")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_unknown_columns_and_a_guessed_encoding_are_asked_about(page: Page, letter: Letter, width: int) -> None:
    sign_in(page, cast.OTTO)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{LETTER_PAGES}/import")
    table = "Nazwa;Twoje imię;Miasto\nStowarzyszenie Zażółć;Łukasz Żak;Łódź\nGmina Żywiec;Jan Źrebak;Żywiec\n".encode("cp1250")
    page.get_by_label("File", exact=True).set_input_files(file("lista.csv", table))
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Is this right?")).to_be_visible()
    check_page(page, f"table-columns-{width}")
    page.get_by_label("Nazwa", exact=True).select_option("organization")
    page.get_by_label("Twoje imię", exact=True).select_option("signer_name")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Stowarzyszenie Zażółć")).to_be_visible()
