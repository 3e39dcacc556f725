"""A list of contacts is imported without JavaScript: file, columns, preview, import."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.workbooks import xlsx

HOME = "/staff/coalition-for-clean-rivers"
LIST = [
    ["Organization", "Who", "Title", "Email", "Phone", "Tags", "Note"],
    ["Willow Watch", "Ada Example", "Chair", "ada@willow.example", "+1 555 0101", "water; north", "Call in May"],
    ["جمعية الأنهار النظيفة", "ليلى", "", "leila@rivers.example", "", "water", ""],
    ["Heron House", "Hal Example", "", "", "", "", ""],
    ["Heron House", "Hanna Example", "", "hanna@heron.example", "", "", ""],
    ["", "Nora Nobody", "", "nora@example.org", "", "", ""],
]


@pytest.fixture
def home(site: str) -> str:
    """The coalition's pages, with Otto on its team."""
    factories.staff(cast.OTTO)
    factories.open_letter()
    return HOME


def import_list(page: Page, home: str, pictures: bool = False) -> None:
    """Import the list, and check each page on the way if pictures are wanted."""
    check = check_page if pictures else lambda *_facts: None
    sign_in(page, cast.OTTO)
    page.goto(f"{home}/contacts")
    check(page, "contacts-none")
    page.get_by_role("link", name="Import a list").click()
    check(page, "contact-list-upload")
    file = {"name": "contacts.xlsx", "mimeType": "application/octet-stream", "buffer": xlsx(LIST)}
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Preview").click()
    check(page, "contact-list-columns")
    page.get_by_label("Who", exact=True).select_option("signer_name")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("4 of 5 rows add something to your contacts.")).to_be_visible()
    check(page, "contact-list-preview")
    page.get_by_role("button", name="Import 4 rows").click()
    expect(page.get_by_text("3 contacts were added.")).to_be_visible()
    expect(page.get_by_text("hanna@heron.example")).to_be_visible()


def test_a_list_is_imported_without_scripts(chromium: Browser, site: str, home: str) -> None:
    with chromium.new_context(base_url=site, java_script_enabled=False) as context:
        import_list(context.new_page(), home)


def test_pages_of_a_list_are_accessible_and_fit(page: Page, home: str) -> None:
    import_list(page, home, pictures=True)
    page.go_back()
    page.goto(f"{home}/contacts")
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.documentElement.dir = 'rtl'")
    check_page(page, "contacts-imported-rtl")
