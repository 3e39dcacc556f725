"""Copies of a draft: a PDF with numbered lines, prepared once per version for staff and partners, and a Word document."""

import io
import re
import subprocess
from pathlib import Path

import docx
import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.letters.drafts import save_draft
from letterhub.commands.letters.pdf_previews import render_preview
from letterhub.domain.letters.letter_document import Addressee, Letterhead, LetterText
from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import Letter, Preview
from letterhub.queries.letters.pdf_previews import previews_to_render
from letterhub.rendering.letter.document_locale import document_locale
from tests.integration.drafting.test_shared_draft import HOME, TEXT, make_link
from tests.integration.rendering.test_frozen_layouts import LANGUAGES
from tests.support import factories
from tests.support.pdf_readers import qpdf_errors, require_program
from tests.support.visitor import Visitor

LONG = LetterText(
    title="Clean rivers",
    body="We are {{count}} who write to you.[^1]\n\n| A | B |\n|---|---|\n| left | right |\n\n"
    + "Rivers carry what we leave in them. " * 120
    + "\n\n[^1]: Words of a note.",
    addressees=(Addressee("The President", ("The White House",)), Addressee("The Speaker")),
    salutation="Dear all:",
    letterhead=Letterhead("Clean Rivers", ("12 River Street", "Rivertown")),
)


@pytest.fixture
def draft(app: Flask) -> Letter:
    """A draft of three pages."""
    return factories.draft(LONG)


def prepare() -> None:
    """Do the worker's part."""
    for preview_id in previews_to_render(now()):
        assert render_preview(preview_id)
    end_read_transaction()


@pytest.mark.shows("S29")
def test_a_partner_gets_the_draft_with_numbered_lines(otto: Visitor, visitor: Visitor, draft: Letter, tmp_path: Path) -> None:
    path = make_link(otto, draft)
    page = visitor.open(path).follow("Draft as PDF or Word").submit("Prepare PDF")
    page.says("Waiting to be prepared")
    prepare()
    visitor.open(page.path).says("Open PDF", "3 pages")
    answer = visitor.ask(f"{path}/copy.pdf")
    headers = answer.headers
    assert (answer.mimetype, headers["Referrer-Policy"], headers["Cache-Control"]) == (
        "application/pdf", "no-referrer", "no-store",
    )  # fmt: skip
    file = tmp_path / "copy.pdf"
    file.write_bytes(answer.data)
    assert not qpdf_errors(file)
    printed = subprocess.check_output([require_program("pdftotext", "poppler-utils"), "-layout", str(file), "-"], text=True)
    pages = printed.rstrip("\f").split("\f")
    assert ["DRAFT" in one for one in pages] == [True] * 3
    numbers = [int(number) for number in re.findall(r"^ *(\d+) {2}", printed, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert re.search(r"^ +12 River Street", printed, re.MULTILINE)
    assert re.search(r"^ *2 +The President +The Speaker$", printed, re.MULTILINE)
    assert re.search(r"^ *\d+ +left +right$", printed, re.MULTILINE)
    assert re.search(r"^ *\d+ +We are \[number\] who", printed, re.MULTILINE)
    spoken = subprocess.check_output([require_program("pdfinfo", "poppler-utils"), "-struct-text", str(file)], text=True)
    assert "Rivers carry" in spoken
    assert not re.search(r'DRAFT|"([2-9]|\d\d)"', spoken)


@pytest.mark.shows("S29")
def test_a_version_is_prepared_once_for_everybody(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    path = make_link(otto, draft)
    for _again in range(3):
        assert visitor.ask(f"{path}/copy", method="POST").status_code == 303
    staff_page = otto.visit("draft_copies.detail", coalition=HOME, slug=draft.slug).says("Waiting to be prepared")
    assert db.session.query(Preview).count() == 1
    prepare()
    save_draft(draft.id, TEXT, 1, staff_id=1, at=now())
    otto.open(staff_page.path).says("The text has changed since.").submit("Prepare a new PDF")
    end_read_transaction()
    assert [one.version for one in db.session.query(Preview)] == [2]
    assert visitor.ask(f"{path}/copy.pdf").status_code == 404


def test_word_numbers_the_lines_of_a_draft(otto: Visitor, visitor: Visitor, draft: Letter) -> None:
    answers = [visitor.ask(f"{make_link(otto, draft)}/copy.docx"), otto.ask(f"/staff/{HOME}/letters/{draft.slug}/copies/docx")]
    for answer in answers:
        assert answer.headers["Content-Disposition"].startswith(f"attachment; filename={draft.slug}-draft.docx")
        section = docx.Document(io.BytesIO(answer.data)).sections[0]
        assert [head.paragraphs[-1].text for head in (section.first_page_header, section.header)] == ["DRAFT", "DRAFT"]
        assert section._sectPr.xpath("w:lnNumType/@w:countBy") == ["1"]


@pytest.mark.shows("S29")
def test_copies_end_with_the_link_and_the_draft(otto: Visitor, visitor: Visitor) -> None:
    letter = factories.draft()
    path = make_link(otto, letter)
    visitor.ask(f"{path}/copy", method="POST")
    prepare()
    addresses = [f"{path}/copy{end}" for end in (".pdf", ".docx")]
    assert [visitor.ask(one).status_code for one in addresses] == [200, 200]
    settings = otto.visit("signing_settings.edit", coalition=HOME, slug=letter.slug)
    settings.submit("Open the letter").submit("Open now", slug="clean-rivers")
    visitor.open(f"{path}/copy").says("it has opened")
    assert [visitor.ask(one).status_code for one in addresses] == [404, 404]
    other = factories.draft(LetterText(title="Clean air", body="Text of the air"))
    path = make_link(otto, other)
    otto.visit("secret_links.index", coalition=HOME, slug=other.slug, kind="draft").submit("Revoke the link of River Keepers")
    for end in ("", ".pdf", ".docx"):
        assert visitor.ask(f"{path}/copy{end}").status_code == 404
    assert visitor.ask(f"{path}/copy", method="POST").status_code == 404
    assert db.session.query(Preview).filter_by(letter_id=other.id).count() == 0


def test_the_label_of_a_draft_is_one_word_in_each_language() -> None:
    labels = {language: document_locale(language).draft_label for language in LANGUAGES}
    assert labels["en"] == "DRAFT"
    assert {language for language, label in labels.items() if not label or re.search(r"[\s,،，（()]", label)} == set()
    assert (labels["ar"], labels["ja"], labels["de"]) == ("مسودة", "草案", "ENTWURF")
