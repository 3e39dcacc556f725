"""PDF previews for staff: rendered by the worker from the saved draft, and never mistakable for an edition."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from time_machine import Traveller

from letterhub.clock import now
from letterhub.commands.letters import pdf_previews
from letterhub.commands.letters.pdf_previews import purge_previews, render_preview, request_preview
from letterhub.commands.operations._render_jobs import MOST_ATTEMPTS
from letterhub.config import Settings
from letterhub.domain.letters.letter_document import PaperSize
from letterhub.domain.operations.render_jobs import JobState
from letterhub.infrastructure.db import db
from letterhub.models import Edition, Preview
from letterhub.queries.letters.pdf_previews import preview_document, previews_to_render
from letterhub.rendering.pdf.client import PdfRenderingFailed
from tests.support import cast, factories
from tests.support.pdf_readers import pdf_info, qpdf_errors, text_of_pdf
from tests.support.servers.worker_process import run_worker, wait_until
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"


@pytest.fixture
def otto(visitor: Visitor) -> Visitor:
    """An organizer, signed in."""
    factories.staff(cast.OTTO)
    visitor.sign_in(cast.OTTO)
    return visitor


def render_previews() -> None:
    """Do the worker's part."""
    for preview_id in previews_to_render(now()):
        render_preview(preview_id)


def open_preview(page: Page, folder: Path) -> Path:
    """Return the PDF that a preview page leads to."""
    link = next(anchor.get("href", "") for anchor in page.tree.iter("a") if anchor.get("href", "").endswith("/pdf"))
    answer = page.visitor.ask(link)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    paper = folder / "draft.pdf"
    paper.write_bytes(answer.get_data())
    return paper


def test_an_organizer_sees_the_pages_of_what_she_just_typed(otto: Visitor, tmp_path: Path) -> None:
    letter = factories.draft(replace(factories.TEXT, paper=PaperSize.A4))
    write = otto.visit("editor.edit", coalition=HOME, slug=letter.slug)
    page = write.submit("Preview pages", body="Typed a moment ago. " * 300)
    page.says("Waiting to be prepared").never_says("Open the pages")
    render_previews()
    page = otto.open(page.path).says("Page preview", "3 pages, A4", "saved at 12:00 p.m. Eastern", "Draft, not delivered")
    paper = open_preview(page, tmp_path)
    words = text_of_pdf(paper)
    assert words.count("Draft, not delivered · January 5, 2022, 12:00") == 3
    assert "Typed a moment ago." in words
    assert pdf_info(paper)["Pages"] == "3"
    assert qpdf_errors(paper) == ""
    assert db.session.query(Edition).count() == 0


def test_a_reviewer_sees_the_pages_of_an_open_letter_with_its_names(visitor: Visitor, tmp_path: Path) -> None:
    letter = factories.open_letter()
    factories.signature(letter)
    factories.staff(cast.SAM)
    visitor.sign_in(cast.SAM)
    page = visitor.visit("editor.edit", coalition=HOME, slug=letter.slug).submit("Preview pages")
    render_previews()
    words = text_of_pdf(open_preview(visitor.open(page.path).says("One page, US Letter"), tmp_path))
    assert "Example Alliance" in words
    assert "We, the one undersigned organizations" in words
    assert "Draft, not delivered" in words


def test_the_pages_are_those_of_the_moment_they_were_asked_for(otto: Visitor) -> None:
    letter = factories.draft()
    write = otto.visit("editor.edit", coalition=HOME, slug=letter.slug)
    page = write.submit("Preview pages", body="The first.")
    [waiting] = previews_to_render(now())
    otto.open(write.path).submit("Save", body="The second.")
    found = preview_document(waiting)
    assert found is not None
    document, _is_draft_copy = found
    assert document.text.body == "The first."
    render_previews()
    page = otto.open(page.path).says("The letter has been saved again since then.").submit("Prepare a new preview")
    render_previews()
    otto.open(page.path).says("One page").never_says("saved again since then")


