"""The whole story, from the form to the PDF: Clara signs, Sam publishes, freezes and exports; no name is typed twice."""

from pathlib import Path

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.commands.editions.file_jobs import render_edition_file
from letterhub.config import Settings
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Signature
from letterhub.queries.editions.editions import edition_files_to_render
from tests.support import cast, factories
from tests.support.pdf_readers import names_in_html, pdf_info, qpdf_errors, text_of_pdf
from tests.support.servers.mail_server import Inbox
from tests.support.signing_steps import fill_in, newest_link
from tests.support.visitor import Page, Visitor

LETTER_VALUES = {"coalition": "coalition-for-clean-rivers", "slug": "clean-rivers-for-everyone"}


def test_clara_signs_and_her_organization_stands_in_the_pdf(
    app: Flask, visitor: Visitor, letter: Letter, settings: Settings, postbox: Inbox, sam: Visitor, tmp_path: Path
) -> None:
    fill_in(visitor, letter).says("Check your email")
    visitor.open(newest_link(settings, postbox)).says("Example Alliance", "Clara Example, Director").submit(
        "Sign for our organization", authorized=True
    )
    visitor.visit("letters.detail", slug=letter.slug).never_says("Example Alliance")

    sam.visit("review.index", **LETTER_VALUES).submit("Publish Example Alliance").says("Published Example Alliance.")
    visitor.visit("letters.detail", slug=letter.slug).says("Example Alliance", "Clara Example, Director")

    frozen = (
        sam.visit("editions.preview", **LETTER_VALUES).submit("Freeze this edition with one name").says("Edition 1 is frozen.")
    )
    assert all(render_edition_file(file_id) for file_id in edition_files_to_render(now()))

    paper = tmp_path / "letter.pdf"
    paper.write_bytes(downloaded(frozen, "pdf"))
    assert "Example Alliance" in text_of_pdf(paper)
    assert "We, the one undersigned" in text_of_pdf(paper)
    assert qpdf_errors(paper) == ""
    assert pdf_info(paper)["Tagged"] == "yes"
    assert names_in_html(downloaded(frozen, "html")) == {"Example Alliance": 1}
    assert b'"Example Alliance","Clara Example","Director"' in downloaded(frozen, "csv")
    assert all(cast.CLARA.email.encode() not in downloaded(frozen, form) for form in ("html", "pdf", "csv"))
    assert db.session.query(Signature).one().revision_id == factories.revision_of(letter).id


def downloaded(page: Page, form: str) -> bytes:
    """Return a file of the first edition, as Sam downloads it."""
    answer = page.visitor.ask(f"{page.path}/1/{form}")
    assert answer.status_code == 200
    return answer.data


@pytest.fixture
def letter(app: Flask) -> Letter:
    """The open letter."""
    return factories.open_letter()
