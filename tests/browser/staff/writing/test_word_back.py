"""A draft's Word copy, edited by a lawyer, comes back in a browser: on a phone, in the dark, from right to left."""

import pytest
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.domain.letters.letter_document import LetterText
from letterhub.queries.drafting.word_copy import word_copy
from tests.browser.signed_in import sign_in
from tests.browser.watch import check_page
from tests.support import cast, factories
from tests.support.files.edited_word import ANN, EditedWord

TEXT = LetterText(
    title="Clean rivers",
    body="Our rivers carry what we leave in them.\n\n- Clean the pipes.\n- Open the gates.\n\nPlease act soon.",
    salutation="Dear all:",
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(("scheme", "direction"), [("light", "ltr"), ("dark", "ltr"), ("dark", "rtl")])
def test_a_lawyers_word_file_comes_back(page: Page, site: str, scheme: str, direction: str) -> None:
    def check(name: str) -> None:
        page.evaluate(f"document.documentElement.dir = '{direction}'")
        check_page(page, f"word-back-{name}-{scheme}-{direction}")

    factories.staff(cast.OTTO)
    draft = factories.draft(TEXT)
    word = EditedWord(word_copy(draft.id, now())[1])
    word.replace("what we leave", "all that we leave", ANN)
    word.comment("Open the gates", "Which gates?", "Bob Example")
    word.type_over("act soon", "act this year")
    word.type_over("Dear all", "Dear friends")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(page, cast.OTTO)
    page.goto(f"/staff/coalition-for-clean-rivers/letters/{draft.slug}/copies")
    check("copies")
    page.get_by_role("link", name="Bring back the Word file").click()
    page.get_by_role("button", name="Show what changed").click()
    expect(page.get_by_text("Choose a file.").first).to_be_visible()
    check("upload")
    page.get_by_label("Word file (.docx)").set_input_files({"name": "draft.docx", "mimeType": WORD, "buffer": word.data()})
    page.get_by_role("button", name="Show what changed").click()
    expect(page.get_by_role("heading", name="Suggestions (2)")).to_be_visible()
    expect(page.get_by_text("This isn’t part of the text.")).to_be_visible()
    check("preview")
    page.get_by_role("button", name="Add to suggestions and comments").click()
    expect(page.get_by_text("Added 2 suggestions and one comment.")).to_be_visible()
    check("suggestions")