def test_whoever_asks_anew_gives_up_the_pages_asked_for_before(otto: Visitor) -> None:
    letter = factories.draft()
    otto.visit("editor.edit", coalition=HOME, slug=letter.slug)
    staff_id = factories.staff(cast.OLIVE).id
    first = request_preview(letter.id, staff_id=staff_id, at=now())
    second = request_preview(letter.id, staff_id=staff_id, at=now())
    assert second != first
    assert previews_to_render(now()) == (second,)
    assert render_preview(first) is False
    gone = otto.visit("pdf_previews.detail", coalition=HOME, slug=letter.slug, preview_id=first, status=404)
    gone.says("This preview is gone").submit("Prepare a new preview").says("Waiting to be prepared")


def test_pages_that_cannot_be_drawn_say_why_and_can_be_tried_again(otto: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = factories.draft()
    page = otto.visit("editor.edit", coalition=HOME, slug=letter.slug).submit("Preview pages")

    def refuses(*_: object, **_options: object) -> None:
        raise PdfRenderingFailed("This letter nests tables too deeply.")

    monkeypatch.setattr(pdf_previews, "render_letter_pdf", refuses)
    render_previews()
    page = otto.open(page.path).says("This letter nests tables too deeply.")
    page.submit("Try again").says("Waiting to be prepared")


def test_pages_whose_drawing_broke_off_are_taken_up_again_and_given_up_in_the_end(otto: Visitor, clock: Traveller) -> None:
    letter = factories.draft()
    page = otto.visit("editor.edit", coalition=HOME, slug=letter.slug).submit("Preview pages")
    preview = db.session.query(Preview).one()
    for _ in range(MOST_ATTEMPTS):
        preview.start_attempt(now() + dt.timedelta(minutes=1))
        db.session.commit()
        assert render_preview(preview.id) is False
        clock.shift(dt.timedelta(minutes=2))
        assert previews_to_render(now()) == (preview.id,)
    render_previews()
    assert db.session.get_one(Preview, preview.id).state is JobState.FAILED
    otto.open(page.path).says("interrupted 3 times")


def test_a_worker_draws_the_pages_by_itself(app: Flask, settings: Settings) -> None:
    letter, olive = factories.draft(), factories.staff(cast.OLIVE)
    some_day = now() + dt.timedelta(days=36_500)  # the worker's clock is not frozen, and must not expire the previews
    preview_id = request_preview(letter.id, staff_id=olive.id, at=some_day)

    def is_drawn() -> bool:
        db.session.rollback()
        return db.session.get_one(Preview, preview_id, populate_existing=True).state is JobState.DONE

    with run_worker(settings):
        wait_until(is_drawn)
    assert db.session.get_one(Preview, preview_id).pages == 1


def test_pages_are_forgotten_after_a_day(otto: Visitor, clock: Traveller) -> None:
    letter = factories.draft()
    page = otto.visit("editor.edit", coalition=HOME, slug=letter.slug).submit("Preview pages")
    clock.shift(dt.timedelta(hours=23))
    purge_previews(now())
    otto.open(page.path).says("Waiting to be prepared")
    clock.shift(dt.timedelta(hours=2))
    purge_previews(now())
    otto.open(page.path, status=404).says("This preview is gone")
    otto.open(f"{page.path}/pdf", status=404)


def test_the_pages_of_one_letter_are_not_found_under_another(otto: Visitor) -> None:
    other = factories.draft(replace(factories.TEXT, title="Another letter"), of=factories.coalition(cast.OTHER_COALITION))
    theirs = request_preview(other.id, staff_id=factories.staff(cast.OLIVE).id, at=now())
    render_preview(theirs)
    own = factories.draft()
    for address in ("pdf_previews.detail", "pdf_previews.download"):
        otto.visit(address, coalition=HOME, slug=own.slug, preview_id=theirs, status=404)
