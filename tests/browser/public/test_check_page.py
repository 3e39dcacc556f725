"""The check page answers for each kind of file, in light and dark, and sends a file itself only if somebody asks for that."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Edition, EditionFile
from letterhub.queries.editions.frozen_documents import frozen_document
from letterhub.rendering.pdf.attachments import pdf_attachments
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from tests.browser.watch import check_page
from tests.support import cast, editions, factories
from tests.support.files import tampered_pdfs
from tests.support.files.tampered_pdfs import WHITE_BOX, edited, text_instructions, write_on


@pytest.fixture
def edition(site: str) -> Edition:
    """A delivered edition with its real files, which two organizations signed."""
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.HIRO)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    return editions.record_delivery(editions.freeze_with_files(letter))


def forged(edition: Edition) -> bytes:
    """Return a PDF whose text and list were changed, with our data attached."""
    document = frozen_document(edition.id)
    text = replace(document.text, body=document.text.body.replace("Clean water, *now*", "Clean water, *later*"))
    first, *others = document.signatories
    changed = replace(document, text=text, signatories=(replace(first, organization="Mining Alliance"), *others))
    return render_letter_pdf(changed, attachments=pdf_attachments(document)).data


def copies(edition: Edition) -> dict[str, tuple[bytes, str]]:
    """Return copies of an edition's PDF by name, each with the beginning of its answer."""
    pdf = db.session.query(EditionFile.content).filter_by(edition_id=edition.id, format=FileFormat.PDF).scalar()
    assert isinstance(pdf, bytes)
    return {
        "same": (edited(pdf), "The same letter and list as edition 1."),
        "attached": (edited(pdf, tampered_pdfs.change_manifest), "The same letter and list as edition 1."),
        "stamped": (
            edited(pdf, write_on(text_instructions("Received January 9"))),
            "The words of edition 1, with others added.",
        ),
        "covered": (edited(pdf, write_on(WHITE_BOX)), "The same words as edition 1, in a file"),
        "forged": (forged(edition), "Not the same as edition 1: the text differs, and one name."),
        "other": (b"Minutes of a meeting", "Not a document of ours."),
        "unreadable": (pdf[:9000], "We can’t tell what this file is."),
    }


def test_each_answer_can_be_read_at_any_width_and_in_the_dark(page: Page, edition: Edition, tmp_path: Path) -> None:
    for name, (content, answer) in copies(edition).items():
        page.emulate_media(color_scheme="light")
        page.goto(f"/editions/{edition.public_id}")
        file = tmp_path / "copy.pdf"
        file.write_bytes(content)
        page.get_by_label("Choose the PDF").set_input_files(file)
        expect(page.locator("#answer").get_by_text("We don’t know this file.")).to_be_visible()
        if name == "same":
            check_page(page, "check-unknown")
        page.get_by_role("button", name="Send the file").click()
        expect(page.get_by_text(answer)).to_be_visible()
        check_page(page, f"check-{name}")
        page.emulate_media(color_scheme="dark")
        check_page(page, f"check-{name}-dark")


def test_a_file_is_sent_once_its_holder_asks_for_that(page: Page, edition: Edition, tmp_path: Path) -> None:
    sent: list[bytes] = []
    page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    page.goto(f"/editions/{edition.public_id}")
    file = tmp_path / "notes.txt"
    file.write_bytes(b"Minutes of a meeting")
    page.get_by_label("Choose the PDF").set_input_files(file)
    expect(page.get_by_role("button", name="Send the file")).to_be_visible()
    assert not [body for body in sent if b"Minutes" in body]
    expect(page.locator("#answer")).to_be_focused()
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_text("Not a document of ours.")).to_be_visible()
