"""Editions from freezing to the check page: delivered by hand, and a file checked against its page."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from letterhub.clock import now
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import Theme
from letterhub.domain.states import LetterMove, SignatureMove
from letterhub.infrastructure.db import db
from letterhub.models import Edition, EditionFile, Letter, Signature
from tests.browser.staff.test_writing import sign_in
from tests.browser.watch import check_page
from tests.support import cast, editions, factories

HOME = "/staff/coalition-for-clean-rivers"
LOOKS = """heading => {
    const here = getComputedStyle(heading), around = getComputedStyle(heading.parentElement);
    return [(parseFloat(here.fontSize) / parseFloat(around.fontSize)).toFixed(2), here.fontStyle, here.color].join(" ");
}"""


@pytest.fixture
def letter() -> Letter:
    """A closed letter that two organizations signed."""
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    factories.signature(letter, cast.HIRO)
    letter.move(LetterMove.CLOSE, now())
    return factories.save(letter)


def test_what_is_being_prepared_says_so_no_longer_once_it_is_there(page: Page, letter: Letter) -> None:
    factories.staff(cast.OTTO)
    sign_in(page, cast.OTTO)
    page.goto(f"{HOME}/letters/{letter.slug}/editions")
    page.get_by_role("link", name="Preview an edition").click()
    page.get_by_role("button", name="Freeze this edition").click()
    expect(page.get_by_text("Edition 1 is frozen.")).to_be_visible()
    expect(page.get_by_text("being prepared")).to_be_visible()
    db.session.rollback()
    for file in db.session.query(EditionFile):
        file.finish(b"drawn", [], now())
    db.session.commit()
    expect(page.get_by_role("link", name="PDF")).to_be_visible()
    expect(page.get_by_text("being prepared")).to_have_count(0)
    expect(page.locator("#progress-status")).to_have_text("All files are ready.")
    check_page(page, "edition-ready")


def test_an_edition_is_delivered_and_its_pages_say_so(page: Page, letter: Letter) -> None:
    factories.staff(cast.OTTO)
    edition = editions.freeze_edition(letter)
    sign_in(page, cast.OTTO)
    page.goto(f"{HOME}/letters/{letter.slug}/editions")
    page.get_by_role("link", name="Record a delivery of edition 1").click()
    check_page(page, "deliver")
    page.get_by_label("By hand").check()
    page.get_by_role("button", name="Continue").click()
    check_page(page, "deliver-sure")
    page.get_by_role("button", name="Record the delivery").click()
    check_page(page, "edition-delivered")
    page.get_by_role("link", name="Recorded by mistake?").click()
    check_page(page, "delivery-take-back")
    page.goto(f"/letters/{letter.slug}")
    check_page(page, "letter-delivered")
    page.get_by_role("link", name=edition.public_id).click()
    check_page(page, "check")


def test_a_file_is_checked_without_leaving_the_computer(page: Page, letter: Letter, tmp_path: Path) -> None:
    first, second = two_delivered(letter)
    sent: list[bytes] = []
    page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    page.goto(f"/editions/{second.public_id}")
    expect(page.get_by_text("The file stays on your computer")).to_be_visible()
    choose_file(page, tmp_path, content_of(second))
    expect(page.get_by_text("This is edition 2, as delivered.")).to_be_visible()
    choose_file(page, tmp_path, os.urandom(64))
    expect(page.get_by_text("We don’t know this file.")).to_be_visible()
    choose_file(page, tmp_path, content_of(first))
    expect(page.get_by_text("superseded by edition 2")).to_be_visible()
    assert not [body for body in sent for content in (content_of(first), content_of(second)) if content in body]
    page.get_by_label("Or paste its fingerprint").fill(hashlib.sha256(content_of(second)).hexdigest())
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("This is edition 2, as delivered.")).to_be_visible()
    choose_file(page, tmp_path, content_of(first))
    expect(page.get_by_text("superseded by edition 2")).to_be_visible()
    check_page(page, "check-answered")
    page.get_by_role("link", name="See what’s different").click()
    check_page(page, "check-differences")


def test_an_edition_of_which_a_name_went_is_delivered_knowingly(page: Page, letter: Letter) -> None:
    factories.staff(cast.OTTO)
    editions.freeze_edition(letter)
    for signature, move in zip(db.session.query(Signature), (SignatureMove.RETURN, SignatureMove.DECLINE), strict=True):
        signature.move(move, now())
    db.session.commit()
    sign_in(page, cast.OTTO)
    page.goto(f"{HOME}/letters/{letter.slug}/editions/1/deliver")
    page.get_by_label("By hand").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("link", name="Parts of this edition no longer hold.")).to_be_visible()
    check_page(page, "deliver-gone")
    page.get_by_label("Deliver edition 1 anyway").check()
    page.get_by_role("button", name="Continue").click()
    check_page(page, "deliver-gone-sure")
    page.get_by_role("button", name="Record the delivery").click()
    page.goto(f"/letters/{letter.slug}")
    expect(page.get_by_text("is waiting for another review.")).to_be_visible()
    check_page(page, "letter-errata")


@pytest.mark.parametrize("theme", Theme)
def test_a_heading_of_the_letter_looks_the_same_wherever_the_letter_stands(page: Page, site: str, theme: Theme) -> None:
    factories.staff(cast.SAM)
    body = "## First\n\nText.\n\n### Second\n\nText.\n\n#### Third\n\nText."
    letter = factories.open_letter(replace(factories.TEXT, body=body, theme=theme))
    factories.signature(letter, cast.HIRO)
    page.goto(f"/letters/{letter.slug}")
    in_public = heading_styles(page)
    page.goto(f"/letters/{letter.slug}/sign")
    assert heading_styles(page) == in_public
    sign_in(page, cast.SAM)
    page.goto(f"{HOME}/letters/{letter.slug}/editions/freeze")
    assert heading_styles(page) == in_public


def heading_styles(page: Page) -> list[str]:
    """Return the style of each heading of the letter's text beside that of the text."""
    headings = [page.get_by_role("heading", name=name, include_hidden=True) for name in ("First", "Second", "Third")]
    return [str(heading.evaluate(LOOKS)) for heading in headings]


def choose_file(page: Page, folder: Path, content: bytes) -> None:
    """Choose a file with this content, and wait for the result."""
    sha256 = hashlib.sha256(content).hexdigest()
    file = folder / f"{sha256}.pdf"  # a browser does not say that a file of the same name was chosen again
    file.write_bytes(content)
    page.get_by_label("Choose the PDF").set_input_files(file)
    expect(page.locator("#answer").get_by_text(sha256)).to_be_visible()


def two_delivered(letter: Letter) -> tuple[Edition, Edition]:
    first = editions.deliver_edition(letter)
    factories.signature(letter, cast.HIRO, organization_name="Willow Watch", website="")
    return first, editions.deliver_edition(letter)


def content_of(edition: Edition) -> bytes:
    found = db.session.query(EditionFile.content).filter_by(edition_id=edition.id, format=FileFormat.PDF).scalar()
    assert isinstance(found, bytes)
    return found
